"""The documents of a careful record: what was written, when, and by whom."""

from datetime import date, timedelta
from typing import Any

from beamclaim.synthetic.clinic.regimens import Payer, Regimen

MD, PHYSICIST, THERAPIST, DOSIMETRIST, PATIENT = "MD-1", "PH-1", "RT-1", "DO-1", "PATIENT"
#: Before simulation, at planning, before the first fraction, at its end: days from the plan, the plan, the start, the end.
_EVERY_COURSE = (
    ("clinical_planning_note", "planning", MD), ("treatment_objective", "planning", MD), ("consultations", "planning", MD),
    ("clinical_history", "planning", MD), ("diagnosis_stage_pathology", "planning", MD), ("informed_consent", "planning", MD),
    ("imrt_indication", "planning", MD), ("imrt_necessity_statement", "planning", MD), ("contours", "plan", MD),
    ("dose_volume_goals", "plan", MD), ("dose_volume_review", "plan", MD), ("image_review_isodose", "plan", MD),
    ("plan_approval", "plan", MD), ("prescription_approval", "plan", MD), ("signed_prescription", "plan", MD),
    ("dose_per_target", "plan", MD), ("treated_site", "plan", MD), ("laterality", "plan", MD), ("portals_listed", "plan", MD),
    ("guidance_in_prescription", "plan", MD), ("motion_necessity", "plan", MD), ("motion_system", "plan", MD),
    ("motion_workflow", "plan", MD), ("motion_acquisition_alert", "plan", MD), ("motion_beam_control", "plan", MD),
    ("isocenters_reason", "plan", MD), ("isocenters_labelled", "plan", PHYSICIST), ("initial_plan_check", "plan", PHYSICIST),
    ("secondary_dose_calculation", "plan", PHYSICIST), ("patient_specific_qa", "plan", PHYSICIST),
    ("dosimetric_verification", "plan", PHYSICIST), ("simulation_physics_dosimetry_reports", "plan", PHYSICIST),
    ("proposed_plan", "planning", MD), ("plan_comparison", "plan", DOSIMETRIST), ("organ_dose_thresholds", "plan", DOSIMETRIST),
    ("order_or_intent", "planning", MD), ("order_before_service", "planning", MD), ("fraction_count_reason", "planning", MD),
    ("authorization_match", "plan", "STAFF-1"), ("authorization_new_codes", "plan", "STAFF-1"),
    ("end_of_treatment_physics", "end", PHYSICIST), ("completion_note", "end", MD),
    ("treatment_and_changes", "end", THERAPIST), ("legible_ordered_record", "end", MD), ("legible_signature", "end", MD),
    ("name_and_date_on_pages", "end", MD), ("diagnosis_code_support", "end", MD), ("peer_review", "plan", MD),
)  # fmt: skip


def documents(course: dict[str, Any], regimen: Regimen, payer: Payer) -> list[dict[str, Any]]:
    """Every document of the course, dated and signed."""
    fractions = course["fractions"]
    plan = date.fromisoformat(course["plans"][0]["approved_on"])
    days = {
        "planning": plan - timedelta(days=10),
        "plan": plan,
        "end": date.fromisoformat(fractions[-1]["started_at"][:10]),
    }
    out = [_document(item, days[when].isoformat(), by) for item, when, by in _EVERY_COURSE]
    if regimen.per_day > 1:
        out.append(_document("twice_daily_order", days["plan"].isoformat(), MD))
    for at, fraction in enumerate(fractions, 1):
        day = fraction["started_at"][:10]
        out.append(_document("daily_treatment_record", day, THERAPIST))
        if fraction["guidance"]:
            out.append(_document("image_review", day, MD))
        if at % 5 == 0 or at == len(fractions):
            out.append(_document("weekly_management_note", day, MD))
            out.append(_document("weekly_physics_check", day, PHYSICIST))
    for number, document in enumerate(out, 1):
        document["reference"] = f"doc-{number}"
    return out


def _document(item: str, day: str, signed_by: str) -> dict[str, Any]:
    return {"item": item, "date": day, "signed_by": signed_by}
