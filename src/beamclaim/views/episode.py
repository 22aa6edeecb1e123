"""Care: which lines belong to one course of treatment, and whether its beginning is seen.

A line of a course that was given belongs to that course. Other radiation lines belong together when they have the
patient and the target in common and none is further from the next than the policy's longest gap. A line that points
to no neoplasm belongs to no care that anybody could name.
"""

import polars as pl

from beamclaim.model.keys import group_key
from beamclaim.policy import PolicyAnswers

KEY, BEGINS = "care.key", "care.begins"
_GAP = "radonc.course.longest_gap_days"
_RANGE, _DELIVERY, _CODES = "radonc.range", "radonc.delivery", "radonc.codes"
#: Categories of codes with which a course begins.
_OPENING = ("planning", "simulation")


def care_columns(view: pl.DataFrame, policy: PolicyAnswers) -> pl.DataFrame:
    """Adds `care.key` (null: no care can be named) and `care.begins` (true, or null: its beginning is not seen)."""
    eras = policy.eras((_RANGE, _DELIVERY, _CODES)).column(view["line.date"]).alias("_era")
    dated = view.with_columns(eras)
    asks = dated.select("line.code", "_era").unique().drop_nulls()
    named = asks.rename({"line.code": "code", "_era": "day"})
    kinds = asks.with_columns(
        policy.in_table(_RANGE, named).fill_null(False).alias("_radiation"),
        policy.in_table(_DELIVERY, named).fill_null(False).alias("_delivers"),
        policy.resolve(_CODES, named)["category"].is_in(_OPENING).fill_null(False).alias("_opens"),
    )
    lines = dated.select(
        "line.key", "patient.key", "line.target", "line.date", "line.code", "line.counts", "course.key",
        "course.records_complete", "_era",
    ).join(kinds, on=["line.code", "_era"], how="left")  # fmt: skip
    lines = lines.join(_stretches(lines, _longest_gap(view, policy)), on="line.key", how="left").with_columns(
        pl.coalesce(pl.when(pl.col("course.key").is_not_null()).then(group_key(["patient.key", "course.key"])), "_stretch").alias(KEY)
    )  # fmt: skip
    counted = lines.filter(pl.col("line.counts") & pl.col(KEY).is_not_null())
    first = counted.group_by(KEY).agg(
        pl.col("line.date").filter(pl.col("_opens")).min().alias("_opened"),
        pl.col("line.date").filter(pl.col("_delivers")).min().alias("_delivered"),
    )
    begun = (pl.col("_opened") <= pl.col("_delivered")).fill_null(
        pl.col("_opened").is_not_null() & pl.col("_delivered").is_null()
    )
    told = lines.join(first, on=KEY, how="left").select(
        "line.key",
        KEY,
        pl.when(pl.col("course.records_complete").fill_null(False) | begun).then(pl.lit(True)).alias(BEGINS),
    )
    mine = view.select("line.key").join(told, on="line.key", how="left", maintain_order="left")
    return view.hstack(mine.drop("line.key").get_columns())


def _longest_gap(view: pl.DataFrame, policy: PolicyAnswers) -> int:
    """Days between two lines of one care at most, as of the day of asking; 0 where the policy does not say."""
    if view.is_empty():
        return 0
    value = policy.param(_GAP, view.select(pl.col("today").alias("day")).head(1))["value"][0]
    return int(value) if value is not None else 0


def _stretches(lines: pl.DataFrame, longest: int) -> pl.DataFrame:
    """line.key → number of the stretch: the patient, the target and its first day."""
    by = ["patient.key", "line.target"]
    own = lines.filter(
        pl.col("_radiation")
        & pl.col("line.counts")
        & pl.col("course.key").is_null()
        & pl.col("line.target").is_not_null()
    ).sort(*by, "line.date")
    gap = (pl.col("line.date") - pl.col("line.date").shift().over(by)).dt.total_days()
    begins = pl.when(gap.is_null() | (gap > longest)).then("line.date")
    return own.with_columns(begins.forward_fill().over(by).alias("_began")).select(
        "line.key", group_key([*by, "_began"]).alias("_stretch")
    )
