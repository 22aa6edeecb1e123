"""A line finds the course of its patient; where several fit, the one of its payer, whichever of the payer's ids the two carry."""

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


def course_of(*courses: str | None, claim: str | None, key: str | None) -> Any:
    """The number of the course of a line of this payer (id, and as policy names it), among courses of these payers on its day."""
    own = [
        {**dict.fromkeys(COURSES.schema), "course.key": at, "course.patient": "P7", "course.payer": payer}
        for at, payer in enumerate(courses, 1)
    ]
    fractions = [
        {**dict.fromkeys(FRACTIONS.schema), "course.key": at, "fraction.day": DAY} for at in range(1, len(own) + 1)
    ]
    tables = Tables(
        {
            "courses": pl.DataFrame(own, schema=COURSES.schema),
            "fractions": pl.DataFrame(fractions, schema=FRACTIONS.schema),
        }
    )
    line = courses_with_patients(tables).head(1).select(
        "patient.key", pl.lit(5, pl.UInt64).alias("line.key"), pl.lit(DAY).alias("line.date"),
        pl.lit(claim, pl.String).alias("claim.payer"), pl.lit(key, pl.String).alias("claim.payer_key"),
        pl.lit(None, pl.String).alias("line.authorization"),
    )  # fmt: skip
    return with_course_columns(line, Frames(tables, POLICY, Assumptions(DAY)))["course.key"].item()


@pytest.mark.parametrize("course", ["15202", "15201", "original-medicare"])
def test_a_payer_has_many_ids(course: str) -> None:
    assert course_of("60054", course, claim="15201", key="original-medicare") == 2


@pytest.mark.parametrize("payer", ["15202", "60054", None])
def test_the_only_course_is_the_line_s_whoever_is_billed(payer: str | None) -> None:
    assert course_of("15202", claim=payer, key=None) == 1


def test_payers_nobody_knows_are_told_apart_by_their_ids() -> None:
    assert course_of("C400", "EMH01", claim="EMH01", key=None) == 2


def test_where_several_fit_and_none_is_of_the_payer_the_course_is_unknown() -> None:
    assert course_of("C400", "EMH01", claim="60054", key="aetna") is None
    assert course_of("C400", "EMH01", claim=None, key=None) is None
