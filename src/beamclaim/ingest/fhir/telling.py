"""What a resource says, becoming rows: every assertion with its patient, its subject and its own bytes."""

from typing import Any

from beamclaim.ingest.fhir.directory import Directory, Person, Target
from beamclaim.ingest.fhir.part import Ledger, Part
from beamclaim.ingest.fhir.resource import Resource
from beamclaim.ingest.fhir.value import Moment, codings, count, diagnosis, moment
from beamclaim.model.tables.evidence import Assertion, Delivery


class Telling:
    """A resource being read; `subject` is what its assertions are about."""

    def __init__(self, resource: Resource, subject: str, directory: Directory, ledger: Ledger) -> None:
        self.resource = resource
        self.part = resource.part
        self.key = resource.key
        self.subject = subject
        self.directory = directory
        self.ledger = ledger
        self.patient: str | None = None
        self.person: Person | None = None

    def about(self, subject: str, key: str) -> "Telling":
        """The same resource telling about another subject: one volume's dose, one item of a claim."""
        other = Telling(self.resource, subject, self.directory, self.ledger)
        other.key, other.patient, other.person = key, self.patient, self.person
        return other

    def say(self, part: Part, name: str, value: str | None, reason: str | None = None, who: str | None = None) -> None:
        """One thing about the subject, said by those bytes; value null is *looked for and inconclusive*."""
        place = (self.ledger.file, *part.place)
        said = Assertion(*place, "fhir", part.path, self.patient, self.subject, self.key, name, value, reason, who)
        self.ledger.out.assertions.append(said)

    def deliver(self, **values: Any) -> None:
        """A fraction treated, told by the whole resource."""
        file, place = self.ledger.file, self.part.place
        self.ledger.out.deliveries.append(Delivery(file, *place, source="fhir", path=self.part.path, **values))

    def belongs(self, member: str) -> None:
        """Whose resource it is: the patient's number if the patient is in the file, else the id the reference gives."""
        reference = self.part.one(member)
        target = self.refer(reference, "patient") if reference else None
        if reference is None:
            self.part.fault("subject", f"a patient in {member}", "none")
        elif target is None:
            self._by_number(reference)
        elif target.key in self.directory.people:
            self.person = self.directory.people[target.key]
            self.patient = self.person.id
        else:
            self.patient = target.key.removeprefix("Patient/")
        self._reword()

    def _by_number(self, reference: Part) -> None:
        identifier = reference.one("identifier")
        number = identifier.text("value") if identifier else None
        if number is not None:
            self.patient = number.written
            self.say(number, "patient", None, "the patient is named by a number, not by a reference", "records")
        elif not reference.has("reference"):
            reference.fault("subject", "a reference to a patient", "none")

    def _reword(self) -> None:
        """The assertion of the reference itself belongs to the patient too."""
        rows = self.ledger.out.assertions
        if rows and rows[-1].name == "patient" and rows[-1].key == self.key:
            rows[-1] = rows[-1]._replace(patient=self.patient)

    def refer(self, reference: Part | None, name: str) -> Target | None:
        """States a reference by the key of what it names."""
        if reference is None:
            return None
        target = self.directory.resolve(reference, self.resource)
        if target is not None:
            outside = None if target.is_here else "not in the file"
            self.say(target.part, name, target.key, outside)
        return target

    def signer(self, reference: Part | None, name: str) -> None:
        """States who signed: by name when the file has it, else by the reference."""
        target = self.directory.resolve(reference, self.resource) if reference else None
        if target is not None:
            known = self.directory.names.get(target.key)
            self.say(target.part, name, known or target.key, f"the name of {target.key}" if known else "a reference")
        elif reference is not None and (shown := reference.text("display")):
            self.say(shown, name, shown.written, "as displayed")

    def refer_all(self, member: str, name: str) -> list[Target]:
        """States every reference of a list."""
        targets = [self.refer(reference, name) for reference in self.part.items(member)]
        return [target for target in targets if target]

    def words(self, part: Part | None, name: str) -> str | None:
        """States a text as it is written."""
        if part is not None:
            self.say(part, name, part.written)
        return part.written if part else None

    def number(self, part: Part | None, name: str) -> int | None:
        """States a whole number."""
        value = count(part)
        if part is not None and value is not None:
            self.say(part, name, str(value))
        return value

    def yes(self, part: Part | None, name: str) -> bool | None:
        """States true or false."""
        if part is None:
            return None
        self.say(part, name, "true" if part.node.value else "false")
        return bool(part.node.value)

    def day(self, found: Moment | None, name: str) -> None:
        """States a day; a year or a month alone is an unknown day."""
        if found is not None:
            self.say(
                found.part,
                name,
                found.day.isoformat() if found.day else None,
                found.reason,
                None if found.day else "records",
            )

    def date(self, member: str, name: str) -> Moment | None:
        """Reads a date of the resource and states its day."""
        found = moment(self.part.get(member))
        self.day(found, name)
        return found

    def period(self, part: Part | None, first: str = "first_day", last: str = "last_day") -> None:
        """States the days of a Period."""
        if part is not None:
            self.day(moment(part.get("start")), first)
            self.day(moment(part.get("end")), last)

    def coding(self, concept: Part | None, name: str) -> None:
        """States the codes of a concept as `system URI|code`, untranslated."""
        for code in codings(concept):
            self.say(code.part, name, f"{code.uri or ''}|{code.part.written}", "system and code as written")

    def diagnoses(self, concept: Part) -> None:
        """States the ICD-10-CM codes of a concept; codes of other systems alone are no diagnosis a claim can use."""
        found = codings(concept)
        fit = [code for code in found if code.system == "icd10cm"]
        for code in fit:
            written = diagnosis(code)
            self.say(
                code.part,
                "diagnoses",
                written,
                None if written else "not an ICD-10-CM code",
                None if written else "coder",
            )
        if found and not fit:
            why = "coded in another system than ICD-10-CM, and not translated"
            self.say(found[0].part, "diagnoses", None, why, "coder")

    def status(self) -> str | None:
        """States the status and the version; `entered-in-error` is stated as withdrawn, and nothing else shall be."""
        status = self.part.text("status")
        meta = self.part.one("meta")
        self.words(meta.text("versionId") if meta else None, "version")
        if status is None:
            return None
        self.say(status, "status", status.written)
        return status.written

    def withdrawn(self, part: Part | None, word: str | None) -> bool:
        """Whether the resource was entered in error; then it is said, and it proves nothing."""
        if part is None or word != "entered-in-error":
            return False
        part.fault("withdrawn", "content that stands", "a resource entered in error; it is no evidence")
        self.say(part, "withdrawn", "true", "entered in error: everything else in it is left unread")
        return True
