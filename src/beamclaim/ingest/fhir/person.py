"""Patient and Condition → who the patient is, and diagnoses."""

from beamclaim.ingest.fhir.datatypes import moment
from beamclaim.ingest.fhir.directory import Person
from beamclaim.ingest.fhir.element import FhirElement
from beamclaim.ingest.fhir.identifier import number_of
from beamclaim.ingest.fhir.place import sites
from beamclaim.ingest.fhir.resource import Resource
from beamclaim.ingest.fhir.resource_recorder import ResourceRecorder
from beamclaim.model.persona import PatientNumber, Persona, numbered

_SEX = {"male": "M", "female": "F", "other": "O"}
_IS_OF = {"replaces": "merged_from", "replaced-by": "merged_into", "seealso": "linked_to", "refer": "linked_to"}
"""Types of Patient.link, in words of the assertions."""


def _numbers(resource: Resource) -> list[tuple[PatientNumber, FhirElement]]:
    """The patient's identifiers, each with its kind and its system; a resource without any goes by its id."""
    out = []
    for identifier in resource.element.items("identifier"):
        value = identifier.text("value")
        if value is not None and (number := number_of(identifier, value.written)) is not None:
            out.append((number, value))
    own = resource.element.text("id")
    name = own.written if own else resource.key
    return out or [(number, own or resource.element) for number in [numbered(name)] if number]


def person(resource: Resource) -> Person:
    """The patient as other resources need to know."""
    gender = resource.element.text("gender")
    born = moment(resource.element.get("birthDate"))
    sex = _SEX.get(gender.written) if gender else None
    day = born.day if born else None
    family, given = _name(resource)
    persona = Persona.of((n for n, _ in _numbers(resource)), birth_date=day, sex=sex, family=family, given=given)
    return Person(persona.text, day, sex)


def _name(resource: Resource) -> tuple[str | None, str | None]:
    """The name in use; one of before or a nickname tells nobody apart."""
    for name in resource.element.items("name"):
        use = name.text("use")
        if use is None or use.written in ("official", "usual"):
            family, given = name.text("family"), name.items("given", "a text")
            return family.written if family else None, given[0].written if given else None
    return None, None


def patient(recorder: ResourceRecorder) -> None:
    """Asserts who the patient is: number, birth date, sex; no name, no address."""
    known = recorder.directory.people.get(recorder.key) or person(recorder.resource)
    recorder.patient = known.id
    number = Persona.read(known.id).number
    element = next((at for n, at in _numbers(recorder.resource) if n == number), recorder.element)
    if number is not None and number.rank < 4:
        recorder.add("id", number.number, at=element, reason=_which(number, is_own=element.path.endswith(".id")))
    else:
        reason = "an account's or a social security number is no patient's record number"
        recorder.add("id", None, at=element, reason=reason, settled_by="records")
    # The directory has read the birth date before, and has said what is wrong with it.
    born = recorder.element.text("birthDate")
    if born is not None:
        day = known.birth_date
        recorder.add(
            "birth_date",
            day.isoformat() if day else None,
            at=born,
            reason=None if day else "no whole day is written",
            settled_by="records",
        )
    gender = recorder.element.text("gender")
    if gender is not None:
        sex = _SEX.get(gender.written)
        recorder.add("sex", sex, at=gender, reason="administrative gender", settled_by="records")
    for link in recorder.element.items("link"):
        kind = link.text("type")
        if kind is not None and kind.written in _IS_OF:
            recorder.refer(link.one("other"), _IS_OF[kind.written])


def _which(number: PatientNumber, *, is_own: bool) -> str:
    if is_own:
        return "id of the resource: it has no identifier"
    return "identifier of type MR" if number.kind == "MR" else "no identifier is of type MR"


def condition(recorder: ResourceRecorder) -> None:
    """Asserts a diagnosis, unless it is refuted or entered in error."""
    element = recorder.element
    recorder.belongs("subject")
    verified = element.one("verificationStatus")
    for coding in verified.items("coding") if verified else []:
        code = coding.text("code")
        if code is not None and code.written in {"entered-in-error", "refuted"}:
            code.fault(
                "withdrawn",
                expected="a condition that stands",
                found=f"one {code.written.replace('-', ' ')}; it is no evidence",
            )
            recorder.add("withdrawn", "true", at=code, reason="everything else in it is left unread")
            return
    code = element.one("code")
    if code is not None:
        recorder.diagnoses(code)
    sites(recorder, "bodySite")
    onset = element.get("onsetDateTime") or element.get("recordedDate")
    recorder.day(moment(onset), "date")
