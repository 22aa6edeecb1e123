"""The tables of pairs of codes → every pair that two of them hold in opposite order."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from beamclaim.policy.declarations import DECLARED
from beamclaim.policy.tables import PolicyTables

#: Tables of two columns in which neither stands before the other.
_NO_ORDER = frozenset({"modifier_conflicts", "imrt.equivalents"})


@dataclass(frozen=True, slots=True)
class OppositePair:
    """A pair of codes that two tables hold in opposite order on some day: which of the two stays is told both ways."""

    column1: str
    column2: str
    table: str
    other: str


def opposite_pairs(policy: PolicyTables) -> list[OppositePair]:
    """The pairs that one table of codes holds as (a, b) and another as (b, a) on one day, in order."""
    names = [d.name for d in DECLARED if d.key == ("column1", "column2") and d.name not in _NO_ORDER]
    columns = ["column1", "column2", "first_day", "last_day"]
    rows = pl.concat([policy.table(n).stated.select(*columns, pl.lit(n).alias("table")) for n in names]).with_columns(
        pl.col("first_day").fill_null(date.min), pl.col("last_day").fill_null(date.max)
    )
    met = rows.join(rows, left_on=["column1", "column2"], right_on=["column2", "column1"], suffix=":other").filter(
        (pl.col("table") < pl.col("table:other"))
        & (pl.col("first_day") <= pl.col("last_day:other"))
        & (pl.col("first_day:other") <= pl.col("last_day"))
    )
    pairs = met.select("column1", "column2", "table", "table:other").unique().sort(pl.all())
    return [OppositePair(*row) for row in pairs.rows()]
