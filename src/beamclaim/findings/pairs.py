"""Verdicts of several rules on one pair of codes → the same, the pair told by one of them.

A table of pairs, a list of what planning includes and the levels of delivery may all hold one pair. Where two rules fire on one
line about one partner, or on the two lines of a pair about each other, a biller would do one thing twice, or remove both. The graver
finding speaks; of two alike the one whose rule the other yields to (`Rule.yields_to`): what is told of these codes alone before what
is told of any. Rows that stay silent are not applicable. A finding about several pairs is silent where each of them is told.
Called by `app/check.py`, book by book: no pair is wider than a patient.
"""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from beamclaim.engine.verdicts import Verdicts
from beamclaim.findings.policy_rows import PolicyRows
from beamclaim.findings.proof import severities
from beamclaim.rules.registry import pair_order

#: What tells a row that fires from all others: the number of its verdicts, and its own.
_PLACE = ("verdicts", "row")


def one_finding_a_pair(verdicts: Sequence[Verdicts], policy_rows: PolicyRows) -> list[Verdicts]:
    """The verdicts in their order, without the rows that tell of a pair another rule tells of."""
    numbers = [n for n, said in enumerate(verdicts) if said.rule.pair and said.fires.height]
    if len(numbers) < 2:
        return list(verdicts)
    pairs = pl.concat(_pairs(n, verdicts[n], policy_rows) for n in numbers)
    silent = _silent(pairs)
    out = list(verdicts)
    for (number,), rows in silent.group_by("verdicts"):
        said = out[int(str(number))]
        kept = pl.int_range(said.fires.height, eager=True).is_in(rows["row"].implode()).not_()
        out[int(str(number))] = replace(
            said, fires=said.fires.filter(kept), not_applicable=said.not_applicable + rows.height
        )
    return out


def _pairs(number: int, said: Verdicts, policy_rows: PolicyRows) -> pl.DataFrame:
    """One row for each pair and day a row that fires tells of: whose, its line and code, both codes in order, and how it ranks."""
    rule, fires = said.rule, said.fires
    severity = severities(rule, fires, policy_rows.behind(rule, fires)[1])
    order = pair_order().index(rule.code)
    days = pl.date_ranges(pl.coalesce("line.first_day", "line.date"), pl.coalesce("line.date_to", "line.date"))
    rows = fires.select(
        pl.lit(number).alias("verdicts"),
        pl.int_range(pl.len()).alias("row"),
        (severity.to_physical().cast(pl.Int32) * len(pair_order()) + order).alias("rank"),
        pl.col("patient.key").alias("patient"),
        pl.col("line.key").alias("line"),
        days.alias("day"),
        pl.col("line.code").alias("code"),
        pl.col(f"answer:{rule.pair}").str.split(";").alias("other"),
    )
    rows = rows.explode("other").filter(pl.col("other") != pl.col("code"))
    return rows.with_columns(
        pl.min_horizontal("code", "other").alias("low"), pl.max_horizontal("code", "other").alias("high")
    )


def _silent(pairs: pl.DataFrame) -> pl.DataFrame:
    """The rows (`_PLACE`) each of whose pairs a better one tells of: on the same line, or on the other line of the pair."""
    of_days = pairs.explode("day")
    on_line = pairs.join(pairs, on=["line", "low", "high"], suffix=".other")
    on_other_line = of_days.join(of_days, on=["patient", "day", "low", "high"], suffix=".other").filter(
        pl.col("code") != pl.col("code.other")
    )
    names = [*_PLACE, "other"]
    told = pl.concat(
        frame.filter(pl.col("rank.other") < pl.col("rank")).select(names) for frame in (on_line, on_other_line)
    ).unique()
    is_told = pairs.join(told.with_columns(pl.lit(True).alias("is_told")), on=names, how="left")
    return is_told.group_by(_PLACE).agg(pl.col("is_told").fill_null(False).all()).filter("is_told")
