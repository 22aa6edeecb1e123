"""Columns of the episode: which lines belong to one course of treatment, and whether its beginning is seen.

A line of a course that was given belongs to that course. Other radiation lines belong together when they have the patient and
the target in common and none is further from the next than the policy's longest gap. A line that points to no neoplasm belongs
to no episode that anybody could name.
"""

from datetime import date

import polars as pl

from beamclaim.model.keys import group_key
from beamclaim.policy import PolicyAnswers
from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.view import Frames

EPISODE = ColumnGroup()
_GAP = "radonc.course.longest_gap_days"
_RANGE, _DELIVERY, _CODES = "radonc.range", "radonc.delivery", "radonc.codes"
#: Categories of codes with which a course begins.
_OPENING = ("planning", "simulation")
_SAME = ["patient.key", "line.target"]


@EPISODE.columns(
    ViewColumn(
        "episode.key",
        pl.UInt64,
        "the course it belongs to; where none was given, radiation lines of one target, close in time",
        given_as="line.target",
        is_fact=False,
    ),
    ViewColumn(
        "episode.begins",
        pl.Boolean,
        "planning or simulation is seen before the first delivery, or the course brings its records; null where not",
        given_as="earlier claims of the course",
    ),
    reads=(
        "line.key", "patient.key", "line.target", "line.date", "line.code", "line.counts", "course.key",
        "course.records_complete",
    ),
)  # fmt: skip
def with_episode(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """`episode.key` is null where no episode can be named, `episode.begins` true, or null: its beginning is not seen."""
    kinds = _with_kinds(lines, frames.policy)
    gap_days = longest_gap_days(frames.policy, as_of=frames.assumptions.as_of)
    kinds = kinds.join(_stretches(kinds, gap_days), on="line.key", how="left").with_columns(
        pl.when(pl.col("course.key").is_not_null())
        .then(group_key(["patient.key", "course.key"]))
        .otherwise("_stretch")
        .alias("episode.key")
    )
    day = pl.col("line.date")
    counted = kinds.filter(pl.col("line.counts") & pl.col("episode.key").is_not_null())
    first = counted.group_by("episode.key").agg(
        day.filter("_opens").min().alias("_opened"), day.filter("_delivers").min().alias("_delivered")
    )
    opened, delivered = pl.col("_opened"), pl.col("_delivered")
    is_begun = (opened <= delivered).fill_null(opened.is_not_null() & delivered.is_null())
    begins = pl.when(pl.col("course.records_complete").fill_null(False) | is_begun).then(pl.lit(True))
    episodes = kinds.join(first, on="episode.key", how="left").select(
        "line.key", "episode.key", begins.alias("episode.begins")
    )
    return lines.join(episodes, on="line.key", how="left", maintain_order="left")


def longest_gap_days(policy: PolicyAnswers, *, as_of: date) -> int | None:
    """Days between two lines of one episode at most, as of the day of asking; None where the policy does not say."""
    asked = pl.DataFrame({"day": [as_of]}, schema={"day": pl.Date})
    days = policy.param(_GAP, asked)["value"].item()
    return None if days is None else int(days)


def _with_kinds(lines: pl.DataFrame, policy: PolicyAnswers) -> pl.DataFrame:
    """The lines with what policy says of their code on their day: whether it is radiation, delivers, opens a course."""
    era = policy.eras((_RANGE, _DELIVERY, _CODES)).column(lines["line.date"]).alias("_era")
    dated = lines.select(
        "line.key", "patient.key", "line.target", "line.date", "line.code", "line.counts", "course.key",
        "course.records_complete", era,
    )  # fmt: skip
    codes = dated.select("line.code", "_era").unique().drop_nulls()
    asked = codes.rename({"line.code": "code", "_era": "day"})
    kinds = codes.with_columns(
        policy.in_table(_RANGE, asked).fill_null(False).alias("_radiation"),
        policy.in_table(_DELIVERY, asked).fill_null(False).alias("_delivers"),
        policy.resolve(_CODES, asked)["category"].is_in(_OPENING).fill_null(False).alias("_opens"),
    )
    return dated.join(kinds, on=["line.code", "_era"], how="left")


def _stretches(lines: pl.DataFrame, gap_days: int | None) -> pl.DataFrame:
    """line.key → number of the stretch: the patient, the target and its first day.

    Where the longest gap is unknown, so is the stretch of all lines of a target but those of one single day.
    """
    own = lines.filter(
        pl.col("_radiation")
        & pl.col("line.counts")
        & pl.col("course.key").is_null()
        & pl.col("line.target").is_not_null()
    ).sort(*_SAME, "line.date")
    day = pl.col("line.date")
    if gap_days is None:
        began = pl.when(day.n_unique().over(_SAME) == 1).then(day).otherwise(None)
    else:
        gap = (day - day.shift().over(_SAME)).dt.total_days()
        began = pl.when(gap.is_null() | (gap > gap_days)).then(day).forward_fill().over(_SAME)
    return own.with_columns(began.alias("_began")).select("line.key", group_key([*_SAME, "_began"]).alias("_stretch"))
