"""What became of a fraction: metersets of one unit, beams by name, damaged files, contradictions and second deliveries."""

from datetime import timedelta
from typing import Any

import pytest
from evidence_rows import DAY, PLAN, beam, kinds, one, treatment, unknown

from beamclaim.courses import CourseRecord

SECOND = DAY + timedelta(minutes=4)


def status(record: CourseRecord) -> list[Any]:
    return [f.get("status") for f in record.form["fractions"]]


@pytest.mark.parametrize(
    ("specified", "delivered", "unit", "became"),
    [
        (100.0, 100.0, "MU", "complete"),
        (60.0, 60.0, "MU", "partial"),  # the plan's 100 MU are what was due
        (1.2, 1.2, "MINUTE", "complete"),
        (1.2, 0.6, "MINUTE", "partial"),
        (6200.0, 6200.0, "SECONDARY", "complete"),
        (6200.0, 3100.0, "SECONDARY", "partial"),
        (None, 1.2, "MINUTE", None),
        (None, 1.2, "SECONDARY", None),
        (100.0, 100.0, None, "complete"),  # the unit is not said, and both ways to tell it agree
        (6200.0, 6200.0, None, None),
        (None, 100.0, None, None),
    ],
)
def test_delivered_is_divided_by_what_is_in_its_own_unit(
    specified: float | None, delivered: float, unit: str | None, became: str | None
) -> None:
    record = one(*PLAN, beam(), treatment(specified=specified, delivered=delivered, unit=unit))
    assert status(record) == [became]
    assert "over_delivered" not in kinds(record)
    if became == "partial" and unit != "MU":
        assert record.form["fractions"][0]["delivered_fraction"] == "0.5"


def test_a_beam_told_in_another_unit_leaves_the_plan_to_the_beams_without_a_record() -> None:
    record = one(*PLAN, beam(), beam(number=2), treatment(specified=1.2, delivered=1.2, unit="MINUTE"))
    (row,) = record.form["fractions"]
    assert (row["status"], row["delivered_fraction"], row["reason"]) == ("partial", "0.5", "no record of beam 2")


def test_a_resumed_beam_is_divided_by_the_most_its_records_specify() -> None:
    first = treatment(specified=1.0, delivered=0.5, unit="MINUTE", termination="machine")
    rest = treatment(at=SECOND, specified=0.5, delivered=0.5, unit="MINUTE", kind="continuation")
    assert status(one(*PLAN, beam(), first, rest)) == ["interrupted_resumed"]


def test_more_than_was_due_is_told_in_the_records_own_unit() -> None:
    record = one(*PLAN, beam(), treatment(specified=1.0, delivered=1.1, unit="MINUTE"))
    assert "over_delivered" in kinds(record)


def test_beams_known_by_name_alone_are_those_of_the_plan() -> None:
    rows = [treatment(beam=None, beam_name=f"B{n}", at=DAY + timedelta(minutes=3 * n)) for n in (1, 2)]
    record = one(*PLAN, beam(), beam(number=2), *rows)
    (row,) = record.form["fractions"]
    assert (row["status"], row["isocenters"]) == ("complete", 1)
    assert "beams_by_name" in kinds(record)


def test_a_name_of_two_beams_of_the_plan_stands_for_neither() -> None:
    twins = [beam(), beam(number=2)._replace(name="B1")]
    assert status(one(*PLAN, *twins, treatment(beam=None, beam_name="B1"))) == [None]


def test_without_the_plan_its_records_say_which_number_a_name_has() -> None:
    days = [treatment(fraction=n, at=DAY + timedelta(days=n), beam=None if n == 2 else 1) for n in (1, 2, 3)]
    assert status(one(*days)) == ["complete"] * 3


@pytest.mark.parametrize("given_mu", [0.0, 50.0, 100.0, None])
def test_a_damaged_record_accuses_nobody_and_acquits_nobody(given_mu: float | None) -> None:
    cut = treatment(delivered=given_mu, doubt="the file is cut or broken", termination="operator")
    record = one(*PLAN, beam(), cut)
    assert status(record) == [None]
    assert "the file is cut or broken" in unknown(record)["fractions[0].status"]
    assert record.form["fractions"][0]["started_at"] == "2026-01-05T09:00:00"


@pytest.mark.parametrize(
    ("termination", "became"),
    [("operator", "not_delivered"), ("machine", "not_delivered"), ("unknown", "not_delivered"), ("normal", None), (None, None)],
)  # fmt: skip
def test_nothing_given_and_ended_normally_contradict_each_other(termination: str | None, became: str | None) -> None:
    record = one(*PLAN, beam(), treatment(delivered=0.0, termination=termination))
    assert status(record) == [became]
    assert ("ended normally" in unknown(record).get("fractions[0].status", "")) == (became is None)


def test_one_beam_of_two_that_gave_nothing_and_ended_normally_leaves_the_fraction_open() -> None:
    rows = [treatment(), treatment(beam=2, at=SECOND, delivered=0.0, specified=0.0)]
    assert status(one(*PLAN, beam(), beam(number=2), *rows)) == [None]


def test_a_beam_that_was_due_nothing_may_give_nothing() -> None:
    setup = beam(number=2)._replace(meterset=0.0, is_treatment=False)
    rows = [treatment(), treatment(beam=2, at=SECOND, delivered=0.0, specified=0.0)]
    assert status(one(*PLAN, beam(), setup, *rows)) == ["complete"]


@pytest.mark.parametrize("again", [(1, 2), (1,)])
def test_a_beam_that_was_whole_and_is_given_again_is_a_question(again: tuple[int, ...]) -> None:
    later = DAY + timedelta(minutes=40)
    rows = [treatment(beam=n, beam_name=f"B{n}", at=DAY + timedelta(minutes=3 * n)) for n in (1, 2)]
    rows += [treatment(beam=n, beam_name=f"B{n}", at=later + timedelta(minutes=3 * n)) for n in again]
    record = one(*PLAN, beam(), beam(number=2), *rows)
    assert status(record) == [None]
    assert f"({100 + 50 * len(again)}% of what was due)" in unknown(record)["fractions[0].status"]


def test_records_that_name_no_plan_never_tell_that_no_beam_is_missing() -> None:
    record = one(treatment(plan=None))
    assert status(record) == [None]
    assert "name no plan" in unknown(record)["fractions[0].status"]


def test_a_beam_whose_particle_is_not_said_leaves_the_modality_of_the_fraction_open() -> None:
    rows = [treatment(), treatment(beam=2, at=SECOND, modality=None)]
    record = one(*PLAN, beam(), beam(number=2), *rows)
    assert "modality" not in record.form["fractions"][0]
