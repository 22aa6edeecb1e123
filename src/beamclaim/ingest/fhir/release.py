"""`resource_types.csv` → what belongs to FHIR R4 and what only to R5: resource types and members that changed their names."""

import csv
from importlib.resources import files

_TYPES = [*csv.DictReader(files(__package__).joinpath("resource_types.csv").read_text(encoding="utf-8").splitlines())]

RESOURCE_TYPES = frozenset(row["type"] for row in _TYPES if row["release"] == "R4")
"""Resource types of FHIR 4.0.1 and 4.3.0."""

LATER_TYPES = frozenset(row["type"] for row in _TYPES if row["release"] == "R5")
"""Resource types that came with FHIR 5.0.0 or later."""

LATER_MEMBERS: dict[str, frozenset[str]] = {
    "Procedure": frozenset(
        {"occurrenceDateTime", "occurrencePeriod", "occurrenceString", "occurrenceAge", "occurrenceTiming", "reason"}
    ),
    "ServiceRequest": frozenset({"reason", "asNeededFor", "bodyStructure"}),
    "Encounter": frozenset({"actualPeriod", "plannedStartDate", "admission", "virtualService", "reason"}),
    "BodyStructure": frozenset({"includedStructure", "excludedStructure"}),
    "Consent": frozenset({"grantor", "grantee", "decision", "controller", "regulatoryBasis"}),
    "DocumentReference": frozenset({"attester", "modality", "bodySite"}),
    "ChargeItem": frozenset({"reason"}),
    "Coverage": frozenset({"insurer", "kind", "paymentBy"}),
    "Condition": frozenset({"participant"}),
}
"""Members that R4 does not know and R5 does, of the resources that are read (and would be silently missed)."""
