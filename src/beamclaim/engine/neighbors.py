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

from beamclaim.engine.openers import opens_pair
from beamclaim.expressions.leaves import Neighbor
from beamclaim.model.keys import group_key
from beamclaim.model.value_sets import SEVERITIES
from beamclaim.policy import PolicyAnswers
from beamclaim.policy.declarations.form import APART
from beamclaim.policy.resolve import ANSWER, Ask
from beamclaim.views.view import Neighborhood

_COMPONENT = "modifier.component"
#: What a pair column can say beside the values of its table.
BESIDE_VALUES = ("has_partner", "exists", "closed", "opened", "partner_code", "leads")
#: A pair's row with one of these words, or none, touches every part of column 2.
_EVERY_PART = ("all", "")


class NeighborQuestion(NamedTuple):
    """What is asked of one table: the read that stands for all of them, which fields, and whether of each row of the view."""

    read: Neighbor
    fields: list[str]
    is_asked: pl.Series


@dataclass(frozen=True)
class CodePairs:
    """The rows that share a group with another code, pair by pair, and what pair tables say of each pair.

    A row is known by its number in `frame`. `ask_of_row` says for every row which of `asks` (about its code, on the day of
    its era) is its own; `asked_rows` are the rows some rule asks about. A pair is one of two rows: of the rows of one code in a
    group those that open pairs, those that do not and those of which nobody knows are partners of their own, so that no row
    opens a pair for another.
    """

    frame: pl.DataFrame
    by: Neighborhood
    policy: PolicyAnswers
    keys: tuple[str, ...]
    ask_of_row: pl.Series
    asks: list[Ask]
    asked_rows: pl.Series

    def columns(self, questions: list[NeighborQuestion]) -> pl.DataFrame:
        """``pair:{table}/{among}:…`` for each row as column 2 of a pair with a row of its group."""
        columns = [self.has_partner.alias(f"{q.read.beginning}has_partner") for q in questions]
        as_second = self._in_order(self._answers([q.read.table for q in questions], leads=False))
        as_first = self._answers([q.read.table for q in questions if "leads" in q.fields], leads=True)
        for question in questions:
            read = question.read
            strongest = self._strongest(question, as_second[read.table])
            if "leads" in question.fields:
                leading = self._leading(read, as_first[read.table])
                strongest = strongest.join(leading, on="row", how="full", coalesce=True)
            names = {n: f"{read.beginning}{n}" for n in strongest.columns if n not in ("row", "row.id")}
            strongest = strongest.rename({**names, "row.id": read.row})
            rows = pl.DataFrame({"row": _every_row(self.frame)})
            columns += rows.join(strongest, on="row", how="left", maintain_order="left").drop("row").get_columns()
        return pl.DataFrame(columns)

    @cached_property
    def lines(self) -> pl.DataFrame:
        """The rows of groups with at least two codes: row, group, code (as a number), ask, modifiers, opens.

        perhaps: the claim of a row of which it is not known whether it counts; 0 where it does.
        """
        code = self.frame[self.by.code].cast(pl.Categorical).to_physical().alias("code")
        counts = (pl.col(self.by.counts).fill_null(True) & (pl.col(self.by.code) != "")).alias("counts")
        group = group_key(self.keys).alias("group")
        perhaps = pl.when(pl.col(self.by.counts).is_null()).then(self.by.claim).otherwise(0).alias("perhaps")
        lines = self.frame.select(group, code, self.ask_of_row.alias("ask"), counts, perhaps).with_row_index("row")
        lines = lines.filter(pl.col("group").is_not_null() & pl.col("counts"))
        codes = lines.select("group", "code").unique()
        with_two_codes = codes["group"].filter(codes["group"].is_duplicated()).unique()
        lines = lines.filter(pl.col("group").is_in(with_two_codes.implode())).drop("counts")
        words = {self.by.code: "code", self.by.day: "day", self.by.modifiers: "modifiers"}
        stated = self.frame.select(pl.col(name).alias(word) for name, word in words.items())[lines["row"]]
        return lines.with_columns(stated["modifiers"], opens_pair(stated, self.policy).alias("opens"))

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """One row per asked row, other code of its group, and whether rows of that code open a pair.

        row; partner: the row of the other code, of those alike the first by its modifiers; opened: whether one of the two opens the
        pair; is_sure: whether it is known that both count; ask; pair: number of the question; first: the first row that asks it.
        """
        asked_lines = self.lines.filter(pl.col("row").is_in(self.asked_rows.implode()))
        # Which of two lines is named hangs on what they say, not on where they stand.
        alike = ["group", "code", "opens", "perhaps"]
        one_of_each = self.lines.sort("modifiers", maintain_order=True).unique(alike, keep="first", maintain_order=True)
        others = one_of_each.select(
            "group",
            pl.col("code").alias("other_code"),
            pl.col("row").alias("partner"),
            pl.col("opens").alias("other_opens"),
            pl.col("perhaps").alias("other_perhaps"),
        )
        pairs = asked_lines.join(others, on="group").filter(pl.col("code") != pl.col("other_code"))
        about = ["ask", "other_code"]
        distinct = pairs.unique(about, keep="first", maintain_order=True).select(*about, pl.col("row").alias("first"))
        numbered = pairs.join(distinct.with_row_index("pair"), on=about, how="left", maintain_order="left")
        opened = (pl.col("opens") | pl.col("other_opens")).alias("opened")
        # Of two claims one may have taken the place of the other; the lines of one claim stand or fall together.
        is_sure = (pl.col("perhaps") == pl.col("other_perhaps")).alias("is_sure")
        return numbered.select("row", "partner", opened, is_sure, "ask", "pair", "first")

    @cached_property
    def distinct_pairs(self) -> list[tuple[str, Ask]]:
        """The distinct pairs: the other code, and the ask about the row's own."""
        first = self.pairs.filter(pl.col("row") == pl.col("first")).unique("pair", keep="first").sort("pair")
        codes = self.frame[self.by.code][first["partner"]].to_list()
        return [(code, self.asks[ask]) for code, ask in zip(codes, first["ask"].to_list(), strict=True)]

    def _answers(
        self, tables: Sequence[str], *, leads: bool, pairs: Sequence[int] | None = None
    ) -> dict[str, pl.DataFrame]:
        """For each table row.id and covered of every distinct pair (or of `pairs`), the row's own code in column 1 (`leads`) or 2."""
        tables = list(dict.fromkeys(tables))
        distinct = self.distinct_pairs if pairs is None else [self.distinct_pairs[number] for number in pairs]
        asks: list[Ask] = [
            (f"{own[0]}{APART}{other}" if leads else f"{other}{APART}{own[0]}", *own[1:]) for other, own in distinct
        ]
        policy_answers = self.policy.answers([(table, asks) for table in tables])
        return {t: pl.DataFrame(a, schema=ANSWER, orient="row") for t, a in zip(tables, policy_answers, strict=True)}

    def _in_order(self, answers: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        """The answers without pairs that another table holds, more surely, in the opposite order: one pair is told one way."""
        return {table: self._without_opposed(table, frame) for table, frame in answers.items()}

    def _without_opposed(self, table: str, answers: pl.DataFrame) -> pl.DataFrame:
        held = answers["row.id"].is_not_null().arg_true()
        if held.is_empty():
            return answers
        rows = answers["row.id"][held]
        own = self._strengths(table, rows)
        is_opposed = pl.Series([False]).new_from_index(0, len(held))
        # A table may hold both orders itself: the row read later goes first.
        for other, goes_first in {**self.policy.table(table).declared.opposed, table: None}.items():
            turned = self._answers([other], leads=True, pairs=held.to_list())[other]["row.id"]
            strengths = self._strengths(other, turned)
            wins_tie = turned > rows if goes_first is None else pl.Series([goes_first]).new_from_index(0, len(held))
            is_opposed |= ((strengths < own) | ((strengths == own) & wins_tie)).fill_null(False)
        struck = _every_row(answers).is_in(held.filter(is_opposed).implode())
        return answers.with_columns(
            pl.when(struck).then(None).otherwise("row.id").alias("row.id"),
            pl.when(struck).then(pl.lit(True)).otherwise("covered").alias("covered"),
        )

    def _strengths(self, table: str, rows: pl.Series) -> pl.Series:
        """The severity each row may carry, as a number (0: the gravest); null where there is none, or it is of one part alone."""
        values = self.policy.values(table, rows)
        number = {name: n for n, name in enumerate(SEVERITIES)}
        strength = values["row.cap"].cast(pl.String).replace_strict(number, default=None, return_dtype=pl.Int8)
        if "component" not in values.columns:
            return strength
        is_whole = values["component"].fill_null("").is_in(_EVERY_PART)
        return strength.zip_with(is_whole, strength.clear().extend_constant(None, len(strength)))

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
        # A line of nobody may have any line for a partner.
        is_named = self.frame[self.by.patient].is_not_null()
        one_code = (pl.col(self.by.code).n_unique() <= 1).alias("one_code")
        days = self.frame.filter(pl.col(self.by.counts).fill_null(True)).group_by(day).agg(one_code)
        is_alone = self.frame.select(day).join(days, on=day, how="left", nulls_equal=True, maintain_order="left")
        return pl.select(
            pl.when(has_partner)
            .then(pl.lit(True))
            .when(is_known | (is_alone["one_code"].fill_null(False) & is_named))
            .then(pl.lit(False))
        ).to_series()

    def _strongest(self, question: NeighborQuestion, answers: pl.DataFrame) -> pl.DataFrame:
        """row → whether such a pair is in force, whether one is closed, and of the strongest one the row, its values and partner.

        The strongest: one in force, then by its first value (indicator 0 before 1), then one that nothing opens, then by code.
        """
        table = question.read.table
        values = [f for f in question.fields if f not in BESIDE_VALUES]
        extra = ["component"] if "component" in self.policy.table(table).value else []
        answers = self._with_cells(question.read, answers)
        cells = self.policy.values(table, answers["row.id"]).select([*dict.fromkeys([*values, *extra])])
        # Most pairs of codes are no pair of the table: only what is one, or is not answered, is looked at further.
        is_no_pair = (answers["row.id"].is_null() & answers["covered"].fill_null(False))[self.pairs["pair"]]
        without = (
            self.pairs.select("row").unique().with_columns(pl.lit(False).alias("exists"), pl.lit(False).alias("closed"))
        )
        if is_no_pair.all():
            blank = {"row.id": pl.UInt32, "opened": pl.Boolean, "partner_code": pl.String, "partner": pl.UInt64}
            return without.with_columns(
                *(pl.lit(None, dtype).alias(n) for n, dtype in blank.items()),
                *(pl.lit(None, cells.schema[v]).alias(v) for v in values),
            )
        pairs = self._answered_pairs(answers, cells, ~is_no_pair)
        in_force = pl.col("row.id").is_not_null()
        is_held = pl.when(in_force).then(pl.lit(True)).when(pl.col("covered").fill_null(False)).then(pl.lit(False))
        rows = pairs.group_by("row").agg(
            is_held.any(ignore_nulls=False).alias("exists"),
            (is_held & ~pl.col("opened")).any(ignore_nulls=False).alias("closed"),
            pl.col("in_doubt").any().alias("in_doubt"),
        )
        openness = pl.when("opened").then(2).when(pl.col("opened").is_null()).then(1).otherwise(0)
        order = [*(pl.col(v) for v in values[:1]), openness, pl.col("partner_code")]
        first = pairs.filter(in_force).sort("row", *order).unique("row", keep="first", maintain_order=True)
        first = first.select("row", "row.id", "opened", "partner_code", "partner", *values)
        strongest = rows.join(first, on="row", how="left")
        return pl.concat([strongest, without.join(strongest, on="row", how="anti")], how="diagonal")

    def _with_cells(self, read: Neighbor, answers: pl.DataFrame) -> pl.DataFrame:
        """The answers with those rows alone in force whose cells the question names."""
        if not read.conditions:
            return answers
        cells = self.policy.values(read.table, answers["row.id"])
        holds = (pl.col(name).cast(pl.String).eq_missing(pl.lit(word)) for name, word in read.conditions)
        return _where(answers, cells.select(pl.all_horizontal(holds)).to_series())

    def _answered_pairs(self, answers: pl.DataFrame, cells: pl.DataFrame, is_looked_at: pl.Series) -> pl.DataFrame:
        """The pairs looked at: row, opened, row.id, covered, in_doubt, cells of the table, partner, partner_code."""
        chosen = self.pairs.filter(is_looked_at)
        answered = pl.concat([answers, cells], how="horizontal")[chosen["pair"]]
        pairs = pl.concat([chosen, answered], how="horizontal").with_columns(
            self.frame[self.by.code][chosen["partner"]].alias("partner_code"),
            self.frame[self.by.key][chosen["partner"]].alias("partner"),
        )
        if "component" not in cells.columns:
            return _in_doubt_where(pairs, ~pl.col("is_sure"))
        # A pair that holds only one part of column 2 does not touch a row of the other part.
        parts = dict(self.policy.table(_COMPONENT).frame.select("modifier", "part").iter_rows())
        part = pl.col("component").replace_strict(parts, default=None, return_dtype=pl.String)
        is_professional = self.frame[self.by.component][chosen["row"]] == "professional"
        is_of_other_part = ((part == "technical") & is_professional) | ((part == "professional") & ~is_professional)
        pairs = _where(pairs, pairs.select(~is_of_other_part.fill_null(False)).to_series())
        return _in_doubt_where(pairs, ~pl.col("is_sure"))

    def _leading(self, read: Neighbor, answers: pl.DataFrame) -> pl.DataFrame:
        """row → whether it is column 1 of a pair with another code of its group; null where the table does not answer."""
        answers = self._with_cells(read, answers)
        in_force = pl.col("row.id").is_not_null()
        leads = answers.select(pl.when(in_force).then(pl.lit(True)).when("covered").then(pl.lit(False)).alias("leads"))
        pairs = self.pairs.select("row", leads["leads"][self.pairs["pair"]])
        return pairs.group_by("row").agg(pl.col("leads").any(ignore_nulls=False))


def where_days_agree(sure: pl.DataFrame, every: pl.DataFrame, questions: Sequence[NeighborQuestion]) -> pl.DataFrame:
    """The columns of pairs as they are with every service that may have been on its day (`every`) and with none of them (`sure`).

    What differs is unknown; of a pair that only such a service makes, its values stand. ``days:{table}/{among}`` is true there.
    """
    columns: list[pl.Series] = []
    for read in (question.read for question in questions):
        beginning = read.beginning
        own = [n for n in every.columns if n.startswith(beginning) or n == read.row]
        is_met = sure[f"{beginning}has_partner"]
        differs = pl.Series([False]).new_from_index(0, every.height)
        for column in own:
            with_them = every[column]
            without = (
                sure[column] if column in sure.columns else with_them.clear().extend_constant(None, len(with_them))
            )
            if column.removeprefix(beginning) in ("exists", "closed", "leads"):
                # Nobody beside it: surely no pair.
                without = pl.select(pl.when(is_met.eq_missing(False)).then(False).otherwise(without)).to_series()
            is_other = with_them.ne_missing(without)
            if with_them.dtype == pl.Boolean and column != f"{beginning}opened":
                differs |= is_other
                with_them = pl.select(pl.when(~is_other).then(with_them)).to_series()
            else:
                with_them = pl.select(pl.when(~is_other | without.is_null()).then(with_them)).to_series()
            columns.append(with_them.alias(column))
        columns.append(pl.select(pl.when(differs).then(True)).to_series().alias(read.open_day))
    return pl.DataFrame(columns)


def nearest_columns(
    frame: pl.DataFrame, by: Neighborhood, question: NeighborQuestion, is_listed: pl.Series
) -> pl.DataFrame:
    """``near:{table}:…``: the nearest row of the patient whose code the table holds on its own day (`is_listed`)."""
    beginning = question.read.beginning
    lines = frame.select(
        pl.col(by.patient).alias("patient"), pl.col(by.claim).alias("claim"), pl.col(by.day).alias("day"),
        pl.col(by.counts).alias("counts"), group_key(by.nearest).alias("by"), is_listed.fill_null(False).alias("is_listed"),
        (is_listed.is_null() & frame[by.code].is_not_null() & frame[by.day].is_not_null()).alias("may_be_listed"),
        question.is_asked.alias("is_asked"), pl.all_horizontal(pl.col(k).is_not_null() for k in (*by.nearest, by.day)).alias("is_known"),
    ).with_row_index("row")  # fmt: skip
    listed = lines.filter(pl.col("is_listed") & pl.col("counts") & pl.col("day").is_not_null())
    may_count = pl.col("is_listed") & pl.col("counts").is_null()
    patients = lines["patient"].filter(lines["is_asked"]).unique()
    listed = listed.filter(pl.col("patient").is_in(patients.implode()).fill_null(True))
    # A code of a day that the table does not answer for may be one of them.
    in_doubt = lines.filter((pl.col("may_be_listed") & pl.col("counts").fill_null(True)) | may_count)[
        "patient"
    ].unique()
    # So may any other line be, where nobody says whose they are.
    is_in_doubt = pl.col("patient").is_in(in_doubt.implode()).fill_null(True)
    on_claim = pl.col("claim").is_in(listed["claim"].unique().implode()).fill_null(False)
    is_seen = pl.coalesce(pl.col("patient").is_in(listed["patient"].drop_nulls().unique().implode()), on_claim)
    is_alike = pl.col("by").is_in(listed["by"].drop_nulls().unique().implode()).fill_null(False)
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


def _where(answers: pl.DataFrame, holds: pl.Series) -> pl.DataFrame:
    """The answers with rows in force only where that holds: a row that does not is no pair, and surely none."""
    is_none = pl.col("row.id").is_not_null() & ~holds
    return answers.with_columns(
        pl.when(is_none).then(None).otherwise("row.id").alias("row.id"),
        pl.when(is_none).then(pl.lit(True)).otherwise("covered").alias("covered"),
    )


def _in_doubt_where(answers: pl.DataFrame, perhaps: pl.Expr) -> pl.DataFrame:
    """The answers without an answer where a row is in force and only perhaps meets its partner; `in_doubt`: there."""
    in_doubt = pl.col("row.id").is_not_null() & perhaps
    unknown = [pl.when(~in_doubt).then(name).alias(name) for name in ("row.id", "covered")]
    return answers.with_columns(*unknown, in_doubt.alias("in_doubt"))
