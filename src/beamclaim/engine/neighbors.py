"""Other lines of the same patient that matter to a line: the partner of a pair, the nearest of a kind.

Lines that count nowhere (replaced, voided, copies to a later payer) are nobody's partner. Rows are known by their
number in the view; what is worked out comes back as columns in the order of the view.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import polars as pl

from beamclaim.model.keys import group_key
from beamclaim.policy import PolicyAnswers
from beamclaim.policy.resolve import ANSWER, APART, Ask
from beamclaim.views.view import Neighborhood

_OPENS = "modifier.opens_pair"
#: What a pair column can say beside the values of its table.
_SAID = ("has_partner", "exists", "opened", "partner_code", "leads")


class Question(NamedTuple):
    """What is asked of one table: in which group (pairs), which fields, and about which rows of the view."""

    table: str
    among: str
    fields: list[str]
    asked: pl.Series


@dataclass
class Meetings:
    """The lines that meet another code in their group, pair by pair, and what is asked of every pair table about them.

    `numbers` says for every row which of `asks` (about its code, on the day of its era) is its own.
    """

    view: pl.DataFrame
    by: Neighborhood
    policy: PolicyAnswers
    among: str
    keys: tuple[str, ...]
    numbers: pl.Series
    asks: list[Ask]
    asked: pl.Series
    """Numbers of the rows some rule asks about."""

    @cached_property
    def lines(self) -> pl.DataFrame:
        """The lines of groups with at least two codes: row, group, code (as a number), ask."""
        code = pl.col(self.by.code)
        numbered = self.view[self.by.code].cast(pl.Categorical).to_physical().alias("code")
        group = group_key(self.keys).alias("group")
        counts = (pl.col(self.by.counts) & (code != "")).alias("counts")
        lines = self.view.select(group, numbered, self.numbers.alias("ask"), counts).with_row_index("row")
        lines = lines.filter(pl.col("group").is_not_null() & pl.col("counts"))
        held = lines.select("group", "code").unique()
        many = held["group"].filter(held["group"].is_duplicated()).unique()
        return lines.filter(pl.col("group").is_in(many.implode())).select("row", "group", "code", "ask")

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """One row per asked line and other code of its group.

        row; partner: the row of the other code; ask; pair: number of the question; first: the first row that asks it.
        """
        mine = self.lines.filter(pl.col("row").is_in(self.asked.implode()))
        theirs = self.lines.unique(["group", "code"], keep="first", maintain_order=True)
        theirs = theirs.select("group", pl.col("code").alias("other"), pl.col("row").alias("partner"))
        met = mine.join(theirs, on="group").filter(pl.col("code") != pl.col("other"))
        about = ["ask", "other"]
        distinct = met.unique(about, keep="first", maintain_order=True).select(*about, pl.col("row").alias("first"))
        distinct = distinct.with_row_index("pair")
        return met.join(distinct, on=about, how="left", maintain_order="left").drop("group", "code", "other")

    @cached_property
    def questions(self) -> list[tuple[str, Ask]]:
        """The distinct pairs: the other code, and the ask about the line's own."""
        first = self.pairs.filter(pl.col("row") == pl.col("first")).unique("pair", keep="first").sort("pair")
        codes = self.view[self.by.code][first["partner"]].to_list()
        return [(code, self.asks[ask]) for code, ask in zip(codes, first["ask"].to_list(), strict=True)]

    def answers(self, tables: Sequence[str], *, leads: bool) -> dict[str, pl.DataFrame]:
        """For each table row.id and covered of every distinct pair, the line's own code in column 1 (`leads`) or 2."""
        asks: list[Ask] = [
            (f"{own[0]}{APART}{other}" if leads else f"{other}{APART}{own[0]}", *own[1:])
            for other, own in self.questions
        ]
        told = self.policy.answers([(table, asks) for table in tables])
        return {t: pl.DataFrame(a, schema=ANSWER, orient="row") for t, a in zip(tables, told, strict=True)}

    @cached_property
    def opens(self) -> pl.Series:
        """For every row whether it carries a modifier that may open a pair; null where modifiers are unknown."""
        opens = self.policy.table(_OPENS).frame["modifier"].unique().to_list()
        modifiers = self.by.modifiers
        distinct = self.view.select(modifiers).unique()
        carried = pl.col(modifiers).str.split(";").list.set_intersection(opens).list.len().gt(0).alias("opens")
        told = distinct.with_columns(carried)
        return self.view.select(modifiers).join(
            told, on=modifiers, how="left", nulls_equal=True, maintain_order="left"
        )["opens"]  # fmt: skip

    def columns(self, questions: list[Question]) -> pl.DataFrame:
        """``pair:{table}/{among}:…`` for each line as column 2 of a pair with a line of its group."""
        made = [self.has_partner.alias(f"pair:{q.table}/{self.among}:has_partner") for q in questions]
        found = self.answers([q.table for q in questions], leads=False)
        leading = [q.table for q in questions if "leads" in q.fields]
        leads = self.answers(leading, leads=True)
        for question in questions:
            best = self._best(question, found[question.table])
            if question.table in leads:
                best = best.join(self._leading(leads[question.table]), on="row", how="full", coalesce=True)
            prefix = f"pair:{question.table}/{self.among}:"
            best = best.rename({n: f"{prefix}{n}" for n in best.columns if n not in ("row", "row.id")})
            best = best.rename({"row.id": f"row:{question.table}/{self.among}"})
            rows = pl.DataFrame({"row": pl.int_range(self.view.height, dtype=pl.UInt32, eager=True)})
            made += rows.join(best, on="row", how="left", maintain_order="left").drop("row").get_columns()
        return pl.DataFrame(made)

    def _best(self, question: Question, answers: pl.DataFrame) -> pl.DataFrame:
        """row → whether such a pair is in force, and of its strongest one the row, the values, the partner, whether it is opened.

        The strongest: one in force, then by its first value (indicator 0 before 1), then one that nothing opens, then by code.
        """
        values = [f for f in question.fields if f not in _SAID]
        table = self.policy.table(question.table)
        extra = ["component"] if "component" in table.value and "component" not in values else []
        held = self.policy.values(question.table, answers["row.id"]).select(*values, *extra)
        told = pl.concat([answers, held], how="horizontal")
        # Most pairs of codes are no pair of the table: only what is one, or is not answered, is looked at further.
        nothing = told["row.id"].is_null() & told["covered"].fill_null(False)
        none = nothing[self.pairs["pair"]]
        alone = self.pairs.select("row").unique().with_columns(pl.lit(False).alias("exists"))
        if none.all():
            blank = {"row.id": pl.UInt32, "opened": pl.Boolean, "partner_code": pl.String, "partner": pl.UInt64}
            return alone.with_columns(
                *(pl.lit(None, dtype).alias(n) for n, dtype in blank.items()),
                *(pl.lit(None, held.schema[v]).alias(v) for v in values),
            )
        met = pl.concat([self.pairs.filter(~none), told[self.pairs["pair"].filter(~none)]], how="horizontal")
        met = met.with_columns(
            (self.opens[met["row"]] | self.opens[met["partner"]]).alias("opened"),
            self.view[self.by.code][met["partner"]].alias("partner_code"),
            self.view[self.by.key][met["partner"]].alias("partner"),
        )
        if "component" in told.columns:
            # A pair that holds only one part of column 2 does not touch a line of the other part.
            professional = self.view[self.by.component][met["row"]] == "professional"
            apart = ((pl.col("component") == "TC") & professional) | ((pl.col("component") == "26") & ~professional)
            met = met.with_columns(
                pl.when(apart).then(None).otherwise(pl.col("row.id")).alias("row.id"),
                pl.when(apart).then(pl.lit(True)).otherwise(pl.col("covered")).alias("covered"),
            )
        there = pl.col("row.id").is_not_null()
        told = met.group_by("row").agg(
            pl.when(there.any())
            .then(pl.lit(True))
            .when(pl.col("covered").fill_null(False).all())
            .then(pl.lit(False))
            .alias("exists"),
            pl.col("opened").all(ignore_nulls=False).alias("_opened"),
        )
        chosen = (pl.col(v) for v in values[:1])
        order = [*chosen, pl.col("opened").fill_null(True), pl.col("partner_code")]
        first = met.filter(there).sort("row", *order).unique("row", keep="first", maintain_order=True)
        best = told.join(
            first.select("row", "row.id", "opened", "partner_code", "partner", *values), on="row", how="left"
        )
        # Of a line without a pair in force it is only known whether some meeting is surely not opened.
        opened = pl.when(pl.col("row.id").is_null()).then("_opened").otherwise("opened")
        best = best.with_columns(opened.alias("opened")).drop("_opened")
        return pl.concat([best, alone.join(best, on="row", how="anti")], how="diagonal")

    def _leading(self, answers: pl.DataFrame) -> pl.DataFrame:
        """row → whether the line is column 1 of a pair with another code of its group; null where the table does not answer."""
        there = pl.col("row.id").is_not_null()
        told = answers.select(pl.when(there).then(pl.lit(True)).when("covered").then(pl.lit(False)).alias("leads"))
        pairs = self.pairs.select("row", told["leads"][self.pairs["pair"]])
        return pairs.group_by("row").agg(pl.col("leads").any(ignore_nulls=False))

    @cached_property
    def has_partner(self) -> pl.Series:
        """Whether another code of the group is seen that day.

        A group that is not known (no provider, no component) may hide a partner: unknown, unless the day holds one code.
        """
        partner = pl.int_range(self.view.height, dtype=pl.UInt32, eager=True).is_in(
            self.pairs["row"].unique().implode()
        )
        known = self.view.select(pl.all_horizontal(pl.col(k).is_not_null() for k in self.keys)).to_series()
        if known.all():
            return partner
        day = [self.by.patient, self.by.day]
        alone = (
            self.view.filter(self.by.counts).group_by(day).agg((pl.col(self.by.code).n_unique() <= 1).alias("alone"))
        )
        told = self.view.select(day).join(alone, on=day, how="left", nulls_equal=True, maintain_order="left")["alone"]
        return pl.select(
            pl.when(partner).then(pl.lit(True)).when(known | told.fill_null(False)).then(pl.lit(False))
        ).to_series()


