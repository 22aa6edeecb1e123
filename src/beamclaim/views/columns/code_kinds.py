"""Codes on their days → what policy says they are to a course: radiation, delivery, a sign of treatment, planning, a plan.

Asked once per code and era. Read by `episode` and `other_courses`, which look for the beginning and the end of courses.
"""

import polars as pl

from beamclaim.policy import PolicyAnswers

_RANGE, _DELIVERY, _CODES, _PLANS = "radonc.range", "radonc.delivery", "radonc.codes", "planning.kinds"
#: Management shows delivery where the physician bills none.
_TREATS = (_DELIVERY, "radonc.weekly_management", "radonc.short_management", "management.exclusive")
#: Categories of codes with which a course begins.
_OPENING = ("planning", "simulation")


def with_kinds(lines: pl.DataFrame, policy: PolicyAnswers) -> pl.DataFrame:
    """Lines (`line.code`, `line.date`) with six Booleans, null where the code or the day is.

    `_radiation`, `_delivers`, `_treats` (delivers, or shows delivery), `_opens` a course, `_plans`, `_prepares` a plan.
    """
    era = policy.eras((_RANGE, *_TREATS, _CODES, _PLANS)).column(lines["line.date"]).alias("_era")
    dated = lines.with_columns(era)
    codes = dated.select("line.code", "_era").unique().drop_nulls()
    asked = codes.rename({"line.code": "code", "_era": "day"})

    def is_in(table: str) -> pl.Series:
        return policy.in_table(table, asked).fill_null(False)

    kinds = codes.with_columns(
        is_in(_RANGE).alias("_radiation"),
        is_in(_DELIVERY).alias("_delivers"),
        pl.any_horizontal(is_in(table) for table in _TREATS).alias("_treats"),
        policy.resolve(_CODES, asked)["category"].is_in(_OPENING).fill_null(False).alias("_opens"),
        is_in(_PLANS).alias("_plans"),
    ).with_columns((pl.col("_opens") & ~pl.col("_plans")).alias("_prepares"))
    return dated.join(kinds, on=["line.code", "_era"], how="left").drop("_era")
