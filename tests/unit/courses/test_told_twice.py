"""One delivery told by two systems, summaries beside records, and days that cannot be."""

from datetime import date, timedelta
from typing import Any

import pytest
from evidence_rows import DAY, NOTHING, NUMBERS, PLAN, assertion, beam, evidence, kinds, one, treatment, unknown

from beamclaim.courses import courses
from beamclaim.courses.numbers import JoiningNumbers
from beamclaim.model.persona import PatientNumber

LATER = DAY + timedelta(seconds=1)


@pytest.mark.parametrize(
    "differing",
    [{}, {"fraction": None}, {"delivered": 99.98}, {"machine": None}, {"plan": None}, {"kind": None}],
)
def test_a_delivery_that_two_records_tell_nearly_alike_is_one(differing: dict[str, Any]) -> None:
    record = one(*PLAN, beam(), treatment(), treatment(at=LATER, **differing))
    (row,) = record.form["fractions"]
    assert (row["fraction"], row["status"]) == (1, "complete")
    assert kinds(record).count("exported_again") == 1
    assert "over_delivered" not in kinds(record)


def test_two_metersets_of_one_time_and_beam_are_a_question() -> None:
    record = one(*PLAN, beam(), treatment(delivered=50.0), treatment(at=LATER))
    assert [f.get("status") for f in record.form["fractions"]] == [None]
    assert "different metersets" in unknown(record)["fractions[0].status"]


def test_one_record_that_tells_of_a_beam_twice_at_one_time_adds_nothing_up() -> None:
    rows = [treatment(delivered=50.0, record="9.9"), treatment(delivered=50.0, record="9.9")._replace(path="r2")]
    assert [f.get("status") for f in one(*PLAN, beam(), *rows).form["fractions"]] == [None]


def summary(status: str, delivered: int) -> list[Any]:
    return [
        assertion("plan", "1.2", "current_treatment_status", status, "dicom_summary", file=9),
        assertion("plan", "1.2", "fractions_delivered", str(delivered), "dicom_summary", file=9),
    ]


@pytest.mark.parametrize(
    ("status", "complete"), [("completed", True), ("stopped", True), ("on_break", None), ("suspended", None)]
)
def test_what_was_stopped_has_ended_as_what_was_completed(status: str, complete: bool | None) -> None:
    rows = [treatment(fraction=n, at=DAY + timedelta(days=n)) for n in (1, 2, 3)]
    record = one(*PLAN, beam(), *rows, *summary(status, 3))
    assert record.form.get("records_complete") is complete


def test_a_fraction_over_two_days_is_one_of_the_summarys() -> None:
    rows = [treatment(delivered=50.0), treatment(delivered=50.0, at=DAY + timedelta(days=1))]
    record = one(*PLAN, beam(), *rows, *summary("completed", 1))
    assert record.form["records_complete"] is True


def test_a_summary_without_records_says_what_it_counts_and_asks_for_them() -> None:
    day = assertion("fraction", "1.2/1", "started_at", "2026-01-05T09:00:00", "dicom_summary", file=9)
    record = one(*PLAN, beam(), *summary("completed", 5), day)
    assert "a summary counts 5 fractions delivered, 2026-01-05 to 2026-01-05" in unknown(record)["fractions"]


def test_a_fraction_dated_after_the_day_of_asking_is_said() -> None:
    numbers = JoiningNumbers(NUMBERS.thresholds, NUMBERS.same_visit, date(2026, 1, 4))
    (record,), _ = courses(evidence(*PLAN, beam(), treatment()), NOTHING, patient=PatientNumber("P1"), numbers=numbers)
    assert "after_today" in kinds(record)


def test_the_day_of_a_summary_that_is_not_the_records_is_shown() -> None:
    day = assertion("fraction", "1.2/1", "started_at", "2026-01-08T09:00:00", "dicom_summary", file=9)
    record = one(*PLAN, beam(), treatment(), *summary("completed", 1), day)
    assert [[v.value for v in values] for fact, values in record.conflicts] == [["2026-01-08", "2026-01-05"]]
    assert "another day" in unknown(record)["fractions[0].started_at"]
