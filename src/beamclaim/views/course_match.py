"""Courses beside claims: which course a line belongs to, and what was delivered.

A line belongs to the course of its patient whose days hold its date; where several fit, the payer and
then the authorization decide, and where they do not, the course facts are unknown for that line.
"""

from datetime import timedelta

import polars as pl

from beamclaim.model.tables.frames import Tables
from beamclaim.model.value_sets import DELIVERED
from beamclaim.views.authorization import SCHEMA as AUTHORIZED
from beamclaim.views.authorization import authorized
from beamclaim.views.courses import course_days
from beamclaim.views.sessions import DAYS

#: Planning and follow-up charges stand around the dated events of a course by this much.
BEFORE, AFTER = timedelta(days=60), timedelta(days=90)
#: Techniques of plans whose management is for the whole course.
STEREOTACTIC = ("srs", "sbrt")


def _matched(lines: pl.DataFrame, courses: pl.DataFrame, authorizations: pl.DataFrame) -> pl.DataFrame:
    """line.key → course.key for the lines that belong to exactly one course."""
    fits = (
        lines.select("line.key", "patient.key", "line.date", "claim.payer", "line.authorization")
        .join(courses, on="patient.key")
        .filter(
            pl.col("line.date").is_between(pl.col("first") - BEFORE, pl.col("last") + AFTER)
            & (pl.col("claim.payer") == pl.col("course.payer")).fill_null(True)
        )
    )
    numbers = authorizations.select("course.key", pl.col("authorization.number").alias("line.authorization")).unique()
    named = fits.join(numbers, on=["course.key", "line.authorization"], how="semi").select("line.key", "course.key")
    inside = fits.filter(pl.col("line.date").is_between(pl.col("first"), pl.col("last")))
    best = []
    taken = pl.DataFrame(schema={"line.key": pl.UInt64})
    for candidates in (fits, inside.select(fits.columns), named):
        single = (
            candidates.select("line.key", "course.key")
            .filter(pl.len().over("line.key") == 1)
            .join(taken, on="line.key", how="anti")
        )
        best.append(single)
        taken = pl.concat([taken, single.select("line.key")])
    return pl.concat(best)


_COLUMNS = {
    "course.key": pl.UInt64, "course.id": pl.String, "course.records_complete": pl.Boolean,
    "course.sessions_delivered": pl.Int64, "course.sessions_whole": pl.Int64, "course.session_number": pl.Int64,
    "course.is_stereotactic": pl.Boolean, "course.approved_on": pl.Date,
    "course.has_ended": pl.Boolean, "day.stay": pl.String,
    "day.inside_stay": pl.Boolean, "plan.site": pl.String, "plan.compensator": pl.Boolean,
    "course.fractions_planned": pl.Int64, "course.first_session": pl.Date, "course.last_session": pl.Date,
    "course.plans": pl.Int64, "course.imrt_plans": pl.Int64, "course.was_irradiated": pl.Boolean,
    "plan.approved_on": pl.Date,
    **{name: dtype for name, dtype in DAYS.items() if name.startswith("day.")},
    **AUTHORIZED,
}  # fmt: skip


