"""Courses → whose they are, from when to when, and how much was planned: one row per course.

Read by the sessions and by the columns that come from the course of a line.
"""

import polars as pl

from beamclaim.model.keys import patient_key
from beamclaim.model.tables.frames import Tables

#: Where the dated events of a course stand.
_DATED = (
    ("fractions", "fraction.day"), ("plans", "plan.approved_on"), ("procedures", "procedure.date"),
    ("documents", "document.date"), ("charges", "charge.date"),
)  # fmt: skip


def courses_with_patients(tables: Tables) -> pl.DataFrame:
    """The table of courses with `patient.key`."""
    key = patient_key(
        patient=pl.col("course.patient"),
        member=pl.lit(None, pl.String),
        birth=pl.col("course.birth_date"),
        sex=pl.col("course.sex"),
        first=pl.lit(None, pl.String),
        alone=pl.col("course.key"),
    )
    return tables["courses"].with_columns(key.alias("patient.key"))


def course_days(tables: Tables) -> pl.DataFrame:
    """course.key, patient.key, course.id, course.payer, course.ended_on, course.records_complete; `first` and `last` dated event,
    null where there is none; course.fractions_planned, null where a plan does not say it;
    a plan that is counted with another adds nothing.
    """
    dated = pl.concat([tables[table].select("course.key", pl.col(column).alias("day")) for table, column in _DATED])
    days = dated.group_by("course.key").agg(pl.col("day").min().alias("first"), pl.col("day").max().alias("last"))
    fractions = pl.col("plan.fractions_planned")
    planned = (
        tables["plans"]
        .filter(_has_own_sessions())
        .group_by("course.key")
        .agg(
            pl.when(fractions.null_count() == 0).then(fractions.cast(pl.Int64).sum()).alias("course.fractions_planned")
        )
    )
    return (
        courses_with_patients(tables)
        .join(days, on="course.key", how="left")
        .join(planned, on="course.key", how="left")
        .select(
            "course.key", "course.id", "patient.key", "course.payer", "course.ended_on", "course.records_complete", "first", "last",
            "course.fractions_planned",
        )
    )  # fmt: skip


def _has_own_sessions() -> pl.Expr:
    """Whether a plan's sessions are planned in it: of plans that follow one another one alone says how many there are."""
    follows, is_followed_by = pl.col("plan.adapted_from").is_not_null(), pl.col("plan.counted_with")
    # Where sources say which plan counts for all, it is the one the others are counted with.
    counts_for_all = (pl.col("plan.id") == is_followed_by.drop_nulls().first().over("course.key")).fill_null(False)
    return is_followed_by.is_null() & (~follows | counts_for_all)
