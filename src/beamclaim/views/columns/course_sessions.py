"""Columns that count the sessions of a line's course, up to the day of the line or the day its claim was made."""

import polars as pl

from beamclaim.model.value_sets import DELIVERED
from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.columns.course_match import days_of_courses, no_course
from beamclaim.views.sessions import days_of_patients
from beamclaim.views.view import Frames

COURSE_SESSIONS = ColumnGroup(is_absent=no_course)


@COURSE_SESSIONS.columns(reads=("course.key", "course.records_complete"), internal=("_is_counted",))
def with_is_counted(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Whether what is not seen was not given: the record is complete, and no fraction lies on a day nobody knows."""
    undated = frames.tables["fractions"].filter(pl.col("fraction.day").is_null())["course.key"].unique()
    is_complete = pl.col("course.records_complete").fill_null(False)
    return lines.with_columns((is_complete & ~pl.col("course.key").is_in(undated.implode())).alias("_is_counted"))


@COURSE_SESSIONS.columns(
    ViewColumn(
        "course.sessions_delivered",
        pl.Int64,
        "sessions delivered up to the day the claim was made; null while the record is not complete",
    ),
    ViewColumn("course.sessions_whole", pl.Int64, "the same without sessions that ended early"),
    reads=("course.key", "claim.made_on", "_is_counted"),
    internal=("_fractions",),
)
def with_sessions_until_made(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """No day with a session is none delivered; where a day holds sessions nobody can count the number is unknown."""
    lines = _up_to(lines, "claim.made_on", frames).rename(
        {"_sessions": "course.sessions_delivered", "_whole": "course.sessions_whole"}
    )
    return lines.with_columns(_counted(name) for name in ("course.sessions_delivered", "course.sessions_whole"))


@COURSE_SESSIONS.columns(
    ViewColumn(
        "course.session_number",
        pl.Int64,
        "sessions delivered up to and on the day of the line; null while the record is not complete",
    ),
    reads=("course.key", "line.date", "_is_counted"),
)
def with_session_number(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """As `course.sessions_delivered`; null where the line has no day."""
    known = lines.drop("_fractions", strict=False)
    counted = _up_to(known, "line.date", frames).with_columns(_counted("_sessions"))
    number = pl.when(pl.col("line.date").is_not_null()).then("_sessions").alias("course.session_number")
    return lines.with_columns(counted.select(number).to_series())


@COURSE_SESSIONS.columns(
    ViewColumn("course.has_ended", pl.Boolean, "the course is over"),
    reads=("course.ended_on", "claim.made_on", "course.fractions_planned", "_fractions", "_is_counted"),
)
def with_has_ended(lines: pl.DataFrame, _: Frames) -> pl.DataFrame:
    """As its end says, else by what was planned: in fractions, since two sites in one visit are two of them and one session."""
    is_past = pl.col("course.ended_on") <= pl.col("claim.made_on")
    is_done = pl.col("_fractions").fill_null(0) >= pl.col("course.fractions_planned")
    return lines.with_columns(pl.coalesce(is_past, pl.when("_is_counted").then(is_done)).alias("course.has_ended"))


def _counted(name: str) -> pl.Expr:
    is_none = pl.col("_fractions").is_null()
    return pl.when(pl.col("_is_counted") & is_none).then(0).when("_is_counted").then(pl.col(name)).alias(name)


def _running(frames: Frames) -> pl.DataFrame:
    """course.key, day → fractions, sessions and whole sessions up to it; null from the first day whose sessions nobody can count."""
    delivered = frames.tables["fractions"].filter(pl.col("fraction.status").is_in(DELIVERED))
    days = delivered.group_by("course.key", pl.col("fraction.day").alias("session.day")).agg(
        pl.len().cast(pl.Int64).alias("fractions")
    )
    patients = frames.once(days_of_courses).select("course.key", "patient.key")
    counted = frames.once(days_of_patients).select("patient.key", "session.day", "day.sessions", "day.sessions_partial")
    days = (
        days.join(patients, on="course.key")
        .join(counted, on=["patient.key", "session.day"])
        .sort("course.key", "session.day")
    )
    sessions, partial = pl.col("day.sessions"), pl.col("day.sessions_partial")
    is_known = sessions.is_null().cum_sum().over("course.key") == 0
    return days.select(
        "course.key",
        pl.col("session.day").alias("day"),
        pl.col("fractions").cum_sum().over("course.key").alias("_fractions"),
        pl.when(is_known).then(sessions.cum_sum().over("course.key")).alias("_sessions"),
        pl.when(is_known).then((sessions - partial).cum_sum().over("course.key")).alias("_whole"),
    )


def _up_to(lines: pl.DataFrame, on: str, frames: Frames) -> pl.DataFrame:
    """Lines, in their order, with `_fractions`, `_sessions` and `_whole` of their course up to and on a day; null before the first."""
    asked = lines.select("course.key", pl.col(on).alias("day")).unique().drop_nulls().sort("day")
    running = frames.once(_running).sort("day")
    reached = asked.join_asof(running, on="day", by="course.key", check_sortedness=False)
    return lines.join(
        reached, left_on=["course.key", on], right_on=["course.key", "day"], how="left", maintain_order="left"
    )
