"""Columns that say which course a line belongs to.

A line belongs to the course of its patient whose days hold its date; where several fit, the payer and then the authorization
decide, and where they do not, the facts of a course are unknown for that line (`interfaces.md`, "What joins what"). So they are
where the line may be of a course that was not given (`other_courses`).
"""

from datetime import timedelta

import polars as pl

from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.columns.other_courses import other_courses
from beamclaim.views.courses import course_days
from beamclaim.views.view import Frames

#: Planning and follow-up charges stand around the dated events of a course by this much.
BEFORE, AFTER = timedelta(days=60), timedelta(days=90)
#: A row of the view: a line, or a day of it.
_ROW = ["line.key", "line.date"]


def no_course(frames: Frames) -> bool:
    """Whether no course was given."""
    return frames.tables["courses"].is_empty()


COURSE_MATCH = ColumnGroup(is_absent=no_course)


@COURSE_MATCH.columns(
    ViewColumn("course.key", pl.UInt64, "the course it belongs to", is_fact=False),
    ViewColumn("course.records_complete", pl.Boolean, "the record of delivery is complete"),
    ViewColumn("course.fractions_planned", pl.Int64, "fractions planned over all plans of the course"),
    reads=("line.key", "patient.key", "line.date", "line.code", "claim.payer", "claim.payer_key", "line.authorization"),
    internal=("course.id", "course.ended_on"),
)
def with_course_columns(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Lines with the one course they belong to; all null where none fits, or several do: an unknown, never an error."""
    courses = frames.once(days_of_courses)
    bounds = courses.join(other_courses(lines, courses, frames), on="course.key", how="left", maintain_order="left")
    matched = _matched(lines, bounds, frames.tables["authorizations"])
    facts = courses.select(
        "course.key", "course.id", "course.ended_on", "course.records_complete", "course.fractions_planned"
    )
    return lines.join(matched, on=_ROW, how="left", nulls_equal=True).join(facts, on="course.key", how="left")


def days_of_courses(frames: Frames) -> pl.DataFrame:
    """`course_days` of the tables, with `course.payer_key`, the payer as policy names it; null where it knows none."""
    courses = course_days(frames.tables)
    ids = courses["course.payer"].unique().drop_nulls().to_list()
    keys = [frames.policy.payers.key_of(payer_id) for payer_id in ids]
    by_id = pl.DataFrame(
        {"course.payer": ids, "course.payer_key": keys}, schema_overrides={"course.payer_key": pl.String}
    )
    return courses.join(by_id.cast({"course.payer": pl.String}), on="course.payer", how="left", maintain_order="left")


def _matched(lines: pl.DataFrame, courses: pl.DataFrame, authorizations: pl.DataFrame) -> pl.DataFrame:
    """A row of a line → course.key, for those that belong to exactly one course."""
    day, first, last = pl.col("line.date"), pl.col("first"), pl.col("last")
    # One payer has many ids: a contractor another for each form, a plan another at each clearinghouse.
    is_payer = (pl.col("claim.payer") == pl.col("course.payer")) | (
        pl.col("claim.payer_key") == pl.col("course.payer_key")
    ).fill_null(False)
    fits = (
        lines.select("line.key", "patient.key", "line.date", "claim.payer", "claim.payer_key", "line.authorization")
        .join(courses, on="patient.key")
        .filter(day.is_between(first - BEFORE, last + AFTER))
        .filter((day > pl.col("other_until")).fill_null(True) & (day < pl.col("other_from")).fill_null(True))
    )
    of_payer = fits.filter(is_payer.fill_null(True))
    numbers = authorizations.select("course.key", pl.col("authorization.number").alias("line.authorization")).unique()
    named = of_payer.join(numbers, on=["course.key", "line.authorization"], how="semi")
    inside = of_payer.filter(day.is_between(first, last))
    matched = pl.DataFrame(schema={"line.key": pl.UInt64, "line.date": pl.Date, "course.key": pl.UInt64})
    # What was done is done whoever is billed for it: only where several fit does the payer decide.
    for candidates in (fits, of_payer, inside, named):
        single = candidates.select(*_ROW, "course.key").filter(pl.len().over(_ROW) == 1)
        matched = pl.concat([matched, single.join(matched, on=_ROW, how="anti", nulls_equal=True)])
    return matched
