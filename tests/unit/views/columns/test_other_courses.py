"""A line outside a complete course may be of another one, which was not given; then its course is unknown."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from beamclaim.model.tables import COURSES, FRACTIONS
from beamclaim.model.tables.frames import Tables
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.columns.course_match import with_course_columns
from beamclaim.views.courses import courses_with_patients
from beamclaim.views.view import Frames

POLICY = PolicyAnswers(load_policy())
START = date(2026, 3, 2)
SIMULATION, PLAN, DELIVERY, MANAGEMENT, VISIT, PHYSICS = "77290", "77295", "77407", "77427", "99213", "77336"


def courses_of(
    *billed: tuple[str, int], starts: tuple[int, ...] = (0,), sessions: int = 5, is_complete: bool | None = True
) -> list[int | None]:
    """Lines as code and days after the first session → the course of each; courses of five sessions each start on these days."""
    days = [
        {**dict.fromkeys(FRACTIONS.schema), "course.key": at, "fraction.day": START + timedelta(start + n), "fraction.status": "complete"}
        for at, start in enumerate(starts, 1)
        for n in range(sessions)
    ]  # fmt: skip
    own: dict[str, Any] = {
        **dict.fromkeys(COURSES.schema),
        "course.patient": "P7",
        "course.records_complete": is_complete,
    }
    courses = [own | {"course.key": at} for at, _ in enumerate(starts, 1)]
    tables = Tables(
        {
            "courses": pl.DataFrame(courses, schema=COURSES.schema),
            "fractions": pl.DataFrame(days, schema=FRACTIONS.schema),
        }
    )
    patient = courses_with_patients(tables)["patient.key"][0]
    lines = pl.DataFrame(
        [
            {"patient.key": patient, "line.key": at, "line.code": code, "line.date": START + timedelta(after)}
            for at, (code, after) in enumerate(billed)
        ],
        schema={"patient.key": pl.UInt64, "line.key": pl.UInt64, "line.code": pl.String, "line.date": pl.Date},
    ).with_columns(pl.lit(None, pl.String).alias(n) for n in ("claim.payer", "claim.payer_key", "line.authorization"))
    matched = with_course_columns(lines, Frames(tables, POLICY, Assumptions(START + timedelta(200))))
    return matched.sort("line.key")["course.key"].to_list()


def test_planning_before_a_course_and_a_visit_after_it_are_of_it() -> None:
    assert courses_of((SIMULATION, -12), (PLAN, -4), (DELIVERY, 0), (VISIT, 60)) == [1, 1, 1, 1]


@pytest.mark.parametrize("code", [SIMULATION, PLAN])
def test_from_a_new_simulation_or_plan_after_the_last_session_on_the_course_is_unknown(code: str) -> None:
    assert courses_of((DELIVERY, 4), (PHYSICS, 5), (code, 6), (DELIVERY, 7), (VISIT, 60)) == [1, 1, None, None, None]


@pytest.mark.parametrize("code", [DELIVERY, MANAGEMENT])
def test_treatment_long_after_the_last_session_may_be_of_another_course(code: str) -> None:
    assert courses_of((DELIVERY, 4), (code, 11), (code, 12)) == [1, 1, None]


def test_treatment_long_before_the_first_day_may_be_of_another_course() -> None:
    assert courses_of((SIMULATION, -40), (DELIVERY, -30), (PLAN, -4), (DELIVERY, 0)) == [None, None, 1, 1]


def test_planned_and_treated_just_before_the_first_day_is_another_course() -> None:
    assert courses_of((PLAN, -9), (DELIVERY, -5), (DELIVERY, 0)) == [None, None, 1]


def test_one_session_just_outside_stays_with_the_course_whose_record_does_not_have_it() -> None:
    assert courses_of((DELIVERY, -1), (DELIVERY, 0), (DELIVERY, 5)) == [1, 1, 1]


@pytest.mark.parametrize("is_complete", [False, None])
def test_a_record_that_is_not_complete_does_not_say_when_its_course_was_over(is_complete: bool | None) -> None:
    assert courses_of((DELIVERY, 4), (DELIVERY, 30), is_complete=is_complete) == [1, 1]


def test_a_course_without_sessions_tells_nothing() -> None:
    assert courses_of((DELIVERY, 4), sessions=0) == [None]


def test_of_two_courses_each_line_finds_its_own() -> None:
    billed = ((SIMULATION, -12), (DELIVERY, 4), (SIMULATION, 40), (DELIVERY, 52), (VISIT, 150))
    assert courses_of(*billed, starts=(0, 50)) == [1, 1, 2, 2, None]
    assert courses_of((VISIT, 120), starts=(0, 50)) == [2]
