"""Columns of the patient's day: what was delivered on the day of a line."""

import polars as pl

from beamclaim.model.value_sets import MODALITIES, TECHNIQUES
from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.columns.course_match import no_course
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
