"""What is a treatment fraction: quality assurance, foreign words and impossible numbers are asked, and counted nowhere."""

from datetime import timedelta

import pytest
from evidence_rows import DAY, PLAN, beam, join, kinds, one, treatment, unknown

EVENING = DAY - timedelta(hours=14)


@pytest.mark.parametrize("kind", ["verification", "other"])
def test_a_delivery_that_may_be_no_treatment_is_listed_and_counted_in_no_session(kind: str) -> None:
    record = one(*PLAN, beam(), treatment(at=EVENING, kind=kind, record="9.Q"), treatment())
    assert [f["started_at"] for f in record.form["fractions"]] == ["2026-01-05T09:00:00"]
    assert "session" not in unknown(record).get("fractions[].session", "")
    assert kinds(record).count("unsure_treatment") == 1
    assert "300A,00CE" in unknown(record)["fractions"]


def test_a_morning_record_numbered_0_leaves_the_visits_of_its_day_alone() -> None:
    record = one(*PLAN, beam(), treatment(at=DAY - timedelta(hours=2), fraction=0), treatment())
    (row,) = record.form["fractions"]
    assert (row["fraction"], row["status"]) == (1, "complete")
    assert not [u for u in record.unknown if u.fact.endswith("session")]
    assert "fraction number is 0" in unknown(record)["fractions"]


def test_a_number_beyond_the_planned_is_asked_and_one_within_is_not() -> None:
    days = [treatment(at=DAY + timedelta(days=n), fraction=n) for n in (1, 2, 3, 4, 5, 6)]
    record = one(*PLAN, beam(), *days)
    assert [f["fraction"] for f in record.form["fractions"]] == [1, 2, 3, 4, 5]
    assert "its plan has 5" in unknown(record)["fractions"]


def test_what_the_record_repeats_of_the_planned_number_counts_as_well() -> None:
    record = one(*PLAN, beam(), treatment(fraction=6, fractions_planned=7), treatment(fraction=1, at=EVENING))
    assert [f["fraction"] for f in record.form["fractions"]] == [1, 6]
    assert "unsure_treatment" not in kinds(record)


def test_a_boost_numbered_on_from_the_plan_before_is_counted() -> None:
    boost = [treatment(at=DAY + timedelta(days=n), fraction=25 + n) for n in range(3)]
    record = one(*PLAN, beam(), *boost)
    assert [f["fraction"] for f in record.form["fractions"]] == [25, 26, 27]
    assert "beyond_plan" in kinds(record)


def test_many_records_of_one_doubt_are_asked_about_once() -> None:
    checks = [treatment(at=EVENING - timedelta(days=n), kind="verification", record=f"9.Q{n}") for n in range(4)]
    record = one(*PLAN, beam(), *checks, treatment())
    asked = [u.reason for u in record.unknown if u.fact == "fractions"]
    assert len(asked) == 1
    assert asked[0].startswith("4 records, 2026-01-01 to 2026-01-04: ")


def test_a_setup_beam_is_no_part_of_what_was_due() -> None:
    """Where the plan is not there, the beams of its treatments say what was due, not its setup fields."""
    setup = treatment(beam=2, beam_name="CBCT", kind="setup", specified=1.0, delivered=1.0)
    (record,) = join(setup, treatment())
    assert [f["status"] for f in record.form["fractions"]] == ["complete"]


@pytest.mark.parametrize("kind", ["setup", "open_portfilm", "trmt_portfilm"])
def test_setup_fields_and_port_films_are_no_treatment_and_nobody_is_asked(kind: str) -> None:
    record = one(*PLAN, beam(), treatment(kind=kind), treatment(at=DAY + timedelta(days=1)))
    assert [f["started_at"][:10] for f in record.form["fractions"]] == ["2026-01-06"]
    assert kinds(record).count("not_treatment") == 1
    assert "fractions" not in unknown(record)
