"""Columns of a procedure beyond its own facts: its plan, its place among its like, the IMRT plan near it, its day."""

import polars as pl

from beamclaim.model.tables.course import FACTS
from beamclaim.model.value_sets import IMRT_TECHNIQUES, UNKNOWN
from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.column import plan as steps_of
from beamclaim.views.columns.session import SESSION
from beamclaim.views.sessions import sessions_of_patients
from beamclaim.views.view import Frames

PROCEDURE = ColumnGroup()
_PLAN = tuple(
    f"plan.{n}" for n in ("modality", "technique", "compensator", "adapted_from", "new_data", "on_table", "site")
)


@PROCEDURE.columns(
    *(ViewColumn(name, FACTS[name].type.dtype, FACTS[name].meaning, given_as=name) for name in _PLAN),
    ViewColumn("plan.is_imrt", pl.Boolean, "its plan is delivered as IMRT", given_as="plan.technique"),
    reads=("course.key", "procedure.plan"),
)  # fmt: skip
def with_plan(rows: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """What the plan says; null without a plan."""
    plans = frames.tables["plans"].select("course.key", pl.col("plan.id").alias("procedure.plan"), *_PLAN)
    technique = pl.col("plan.technique")
    return rows.join(plans, on=["course.key", "procedure.plan"], how="left", maintain_order="left").with_columns(
        pl.when(technique != UNKNOWN).then(technique).alias("plan.technique"),
        pl.when(technique != UNKNOWN).then(technique.is_in(IMRT_TECHNIQUES)).alias("plan.is_imrt"),
    )


@PROCEDURE.columns(
    ViewColumn("procedure.of_plan", pl.Int64, "its place among procedures of its kind for its plan, from 1", given_as="procedure.plan"),
    ViewColumn("procedure.of_scan", pl.Int64, "the same over plans made on one planning scan", given_as="procedure.plan"),
    ViewColumn("procedure.of_course", pl.Int64, "the same in its course"),
    ViewColumn("procedure.of_day", pl.Int64, "the same on its day"),
    reads=("course.key", "patient.key", "procedure.kind", "procedure.plan", "procedure.date", "procedure.number"),
)  # fmt: skip
def with_places(rows: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """In the order of days, then of the form; null where the plan or the day is not known."""
    plans = frames.tables["plans"].select(
        "course.key",
        pl.col("plan.id").alias("procedure.plan"),
        "plan.new_data",
        pl.col("plan.adapted_from").alias("_from"),
    )
    own_scan = pl.col("_from").is_null() | pl.col("plan.new_data").fill_null(False)
    scans = plans.with_columns(pl.when(own_scan).then("procedure.plan").otherwise("_from").alias("_scan")).select(
        "course.key", "procedure.plan", "_scan"
    )
    ordered = rows.with_row_index("_row").join(
        scans, on=["course.key", "procedure.plan"], how="left", maintain_order="left"
    )
    ordered = ordered.sort("procedure.date", "procedure.number", nulls_last=True)

    def place(*keys: str) -> pl.Expr:
        number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("course.key", "procedure.kind", *keys)
        return pl.when(pl.all_horizontal(pl.col(k).is_not_null() for k in keys)).then(number) if keys else number

    return (
        ordered.with_columns(
            place("procedure.plan").alias("procedure.of_plan"), place("_scan").alias("procedure.of_scan"),
            place().alias("procedure.of_course"), place("procedure.date").alias("procedure.of_day"),
        )
        .sort("_row")
        .drop("_row", "_scan")
    )  # fmt: skip


@PROCEDURE.columns(
    ViewColumn("imrt_plan.is_near", pl.Boolean, "an IMRT plan of its plan, or of its course where it names none, is recorded"),
    ViewColumn("imrt_plan.days_until", pl.Int64, "days until that plan; below 0 it came before"),
    ViewColumn("imrt_plan.days_since", pl.Int64, "days since that plan; below 0 it is to come"),
    ViewColumn("imrt_plan.is_own", pl.Boolean, "the procedure names the plan that IMRT planning was for"),
    ViewColumn("parent_plan.is_recorded", pl.Boolean, "a 3D or IMRT plan of its plan, or of its course where it names none, is recorded"),
    reads=("course.key", "procedure.plan", "procedure.date", "procedure.key"),
)  # fmt: skip
def with_imrt_plan(rows: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Of several IMRT plans the nearest by days; a procedure that names another plan than IMRT planning has none near."""
    planned = rows.filter(pl.col("procedure.kind").is_in(["imrt_planning", "planning_3d"])).select(
        "course.key", pl.col("procedure.plan").alias("_plan"), pl.col("procedure.date").alias("_date"), pl.col("procedure.kind").alias("_kind")
    )  # fmt: skip
    own = rows.select("course.key", "procedure.key", "procedure.plan", "procedure.date").join(planned, on="course.key")
    names_another = (pl.col("procedure.plan") != pl.col("_plan")).fill_null(False)
    near = own.filter(~names_another).with_columns(
        (pl.col("_date") - pl.col("procedure.date")).dt.total_days().alias("_days")
    )
    nearest = (
        near.filter(pl.col("_kind") == "imrt_planning")
        .sort(pl.col("_days").abs(), nulls_last=True)
        .group_by("procedure.key", maintain_order=True)
        .agg(
            pl.col("_days").first().alias("imrt_plan.days_until"),
            (-pl.col("_days").first()).alias("imrt_plan.days_since"),
            (pl.col("procedure.plan") == pl.col("_plan")).first().fill_null(False).alias("imrt_plan.is_own"),
            pl.lit(True).alias("imrt_plan.is_near"),
        )
    )
    parents = near.group_by("procedure.key").agg(pl.lit(True).alias("parent_plan.is_recorded"))
    return (
        rows.join(nearest, on="procedure.key", how="left", maintain_order="left")
        .join(parents, on="procedure.key", how="left", maintain_order="left")
        .with_columns(pl.col("imrt_plan.is_near", "imrt_plan.is_own").fill_null(False))
    )


@PROCEDURE.columns(
    ViewColumn("day.service", pl.String, "service of the sessions of its day", given_as="plan.technique"),
    ViewColumn("day.has_session", pl.Boolean, "a session of its course is recorded on its day"),
    ViewColumn("day.session_guidance", pl.String, "images the sessions of its day were guided by", given_as="fraction.guidance", is_list=True),
    reads=("course.key", "procedure.date"),
)  # fmt: skip
def with_day(rows: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """What all sessions of the course on that day have in common."""
    sessions = frames.once(sessions_of_patients)
    sessions = steps_of((SESSION,), ["session.service"], frames).run(sessions, frames)

    def shared(name: str) -> pl.Expr:
        value = pl.col(name)
        return pl.when((value.null_count() == 0) & (value.n_unique() == 1)).then(value.first())

    days = sessions.group_by("course.key", pl.col("session.day").alias("procedure.date")).agg(
        shared("session.service").alias("day.service"), shared("session.guidance").alias("day.session_guidance"),
        pl.lit(True).alias("day.has_session"),
    )  # fmt: skip
    return rows.join(days, on=["course.key", "procedure.date"], how="left", maintain_order="left").with_columns(
        pl.col("day.has_session").fill_null(False)
    )