def near_columns(view: pl.DataFrame, by: Neighborhood, question: Question, is_held: pl.Series) -> pl.DataFrame:
    """``near:{table}:…``: the nearest row of the patient whose code the table holds on its own day (`is_held`)."""
    prefix = f"near:{question.table}:"
    lines = view.select(
        pl.col(by.patient).alias("patient"), pl.col(by.claim).alias("claim"), pl.col(by.day).alias("day"),
        pl.col(by.counts).alias("counts"), group_key(by.nearest).alias("by"), is_held.fill_null(False).alias("is_held"),
        question.asked.alias("asked"), pl.all_horizontal(pl.col(k).is_not_null() for k in (*by.nearest, by.day)).alias("known"),
    ).with_row_index("row")  # fmt: skip
    there = lines.filter(pl.col("is_held") & pl.col("counts") & pl.col("day").is_not_null())
    patients = lines["patient"].filter(lines["asked"]).unique()
    there = there.filter(pl.col("patient").is_in(patients.implode()))
    seen = pl.col("patient").is_in(there["patient"].unique().implode())
    like = pl.col("by").is_in(there["by"].drop_nulls().unique().implode()).fill_null(False)
    on_claim = pl.col("claim").is_in(there["claim"].unique().implode()).fill_null(False)
    spots = there.select("by", pl.col("day").alias("spot")).drop_nulls().unique().sort("spot")
    # Only lines of patients who have such a line at all are near one.
    base = lines.filter(pl.col("asked") & pl.col("day").is_not_null() & seen).sort("day")
    ways: list[tuple[Literal["forward", "backward"], str, pl.Expr]] = [
        ("forward", "days_until", pl.col("spot") - pl.col("day")),
        ("backward", "days_since", pl.col("day") - pl.col("spot")),
    ]
    for way, name, gap in ways:
        met = base.join_asof(spots, left_on="day", right_on="spot", by="by", strategy=way, check_sortedness=False)
        days = met.select("row", gap.dt.total_days().alias(name))
        lines = lines.join(days, on="row", how="left", maintain_order="left")

    def where_seen(answer: pl.Expr) -> pl.Expr:
        """No such line at all: surely not. One is seen: only a known target, biller and day can tell."""
        return pl.when(~seen).then(pl.lit(False)).when(pl.col("known")).then(answer)

    return lines.select(
        pl.col("days_until").alias(f"{prefix}days_until"),
        pl.col("days_since").alias(f"{prefix}days_since"),
        on_claim.alias(f"{prefix}on_claim"),
        seen.alias(f"{prefix}seen"),
        where_seen(~like).alias(f"{prefix}unlike"),
        where_seen(pl.col("days_until").is_not_null()).alias(f"{prefix}ahead"),
        where_seen(pl.col("days_since").is_not_null()).alias(f"{prefix}behind"),
    )
