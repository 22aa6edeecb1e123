"""A line finds the course of its patient, whichever of its payer's ids the two carry."""

from datetime import date
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
DAY = date(2026, 3, 3)


def course_of(*, claim: str | None, key: str | None, course: str | None) -> Any:
    """The course of a line of this payer (id, and as policy names it), where the only course has that one."""
    own = {**dict.fromkeys(COURSES.schema), "course.key": 1, "course.patient": "P7", "course.payer": course}
    fraction = {**dict.fromkeys(FRACTIONS.schema), "course.key": 1, "fraction.day": DAY}
    tables = Tables(
        {
            "courses": pl.DataFrame([own], schema=COURSES.schema),
            "fractions": pl.DataFrame([fraction], schema=FRACTIONS.schema),
        }
    )
    line = courses_with_patients(tables).select(
        "patient.key", pl.lit(5, pl.UInt64).alias("line.key"), pl.lit(DAY).alias("line.date"),
        pl.lit(claim, pl.String).alias("claim.payer"), pl.lit(key, pl.String).alias("claim.payer_key"),
        pl.lit(None, pl.String).alias("line.authorization"),
    )  # fmt: skip
    return with_course_columns(line, Frames(tables, POLICY, Assumptions(DAY)))["course.key"].item()


@pytest.mark.parametrize("course", ["15202", "15201", "original-medicare", None])
def test_a_payer_has_many_ids(course: str | None) -> None:
    assert course_of(claim="15201", key="original-medicare", course=course) == 1


@pytest.mark.parametrize(("claim", "key"), [("60054", "aetna"), ("99999", None)])
def test_another_payer_s_course_is_not_the_line_s(claim: str, key: str | None) -> None:
    assert course_of(claim=claim, key=key, course="15202") is None


def test_payers_nobody_knows_are_told_apart_by_their_ids() -> None:
    assert course_of(claim="C400", key=None, course="C400") == 1
    assert course_of(claim="C400", key=None, course="EMH01") is None


def test_a_claim_that_names_no_payer_may_be_of_any_course() -> None:
    assert course_of(claim=None, key=None, course="15202") == 1
