"""Columns of the plan delivered on the day of a line; where no day says which, what all plans of the course have in common."""

import polars as pl

from beamclaim.model.tables.course import FACTS
from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.columns.claim import CIRCUMSTANCES
from beamclaim.views.columns.course_match import no_course
from beamclaim.views.view import Frames

PLAN = ColumnGroup(is_absent=no_course)
_FACTS = {
    "plan.site": "site of the plan delivered that day",
    "plan.compensator": "that plan used physical compensators",
    "plan.approved_on": "day that plan was approved",
}
_SITES = "sites"


@PLAN.columns(
    *(ViewColumn(name, FACTS[name].type.dtype, doc) for name, doc in _FACTS.items()),
    reads=("course.key", "line.date"),
)
def with_plan_of_day(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """What the plans of that day have in common; null where they differ."""
    plans = frames.tables["plans"].select("course.key", "plan.id", *_FACTS)
    fractions = frames.tables["fractions"].select(
        "course.key", pl.col("fraction.day").alias("line.date"), pl.col("fraction.plan").alias("plan.id")
    )
    shared = [pl.when(pl.col(f).n_unique() == 1).then(pl.col(f).first()).alias(f) for f in _FACTS]
    of_day = (
        fractions.drop_nulls()
        .unique()
        .join(plans, on=["course.key", "plan.id"], how="left")
        .group_by("course.key", "line.date")
        .agg(shared)
    )
    of_course = plans.group_by("course.key").agg(shared)
    return (
        lines.join(of_day, on=["course.key", "line.date"], how="left")
        .join(of_course, on="course.key", how="left", suffix="_of_course")
        .with_columns(pl.coalesce(f, f"{f}_of_course").alias(f) for f in _FACTS)
        .drop(f"{f}_of_course" for f in _FACTS)
    )


@PLAN.columns(
    ViewColumn(
        "plan.site_group", pl.String, "the site group policy table `sites` gives those words", given_as="plan.site"
    ),
    reads=("plan.site", "line.date", *(c.column for c in CIRCUMSTANCES)),
)
def with_site_group(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Null where no site is known, or the table does not have its words on the day of the line."""
    era = frames.policy.eras((_SITES,)).column(lines["line.date"]).alias("day")
    who = (pl.col(c.column).alias(c.policy_word) for c in CIRCUMSTANCES)
    asked = lines.select(pl.col("plan.site").str.to_lowercase().alias("site"), *who).with_columns(era)
    distinct = asked.unique()
    groups = distinct.with_columns(frames.policy.resolve(_SITES, distinct)["site_group"].alias("plan.site_group"))
    answered = asked.join(groups, on=asked.columns, how="left", nulls_equal=True, maintain_order="left")
    return lines.with_columns(answered["plan.site_group"])