def with_course_columns(lines: pl.DataFrame, tables: Tables, days_of_patients: pl.DataFrame) -> pl.DataFrame:
    """Lines with what the patient's course says of them: one row per line, as before.

    All null where no course was given, none fits, or several do: a course that cannot be joined is an unknown, never an error.
    `days_of_patients` is `sessions.session_days` of the same tables.
    """
    if tables["courses"].is_empty() or lines.is_empty():
        return lines.with_columns(pl.lit(None, dtype=t).alias(c) for c, t in _COLUMNS.items())
    courses = course_days(tables)
    lines = lines.join(_matched(lines, courses, tables["authorizations"]), on="line.key", how="left").join(
        courses.drop("patient.key", "course.payer", "first"), on="course.key", how="left"
    )
    visits = days_of_patients.rename({"session.day": "day"})
    delivered = tables["fractions"].filter(pl.col("fraction.status").is_in(DELIVERED))
    days = delivered.group_by("course.key", pl.col("fraction.day").alias("day")).agg(pl.len().alias("fractions"))
    by_course = days.join(courses.select("course.key", "patient.key"), on="course.key").join(
        visits, on=["patient.key", "day"], how="inner"
    )
    undated = tables["fractions"].filter(pl.col("fraction.day").is_null())["course.key"].to_list()
    until = (
        lines.select("course.key", "claim.made_on")
        .unique()
        .drop_nulls()
        .join(by_course, on="course.key")
        .filter(pl.col("day") <= pl.col("claim.made_on"))
        .group_by("course.key", "claim.made_on")
        .agg(
            pl.col("fractions").sum().alias("_delivered"),
            pl.when(~pl.col("day.sessions").is_null().any())
            .then(pl.col("day.sessions").sum())
            .alias("course.sessions_delivered"),
            pl.when(~pl.col("day.sessions").is_null().any())
            .then((pl.col("day.sessions") - pl.col("day.sessions_partial")).sum())
            .alias("course.sessions_whole"),
        )
    )
    whole = pl.col("course.records_complete").fill_null(False) & ~pl.col("course.key").is_in(undated)
    # No day with a session is none delivered; a day whose sessions nobody can count stays unknown.
    nothing = pl.col("_delivered").is_null()
    lines = lines.join(until, on=["course.key", "claim.made_on"], how="left").with_columns(
        pl.when(whole & nothing).then(0).when(whole).then(pl.col(c)).alias(c)
        for c in ("course.sessions_delivered", "course.sessions_whole")
    )
    lines = lines.join(_numbered(lines, by_course), on=["course.key", "line.date"], how="left").with_columns(
        pl.when(whole).then(pl.col("course.session_number")).alias("course.session_number")
    )
    said = pl.col("course.ended_on") <= pl.col("claim.made_on")
    # Plans are planned in fractions: two sites in one visit are two of them and one session.
    done = pl.when(whole).then(pl.col("_delivered").fill_null(0) >= pl.col("course.fractions_planned"))
    on_day = visits.rename({"day": "line.date"}).with_columns(pl.lit(True).alias("_treated"))
    lines = (
        lines.with_columns(pl.coalesce(said, done).alias("course.has_ended"))
        .join(on_day, on=["patient.key", "line.date"], how="left")
        .with_columns(
            pl.when(whole & pl.col("_treated").is_null())
            .then(0)
            .when(whole)
            .then("day.sessions")
            .alias("day.sessions"),
            pl.when(whole & pl.col("_treated").is_null())
            .then(0)
            .otherwise("day.sessions_partial")
            .alias("day.sessions_partial"),
        )
        .drop("_delivered", "_treated")
    )
    patients = courses.select("course.key", "patient.key")
    lines = (
        lines.join(_of_course(tables, patients), on="course.key", how="left")
        .join(_plan_of_day(tables), on=["course.key", "line.date"], how="left")
        .join(_stays(tables, lines, patients), on=["patient.key", "line.date"], how="left")
    )
    return authorized(_only_plan(lines, tables), tables, patients)


def _numbered(lines: pl.DataFrame, by_course: pl.DataFrame) -> pl.DataFrame:
    """course.key, line.date → sessions up to and on that day; null where a day before holds some that nobody can count."""
    days = lines.select("course.key", "line.date").unique().drop_nulls()
    counted = (
        days.join(by_course, on="course.key")
        .filter(pl.col("day") <= pl.col("line.date"))
        .group_by("course.key", "line.date")
        .agg(
            pl.when(~pl.col("day.sessions").is_null().any())
            .then(pl.col("day.sessions").sum())
            .alias("course.session_number")
        )
    )
    none = days.join(counted, on=["course.key", "line.date"], how="anti")
    return pl.concat([counted, none.with_columns(pl.lit(0, dtype=pl.Int64).alias("course.session_number"))])


