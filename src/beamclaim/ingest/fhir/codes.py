"""`codes.csv` → the codes of CodeX RT and mCODE that are read, with the word each becomes and where it is defined."""

import csv
from dataclasses import dataclass
from importlib.resources import files

SYSTEMS = {
    "http://snomed.info/sct": "sct",
    "http://hl7.org/fhir/us/codex-radiation-therapy/CodeSystem/snomed-requested-cs": "sct",
    "urn:oid:2.16.840.1.113883.6.96": "sct",
    "http://terminology.hl7.org/CodeSystem/v3-NullFlavor": "null",
    "http://terminology.hl7.org/CodeSystem/v3-ActCode": "act",
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10cm",
    "urn:oid:2.16.840.1.113883.6.90": "icd10cm",
    "http://www.ama-assn.org/go/cpt": "procedure",
    "urn:oid:2.16.840.1.113883.6.12": "procedure",
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": "procedure",
    "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": "procedure",
    "urn:oid:2.16.840.1.113883.6.285": "procedure",
}
"""Code systems by their URI; `procedure` is CPT and HCPCS level II, whose codes do not overlap."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code becomes: a word of the course form (empty: none is certain) and the wider family it belongs to."""

    word: str
    family: str


def _read() -> dict[str, dict[tuple[str, str], Meaning]]:
    tables: dict[str, dict[tuple[str, str], Meaning]] = {}
    rows = files(__package__).joinpath("codes.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(rows):
        tables.setdefault(row["table"], {})[row["system"], row["code"]] = Meaning(row["word"], row["family"])
    return tables


TABLES = _read()
"""Table → (system, code) → meaning."""
