"""Lines → whether each carries a modifier that may open a pair of codes: one that stands on a code it may stand on.

Three-valued, row by row: null where the modifiers are unknown, or where it is not known whether the modifier may stand on that
code. Called by `neighbors`; few lines carry a modifier that is bound to some codes, and only they ask the policy.
"""

import polars as pl

from beamclaim.policy import PolicyAnswers

_OPENS = "modifier.opens_pair"


def opens_pair(lines: pl.DataFrame, policy: PolicyAnswers) -> pl.Series:
    """For each of these lines (code, day, modifiers joined with `;`) whether a modifier of it may open a pair."""
    openers = policy.table(_OPENS).frame.select("modifier", "only_on", "doubtful_on").unique()
    bound = openers.filter(pl.any_horizontal(pl.col("only_on", "doubtful_on").fill_null("") != ""))
    free = openers.join(bound, on="modifier", how="anti")
    distinct = lines.select("modifiers").unique()
    each = pl.col("modifiers").str.split(";").list
    distinct = distinct.with_columns(
        each.set_intersection(free["modifier"].to_list()).list.len().gt(0).alias("opens"),
        each.set_intersection(bound["modifier"].to_list()).list.len().gt(0).alias("is_bound"),
    )
    rows = lines.join(distinct, on="modifiers", how="left", nulls_equal=True, maintain_order="left")
    asked = rows.filter(~pl.col("opens") & pl.col("is_bound")).select("modifiers", "code", "day").unique()
    if asked.is_empty():
        return rows["opens"]
    by_code = _on_its_code(asked, bound, policy)
    answered = rows.join(by_code, on=["modifiers", "code", "day"], how="left", nulls_equal=True, maintain_order="left")
    is_asked = ~pl.col("opens") & pl.col("is_bound")
    return answered.select(pl.when(is_asked).then("by_code").otherwise("opens").alias("opens")).to_series()


def _on_its_code(lines: pl.DataFrame, bound: pl.DataFrame, policy: PolicyAnswers) -> pl.DataFrame:
    """modifiers, code, day → by_code: whether one of the bound modifiers may open a pair there."""
    carried = lines.with_columns(pl.col("modifiers").str.split(";").alias("modifier")).explode("modifier")
    carried = carried.join(bound, on="modifier")
    for column in ("only_on", "doubtful_on"):
        answers = pl.Series(column, [None], dtype=pl.Boolean).new_from_index(0, carried.height)
        for name in carried[column].drop_nulls().unique().sort():
            is_listed = policy.in_table(name, carried.select("code", "day"))
            answers = is_listed.zip_with((carried[column] == name).fill_null(False), answers)
        carried = carried.with_columns(answers.alias(f"{column}:listed"))
    may_stand = pl.when(pl.col("only_on").is_null()).then(pl.lit(True)).otherwise(pl.col("only_on:listed"))
    is_sure = pl.when(pl.col("doubtful_on").is_null() | ~pl.col("doubtful_on:listed")).then(pl.lit(True))
    opens = (may_stand & is_sure).any(ignore_nulls=False)
    return carried.group_by("modifiers", "code", "day").agg(opens.alias("by_code"))