def _of_course(book: Tables, patients: pl.DataFrame) -> pl.DataFrame:
    """One row per course: its first and last session, its plans, the IMRT plans among them, earlier irradiation."""
    days = (
        book["fractions"]
        .filter(pl.col("fraction.status").is_in(DELIVERED))
        .group_by("course.key")
        .agg(
            pl.col("fraction.day").min().alias("course.first_session"),
            pl.col("fraction.day").max().alias("course.last_session"),
        )
    )
    plans = book["plans"].group_by("course.key").agg(pl.len().cast(pl.Int64).alias("course.plans"))
    imrt = (
        book["procedures"]
        .filter(pl.col("procedure.kind") == "imrt_planning")
        .group_by("course.key")
        .agg(pl.col("procedure.count").cast(pl.Int64).sum().alias("course.imrt_plans"))
    )
    fine = pl.col("plan.technique").is_in(STEREOTACTIC)
    aimed = (
        book["plans"]
        .with_columns(pl.col("plan.technique").replace("unknown", None))
        .group_by("course.key")
        .agg(
            fine.all(ignore_nulls=False).alias("course.is_stereotactic"),
            pl.when(~pl.col("plan.approved_on").is_null().any())
            .then(pl.col("plan.approved_on").max())
            .alias("course.approved_on"),
        )
    )
    # The record of an old dose says as much as an entry in the list.
    records = book["documents"].filter(pl.col("document.item") == "prior_radiation_record")
    before = (
        pl.concat([book["prior_radiation"].select("course.key"), records.select("course.key")])
        .unique()
        .with_columns(pl.lit(True).alias("course.was_irradiated"))
    )
    frame = patients.select("course.key")
    for part in (days, plans, imrt, aimed, before):
        frame = frame.join(part, on="course.key", how="left")
    # A course form lists what was done and what went before: what it does not list it does not know.
    return frame.with_columns(pl.col("course.plans").fill_null(0))


def _stays(book: Tables, lines: pl.DataFrame, patients: pl.DataFrame) -> pl.DataFrame:
    """patient.key, line.date → a stay listed for the patient that holds the day, and whether it is no first or last day of it."""
    day, first, last = pl.col("line.date"), pl.col("stay.first_day"), pl.col("stay.last_day")
    return (
        lines.select("patient.key", "line.date")
        .unique()
        .join(book["stays"].join(patients, on="course.key"), on="patient.key")
        .filter((day >= first).fill_null(True) & (day <= last).fill_null(True))
        .select(
            "patient.key",
            "line.date",
            pl.col("stay.kind").alias("day.stay"),
            ((day > first) & (day < last)).alias("day.inside_stay"),
        )
        .sort(pl.col("day.inside_stay").fill_null(False), "day.stay", descending=[True, False], nulls_last=True)
        .unique(["patient.key", "line.date"], keep="first", maintain_order=True)
    )


def _plan_of_day(book: Tables) -> pl.DataFrame:
    """course.key, line.date → what the plans delivered that day have in common; null where they differ."""
    facts = ("plan.site", "plan.compensator", "plan.approved_on")
    given = book["fractions"].select(
        "course.key", pl.col("fraction.day").alias("line.date"), pl.col("fraction.plan").alias("plan.id")
    )
    return (
        given.drop_nulls()
        .unique()
        .join(book["plans"].select("course.key", "plan.id", *facts), on=["course.key", "plan.id"], how="left")
        .group_by("course.key", "line.date")
        .agg(pl.when(pl.col(f).n_unique() == 1).then(pl.col(f).first()).alias(f) for f in facts)
    )


def _only_plan(lines: pl.DataFrame, book: Tables) -> pl.DataFrame:
    """Where no day says which plan: the course's only plan."""
    only = (
        book["plans"]
        .select(
            "course.key",
            pl.col("plan.site").alias("_site"),
            pl.col("plan.compensator").alias("_compensator"),
            pl.col("plan.approved_on").alias("_approved"),
        )
        .filter(pl.len().over("course.key") == 1)
    )
    return (
        lines.join(only, on="course.key", how="left")
        .with_columns(
            pl.coalesce("plan.site", "_site").alias("plan.site"),
            pl.coalesce("plan.compensator", "_compensator").alias("plan.compensator"),
            pl.coalesce("plan.approved_on", "_approved").alias("plan.approved_on"),
        )
        .drop("_site", "_compensator", "_approved")
    )
