"""Lines of a stretch of treatment → the days on which, after delivery, another course began, or may have begun.

A new plan of a biller after delivery makes what follows doubtful: an adaptive plan, a boost, another course. Where that biller
simulated or planned anew as well, and no treatment lies between the last delivery and the new plan, it is another course
(PRIORITY-RO and EVICORE-CODING count per course). One row per such day. Called by `episode`, for lines of no given course.
"""

import polars as pl

#: What a line must say of itself: `_stretch` it belongs to, its days, its biller, and the kinds of its code.
READS = ("_stretch", "line.date", "line.date_to", "claim.billing_npi", "_treats", "_plans", "_prepares")
SCHEMA = pl.Schema({"_stretch": pl.UInt64(), "begins_on": pl.Date(), "is_sure": pl.Boolean()})
_PLAN = ["_stretch", "biller", "planned_on"]


def beginnings(lines: pl.DataFrame) -> pl.DataFrame:
    """`_stretch`, `begins_on`, `is_sure`: sorted by day, each day of a stretch once.

    `lines` count and have a stretch and a day. A biller nobody names is the same as nobody: his plan leaves a doubt.
    """
    plans = _plans_after_delivery(lines)
    if plans.is_empty():
        return SCHEMA.to_frame()
    plans = plans.join(_preparations(lines, plans), on=_PLAN, how="left", nulls_equal=True).with_columns(
        (pl.col("own_in_pause").is_not_null() & ~pl.col("is_treated")).alias("is_sure")
    )
    begins_on = (
        pl.when("is_sure")
        .then("any_in_pause")
        .otherwise(pl.coalesce("any_since_plan", "planned_on"))
        .alias("begins_on")
    )
    # Plans after the same delivery (of hospital and physician, of two fields) are one beginning; the sure one tells its day.
    one_a_pause = (
        plans.select("_stretch", "treated_until", "is_sure", begins_on)
        .sort("_stretch", "treated_until", ~pl.col("is_sure"), "begins_on")
        .unique(["_stretch", "treated_until"], keep="first")
    )
    return (
        one_a_pause.sort("_stretch", "begins_on", ~pl.col("is_sure"))
        .unique(["_stretch", "begins_on"], keep="first")
        .select(*SCHEMA)
        .sort("begins_on")
    )


def _plans_after_delivery(lines: pl.DataFrame) -> pl.DataFrame:
    """Plans with a delivery before them: `treated_until` the last day of it, `is_treated` on the day of the plan, `since`.

    `since`: the biller's plan before, or the first delivery, whichever is later.
    """
    plans = (
        lines.filter("_plans")
        .select("_stretch", pl.col("claim.billing_npi").alias("biller"), pl.col("line.date").alias("planned_on"))
        .unique()
        .sort(_PLAN)
        .with_columns(pl.col("planned_on").shift().over("_stretch", "biller").alias("plan_before"))
    )
    treated = lines.filter("_treats").select(
        "_stretch",
        pl.col("line.date").alias("first"),
        pl.max_horizontal("line.date", "line.date_to").alias("last"),
    )
    began = treated.group_by("_stretch").agg(pl.col("first").min().alias("treated_from"))
    late = plans.join(began, on="_stretch").filter(pl.col("planned_on") > pl.col("treated_from"))
    day_before = pl.col("planned_on").dt.offset_by("-1d")
    until = pl.min_horizontal("last", day_before).filter(pl.col("first") < pl.col("planned_on")).max()
    on_the_day = (pl.col("first") <= pl.col("planned_on")) & (pl.col("planned_on") <= pl.col("last"))
    return (
        late.join(treated, on="_stretch")
        .group_by([*_PLAN, "plan_before", "treated_from"])
        .agg(until.alias("treated_until"), on_the_day.any().alias("is_treated"))
        .with_columns(pl.max_horizontal("treated_from", "plan_before").alias("since"))
    )


def _preparations(lines: pl.DataFrame, plans: pl.DataFrame) -> pl.DataFrame:
    """For each plan the first simulation or physician planning before it: of its biller and of anybody in the pause, and of anybody
    since the plan before."""
    prepared = lines.filter("_prepares").select(
        "_stretch", pl.col("claim.billing_npi").alias("by"), pl.col("line.date").alias("prepared_on")
    )
    near = plans.join(prepared, on="_stretch").filter(pl.col("prepared_on") <= pl.col("planned_on"))
    day = pl.col("prepared_on")
    in_pause = day > pl.col("treated_until")
    return near.group_by(_PLAN).agg(
        day.filter(in_pause & (pl.col("by") == pl.col("biller"))).min().alias("own_in_pause"),
        day.filter(in_pause).min().alias("any_in_pause"),
        day.filter(day > pl.col("since")).min().alias("any_since_plan"),
    )
