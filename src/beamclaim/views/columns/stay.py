"""Columns of the stay that holds the day of a line: as a course lists it, or as the claim for it shows."""

import polars as pl

from beamclaim.model.value_sets import STAY_KINDS
from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.columns.course_match import days_of_courses, no_course
from beamclaim.views.view import Frames

STAY = ColumnGroup()
_OF_DAY = ["patient.key", "line.date"]
_STAY = {"patient.key": pl.UInt64, "kind": pl.String, "first": pl.Date, "last": pl.Date}


@STAY.columns(
    ViewColumn(
        "day.stay",
        pl.String,
        "stay of the patient that holds the day: inpatient, snf_part_a; null where none is seen",
        words=STAY_KINDS,
    ),
    ViewColumn("day.inside_stay", pl.Boolean, "the day is neither the first nor the last of that stay"),
    reads=("patient.key", "claim.key", "line.date", "line.date_to", "line.counts", "claim.bill_type"),
)
def with_stay(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Of several stays one that holds the day inside; an end nobody knows is no end."""
    day, first, last = pl.col("line.date"), pl.col("first"), pl.col("last")
    stays = (
        lines.select(_OF_DAY)
        .unique()
        .join(pl.concat([_listed(frames), _billed(lines, frames)]), on="patient.key")
        .filter((day >= first).fill_null(True) & (day <= last).fill_null(True))
        .select(*_OF_DAY, pl.col("kind").alias("day.stay"), ((day > first) & (day < last)).alias("day.inside_stay"))
        .sort(pl.col("day.inside_stay").fill_null(False), "day.stay", descending=[True, False], nulls_last=True)
        .unique(_OF_DAY, keep="first", maintain_order=True)
    )
    return lines.join(stays, on=_OF_DAY, how="left", maintain_order="left")


def _listed(frames: Frames) -> pl.DataFrame:
    """The stays the patient's courses list."""
    if no_course(frames):
        return pl.DataFrame(schema=_STAY)
    patients = frames.once(days_of_courses).select("course.key", "patient.key")
    stays = frames.tables["stays"].join(patients, on="course.key")
    return stays.select("patient.key", kind="stay.kind", first="stay.first_day", last="stay.last_day").cast(_STAY)  # type: ignore[arg-type]


def _billed(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """The stays that claims show by their bill type, from the first to the last day they bill."""
    kinds = {bill: kind for bill, kind in frames.words("claim.bill_types", "stay").items() if kind}
    kind = pl.col("claim.bill_type").str.slice(0, 2).replace_strict(kinds, default=None, return_dtype=pl.String)
    of_stays = lines.with_columns(kind.alias("kind")).filter(pl.col("kind").is_not_null() & pl.col("line.counts"))
    stays = of_stays.group_by("claim.key", "patient.key", "kind").agg(
        pl.col("line.date").min().alias("first"), pl.col("line.date_to").max().alias("last")
    )
    # Without a day a claim shows no stay: an open one would hold every day.
    return stays.drop_nulls().select(*_STAY).cast(_STAY)  # type: ignore[arg-type]
