"""Rows + the days their pages were read → when each answers surely, and when only at a lower grade.

A page says what holds on the day it is read. A row without a first day, read from one, can have held for a year before that day,
or since its source was published: there it answers at a lower grade, and before nobody knows. A page read more than a year
ago is no longer sure either. Called by `load.py`; `resolve.py` asks the columns made here.

`row.begins`: before it the row is not in force (null: it always was). `row.sure_from`: before it nobody knows whether it is
(null: always sure). `row.weak`: a second row beside the stated one, for the days of the lower grade; its cap is lowered.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from beamclaim.model.value_sets import SEVERITIES
from beamclaim.policy.coverage import TableCoverage
from beamclaim.policy.declarations import Declaration
from beamclaim.policy.declarations.lives import CODE_EDITS, PAYER_LISTS, Life

#: How long a page is believed, before and after the day it was read: our own measure, no source.
_BELIEVED = "1y"
_LOWER = dict(zip(SEVERITIES, (*SEVERITIES[1:], SEVERITIES[-1]), strict=True))


def is_of_pages(life: Life) -> bool:
    """Whether the rows of a table are read from pages that name no day."""
    return life.period == "reading" or life in (CODE_EDITS, PAYER_LISTS)


def with_readings(declared: Declaration, frame: pl.DataFrame, entries: Sequence[TableCoverage]) -> pl.DataFrame:
    """The rows of a table with `row.begins`, `row.sure_from` and `row.weak`, and the weaker ones at the end."""
    has_no_first = pl.col("first_day").is_null()
    sure_from = pl.when(has_no_first).then(pl.col("observed_on").fill_null(date.max))
    frame = frame.with_columns(
        pl.col("first_day").alias("row.begins"), sure_from.alias("row.sure_from"), pl.lit(False).alias("row.weak")
    )
    if declared.is_edition or frame.is_empty():
        return frame
    of_payer = pl.col("scope").str.starts_with("payer/")
    is_read = of_payer | pl.lit(is_of_pages(declared.lives))
    is_undated = is_read & has_no_first & pl.col("observed_on").is_not_null()
    before = frame.filter(is_undated).with_columns(
        pl.min_horizontal("row.known_since", pl.col("observed_on").dt.offset_by(f"-{_BELIEVED}")).alias(
            "row.sure_from"
        ),
        pl.min_horizontal("row.until", pl.col("observed_on").dt.offset_by("-1d")).alias("row.until"),
        _at(pl.concat_str(pl.lit("read on "), "observed_on", pl.lit("; since when it holds is not known"))),
    )
    frame = frame.with_columns(
        pl.when(is_undated).then("observed_on").otherwise("row.begins").alias("row.begins"),
        pl.when(~is_undated).then("row.sure_from").alias("row.sure_from"),
    )
    after = frame.clear()
    if not declared.lives.is_cut:
        read_on = pl.coalesce(
            "observed_on", pl.lit(max((e.verified_on or date.min for e in entries), default=None), pl.Date)
        )
        is_page = of_payer | pl.lit(declared.lives.period == "reading")
        ages = frame.with_columns(read_on.dt.offset_by(_BELIEVED).alias("row.read_to"), read_on.alias("row.read_on"))
        grows_old = is_page & (pl.col("row.until").is_null() | (pl.col("row.until") > pl.col("row.read_to")))
        after = ages.filter(grows_old.fill_null(False)).with_columns(
            pl.col("row.read_to").dt.offset_by("1d").alias("row.begins"),
            pl.lit(None, pl.Date).alias("row.sure_from"),
            _at(pl.concat_str(pl.lit("read on "), "row.read_on", pl.lit(", more than a year before"))),
        )
        after = after.select(frame.columns)
        frame = ages.with_columns(
            pl.when(grows_old.fill_null(False)).then("row.read_to").otherwise("row.until").alias("row.until")
        ).select(frame.columns)
    weaker = pl.concat([before, after]).with_columns(
        pl.lit(True).alias("row.weak"), pl.col("row.cap").replace_strict(_LOWER, return_dtype=pl.String)
    )
    return pl.concat([frame, weaker])


def _at(words: pl.Expr) -> pl.Expr:
    """The place in the source, and what is known of the days."""
    at = pl.col("at").fill_null("")
    return pl.when(at == "").then(words).otherwise(pl.concat_str(at, pl.lit("; "), words)).alias("at")
