"""DXN102. Not an ICD-10-CM code on the day of service, or a category that needs more characters."""

from beamclaim.rules import col, either, one_of, rule, text, value

TABLE = "icd10cm"


@rule(
    "DXN102",
    title="Diagnosis code not valid on the date of service",
    view="diagnoses",
    applies=one_of(col("diagnosis.qualifier"), "ABK", "ABF", "ABJ", "APR", "ABN"),
    at="diagnosis.code",
    message="{diagnosis.code} {why} on {claim.last_service}",
    to_do="Give the diagnosis in full, with every character the record supports",
    who="coder",
    risk="rejection",
    cites=("ICD10CM-2021-01", "ICD10CM-2025-04", "ICD10CM-2026-04"),
)
def diagnosis_not_valid():
    status = value(TABLE, "status", of="diagnosis.code", on="claim.last_service")
    category = status == text("category")
    return dict(
        fires=one_of(status, "category", "absent"),
        why=either(category, "is a category that needs more characters", "is not an ICD-10-CM code"),
    )
