"""The technique of a plan from several sources together, and what may be stereotactic."""

import pytest
from evidence_rows import PLAN, assertion, one, unknown

from beamclaim.model.tables.evidence import Assertion


def short(fractions: str | None, dose: str | None) -> list[Assertion]:
    """A plan of a record that says vmat, its fractions and its dose."""
    values = {"dicom_plan": "1.2", "technique": "vmat", "fractions_planned": fractions, "dose_gy": dose}
    return [
        assertion("plan", "Procedure/1", name, value, "fhir") for name, value in values.items() if value is not None
    ]


def test_a_family_contradicts_a_technique_of_another_and_supports_one_of_its_own() -> None:
    same = assertion("plan", "Procedure/1", "dicom_plan", "1.2", "fhir")
    assert one(*PLAN, same, assertion("plan", "Procedure/1", "technique_family", "imrt", "fhir")).conflicts == []
    other = one(*PLAN, same, assertion("plan", "Procedure/1", "technique_family", "3d", "fhir"))
    assert [fact for fact, _ in other.conflicts] == ["plans[0].technique"]


def test_targets_and_a_dose_grid_of_the_plan_make_still_apertures_3d_conformal() -> None:
    plan = [
        assertion("plan", "1.2", "technique", None, reason="2D or 3D", who="dosimetrist"),
        assertion("plan", "1.2", "technique_if_targets", "3d_conformal"),
        assertion("plan", "1.2", "structure_set", "5.5"),
    ]
    targets = assertion("structure_set", "5.5", "has_targets", "true", "dicom_structure_set")
    dose = [
        assertion("dose", "6.6", "dicom_plan", "1.2", "dicom_dose"),
        assertion("dose", "6.6", "has_dose_grid", "true", "dicom_dose"),
    ]
    shown = one(*plan, targets, *dose)
    assert shown.form["plans"][0]["technique"] == "3d_conformal"
    assert {w.source for fact, w in shown.sources if fact == "plans[0].technique"} == {
        "dicom_plan",
        "dicom_structure_set",
        "dicom_dose",
    }
    for lacking in ([targets], dose, [targets, dose[0]]):
        assert "technique" not in one(*plan, *lacking).form["plans"][0]


@pytest.mark.parametrize(
    ("fractions", "dose", "technique"),
    [("5", "50", None), ("1", "8", None), ("5", "25", None), ("5", None, None), ("5", "24.9", "vmat"), ("6", "60", "vmat"),
     (None, None, "vmat")],
)  # fmt: skip
def test_a_coded_technique_of_few_fractions_of_a_high_dose_may_be_stereotactic(
    fractions: str | None, dose: str | None, technique: str | None
) -> None:
    record = one(*short(fractions, dose))
    assert record.form["plans"][0].get("technique") == technique
    assert technique is not None or "no code for stereotactic" in unknown(record)["plans[0].technique"]


@pytest.mark.parametrize(
    ("fractions", "dose", "technique"),
    [("25", "50", "vmat"), ("5", "20", "vmat"), ("5", "50", None), ("5", None, None)],
)
def test_a_prescription_elsewhere_excludes_stereotactic_treatment_or_does_not(
    fractions: str, dose: str | None, technique: str | None
) -> None:
    unsure = [
        assertion("plan", "1.2", "technique", None, reason="it cannot be excluded", who="physician"),
        assertion("plan", "1.2", "technique_if_not_stereotactic", "vmat"),
    ]
    other = [s for s in short(fractions, dose) if s.name != "technique"]
    record = one(*unsure, *other)
    assert record.form["plans"][0].get("technique") == technique
    shown = {w.source for fact, w in record.sources if fact == "plans[0].technique"}
    assert shown == ({"dicom_plan", "fhir"} if technique else set())
    assert "technique" not in one(*unsure).form["plans"][0]
