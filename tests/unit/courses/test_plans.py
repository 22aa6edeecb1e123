"""Plans of a course: those known by their records alone, those that are not clinical, their names and approval."""

from datetime import timedelta

import pytest
from evidence_rows import DAY, PLAN, Row, assertion, beam, kinds, one, treatment, unknown


def test_a_record_without_a_plan_takes_the_only_plan_it_fits() -> None:
    record = one(*PLAN, beam(), treatment(None))
    assert record.form["fractions"][0]["plan"] == "Prostate"
    assert "plan_inferred" in kinds(record)
    two = one(
        *PLAN, beam(), assertion("plan", "1.3", "frame_of_reference", "7.7"), beam("1.3"), treatment(None, frame="7.7")
    )
    assert "plan" not in two.form["fractions"][0]
    assert "fractions[0].plan" in unknown(two)


def test_a_plan_known_by_its_records_alone_is_listed_with_what_they_say() -> None:
    record = one(treatment(fractions_planned=12))
    assert record.form["plans"] == [{"plan": "plan 1", "modality": "photon", "fractions_planned": 12}]
    assert "plan_missing" in kinds(record)
    assert "isocenters" not in record.form["fractions"][0]


@pytest.mark.parametrize("intent", ["verification", "machine_qa", "RESEARCH", "service"])
def test_a_plan_that_is_not_clinical_is_a_note_and_its_records_are_said_and_not_counted(intent: str) -> None:
    record = one(*PLAN, beam(), treatment(), assertion("plan", "1.9", "intent", intent), treatment("1.9"))
    assert [p["plan"] for p in record.form["plans"]] == ["Prostate"]
    assert len(record.form["fractions"]) == 1
    assert {"not_clinical", "not_clinical_delivered"} <= set(kinds(record))


def test_plans_of_one_label_get_a_number_and_keep_their_uid_in_the_sources() -> None:
    again = [assertion("plan", "1.3", "label", "Prostate"), assertion("plan", "1.3", "frame_of_reference", "7.7")]
    record = one(*PLAN, *again)
    assert [p["plan"] for p in record.form["plans"]] == ["Prostate", "Prostate (2)"]
    reasons = [w.reason for fact, w in record.sources if fact.endswith("].plan") and fact.startswith("plans")]
    assert all(reason is not None and "known to its source as 1." in reason for reason in reasons)


def test_an_approval_needs_both_its_reviewer_and_its_day() -> None:
    record = one(*PLAN, assertion("plan", "1.2", "approved_by", "Dr A"))
    assert "approved_by" not in record.form["plans"][0]
    assert "plans[0].approved_by" in unknown(record)


def test_phases_stand_for_plans_where_none_is_known() -> None:
    rows: list[Row] = [
        assertion("phase", "Procedure/1", name, value, "fhir")
        for name, value in (("label", "Boost"), ("technique", "vmat"))
    ]
    assert one(*rows).form["plans"] == [{"plan": "Boost", "technique": "vmat"}]


def test_fractions_that_do_not_fit_their_plan_are_said() -> None:
    late = [treatment(fraction=n, at=DAY + timedelta(days=n)) for n in (1, 3, 5)]
    approved = [assertion("plan", "1.2", "approved_by", "Dr A"), assertion("plan", "1.2", "approved_on", "2026-01-09")]
    record = one(*PLAN, *approved, beam(), *late)
    assert {"number_skipped", "approved_late"} <= set(kinds(record))


@pytest.mark.parametrize("is_known", [True, False])
def test_a_plan_that_may_be_one_for_verification_is_asked_and_not_counted(is_known: bool) -> None:
    doubt = assertion("plan", "1.9", "is_clinical", None, reason="it verifies another plan", who="physicist")
    stated = [assertion("plan", "1.9", "is_clinical", "true")] if is_known else []
    record = one(*PLAN, beam(), treatment(), doubt, *stated, treatment("1.9"))
    assert [p["plan"] for p in record.form["plans"]] == ["Prostate"]
    assert len(record.form["fractions"]) == 1
    assert "it verifies another plan" in unknown(record)["plans"]
    assert "not_clinical_delivered" in kinds(record)


REJECTED = (
    assertion("plan", "1.8", "label", "OLD"),
    assertion("plan", "1.8", "frame_of_reference", "7.7"),
    assertion("plan", "1.8", "approval_status", "rejected"),
)


def test_a_rejected_plan_is_said_and_is_none_of_the_course() -> None:
    record = one(*PLAN, beam(), treatment(), *REJECTED)
    assert [p["plan"] for p in record.form["plans"]] == ["Prostate"]
    assert "rejected" in kinds(record)


def test_a_rejected_plan_that_is_delivered_is_counted_and_asked() -> None:
    record = one(*PLAN, beam(), treatment(), *REJECTED, treatment("1.8", at=DAY + timedelta(days=1)))
    assert [p["plan"] for p in record.form["plans"]] == ["Prostate", "OLD"]
    assert len(record.form["fractions"]) == 2 and "rejected_delivered" in kinds(record)
    assert any("approved later" in u.reason for u in record.unknown if u.fact == "plans[1].approved_by")


def test_a_plan_approved_in_one_file_and_rejected_in_another_is_asked() -> None:
    approved = [
        assertion("plan", "1.8", name, value, file=1)
        for name, value in (("approval_status", "approved"), ("approved_by", "Dr A"), ("approved_on", "2026-01-02"))
    ]
    record = one(*REJECTED, *approved)
    assert "approved_by" not in record.form["plans"][0]
    assert "another that it was rejected" in unknown(record)["plans[0].approved_by"]
