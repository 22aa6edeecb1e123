"""Columns of the patient's day: what was delivered on the day of a line, and whether a stay holds it."""

import polars as pl

from beamclaim.model.value_sets import MODALITIES, STAY_KINDS, TECHNIQUES
from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.columns.course_match import days_of_courses, no_course
from beamclaim.views.sessions import days_of_patients
from beamclaim.views.view import Frames

DAY = ColumnGroup(is_absent=no_course)
_OF_DAY = ["patient.key", "line.date"]


@DAY.columns(
    ViewColumn("day.sessions", pl.Int64, "sessions of the patient delivered that day"),
    ViewColumn("day.sessions_partial", pl.Int64, "those of them that ended early"),
    ViewColumn(
        "day.isocenters",
        pl.Int64,
        "isocentres of each session that day, as each fraction states; null where one does not, or they differ",
    ),
    ViewColumn(
        "day.modality", pl.String, "photon, electron, mixed, proton … of the day, by fraction or plan", words=MODALITIES
    ),
    ViewColumn(
        "day.technique",
        pl.String,
        "technique of the plans delivered that day, where they share one",
        given_as="plan.technique",
        words=TECHNIQUES,
    ),
    ViewColumn(
        "day.motion_managed",
        pl.Boolean,
        "motion was actively managed while the beam was on, and the record shows by what",
    ),
    ViewColumn(
        "day.gap_hours", pl.Float64, "hours between the closest two fractions of the day that are no single visit"
    ),
    ViewColumn("day.physicians", pl.Int64, "physicians responsible that day"),
    ViewColumn("day.partial_delivery", pl.Boolean, "a fraction of the day ended early"),
    reads=("patient.key", "line.date", "_is_counted"),
)
def with_sessions_of_day(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """`sessions.session_days`; a day without a fraction has no session only where the record is complete."""
    days = frames.once(days_of_patients).rename({"session.day": "line.date"})
    lines = lines.join(days.with_columns(_is_treated=True), on=_OF_DAY, how="left")
    is_counted, is_free = pl.col("_is_counted"), pl.col("_is_treated").is_null()
    return lines.with_columns(
        pl.when(is_counted & is_free).then(0).when(is_counted).then("day.sessions").alias("day.sessions"),
        pl.when(is_counted & is_free).then(0).otherwise("day.sessions_partial").alias("day.sessions_partial"),
    ).drop("_is_treated")


@DAY.columns(
    ViewColumn(
        "day.stay",
        pl.String,
        "stay of the patient that holds the day: inpatient, snf_part_a; null where none is listed",
        words=STAY_KINDS,
    ),
    ViewColumn("day.inside_stay", pl.Boolean, "the day is neither the first nor the last of that stay"),
    reads=("patient.key", "line.date"),
)
def with_stay(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Of several stays one that holds the day inside; an end nobody knows is no end."""
    patients = frames.once(days_of_courses).select("course.key", "patient.key")
    day, first, last = pl.col("line.date"), pl.col("stay.first_day"), pl.col("stay.last_day")
    stays = (
        lines.select(_OF_DAY)
        .unique()
        .join(frames.tables["stays"].join(patients, on="course.key"), on="patient.key")
        .filter((day >= first).fill_null(True) & (day <= last).fill_null(True))
        .select(
            *_OF_DAY, pl.col("stay.kind").alias("day.stay"), ((day > first) & (day < last)).alias("day.inside_stay")
        )
        .sort(pl.col("day.inside_stay").fill_null(False), "day.stay", descending=[True, False], nulls_last=True)
        .unique(_OF_DAY, keep="first", maintain_order=True)
    )
    return lines.join(stays, on=_OF_DAY, how="left")
