"""View + pair tables → what other rows of the patient say of a row: the partner of a pair of codes, the nearest of a kind.

One row per row of the view, in its order; columns ``pair:{table}/{among}:…`` and ``near:{table}:…`` (`Neighbor`). Rows that
count nowhere (replaced, voided, copies to a later payer) are nobody's neighbor. Called by `policy_columns`, for the rows on
which some rule is open. Begin with `CodePairs.columns` and `nearest_columns`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import polars as pl

from beamclaim.model.keys import group_key
from beamclaim.policy import PolicyAnswers
from beamclaim.policy.declarations.form import APART
from beamclaim.policy.resolve import ANSWER, Ask
from beamclaim.views.view import Neighborhood

_OPENS, _COMPONENT = "modifier.opens_pair", "modifier.component"
#: What a pair column can say beside the values of its table.
BESIDE_VALUES = ("has_partner", "exists", "opened", "partner_code", "leads")


class NeighborQuestion(NamedTuple):
    """What is asked of one table: in which group (pairs), which fields, and whether of each row of the view."""

    table: str
    among: str
    fields: list[str]
    is_asked: pl.Series


@dataclass(frozen=True)
class CodePairs:
    """The rows that share a group with another code, pair by pair, and what pair tables say of each pair.

    A row is known by its number in `frame`. `ask_of_row` says for every row which of `asks` (about its code, on the day of
    its era) is its own; `asked_rows` are the rows some rule asks about.
    """

    frame: pl.DataFrame
    by: Neighborhood
    policy: PolicyAnswers
    among: str
    keys: tuple[str, ...]
    ask_of_row: pl.Series
    asks: list[Ask]
    asked_rows: pl.Series

    def columns(self, questions: list[NeighborQuestion]) -> pl.DataFrame:
        """``pair:{table}/{among}:…`` for each row as column 2 of a pair with a row of its group."""
        columns = [self.has_partner.alias(f"pair:{q.table}/{self.among}:has_partner") for q in questions]
        as_second = self._answers([q.table for q in questions], leads=False)
        as_first = self._answers([q.table for q in questions if "leads" in q.fields], leads=True)
        for question in questions:
            strongest = self._strongest(question, as_second[question.table])
            if question.table in as_first:
                leading = self._leading(as_first[question.table])
                strongest = strongest.join(leading, on="row", how="full", coalesce=True)
            beginning = f"pair:{question.table}/{self.among}:"
            names = {n: f"{beginning}{n}" for n in strongest.columns if n not in ("row", "row.id")}
            strongest = strongest.rename({**names, "row.id": f"row:{question.table}/{self.among}"})
            rows = pl.DataFrame({"row": _every_row(self.frame)})
            columns += rows.join(strongest, on="row", how="left", maintain_order="left").drop("row").get_columns()
        return pl.DataFrame(columns)

    @cached_property
    def lines(self) -> pl.DataFrame:
        """The rows of groups with at least two codes: row, group, code (as a number), ask."""
        code = self.frame[self.by.code].cast(pl.Categorical).to_physical().alias("code")
        counts = (pl.col(self.by.counts) & (pl.col(self.by.code) != "")).alias("counts")
        group = group_key(self.keys).alias("group")
        lines = self.frame.select(group, code, self.ask_of_row.alias("ask"), counts).with_row_index("row")
        lines = lines.filter(pl.col("group").is_not_null() & pl.col("counts"))
        codes = lines.select("group", "code").unique()
        with_two_codes = codes["group"].filter(codes["group"].is_duplicated()).unique()
        return lines.filter(pl.col("group").is_in(with_two_codes.implode())).select("row", "group", "code", "ask")

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """One row per asked row and other code of its group.

        row; partner: the row of the other code; ask; pair: number of the question; first: the first row that asks it.
        """
        asked_lines = self.lines.filter(pl.col("row").is_in(self.asked_rows.implode()))
        one_line_a_code = self.lines.unique(["group", "code"], keep="first", maintain_order=True)
        others = one_line_a_code.select("group", pl.col("code").alias("other_code"), pl.col("row").alias("partner"))
        pairs = asked_lines.join(others, on="group").filter(pl.col("code") != pl.col("other_code"))
        about = ["ask", "other_code"]
        distinct = pairs.unique(about, keep="first", maintain_order=True).select(*about, pl.col("row").alias("first"))
        numbered = pairs.join(distinct.with_row_index("pair"), on=about, how="left", maintain_order="left")
        return numbered.drop("group", "code", "other_code")

    @cached_property
    def distinct_pairs(self) -> list[tuple[str, Ask]]:
        """The distinct pairs: the other code, and the ask about the row's own."""
        first = self.pairs.filter(pl.col("row") == pl.col("first")).unique("pair", keep="first").sort("pair")
        codes = self.frame[self.by.code][first["partner"]].to_list()
        return [(code, self.asks[ask]) for code, ask in zip(codes, first["ask"].to_list(), strict=True)]

    def _answers(self, tables: Sequence[str], *, leads: bool) -> dict[str, pl.DataFrame]:
        """For each table row.id and covered of every distinct pair, the row's own code in column 1 (`leads`) or 2."""
        asks: list[Ask] = [
            (f"{own[0]}{APART}{other}" if leads else f"{other}{APART}{own[0]}", *own[1:])
            for other, own in self.distinct_pairs
        ]
        policy_answers = self.policy.answers([(table, asks) for table in tables])
        return {t: pl.DataFrame(a, schema=ANSWER, orient="row") for t, a in zip(tables, policy_answers, strict=True)}

    @cached_property
    def opens(self) -> pl.Series:
        """For every row whether it carries a modifier that may open a pair; null where modifiers are unknown."""
        opening = self.policy.table(_OPENS).frame["modifier"].unique().to_list()
        column = self.by.modifiers
        opens = pl.col(column).str.split(";").list.set_intersection(opening).list.len().gt(0).alias("opens")
        distinct = self.frame.select(column).unique().with_columns(opens)
        rows = self.frame.select(column)
        return rows.join(distinct, on=column, how="left", nulls_equal=True, maintain_order="left")["opens"]

    @cached_property
    def has_partner(self) -> pl.Series:
        """Whether another code of the group is seen that day.

        A group that is not known (no provider, no component) may hide a partner: unknown, unless the day holds one code.
        """
        has_partner = _every_row(self.frame).is_in(self.pairs["row"].unique().implode())
        is_known = self.frame.select(pl.all_horizontal(pl.col(k).is_not_null() for k in self.keys)).to_series()
        if is_known.all():
            return has_partner
        day = [self.by.patient, self.by.day]
        one_code = (pl.col(self.by.code).n_unique() <= 1).alias("one_code")
        days = self.frame.filter(self.by.counts).group_by(day).agg(one_code)
        is_alone = self.frame.select(day).join(days, on=day, how="left", nulls_equal=True, maintain_order="left")
        return pl.select(
            pl.when(has_partner)
            .then(pl.lit(True))
            .when(is_known | is_alone["one_code"].fill_null(False))
            .then(pl.lit(False))
        ).to_series()

    def _strongest(self, question: NeighborQuestion, answers: pl.DataFrame) -> pl.DataFrame:
        """row → whether such a pair is in force, and of its strongest one the row, the values, the partner, whether it is opened.

        The strongest: one in force, then by its first value (indicator 0 before 1), then one that nothing opens, then by code.
        """
        values = [f for f in question.fields if f not in BESIDE_VALUES]
        has_parts = "component" in self.policy.table(question.table).value
        extra = ["component"] if has_parts and "component" not in values else []
        cells = self.policy.values(question.table, answers["row.id"]).select(*values, *extra)
        # Most pairs of codes are no pair of the table: only what is one, or is not answered, is looked at further.
        is_no_pair = (answers["row.id"].is_null() & answers["covered"].fill_null(False))[self.pairs["pair"]]
        without = self.pairs.select("row").unique().with_columns(pl.lit(False).alias("exists"))
        if is_no_pair.all():
            blank = {"row.id": pl.UInt32, "opened": pl.Boolean, "partner_code": pl.String, "partner": pl.UInt64}
            return without.with_columns(
                *(pl.lit(None, dtype).alias(n) for n, dtype in blank.items()),
                *(pl.lit(None, cells.schema[v]).alias(v) for v in values),
            )
        pairs = self._answered_pairs(answers, cells, ~is_no_pair)
        in_force = pl.col("row.id").is_not_null()
        exists = (
            pl.when(in_force.any())
            .then(pl.lit(True))
            .when(pl.col("covered").fill_null(False).all())
            .then(pl.lit(False))
        )
        rows = pairs.group_by("row").agg(
            exists.alias("exists"), pl.col("opened").all(ignore_nulls=False).alias("all_opened")
        )
        order = [pl.col(v) for v in values[:1]] + [pl.col("opened").fill_null(True), pl.col("partner_code")]
        first = pairs.filter(in_force).sort("row", *order).unique("row", keep="first", maintain_order=True)
        first = first.select("row", "row.id", "opened", "partner_code", "partner", *values)
        # Of a row without a pair in force it is only known whether some pair is surely not opened.
        opened = pl.when(pl.col("row.id").is_null()).then("all_opened").otherwise("opened")
        strongest = rows.join(first, on="row", how="left").with_columns(opened.alias("opened")).drop("all_opened")
        return pl.concat([strongest, without.join(strongest, on="row", how="anti")], how="diagonal")

    def _answered_pairs(self, answers: pl.DataFrame, cells: pl.DataFrame, is_looked_at: pl.Series) -> pl.DataFrame:
        """The pairs looked at: row, row.id, covered, cells of the table, partner, partner_code, opened."""
        chosen = self.pairs.filter(is_looked_at)
        answered = pl.concat([answers, cells], how="horizontal")[chosen["pair"]]
        pairs = pl.concat([chosen, answered], how="horizontal").with_columns(
            (self.opens[chosen["row"]] | self.opens[chosen["partner"]]).alias("opened"),
            self.frame[self.by.code][chosen["partner"]].alias("partner_code"),
            self.frame[self.by.key][chosen["partner"]].alias("partner"),
        )
        if "component" not in cells.columns:
            return pairs
        # A pair that holds only one part of column 2 does not touch a row of the other part.
        parts = dict(self.policy.table(_COMPONENT).frame.select("modifier", "part").iter_rows())
        part = pl.col("component").replace_strict(parts, default=None, return_dtype=pl.String)
        is_professional = self.frame[self.by.component][chosen["row"]] == "professional"
        is_of_other_part = ((part == "technical") & is_professional) | ((part == "professional") & ~is_professional)
        return pairs.with_columns(
            pl.when(is_of_other_part).then(None).otherwise(pl.col("row.id")).alias("row.id"),
            pl.when(is_of_other_part).then(pl.lit(True)).otherwise(pl.col("covered")).alias("covered"),
        )

    def _leading(self, answers: pl.DataFrame) -> pl.DataFrame:
        """row → whether it is column 1 of a pair with another code of its group; null where the table does not answer."""
        in_force = pl.col("row.id").is_not_null()
        leads = answers.select(pl.when(in_force).then(pl.lit(True)).when("covered").then(pl.lit(False)).alias("leads"))
        pairs = self.pairs.select("row", leads["leads"][self.pairs["pair"]])
        return pairs.group_by("row").agg(pl.col("leads").any(ignore_nulls=False))


