"""Rows + what their table was verified for → the last day each row answers for, which no row of its table outlives.

One mechanism for all tables: the life on the declaration gives a stretch of coverage its last day, and a row its last day
by the stretches it lies in. After it a row answers nothing and the table covers nothing; what had ended stays ended where
the life says so. Called by `load.py`; `resolve.py` asks `row.until`.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from beamclaim.errors import PolicyError
from beamclaim.model.value_sets import ORIGINAL_MEDICARE
from beamclaim.policy.coverage import TableCoverage
from beamclaim.policy.declarations import Declaration
from beamclaim.policy.declarations.form import APART

_NEVER = date.max


def with_until(declared: Declaration, frame: pl.DataFrame, entries: Sequence[TableCoverage]) -> pl.DataFrame:
    """The rows of a table with `row.until`: its own last day, or the horizon where that comes before; null where neither ends it.

    Raises PolicyError: a row begins after the horizon, so that it would never answer; names file, line and remedy.
    """
    if not declared.lives.is_cut or declared.is_edition or frame.is_empty():
        return frame.with_columns(pl.col("last_day").alias("row.until"))
    frame = frame.with_columns(_horizons(declared, frame, entries).alias("row.until"))
    _refuse_rows_after(declared, frame)
    until = pl.min_horizontal(pl.col("row.until"), pl.col("last_day"))
    return frame.with_columns(pl.when(until < _NEVER).then(until).alias("row.until"))


def live_keys(declared: Declaration, frame: pl.DataFrame, last_day: date) -> pl.Series:
    """The keys with a row that still held on the last day of a stretch. After it only they are in doubt: any other stays out."""
    is_live = pl.col("last_day").is_null() | (pl.col("last_day") > last_day)
    key = pl.concat_str([pl.col(k) for k in declared.key], separator=APART).alias("key")
    return frame.filter(is_live).select(key).to_series().unique()


def _horizons(declared: Declaration, frame: pl.DataFrame, entries: Sequence[TableCoverage]) -> pl.Series:
    """The latest last day of the stretches each row lies in; of a row in none, the latest of its table; `_NEVER` where none ends."""
    own = [e for e in entries if not e.is_imported]
    days = [e.last_day or _NEVER for e in own]
    rows = frame.with_columns(pl.col("code_from").alias(declared.key[0])) if declared.is_range else frame
    horizon = pl.max_horizontal(
        pl.when(_lies_in(declared, entry)).then(pl.lit(day)) for entry, day in zip(own, days, strict=True)
    )
    latest = max(days, default=_NEVER)
    horizon = horizon if own else pl.lit(None, pl.Date)
    return rows.with_columns(horizon.fill_null(latest).alias("horizon"))["horizon"]


def _lies_in(declared: Declaration, entry: TableCoverage) -> pl.Expr:
    """Whether a row is about what the stretch is about, whatever its days."""
    inside = entry.holds_key(declared.key, pl.lit(True))
    if entry.settings:
        inside &= pl.col("setting").is_in(["any", *entry.settings])
    if entry.payer_lines:
        parts = pl.col("scope").str.split("/")
        of_line = parts.list.get(1, null_on_oob=True).replace("medicare", ORIGINAL_MEDICARE)
        of_payer = parts.list.get(2, null_on_oob=True)
        line = pl.when(parts.list.first() == "payer").then(of_payer).otherwise(of_line)
        inside &= line.is_null() | line.is_in(entry.payer_lines)
    return inside


def _refuse_rows_after(declared: Declaration, frame: pl.DataFrame) -> None:
    late = frame.filter(pl.col("first_day") > pl.col("row.until"))
    if late.height:
        row = late.row(0, named=True)
        raise PolicyError(
            f"{row['row.file']} line {row['row.line']}: the row begins on {row['first_day']}, after {row['row.until']}, the last "
            f"day {declared.name} speaks for, so that it would never answer. Say what the table was verified against: "
            f"in its coverage, release: {row['first_day']}, or a last_day."
        )
