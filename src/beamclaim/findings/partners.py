"""Other lines of the same patient that matter to a line: the partner of a pair, the nearest of a kind.

Lines that count nowhere (replaced, voided, copies to a later payer) are nobody's partner.
"""

from typing import Literal, NamedTuple

import polars as pl

from beamclaim.findings.groups import numbered
from beamclaim.policy import Policy

_GROUPS = {
    "provider": ["patient.key", "line.date", "line.provider", "line.component"],
    "patient": ["patient.key", "line.date"],
}
_WHO = {"claim.setting": "setting", "claim.payer": "payer", "claim.payer_line": "payer_line", "claim.mac": "mac"}
_OPENS = "modifier.opens_pair"


def _opening(lines: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """line.key → whether it carries a modifier that may open a pair; null where modifiers are unknown."""
    opens = policy.table(_OPENS).frame["modifier"].unique().to_list()
    distinct = (
        lines.select("line.modifiers")
        .unique()
        .with_columns(
            pl.col("line.modifiers").str.split(";").list.set_intersection(opens).list.len().gt(0).alias("opens")
        )
    )
    return lines.join(distinct, on="line.modifiers", how="left", nulls_equal=True).select("line.key", "opens")


def _shared(view: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The lines whose group (`_group`) holds at least two codes, and one that is asked about."""
    lines = view.with_columns(numbered(keys).alias("_group"), numbered([*keys, "line.code"]).alias("_same"))
    lines = lines.filter(pl.col("_group").is_not_null() & pl.col("line.counts") & (pl.col("line.code") != ""))
    lines = lines.join(
        lines.filter(pl.col("_asked")).select("_group").unique(), on="_group", how="semi", maintain_order="left"
    )
    held = lines.select("_group", "_same").unique()
    many = held.group_by("_group").len().filter(pl.col("len") > 1)
    return lines.join(many.select("_group"), on="_group", how="semi", maintain_order="left")


class Question(NamedTuple):
    """What is asked of one table: in which group (pairs), which fields, and about which rows of the view."""

    table: str
    among: str
    fields: list[str]
    asked: pl.Series


def pair_columns(view: pl.DataFrame, policy: Policy, question: Question) -> pl.DataFrame:
    """Adds ``pair:{table}/{among}:…`` for each line as column 2 of a pair with a line of its group."""
    table, among, fields, asked = question
    keys = _GROUPS[among]
    prefix = f"pair:{table}/{among}:"
    values = [f for f in fields if f not in ("has_partner", "exists", "opened", "partner_code", "leads")]
    lines = _shared(view.with_columns(asked.alias("_asked")), keys)
    mine = lines.filter(pl.col("_asked")).select(
        "line.key", "_group", "line.date", *_WHO, "line.code", pl.col("line.component").alias("_component")
    )
    theirs = lines.unique("_same", keep="first", maintain_order=True).select(
        "_group", pl.col("line.code").alias("partner"), pl.col("line.key").alias("partner.key")
    )
    pairs = met = mine.join(theirs, on="_group").filter(pl.col("line.code") != pl.col("partner"))
    about = ["line.code", "partner", "line.date", *_WHO]
    asks = met.select(about).unique(maintain_order=True)
    found = policy.pairs(table, asks.rename({"line.code": "column2", "partner": "column1", "line.date": "day", **_WHO}))
    keep = ["row.id", "covered", *values] + (
        ["component"] if "component" in found.columns and "component" not in values else []
    )
    answered = pl.concat([asks, found.select(keep)], how="horizontal")
    # Most pairs of codes are no pair of the table: only what is one, or is not answered, is looked at further.
    plain = answered.with_columns((pl.col("row.id").is_null() & pl.col("covered").fill_null(False)).alias("_none"))
    met = met.join(plain, on=about, nulls_equal=True)
    alone = met.group_by("line.key").agg(pl.col("_none").all().alias("_none"))
    nothing = alone.filter(pl.col("_none")).select(
        "line.key", pl.lit(True).alias(f"{prefix}has_partner"), pl.lit(False).alias(f"{prefix}exists")
    )
    met = met.filter(~pl.col("_none")).rename({"line.code": "column2", "partner": "column1"}).drop("_none")
    if "component" in found.columns:
        # A pair that holds only one part of column 2 does not touch a line of the other part.
        professional = pl.col("_component") == "professional"
        apart = ((pl.col("component") == "TC") & professional) | ((pl.col("component") == "26") & ~professional)
        met = met.with_columns(
            pl.when(apart).then(None).otherwise(pl.col("row.id")).alias("row.id"),
            pl.when(apart).then(pl.lit(True)).otherwise(pl.col("covered")).alias("covered"),
        )
    opening = _opening(lines, policy)
    best = (
        met.join(opening, on="line.key", how="left")
        .join(opening.rename({"line.key": "partner.key", "opens": "partner_opens"}), on="partner.key", how="left")
        .with_columns((pl.col("opens") | pl.col("partner_opens")).alias("_opened"))
        .group_by("line.key", maintain_order=True)
        .agg(
            pl.lit(True).alias(f"{prefix}has_partner"),
            pl.when(pl.col("row.id").is_not_null().any())
            .then(pl.lit(True))
            .when(pl.col("covered").fill_null(False).all())
            .then(pl.lit(False))
            .alias(f"{prefix}exists"),
            *(_best(v, values).alias(f"{prefix}{v}") for v in values),
            _best("row.id", values).alias(f"row:{table}/{among}"),
            _best("column1", values).alias(f"{prefix}partner_code"),
            _best("partner.key", values).alias(f"{prefix}partner"),
            _best("_opened", values).alias(f"{prefix}opened"),
        )
    )
    best = pl.concat([best, nothing.join(best, on="line.key", how="anti")], how="diagonal")
    if "leads" in fields:
        best = best.join(_leading(pairs, policy, table).rename({"leads": f"{prefix}leads"}), on="line.key", how="left")
    made = view.join(best, on="line.key", how="left", maintain_order="left")
    # A group that is not known (no provider, no component) may hide a partner: unknown, unless the day holds one code.
    known = pl.all_horizontal(pl.col(k).is_not_null() for k in keys)
    partner = pl.col(f"{prefix}has_partner")
    sure = pl.when(partner).then(partner).when(known).then(pl.lit(False))
    if made.select(known.all()).item():
        return made.with_columns(sure.alias(f"{prefix}has_partner"))
    alone = (
        view.filter(pl.col("line.counts"))
        .group_by("patient.key", "line.date")
        .agg((pl.col("line.code").n_unique() <= 1).alias("_alone"))
    )
    return (
        made.join(alone, on=["patient.key", "line.date"], how="left", nulls_equal=True, maintain_order="left")
        .with_columns(pl.coalesce(sure, pl.when(pl.col("_alone")).then(pl.lit(False))).alias(f"{prefix}has_partner"))
        .drop("_alone")
    )


def _leading(met: pl.DataFrame, policy: Policy, table: str) -> pl.DataFrame:
    """line.key → whether the line is column 1 of a pair with another code of its group; null where the table does not answer."""
    about = ["line.code", "partner", "line.date", *_WHO]
    asks = met.select(about).unique(maintain_order=True)
    found = policy.pairs(table, asks.rename({"line.code": "column1", "partner": "column2", "line.date": "day", **_WHO}))
    there = pl.col("row.id").is_not_null()
    answer = pl.when(there).then(pl.lit(True)).when(pl.col("covered")).then(pl.lit(False)).alias("leads")
    answered = pl.concat([asks, found.select(answer)], how="horizontal")
    return (
        met.join(answered, on=about, nulls_equal=True).group_by("line.key").agg(pl.col("leads").any(ignore_nulls=False))
    )


def _best(column: str, values: list[str]) -> pl.Expr:
    """`column` of the strongest pair of a line.

    One in force, then by its first value (indicator 0 before 1), then one that nothing opens, then by code.
    """
    order = [
        pl.col("row.id").is_null(),
        *(pl.col(v) for v in values[:1]),
        pl.col("_opened").fill_null(True),
        pl.col("column1"),
    ]
    return pl.col(column).sort_by(order).first()


def near_columns(view: pl.DataFrame, policy: Policy, question: Question) -> pl.DataFrame:
    """Adds ``near:{table}:…``: the nearest line of the patient whose code the table holds on its own day."""
    table, _, _, asked = question
    prefix = f"near:{table}:"
    patients = view.filter(asked).select("patient.key").unique()
    lines = view.filter(pl.col("line.counts") & pl.col("line.date").is_not_null()).join(
        patients, on="patient.key", how="semi"
    )
    asks = lines.select("line.code", "line.date", *_WHO).unique(maintain_order=True)
    held = policy.in_table(table, asks.rename({"line.code": policy.table(table).key[0], "line.date": "day", **_WHO}))
    kind = asks.filter(held.fill_null(False))
    there = lines.join(kind, on=["line.code", "line.date", *_WHO], how="semi", nulls_equal=True)
    by = ["patient.key", "claim.billing_npi", "line.target"]
    there = there.with_columns(numbered(by).alias("_by"))
    spots = there.select("_by", pl.col("line.date").alias("spot")).drop_nulls().unique().sort("spot")
    # Only lines of patients who have such a line at all are near one.
    mine = view.filter(asked & view["line.date"].is_not_null()).join(
        there.select("patient.key").unique(), on="patient.key", how="semi"
    )
    base = mine.select("line.key", "line.date", numbered(by).alias("_by")).sort("line.date")
    ways: list[tuple[Literal["forward", "backward"], str, pl.Expr]] = [
        ("forward", "days_until", pl.col("spot") - pl.col("line.date")),
        ("backward", "days_since", pl.col("line.date") - pl.col("spot")),
    ]
    days = base.select("line.key")
    for way, name, gap in ways:
        met = base.join_asof(
            spots, left_on="line.date", right_on="spot", by="_by", strategy=way, check_sortedness=False
        )
        days = days.with_columns(met.select(gap.dt.total_days().alias(f"{prefix}{name}")).to_series())
    on_claim = there.select("claim.key").unique().with_columns(pl.lit(True).alias(f"{prefix}on_claim"))
    seen = there.select("patient.key").unique().with_columns(pl.lit(True).alias("_seen"))
    like = there.select("_by").drop_nulls().unique().with_columns(pl.lit(True).alias("_like"))
    known = (
        pl.col("line.target").is_not_null()
        & pl.col("claim.billing_npi").is_not_null()
        & pl.col("line.date").is_not_null()
    )
    met = view.join(days, on="line.key", how="left", maintain_order="left")
    for other, flag in ((on_claim, "claim.key"), (seen, "patient.key")):
        met = met.join(other, on=flag, how="left", maintain_order="left")
    met = (
        met.with_columns(numbered(by).alias("_by"))
        .join(like, on="_by", how="left", maintain_order="left")
        .with_columns(
            pl.col(f"{prefix}on_claim").fill_null(False),
            pl.col("_seen").fill_null(False),
            pl.col("_like").fill_null(False),
        )
    )

    def where_seen(answer: pl.Expr) -> pl.Expr:
        """No such line at all: surely not. One is seen: only a known target, biller and day can tell."""
        return pl.when(~pl.col("_seen")).then(pl.lit(False)).when(known).then(answer)

    return met.with_columns(
        pl.col("_seen").alias(f"{prefix}seen"),
        where_seen(~pl.col("_like")).alias(f"{prefix}unlike"),
        where_seen(pl.col(f"{prefix}days_until").is_not_null()).alias(f"{prefix}ahead"),
        where_seen(pl.col(f"{prefix}days_since").is_not_null()).alias(f"{prefix}behind"),
    ).drop("_seen", "_like", "_by")
