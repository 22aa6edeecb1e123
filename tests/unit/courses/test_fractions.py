"""Fractions of a course: isocenters of a visit, motion, modality, machine."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from evidence_rows import DAY, PLAN, Row, assertion, beam, join, kinds, one, treatment, unknown

from beamclaim.courses import CourseRecord
from beamclaim.ingest.course_form import read_course
from beamclaim.model.tables.frames import Tables
from beamclaim.views.session_facts import MotionWords
from beamclaim.views.sessions import session_days


def boost(z: float, frame: str = "7.7") -> list[Row]:
    """A second plan given nine minutes after the first, its isocentre `z` millimetres away."""
    return [
        *PLAN,
        beam(),
        assertion("plan", "1.3", "frame_of_reference", frame),
        beam("1.3", z=z),
        treatment(),
        treatment("1.3", at=DAY + timedelta(minutes=9)),
    ]


def checked_isocenters(records: list[CourseRecord]) -> int | None:
    """The isocentres of the day's session, as a check counts them from the course files."""
    files = [read_course(io.BytesIO(json.dumps(a.form).encode()), file=n) for n, a in enumerate(records)]
    book = Tables.gather(tables for file in files for tables in file)
    assert book["faults"].is_empty()
    (row,) = session_days(
        book, same_visit=timedelta(minutes=60), distinct_after=timedelta(hours=6), motion=MotionWords()
    ).to_dicts()
    counted: int | None = row["day.isocenters"]
    return counted


def test_isocentres_of_a_visit_add_up_over_its_plans_and_are_never_compared_across_frames() -> None:
    rows: list[Row] = [
        *PLAN,
        beam(),
        assertion("plan", "1.3", "frame_of_reference", "7.7"),
        beam("1.3", z=40),
        treatment(),
        treatment("1.3", at=DAY + timedelta(minutes=9)),
    ]
    assert [f["isocenters"] for f in one(*rows).form["fractions"]] == [1, 1]
    apart = [*rows[:6], assertion("plan", "1.3", "frame_of_reference", "8.8"), *rows[7:]]
    record = one(*apart)
    assert not any("isocenters" in f for f in record.form["fractions"])
    assert "different frames" in unknown(record)["fractions[].isocenters"]


@pytest.mark.parametrize(("z", "stated", "session"), [(0, [1, 0], 1), (1, [1, 0], 1), (40, [1, 1], 2), (5, [], None)])
def test_a_boost_adds_its_isocentre_to_the_visit_unless_it_is_at_one_of_the_first_plan(
    z: float, stated: list[int], session: int | None
) -> None:
    record = one(*boost(z))
    assert [f["isocenters"] for f in record.form["fractions"] if "isocenters" in f] == stated
    assert checked_isocenters([record]) == session


def test_isocentres_of_a_visit_of_two_courses_are_not_added_up_by_guess() -> None:
    linked = [
        row
        for name, plan in (("left", "1.2"), ("right", "1.3"))
        for row in (
            assertion("course", f"Procedure/{name}", "started_on", "2026-01-05", "fhir"),
            assertion("plan", plan, "part_of", f"Procedure/{name}", "fhir"),
        )
    ]
    records = join(*boost(0, frame="8.8"), *linked)
    assert len(records) == 2
    assert checked_isocenters(records) is None


def test_beam_holds_prove_gating_and_a_plan_that_means_to_gate_proves_nothing() -> None:
    meant = assertion("plan", "1.2", "motion_management", "breath_hold", reason="intent of the plan, not delivery")
    intent = one(*PLAN, meant, beam(), treatment())
    assert intent.form["plans"][0]["motion_management"] == "breath_hold"
    assert "motion_management" not in intent.form["fractions"][0]
    held = one(*PLAN, beam(), treatment(held=True)).form["fractions"][0]
    assert (held["motion_management"], held["motion_evidence"]) == ("gating", ["beam_control"])
    assert one(*PLAN, meant, beam(), treatment(held=True)).form["fractions"][0]["motion_management"] == "breath_hold"
    assert "motion_evidence" not in one(*PLAN, beam(), treatment(held=False)).form["fractions"][0]


