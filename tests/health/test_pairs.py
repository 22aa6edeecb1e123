"""One pair of codes stands one way: the tables of pairs agree which of two lines is inside the other."""

from itertools import combinations_with_replacement

import polars as pl
import pytest

from beamclaim.policy import load_policy
from beamclaim.policy.declarations import DECLARED
from beamclaim.policy.tables import PolicyTable

#: Modifiers that may not share a line stand in both orders.
BOTH_ORDERS = "modifier_conflicts"
TABLES = load_policy()
PAIRS = [
    TABLES.table(d.name) for d in DECLARED if d.key == ("column1", "column2") and d.name != BOTH_ORDERS
]  # fmt: skip


def rows_of(table: PolicyTable) -> pl.DataFrame:
    days = (pl.col("first_day").fill_null(pl.date(1900, 1, 1)), pl.col("last_day").fill_null(pl.date(2999, 12, 31)))
    place = pl.concat_str(pl.lit(table.name), pl.lit(" line "), pl.col("row.line").cast(pl.String)).alias("place")
    return table.frame.select("column1", "column2", days[0].alias("first"), days[1].alias("last"), place)


def turned(one: pl.DataFrame, other: pl.DataFrame) -> list[str]:
    """Where both hold one pair in opposite order on one day."""
    pairs = one.join(other, left_on=["column1", "column2"], right_on=["column2", "column1"], suffix="_of_other")
    together = pairs.filter(
        pl.col("first") <= pl.col("last_of_other"), pl.col("first_of_other") <= pl.col("last"), pl.col("place") != pl.col("place_of_other")
    )  # fmt: skip
    return [f"{a} and {b}" for a, b in together.select("place", "place_of_other").iter_rows()]


@pytest.mark.parametrize(("one", "other"), list(combinations_with_replacement(PAIRS, 2)), ids=lambda table: table.name)
def test_no_two_rows_hold_one_pair_in_opposite_order(one: PolicyTable, other: PolicyTable) -> None:
    assert turned(rows_of(one), rows_of(other)) == [], "turn the weaker row: both lines of the pair would be removed"


def test_a_pair_that_stands_both_ways_is_seen() -> None:
    row = rows_of(TABLES.table("cpt.pairs")).head(1)
    other = row.rename({"column1": "column2", "column2": "column1"}).with_columns(pl.lit("own line 1").alias("place"))
    assert len(turned(row, other.select(row.columns))) == 1


def test_tables_that_may_stand_against_each_other_say_so_of_one_another() -> None:
    for table in PAIRS:
        for name, goes_first in table.declared.opposed.items():
            assert TABLES.table(name).declared.opposed[table.name] is not goes_first
