"""Lines and complete courses → the days outside which a line may belong to a course of the patient that was not given.

A complete record of a course says when it was given. What is planned anew after its last session, and treatment more than a few
days outside of it, may be another course: of the same bone, of the next one. Such lines, and those beyond them, have no course
that anybody knows, so that nobody counts the sessions of one course against the claims of two. A session or two just after the
end stay with the course: that they were never given is what its record says.
"""

from datetime import date

import polars as pl

from beamclaim.model.value_sets import DELIVERED
from beamclaim.policy import PolicyAnswers
from beamclaim.views.columns.code_kinds import with_kinds
from beamclaim.views.view import Frames

_PAUSE = "radonc.course.another_after_days"
SCHEMA = pl.Schema({"course.key": pl.UInt64(), "other_until": pl.Date(), "other_from": pl.Date()})


def other_courses(lines: pl.DataFrame, courses: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Course by course the last day before it, and the first after it, with lines that may be of another; null where none is.

    `courses`: of `course_match.days_of_courses`. One whose record is not complete, or has no session, tells nothing.
    """
    delivered = frames.tables["fractions"].filter(pl.col("fraction.status").is_in(DELIVERED))
    ends = delivered.group_by("course.key").agg(pl.col("fraction.day").max().alias("ended"))
    told = (
        courses.filter(pl.col("course.records_complete").fill_null(False))
        .join(ends, on="course.key")
        .select("course.key", "patient.key", pl.col("first").alias("began"), "ended")
    )
    patients = told.select("patient.key").unique().drop_nulls()
    if patients.is_empty():
        return SCHEMA.to_frame()
    own = lines.select("patient.key", "line.code", "line.date").join(patients, on="patient.key", how="semi").unique()
    treats, plans = pl.col("_treats"), pl.col("_opens") | pl.col("_plans")
    kinds = with_kinds(own, frames.policy).filter(treats | plans).join(told, on="patient.key")
    day, began, ended = pl.col("line.date"), pl.col("began"), pl.col("ended")
    pause = pl.duration(days=_pause_days(frames.policy, as_of=frames.assumptions.as_of))
    opened = day.filter(plans & (day < began)).min().over("course.key")
    before = treats & ((day < began - pause) | ((day < began) & (day > opened)))
    after = (plans & (day > ended)) | (treats & (day > ended + pause))
    return (
        kinds.with_columns(before.fill_null(False).alias("_before"), after.fill_null(False).alias("_after"))
        .group_by("course.key")
        .agg(day.filter("_before").max().alias("other_until"), day.filter("_after").min().alias("other_from"))
        .select(SCHEMA.names())
    )


def _pause_days(policy: PolicyAnswers, *, as_of: date) -> int:
    """Days without treatment after which it may be another course; none where the policy does not say."""
    asked = pl.DataFrame({"day": [as_of]}, schema={"day": pl.Date})
    days = policy.param(_PAUSE, asked)["value"].item()
    return 0 if days is None else int(days)
