"""Patients and conditions."""

from beamclaim.ingest.fhir.directory import Person
from beamclaim.ingest.fhir.part import Part
from beamclaim.ingest.fhir.place import sites
from beamclaim.ingest.fhir.resource import Resource
from beamclaim.ingest.fhir.telling import Telling
from beamclaim.ingest.fhir.value import moment

_SEX = {"male": "M", "female": "F", "other": "O"}
_IDENTIFIER_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"


def _number(resource: Resource) -> tuple[Part, str, str]:
    """The patient's number, its part and which it is: the medical record number, else the first identifier, else the id."""
    first: Part | None = None
    for identifier in resource.part.items("identifier"):
        value = identifier.text("value")
        kind = identifier.one("type")
        first = first or value
        for coding in kind.items("coding") if kind and value else []:
            system, code = coding.text("system"), coding.text("code")
            if value and code and code.written == "MR" and (system is None or system.written == _IDENTIFIER_TYPES):
                return value, value.written, "identifier of type MR"
    if first is not None:
        return first, first.written, "first identifier: none is of type MR"
    own = resource.part.text("id")
    return own or resource.part, own.written if own else resource.key, "id of the resource: it has no identifier"


def person(resource: Resource) -> Person:
    """The patient as other resources need to know."""
    gender = resource.part.text("gender")
    born = moment(resource.part.get("birthDate"))
    return Person(_number(resource)[1], born.day if born else None, _SEX.get(gender.written) if gender else None)


def patient(telling: Telling) -> None:
    """States who the patient is: number, birth date, sex; no name, no address."""
    part, number, which = _number(telling.resource)
    telling.patient = number
    telling.say(part, "id", number, which)
    # The directory has read the birth date before, and has said what is wrong with it.
    known = telling.directory.people.get(telling.key)
    born = telling.part.text("birthDate")
    if born is not None:
        day = known.birth_date if known else None
        telling.say(
            born,
            "birth_date",
            day.isoformat() if day else None,
            None if day else "no whole day is written",
            None if day else "records",
        )
    gender = telling.part.text("gender")
    if gender is not None:
        sex = _SEX.get(gender.written)
        telling.say(gender, "sex", sex, "administrative gender", None if sex else "records")


def condition(telling: Telling) -> None:
    """States a diagnosis, unless it is refuted or entered in error."""
    part = telling.part
    telling.belongs("subject")
    verified = part.one("verificationStatus")
    for coding in verified.items("coding") if verified else []:
        code = coding.text("code")
        if code is not None and code.written in {"entered-in-error", "refuted"}:
            code.fault(
                "withdrawn", "a condition that stands", f"one {code.written.replace('-', ' ')}; it is no evidence"
            )
            telling.say(code, "withdrawn", "true", "everything else in it is left unread")
            return
    code = part.one("code")
    if code is not None:
        telling.diagnoses(code)
    sites(telling, "bodySite")
    onset = part.get("onsetDateTime") or part.get("recordedDate")
    telling.day(moment(onset), "date")
