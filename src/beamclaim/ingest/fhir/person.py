"""Patient and Condition → who the patient is, and diagnoses."""

from beamclaim.ingest.fhir.datatypes import moment
from beamclaim.ingest.fhir.directory import Person
from beamclaim.ingest.fhir.element import FhirElement
from beamclaim.ingest.fhir.place import sites
from beamclaim.ingest.fhir.resource import Resource
from beamclaim.ingest.fhir.resource_recorder import ResourceRecorder

_SEX = {"male": "M", "female": "F", "other": "O"}
_IDENTIFIER_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"


def _number(resource: Resource) -> tuple[FhirElement, str, str]:
    """The patient's number, its element and which it is: the medical record number, else the first identifier, else the id."""
    first: FhirElement | None = None
    for identifier in resource.element.items("identifier"):
        value = identifier.text("value")
        kind = identifier.one("type")
        first = first or value
        for coding in kind.items("coding") if kind and value else []:
            system, code = coding.text("system"), coding.text("code")
            if value and code and code.written == "MR" and (system is None or system.written == _IDENTIFIER_TYPES):
                return value, value.written, "identifier of type MR"
    if first is not None:
        return first, first.written, "first identifier: none is of type MR"
    own = resource.element.text("id")
    return own or resource.element, own.written if own else resource.key, "id of the resource: it has no identifier"


def person(resource: Resource) -> Person:
    """The patient as other resources need to know."""
    gender = resource.element.text("gender")
    born = moment(resource.element.get("birthDate"))
    return Person(_number(resource)[1], born.day if born else None, _SEX.get(gender.written) if gender else None)


def patient(recorder: ResourceRecorder) -> None:
    """Asserts who the patient is: number, birth date, sex; no name, no address."""
    element, number, which = _number(recorder.resource)
    recorder.patient = number
    recorder.add("id", number, at=element, reason=which)
    # The directory has read the birth date before, and has said what is wrong with it.
    known = recorder.directory.people.get(recorder.key)
    born = recorder.element.text("birthDate")
    if born is not None:
        day = known.birth_date if known else None
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
