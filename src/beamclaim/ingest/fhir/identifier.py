"""An Identifier of a patient → the number, its kind by HL7 table 0203, and its system as its issuer."""

from beamclaim.ingest.fhir.element import FhirElement
from beamclaim.model.persona import PatientNumber, numbered

_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
_SECURITY = frozenset({"http://hl7.org/fhir/sid/us-ssn", "urn:oid:2.16.840.1.113883.4.1"})
"""Systems of social security numbers."""


def number_of(identifier: FhirElement, written: str) -> PatientNumber | None:
    """The number of an Identifier whose value is written so; null where that is blank."""
    system, kind = identifier.text("system"), identifier.one("type")
    kinds = []
    for coding in kind.items("coding") if kind else []:
        of, code = coding.text("system"), coding.text("code")
        if code is not None and (of is None or of.written == _TYPES):
            kinds.append(code.written)
    if system is not None and system.written in _SECURITY:
        kinds = ["SS"]
    best = min(kinds, key=lambda code: PatientNumber("", code.upper()).rank, default="")
    return numbered(written, best, (system.written if system else None,))
