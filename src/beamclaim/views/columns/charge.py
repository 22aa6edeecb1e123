"""Columns of a proposed charge that adjustments ask for: its like on its day, the stay it lies in, its count in sixty days."""

from datetime import timedelta

import polars as pl

from beamclaim.model.value_sets import OFF_CAMPUS, ORIGINAL_MEDICARE
from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.courses import courses_with_patients
from beamclaim.views.view import Frames

CHARGE = ColumnGroup()
#: The window of the limits that stand per sixty days.
_SIXTY = timedelta(days=60)


@CHARGE.column(
    "charge.counts", pl.Boolean, "a code stands for it, so that others of its day may be beside it", is_fact=False
)
def counts(_: Frames) -> pl.Expr:
    """What needs evidence stands at the code it has without it."""
    return pl.col("charge.code").is_not_null() & pl.col("charge.status").is_in(["supported", "needs_evidence"])


@CHARGE.column("charge.modifiers", pl.String, "modifiers it has before adjustments: none", is_fact=False)
def modifiers(_: Frames) -> pl.Expr:
    """Adjustments add them."""
    return pl.lit("")


@CHARGE.column("charge.component", pl.String, "the side it is billed on", is_fact=False)
def component(_: Frames) -> pl.Expr:
    """A pair meets on one side."""
    return pl.lit("")


@CHARGE.column(
    "charge.modifier_part",
    pl.String,
    "the part whose modifier guidance takes where a payer asks for one",
    is_fact=False,
)
def modifier_part(_: Frames) -> pl.Expr:
    """A word of `charging.parts`."""
    return pl.lit("guidance_with")


@CHARGE.columns(
    ViewColumn(
        "course.off_campus", pl.String, "hospital department off campus", given_as="course.off_campus", words=OFF_CAMPUS
    ),
    reads=("course.key",),
)
def with_place(charges: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """As the course says it."""
    places = frames.tables["courses"].select("course.key", "course.off_campus")
    return charges.join(places, on="course.key", how="left", maintain_order="left")


@CHARGE.columns(
    ViewColumn("charge.repeats", pl.Boolean, "the same code of delivery stands earlier on its day"),
    ViewColumn(
        "charge.repeated_by",
        pl.String,
        "same or other physician; null where one is not named",
        given_as="fraction.physician",
    ),
    reads=(
        "patient.key",
        "charge.day",
        "charge.code",
        "charge.family",
        "charge.row",
        "charge.physician",
        "charge.counts",
    ),
)
def with_repeats(charges: pl.DataFrame, _: Frames) -> pl.DataFrame:
    """In the order of sessions."""
    keys = ["patient.key", "charge.day", "charge.code"]
    ordered = charges.with_row_index("_at").sort("charge.row")
    is_delivery = (pl.col("charge.family") == "delivery") & pl.col("charge.counts")
    place = is_delivery.cast(pl.Int64).cum_sum().over(keys)
    same = pl.col("charge.physician") == pl.col("charge.physician").first().over(keys)
    word = pl.when(same).then(pl.lit("same")).when(~same).then(pl.lit("other"))
    return (
        ordered.with_columns(
            (is_delivery & (place > 1)).fill_null(False).alias("charge.repeats"), word.alias("charge.repeated_by")
        )
        .sort("_at")
        .drop("_at")
    )


@CHARGE.columns(
    ViewColumn(
        "charge.inside_stay",
        pl.Boolean,
        "its day lies inside a stay of the patient, neither its first nor its last day",
    ),
    ViewColumn(
        "charge.beside_stay",
        pl.Boolean,
        "its day is the first or last of a stay, or of the days before one that belong to it",
    ),
    reads=("patient.key", "charge.day", "course.payer_line", "course.setting"),
)
def with_stay(charges: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """By the stays of the patient's courses: hospital stays for a hospital, Part A nursing stays for everyone else."""
    patients = courses_with_patients(frames.tables).select("course.key", "patient.key")
    stays = (
        frames.tables["stays"]
        .join(patients, on="course.key")
        .select("patient.key", "stay.kind", "stay.first_day", "stay.last_day")
    )
    rows = charges.with_row_index("_at")
    day, first, last = pl.col("charge.day"), pl.col("stay.first_day"), pl.col("stay.last_day")
    in_hospital = pl.col("course.setting") == "hospital_outpatient"
    concerns = pl.when(pl.col("stay.kind") == "inpatient").then(in_hospital).otherwise(~in_hospital)
    reach = (
        pl.when((pl.col("course.payer_line") == ORIGINAL_MEDICARE) & in_hospital)
        .then(_days_before_stay(frames))
        .otherwise(0)
    )
    near = (
        rows.select("_at", "patient.key", "charge.day", "course.payer_line", "course.setting")
        .join(stays, on="patient.key")
        .filter(concerns.fill_null(True))
    )
    inside = (day > first) & (day < last)
    beside = (day >= first - pl.duration(days=reach)) & (day <= last).fill_null(True) & ~inside.fill_null(False)
    of_row = near.group_by("_at").agg(
        inside.fill_null(False).any().alias("charge.inside_stay"),
        beside.fill_null(True).any().alias("charge.beside_stay"),
    )
    return (
        rows.join(of_row, on="_at", how="left", maintain_order="left")
        .drop("_at")
        .with_columns(pl.col("charge.inside_stay", "charge.beside_stay").fill_null(False))
    )


@CHARGE.columns(
    ViewColumn(
        "charge.of_sixty_days", pl.Int64, "units of its code in its course up to it, within sixty days of the first"
    ),
    reads=("course.key", "charge.code", "charge.day", "charge.units", "charge.counts", "charge.row"),
)
def with_sixty_days(charges: pl.DataFrame, _: Frames) -> pl.DataFrame:
    """Counted from the first of its code in the course; what comes later than sixty days begins anew and is not counted."""
    keys = ["course.key", "charge.code"]
    rows = charges.with_row_index("_at").sort("charge.day", "charge.row", nulls_last=True)
    begins = pl.col("charge.day").min().over(keys)
    is_within = pl.col("charge.counts") & (pl.col("charge.day") < begins + _SIXTY)
    count = pl.when(is_within).then("charge.units").otherwise(0).cum_sum().over(keys)
    return rows.with_columns(pl.when(is_within).then(count).alias("charge.of_sixty_days")).sort("_at").drop("_at")


def _days_before_stay(frames: Frames) -> int | None:
    """The days before an admission that belong to it under Original Medicare in a hospital; None where policy is silent."""
    ask = {"day": [frames.assumptions.as_of], "setting": ["hospital_outpatient"], "payer_line": [ORIGINAL_MEDICARE]}
    number = frames.policy.param("stay.window.before_days", pl.DataFrame(ask))["value"].item()
    return None if number is None else int(number)