def test_the_clinics_record_of_a_fraction_adds_motion_and_contradicts_where_it_does() -> None:
    machine = treatment()
    said = machine._replace(source="fhir", motion="gating", guidance="cbct;surface", delivered=None, status="completed")
    row = one(*PLAN, beam(), machine, said).form["fractions"][0]
    assert (row["motion_management"], row["guidance"], row["status"]) == ("gating", ["cbct", "surface"], "complete")
    half = machine._replace(delivered=50.0)
    against = one(*PLAN, beam(), half, said)
    assert "status" not in against.form["fractions"][0]
    assert [fact for fact, _ in against.conflicts] == ["fractions[0].status"]


def test_photons_and_electrons_of_one_fraction_are_mixed() -> None:
    rows: list[Row] = [
        *PLAN,
        beam(),
        beam(number=2),
        treatment(),
        treatment(beam=2, beam_name="B2", modality="electron"),
    ]
    assert one(*rows).form["fractions"][0]["modality"] == "mixed"


def test_the_machine_of_a_fraction_is_one_however_it_is_written_and_a_conflict_where_sources_name_others() -> None:
    machine = treatment()
    said = machine._replace(source="fhir", machine="la 1", delivered=None, status="completed")
    assert one(*PLAN, beam(), machine, said).form["fractions"][0]["machine"] == "LA1"
    against = one(*PLAN, beam(), machine, said._replace(machine="LA2"))
    assert "machine" not in against.form["fractions"][0]
    assert [fact for fact, _ in against.conflicts] == ["fractions[0].machine"]
    moved = one(*PLAN, beam(), beam(number=2), treatment(), treatment(beam=2, beam_name="B2", machine="LA2"))
    assert "machine" not in moved.form["fractions"][0] and "several_machines" in kinds(moved)


def test_a_table_that_moved_contradicts_one_planned_isocenter() -> None:
    def given(number: int, table: float) -> Row:
        at = DAY + timedelta(minutes=3 * number)
        where: dict[str, Any] = {"table_x": 0.0, "table_y": -100.0, "table_z": table}
        return treatment(at=at, beam=number, beam_name=f"B{number}", **where)

    planned: list[Row] = [*PLAN, beam(), beam(number=2)]
    moved = one(*planned, given(1, 0.0), given(2, 100.0))
    assert "isocenters" not in moved.form["fractions"][0]
    assert "moved 100 mm" in unknown(moved)["fractions[0].isocenters"]
    assert one(*planned, given(1, 0.0), given(2, 8.0)).form["fractions"][0]["isocenters"] == 1
    turning: list[Row] = [b._replace(technique="helical") for b in (beam(), beam(number=2))]
    assert one(*PLAN, *turning, given(1, 0.0), given(2, 100.0)).form["fractions"][0]["isocenters"] == 1
    apart: list[Row] = [*PLAN, beam(), beam(number=2, z=100.0)]
    assert one(*apart, given(1, 0.0), given(2, 100.0)).form["fractions"][0]["isocenters"] == 2


def test_beams_without_a_record_in_any_fraction_are_said_once_with_their_count() -> None:
    planned: list[Row] = [*PLAN, *(beam(number=n) for n in range(1, 6))]
    given = [treatment(at=DAY + timedelta(days=n), fraction=n) for n in range(1, 4)]
    one_more = treatment(at=DAY + timedelta(days=2, minutes=3), fraction=2, beam=2, beam_name="B2")
    record = one(*planned, *given, one_more)
    assert [o.text for o in record.observations if o.kind == "beams_never_given"] == [
        "3 of 5 beams of a plan have no record in any of its 3 fractions"
    ]
    assert [f.get("reason") for f in record.form["fractions"]] == ["no record of beam 2", None, "no record of beam 2"]
    (lone,) = one(*planned, treatment()).form["fractions"]
    assert lone["reason"] == "no record of beams 2, 3, 4, 5"