def nearest_columns(
    frame: pl.DataFrame, by: Neighborhood, question: NeighborQuestion, is_listed: pl.Series
) -> pl.DataFrame:
    """``near:{table}:…``: the nearest row of the patient whose code the table holds on its own day (`is_listed`)."""
    beginning = f"near:{question.table}:"
    lines = frame.select(
        pl.col(by.patient).alias("patient"), pl.col(by.claim).alias("claim"), pl.col(by.day).alias("day"),
        pl.col(by.counts).alias("counts"), group_key(by.nearest).alias("by"), is_listed.fill_null(False).alias("is_listed"),
        (is_listed.is_null() & frame[by.code].is_not_null() & frame[by.day].is_not_null()).alias("may_be_listed"),
        question.is_asked.alias("is_asked"), pl.all_horizontal(pl.col(k).is_not_null() for k in (*by.nearest, by.day)).alias("is_known"),
    ).with_row_index("row")  # fmt: skip
    listed = lines.filter(pl.col("is_listed") & pl.col("counts") & pl.col("day").is_not_null())
    patients = lines["patient"].filter(lines["is_asked"]).unique()
    listed = listed.filter(pl.col("patient").is_in(patients.implode()))
    # A code of a day that the table does not answer for may be one of them.
    in_doubt = lines.filter(pl.col("may_be_listed") & pl.col("counts"))["patient"].unique()
    is_in_doubt = pl.col("patient").is_in(in_doubt.implode())
    is_seen = pl.col("patient").is_in(listed["patient"].unique().implode())
    is_alike = pl.col("by").is_in(listed["by"].drop_nulls().unique().implode()).fill_null(False)
    on_claim = pl.col("claim").is_in(listed["claim"].unique().implode()).fill_null(False)
    listed_days = listed.select("by", pl.col("day").alias("listed_on")).drop_nulls().unique().sort("listed_on")
    # Only rows of patients who have such a row at all are near one.
    asked = lines.filter(pl.col("is_asked") & pl.col("day").is_not_null() & is_seen).sort("day")
    directions: list[tuple[Literal["forward", "backward"], str, pl.Expr]] = [
        ("forward", "days_until", pl.col("listed_on") - pl.col("day")),
        ("backward", "days_since", pl.col("day") - pl.col("listed_on")),
    ]
    for direction, name, gap in directions:
        nearest = asked.join_asof(
            listed_days, left_on="day", right_on="listed_on", by="by", strategy=direction, check_sortedness=False
        )
        days = nearest.select("row", gap.dt.total_days().alias(name))
        lines = lines.join(days, on="row", how="left", maintain_order="left")

    def if_sure(answer: pl.Expr, *, sure: bool = True) -> pl.Expr:
        """The answer that a row in doubt cannot change, and any other where no row is in doubt."""
        return pl.when((answer == sure) | ~is_in_doubt).then(answer)

    def where_seen(answer: pl.Expr, *, sure: bool = True) -> pl.Expr:
        """No such row at all: surely not. One is seen: only a known target, biller and day can tell."""
        none_seen = ~is_seen & ~is_in_doubt
        return pl.when(none_seen).then(pl.lit(False)).when(pl.col("is_known")).then(if_sure(answer, sure=sure))

    return lines.select(
        pl.col("days_until").alias(f"{beginning}days_until"),
        pl.col("days_since").alias(f"{beginning}days_since"),
        if_sure(on_claim).alias(f"{beginning}on_claim"),
        if_sure(is_seen).alias(f"{beginning}seen"),
        where_seen(~is_alike, sure=False).alias(f"{beginning}unlike"),
        where_seen(pl.col("days_until").is_not_null()).alias(f"{beginning}ahead"),
        where_seen(pl.col("days_since").is_not_null()).alias(f"{beginning}behind"),
    )


def _every_row(frame: pl.DataFrame) -> pl.Series:
    """The number of every row."""
    return pl.int_range(frame.height, dtype=pl.UInt32, eager=True)
