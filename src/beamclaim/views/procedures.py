"""The view ``procedures``: one row per procedure of a course, planning to physics, with its plan and what else was done.

A procedure without a plan belongs to the only plan of its course. Read by charges; the claim side asks of lines.
"""

from collections.abc import Collection

import polars as pl

from beamclaim.model.keys import group_key
from beamclaim.model.tables.course import PROCEDURE_LIST
from beamclaim.views.column import ViewColumn, plan
from beamclaim.views.columns.circumstances import CIRCUMSTANCES, OF_COURSE
from beamclaim.views.columns.procedure import PROCEDURE
from beamclaim.views.courses import courses_with_patients
from beamclaim.views.view import Frames, View, by_name

GROUPS = (PROCEDURE, CIRCUMSTANCES)
_OWN = tuple(
    ViewColumn(fact.name, fact.type.dtype, fact.meaning, given_as=f"procedure.{fact.path}", words=fact.type.words)
    for fact in PROCEDURE_LIST.facts
    if fact.name != "procedure.plan"
)
_KEYS = (
    ViewColumn("procedure.key", pl.UInt64, "the procedure", is_fact=False),
    ViewColumn("procedure.number", pl.Int64, "its place in the list of its course, from 0", is_fact=False),
    ViewColumn("patient.key", pl.UInt64, "the patient", is_fact=False),
    ViewColumn("course.key", pl.UInt64, "the course", is_fact=False),
)


def procedures(frames: Frames) -> pl.DataFrame:
    """One row per procedure, in the order of the form, with its key, its patient and its plan."""
    tables = frames.tables
    only = (
        tables["plans"]
        .group_by("course.key")
        .agg(pl.when(pl.len() == 1).then(pl.col("plan.id").first()).alias("_only"))
    )
    patients = courses_with_patients(tables).select("course.key", "patient.key")
    number = pl.int_range(pl.len(), dtype=pl.Int64).over("course.key").alias("procedure.number")
    return (
        tables["procedures"]
        .select("course.key", *(fact.name for fact in PROCEDURE_LIST.facts))
        .with_columns(number)
        .join(only, on="course.key", how="left", maintain_order="left")
        .join(patients, on="course.key", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("procedure.plan", "_only").alias("procedure.plan"),
            group_key(["course.key", "procedure.number"]).alias("procedure.key"),
        )
        .drop("_only")
    )


def _build(frames: Frames, columns: Collection[str]) -> pl.DataFrame:
    steps = plan(GROUPS, columns, frames)
    rows = frames.once(procedures).with_columns(pl.lit(False).alias("is_history"))
    return steps.run(rows, frames).sort(
        "patient.key", "procedure.date", "course.key", "procedure.number", nulls_last=True
    )


VIEW = View(
    "procedures",
    row="one row per procedure of a course, beside delivery",
    asked_of="patients",
    build=_build,
    columns=by_name(
        *_KEYS, *_OWN,
        ViewColumn("procedure.plan", pl.String, "the plan it belongs to, or the only plan of the course", given_as="procedure.plan"),
        *GROUPS,
    ),
    subject=("procedure.key", "patient.key", "course.key"),
    circumstances=OF_COURSE,
)  # fmt: skip
