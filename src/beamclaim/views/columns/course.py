"""Columns of the course a line belongs to: its first and last session, its plans, how it was aimed, what went before."""

import polars as pl

from beamclaim.model.value_sets import DELIVERED, PRIOR_RADIATION_RECORD, UNKNOWN
from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.columns.course_match import no_course
from beamclaim.views.view import Frames

COURSE = ColumnGroup(is_absent=no_course)


def _of_course(lines: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    return lines.join(facts, on="course.key", how="left")


@COURSE.columns(
    ViewColumn("course.first_session", pl.Date, "first day with a delivered fraction"),
    ViewColumn("course.last_session", pl.Date, "last day with a delivered fraction"),
    reads=("course.key",),
)
def with_session_days(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Null where no fraction was delivered on a known day."""
    delivered = frames.tables["fractions"].filter(pl.col("fraction.status").is_in(DELIVERED))
    day = pl.col("fraction.day")
    facts = delivered.group_by("course.key").agg(
        day.min().alias("course.first_session"), day.max().alias("course.last_session")
    )
    return _of_course(lines, facts)


@COURSE.columns(
    ViewColumn("course.plans", pl.Int64, "plans of the course"),
    ViewColumn("course.is_stereotactic", pl.Boolean, "all its plans are stereotactic", given_as="plan.technique"),
    ViewColumn("course.approved_on", pl.Date, "day by which all its plans were approved"),
    reads=("course.key",),
)
def with_plans(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """No plan is none; what one of them does not say is unknown of all."""
    words = frames.words("course.techniques", "is_stereotactic")
    stereotactic = [technique for technique, is_one in words.items() if is_one]
    technique, approved_on = pl.col("plan.technique").replace(UNKNOWN, None), pl.col("plan.approved_on")
    plans = frames.tables["plans"].group_by("course.key").agg(
        pl.len().cast(pl.Int64).alias("course.plans"),
        technique.is_in(stereotactic).all(ignore_nulls=False).alias("course.is_stereotactic"),
        pl.when(~approved_on.is_null().any()).then(approved_on.max()).alias("course.approved_on"),
    )  # fmt: skip
    facts = frames.tables["courses"].select("course.key").join(plans, on="course.key", how="left")
    return _of_course(lines, facts.with_columns(pl.col("course.plans").fill_null(0)))


@COURSE.columns(
    ViewColumn("course.imrt_plans", pl.Int64, "IMRT plans made, by its procedures; null where none is listed"),
    reads=("course.key",),
)
def with_imrt_plans(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """A course form lists what was done: what it does not list it does not know."""
    made = frames.tables["procedures"].filter(pl.col("procedure.kind") == "imrt_planning")
    number = pl.col("procedure.count").cast(pl.Int64).sum().alias("course.imrt_plans")
    return _of_course(lines, made.group_by("course.key").agg(number))


@COURSE.columns(
    ViewColumn("course.was_irradiated", pl.Boolean, "earlier irradiation is listed; null where none is"),
    reads=("course.key",),
)
def with_was_irradiated(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """The record of an old dose says as much as an entry in the list."""
    records = frames.tables["documents"].filter(pl.col("document.item") == PRIOR_RADIATION_RECORD)
    before = pl.concat([frames.tables["prior_radiation"].select("course.key"), records.select("course.key")]).unique()
    return _of_course(lines, before.with_columns(pl.lit(True).alias("course.was_irradiated")))
