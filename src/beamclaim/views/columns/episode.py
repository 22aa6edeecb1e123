"""Columns of the episode: which lines belong to one course of treatment, and whether its beginning is seen.

A line of a course that was given belongs to that course, and nothing more is asked. Other radiation lines are a stretch when they
have the patient and the target in common and none is further from the next than the policy's longest gap (our own reading). A
stretch is divided where another course began after delivery (`beginnings`); where one may have begun, the episode stays one and has
parts. A line that points to no neoplasm belongs to no episode that anybody could name.
"""

from datetime import date

import polars as pl

from beamclaim.model.keys import group_key
from beamclaim.policy import PolicyAnswers
from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.columns.beginnings import READS, beginnings
from beamclaim.views.columns.code_kinds import with_kinds
from beamclaim.views.view import Frames

EPISODE = ColumnGroup()
_GAP = "radonc.course.longest_gap_days"
_READS = (
    "line.key", "patient.key", "line.target", "line.date", "line.date_to", "line.code", "line.counts", "claim.billing_npi",
    "course.key", "course.records_complete",
)  # fmt: skip
_SAME = ["patient.key", "line.target"]
#: A row of the view: a line, or a day of it.
_ROW = ["line.key", "line.date"]


@EPISODE.columns(
    ViewColumn(
        "episode.key",
        pl.UInt64,
        "the course it belongs to; where none was given, radiation lines of one target, close in time, to the next new simulation and plan",
        given_as="line.target",
        is_fact=False,
    ),
    ViewColumn(
        "episode.part",
        pl.UInt64,
        "the part of the episode it lies in: a new plan after delivery, which may have begun another course, begins another part",
        given_as="line.target",
        is_fact=False,
    ),
    ViewColumn(
        "episode.begins",
        pl.Boolean,
        "planning or simulation is seen before the first delivery, or the course brings its records; null where not",
        given_as="earlier claims of the course",
    ),
    reads=_READS,
)
def with_episode(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """`episode.key` and `episode.part` are null where no episode can be named, `episode.begins` true, or null: not seen."""
    kinds = with_kinds(lines.select(_READS), frames.policy)
    gap_days = longest_gap_days(frames.policy, as_of=frames.assumptions.as_of)
    of_course = pl.when(pl.col("course.key").is_not_null()).then(group_key(["patient.key", "course.key"]))
    kinds = kinds.join(_stretches(kinds, gap_days), on=_ROW, how="left", nulls_equal=True).with_columns(
        of_course.otherwise("_episode").alias("episode.key"), of_course.otherwise("_part").alias("episode.part")
    )
    day = pl.col("line.date")
    counted = kinds.filter(pl.col("line.counts").fill_null(True) & pl.col("episode.key").is_not_null())
    first = counted.group_by("episode.key").agg(
        day.filter("_opens").min().alias("_opened"), day.filter("_delivers").min().alias("_delivered")
    )
    opened, delivered = pl.col("_opened"), pl.col("_delivered")
    is_begun = (opened <= delivered).fill_null(opened.is_not_null() & delivered.is_null())
    begins = pl.when(pl.col("course.records_complete").fill_null(False) | is_begun).then(pl.lit(True))
    episodes = kinds.join(first, on="episode.key", how="left").select(
        *_ROW, "episode.key", "episode.part", begins.alias("episode.begins")
    )
    return lines.join(episodes, on=_ROW, how="left", nulls_equal=True, maintain_order="left")


def longest_gap_days(policy: PolicyAnswers, *, as_of: date) -> int | None:
    """Days between two lines of one episode at most, as of the day of asking; None where the policy does not say."""
    asked = pl.DataFrame({"day": [as_of]}, schema={"day": pl.Date})
    days = policy.param(_GAP, asked)["value"].item()
    return None if days is None else int(days)


def _stretches(lines: pl.DataFrame, gap_days: int | None) -> pl.DataFrame:
    """A row of a line → `_episode` and `_part`: numbers of the patient, the target and the day they began.

    Where the longest gap is unknown, so is the stretch of all lines of a target but those of one single day.
    """
    own = lines.filter(
        pl.col("_radiation")
        & pl.col("line.counts").fill_null(True)
        & pl.col("course.key").is_null()
        & pl.col("line.target").is_not_null()
    ).sort(*_SAME, "line.date")
    day = pl.col("line.date")
    if gap_days is None:
        began = pl.when(day.n_unique().over(_SAME) == 1).then(day).otherwise(None)
    else:
        gap = (day - day.shift().over(_SAME)).dt.total_days()
        began = pl.when(gap.is_null() | (gap > gap_days)).then(day).forward_fill().over(_SAME)
    own = own.with_columns(began.alias("_began")).with_columns(group_key([*_SAME, "_began"]).alias("_stretch"))
    whole = own.select(*_ROW, pl.col("_stretch").alias("_episode"), pl.col("_stretch").alias("_part"))
    begins = beginnings(own.filter(day.is_not_null() & pl.col("_stretch").is_not_null()).select(READS))
    if begins.is_empty():
        return whole
    divided = _divided(own.filter(pl.col("_stretch").is_in(begins["_stretch"].unique().implode())), begins)
    return pl.concat([whole.join(divided, on=_ROW, how="anti", nulls_equal=True), divided])


def _divided(lines: pl.DataFrame, begins: pl.DataFrame) -> pl.DataFrame:
    """Lines of stretches in which a course begins, or may → `_episode` from the last sure beginning, `_part` from the last of any."""
    lines = lines.sort("line.date")
    days = {"_episode": begins.filter("is_sure"), "_part": begins}
    for name, beginning in days.items():
        from_day = beginning.select("_stretch", "begins_on", pl.col("begins_on").alias(f"{name}_from"))
        lines = lines.join_asof(
            from_day, left_on="line.date", right_on="begins_on", by="_stretch", check_sortedness=False
        ).drop("begins_on", strict=False)
    numbers = (group_key(["_stretch", f"{name}_from"]).alias(name) for name in days)
    return lines.with_columns(pl.coalesce(f"{name}_from", "_began").alias(f"{name}_from") for name in days).select(
        *_ROW, *numbers
    )
