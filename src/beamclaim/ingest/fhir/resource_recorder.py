"""Elements of a resource → assertions: each with its patient, its subject and its own bytes.

A `ResourceRecorder` is made for each resource that is read, and one for each part of it that is a subject of its own.
Called by `reader`; handed to the readers of `person`, `treatment`, `record`, `billing`.
"""

from typing import Any

from beamclaim.ingest.assertions import Subject
from beamclaim.ingest.fhir.datatypes import Moment, codings, count, diagnosis, moment
from beamclaim.ingest.fhir.directory import Directory, Person, Target
from beamclaim.ingest.fhir.element import FhirElement, FhirRecorder
from beamclaim.ingest.fhir.identifier import number_of
from beamclaim.ingest.fhir.resource import Resource
from beamclaim.model.persona import Persona
from beamclaim.model.tables.evidence import Delivery


class ResourceRecorder:
    """A resource being read, and the subject its assertions are about. `patient`: whose it is, once `belongs` was asked."""

    def __init__(self, resource: Resource, subject: Subject, directory: Directory, file: FhirRecorder) -> None:
        self.resource = resource
        self.element = resource.element
        self.directory = directory
        self.patient: str | None = None
        self.person: Person | None = None
        self._subject = subject
        self._file = file

    @property
    def kind(self) -> str:
        """The kind of its subject: plan, fraction, charge …"""
        return self._subject.kind

    @property
    def key(self) -> str:
        """The key of its subject: `Procedure/id`."""
        return self._subject.key

    def about(self, kind: str, key: str) -> "ResourceRecorder":
        """The same resource about another subject: one volume's dose, one item of a claim."""
        other = ResourceRecorder(self.resource, Subject(kind, key), self.directory, self._file)
        other.patient, other.person = self.patient, self.person
        return other

    def add(
        self,
        name: str,
        value: str | None,
        *,
        at: FhirElement,
        reason: str | None = None,
        settled_by: str | None = None,
    ) -> None:
        """Asserts a thing of the subject, by those bytes; value null is *looked for and inconclusive*."""
        self._file.patient = self.patient
        self._file.add(self._subject, name, value, at=at.at, reason=reason, settled_by=settled_by)

    def deliver(self, **values: Any) -> None:
        """Adds the row of a fraction treated; its place is the whole resource."""
        at, rows = self.element.at, self._file.evidence.deliveries
        rows.append(Delivery(self._file.file, at.start, at.end, at.segment, source="fhir", path=at.path, **values))

    def belongs(self, member: str) -> None:
        """Whose resource it is: the patient's number if the patient is in the file, else the id the reference gives."""
        reference = self.element.one(member)
        target = self.refer(reference, "patient") if reference else None
        if reference is None:
            self.element.fault("subject", expected=f"a patient in {member}", found="none")
        elif target is None:
            self._by_number(reference)
        elif target.key in self.directory.people:
            self.person = self.directory.people[target.key]
            self.patient = self.person.id
        else:
            self.patient = target.key.removeprefix("Patient/")
        self._own_reference()

    def _by_number(self, reference: FhirElement) -> None:
        identifier = reference.one("identifier")
        number = identifier.text("value") if identifier else None
        if identifier is not None and number is not None:
            named = number_of(identifier, number.written)
            self.patient = Persona.of([named]).text or None
            self.add(
                "patient",
                None,
                at=number,
                reason="the patient is named by a number, not by a reference",
                settled_by="records",
            )
        elif not reference.has("reference"):
            reference.fault("subject", expected="a reference to a patient", found="none")

    def _own_reference(self) -> None:
        """The assertion of the reference itself belongs to the patient too."""
        rows = self._file.evidence.assertions
        if rows and rows[-1].name == "patient" and rows[-1].key == self.key:
            rows[-1] = rows[-1]._replace(patient=self.patient)

    def refer(self, reference: FhirElement | None, name: str) -> Target | None:
        """Asserts a reference by the key of what it names."""
        if reference is None:
            return None
        target = self.directory.resolve(reference, self.resource)
        if target is not None:
            outside = None if target.is_here else "not in the file"
            self.add(name, target.key, at=target.element, reason=outside)
        return target

    def signer(self, reference: FhirElement | None, name: str) -> None:
        """Asserts who signed: by name when the file has it, else by the reference."""
        target = self.directory.resolve(reference, self.resource) if reference else None
        if target is not None:
            known = self.directory.names.get(target.key)
            reason = f"the name of {target.key}" if known else "a reference"
            self.add(name, known or target.key, at=target.element, reason=reason)
        elif reference is not None and (display := reference.text("display")):
            self.add(name, display.written, at=display, reason="as displayed")

    def refer_all(self, member: str, name: str) -> list[Target]:
        """Asserts every reference of a list."""
        targets = [self.refer(reference, name) for reference in self.element.items(member)]
        return [target for target in targets if target]

    def words(self, element: FhirElement | None, name: str) -> str | None:
        """Asserts a text as it is written."""
        if element is not None:
            self.add(name, element.written, at=element)
        return element.written if element else None

    def number(self, element: FhirElement | None, name: str) -> int | None:
        """Asserts a whole number."""
        value = count(element)
        if element is not None and value is not None:
            self.add(name, str(value), at=element)
        return value

    def yes(self, element: FhirElement | None, name: str) -> bool | None:
        """Asserts true or false."""
        if element is None:
            return None
        self.add(name, "true" if element.node.value else "false", at=element)
        return bool(element.node.value)

    def day(self, written: Moment | None, name: str) -> None:
        """Asserts a day; a year or a month alone is an unknown day."""
        if written is not None:
            day = written.day.isoformat() if written.day else None
            self.add(name, day, at=written.element, reason=written.reason, settled_by="records")

    def date(self, member: str, name: str) -> Moment | None:
        """Reads a date of the resource and asserts its day."""
        written = moment(self.element.get(member))
        self.day(written, name)
        return written

    def period(self, element: FhirElement | None, first: str = "first_day", last: str = "last_day") -> None:
        """Asserts the days of a Period."""
        if element is not None:
            self.day(moment(element.get("start")), first)
            self.day(moment(element.get("end")), last)

    def coding(self, concept: FhirElement | None, name: str) -> None:
        """Asserts the codes of a concept as `system URI|code`, untranslated."""
        for code in codings(concept):
            self.add(
                name, f"{code.uri or ''}|{code.element.written}", at=code.element, reason="system and code as written"
            )

    def diagnoses(self, concept: FhirElement) -> None:
        """Asserts the ICD-10-CM codes of a concept; codes of other systems alone are no diagnosis a claim can use."""
        codes = codings(concept)
        fit = [code for code in codes if code.system == "icd10cm"]
        for code in fit:
            written = diagnosis(code)
            self.add(
                "diagnoses",
                written,
                at=code.element,
                reason=None if written else "not an ICD-10-CM code",
                settled_by="coder",
            )
        if codes and not fit:
            why = "coded in another system than ICD-10-CM, and not translated"
            self.add("diagnoses", None, at=codes[0].element, reason=why, settled_by="coder")

    def status(self) -> str | None:
        """Asserts the status and the version; `entered-in-error` is asserted as withdrawn, and nothing else shall be."""
        status = self.element.text("status")
        meta = self.element.one("meta")
        self.words(meta.text("versionId") if meta else None, "version")
        if status is None:
            return None
        self.add("status", status.written, at=status)
        return status.written

    def withdrawn(self, element: FhirElement | None, word: str | None) -> bool:
        """Whether the resource was entered in error; then that is asserted, and it proves nothing."""
        if element is None or word != "entered-in-error":
            return False
        element.fault(
            "withdrawn", expected="content that stands", found="a resource entered in error; it is no evidence"
        )
        self.add("withdrawn", "true", at=element, reason="entered in error: everything else in it is left unread")
        return True
