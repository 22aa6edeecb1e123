"""Gathers the policy columns that rules read and sets them beside a view.

A rule reads ``in:radonc.delivery[]:line.code@line.date``; here that name becomes a question to the
policy, asked once per distinct (value, day, setting, payer) and joined back. Beside each answer stand
the row it came from (``row:…``), so that a proof can name it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from beamclaim.errors import RuleError
from beamclaim.findings.care import BEGINS, KEY, care_columns
from beamclaim.findings.groups import numbered
from beamclaim.findings.partners import PAIR, Question, near_columns, pair_columns
from beamclaim.policy import Policy
from beamclaim.rules.declaration import Rule, keys_of

_PARAM = re.compile(r"^param:(?P<name>[^@]+)@(?P<on>.+)$")
_IN = re.compile(r"^in:(?P<table>[^\[]+)\[(?P<fields>[^\]]*)\]:(?P<of>[^@]*)@(?P<on>.+)$")
_ALL = re.compile(r"^all:(?P<table>[^\[]+)\[\]:(?P<of>[^@]*)@(?P<on>.+)$")
_CLASH = re.compile(r"^clash:(?P<table>[^:]+):(?P<of>[^@]*)@(?P<on>.+)$")
_VALUE = re.compile(r"^value:(?P<table>[^:]+):(?P<field>[^:]+):(?P<of>[^@]*)@(?P<on>.+)$")
_EVER = re.compile(r"^ever:(?P<table>[^:]+):(?P<of>.+)$")
_NEAR = re.compile(r"^near:(?P<table>[^:]+):(?P<field>.+)$")
#: Columns that hold several codes joined with `;`.
LISTS = ("line.modifiers", "line.diagnoses", "line.neoplasms", "claim.codes", "claim.diagnoses")
_RENAMED = {"claim.setting": "setting", "claim.payer": "payer", "claim.payer_line": "payer_line", "claim.mac": "mac"}
_WHO = tuple(_RENAMED)
DIAGNOSIS_VALIDITY = "icd10cm"
#: A column of the view that is itself an answer of the policy: the words of a plan as a site group.
SITE_GROUP = "plan.site_group"


@dataclass(frozen=True, slots=True)
class PolicyColumn:
    """A policy column as a rule reads it, taken apart."""

    name: str
    kind: str
    table: str
    field: str
    of: str
    on: str

    @property
    def row(self) -> str:
        """The column that holds the id of the policy row behind the answer."""
        if self.kind == "pair":
            return f"row:{self.table}/{self.of}"
        return f"row:{self.table}:{self.of}@{self.on}"

    @property
    def open(self) -> str:
        """The column that says the answer hangs on something the claim does not say: its day, setting or payer."""
        return f"open:{self.table}:{self.of}@{self.on}"


@cache
def parse(name: str) -> PolicyColumn | None:
    """A policy column by its name; None for a plain column of the view."""
    if m := _PARAM.match(name):
        return PolicyColumn(name, "param", m["name"], "value", "", m["on"])
    if m := _IN.match(name):
        return PolicyColumn(name, "in", m["table"], m["fields"], m["of"], m["on"])
    if m := _ALL.match(name):
        return PolicyColumn(name, "all", m["table"], "", m["of"], m["on"])
    if m := _CLASH.match(name):
        return PolicyColumn(name, "clash", m["table"], "", m["of"], m["on"])
    if m := _VALUE.match(name):
        return PolicyColumn(name, "value", m["table"], m["field"], m["of"], m["on"])
    if m := _EVER.match(name):
        return PolicyColumn(name, "ever", m["table"], "", m["of"], "")
    if m := PAIR.match(name):
        return PolicyColumn(name, "pair", m["table"], m["field"], m["among"], "line.date")
    if m := _NEAR.match(name):
        return PolicyColumn(name, "near", m["table"], m["field"], "line.code", "line.date")
    if name.partition(":")[0] in ("param", "in", "all", "clash", "value", "ever", "pair", "near") and ":" in name:
        raise RuleError(f"{name!r} is not a policy column the engine knows")
    return None


def _ask(policy: Policy, column: PolicyColumn, asks: pl.DataFrame) -> pl.DataFrame:
    """The answers for distinct asks, same height and order."""
    asks = asks.rename(_RENAMED)
    if column.kind == "param":
        return policy.param(column.table, asks)
    if column.table == DIAGNOSIS_VALIDITY:
        return policy.diagnosis_validity(asks.rename({"_of": "code"}))
    table = policy.table(column.table)
    if column.of:
        asks = asks.rename({"_of": table.key[0]})
    return policy.by_prefix(column.table, asks) if table.is_range else policy.resolve(column.table, asks)


def _answers(columns: list[PolicyColumn], found: pl.DataFrame) -> list[pl.Expr]:
    """The expressions that turn an answer frame into the columns rules read."""
    made: list[pl.Expr] = []
    covered = pl.col("covered") if "covered" in found.columns else pl.lit(None, dtype=pl.Boolean)
    for c in columns:
        if c.kind in ("in", "all"):
            holds = pl.lit(True)
            for condition in filter(None, c.field.split(",")):
                field, _, wanted = condition.partition("=")
                holds &= pl.col(field).cast(pl.String) == wanted
            there = pl.col("row.id").is_not_null()
            made.append(pl.when(there).then(holds).when(covered).then(pl.lit(False)).otherwise(None).alias(c.name))
        else:
            made.append(pl.col(c.field).alias(c.name))
    if "row.id" in found.columns:
        made.append(pl.col("row.id").alias(columns[0].row))
        made.append((pl.col("row.id").is_null() & covered.is_null()).alias(columns[0].open))
    return made


def _numbered(view: pl.DataFrame, keys: list[str]) -> tuple[pl.DataFrame, pl.Series]:
    """The distinct values of some columns, and for every row of the view the number of its own."""
    asks = view.select(keys).unique(maintain_order=True)
    numbers = view.select(keys).join(
        asks.with_row_index("_number"), on=keys, how="left", nulls_equal=True, maintain_order="left"
    )
    return asks, numbers["_number"]


class _Asks:
    """The distinct questions of a view, worked out once per pair of columns and shared by all tables."""

    def __init__(self, view: pl.DataFrame) -> None:
        whos, who = _numbered(view, list(_WHO))
        self.whos = whos.with_row_index("_who")
        self._view = view.with_columns(who.alias("_who"))
        self._known: dict[tuple[str, ...], tuple[pl.DataFrame, pl.Series]] = {}

    def about(self, *columns: str) -> tuple[pl.DataFrame, pl.Series]:
        """Distinct (columns, setting, payer, payer line, contractor), and the number of each row's own."""
        keys = [c for c in columns if c]
        if tuple(keys) not in self._known:
            asks, numbers = _numbered(self._view, [*keys, "_who"])
            asks = asks.join(self.whos, on="_who", how="left", maintain_order="left").drop("_who")
            self._known[tuple(keys)] = (asks, numbers.alias(f"ask:{len(self._known)}"))
        return self._known[tuple(keys)]

    def add(self, *columns: pl.Series) -> None:
        """Columns of the view that became known."""
        self._view = self._view.with_columns(columns)

    @property
    def numbers(self) -> list[pl.Series]:
        """For every question asked so far, the number of each row's own."""
        return [numbers for _, numbers in self._known.values()]


@dataclass(slots=True)
class Sheet:
    """A view with the policy beside it: columns of the frame, and answers that are looked up where a rule reads them.

    An answer is kept once per distinct question; `answers` says, as an expression over the frame, how each row finds
    its own. So a hundred policy columns cost the memory of the few a rule reads.
    """

    view: pl.DataFrame
    answers: dict[str, pl.Expr]

    def knows(self, name: str) -> bool:
        """Whether a rule can read the column here."""
        return name in self.answers or name in self.view.columns

    def columns(self, names: Iterable[str]) -> list[pl.Expr]:
        """Expressions for the policy columns among these names."""
        return [self.answers[n].alias(n) for n in dict.fromkeys(names) if n in self.answers]

    def rows(self, at: pl.Series, names: Iterable[str]) -> pl.DataFrame:
        """These columns, for the rows where `at` holds."""
        held = self.view.filter(at)
        wanted = [n for n in dict.fromkeys(names) if self.knows(n)]
        return held.select(self.answers[n].alias(n) if n in self.answers else pl.col(n) for n in wanted)


def _looked_up(answers: pl.DataFrame, numbers: pl.Series) -> dict[str, pl.Expr]:
    """How each row of the view finds its answer by the number of its question."""
    return {n: pl.lit(answers[n]).gather(pl.col(numbers.name)) for n in answers.columns}


def _resolved(asking: _Asks, policy: Policy, columns: list[PolicyColumn]) -> dict[str, pl.Expr]:
    """The columns of one table asked about one column on one day."""
    first = columns[0]
    asks, numbers = asking.about(first.of, first.on)
    full = asks.rename({first.on: "day", **({first.of: "_of"} if first.of else {})})
    if first.of in LISTS:
        answers = _of_lists(policy, columns, full)
    else:
        found = _ask(policy, first, full)
        answers = found.select(_answers(columns, found))
        if first.of:
            # A value that is unknown has no answer, covered or not.
            answers = answers.select(
                pl.when(full["_of"].is_not_null()).then(pl.col(n)).alias(n) for n in answers.columns
            )
    return _looked_up(answers, numbers)


def _of_lists(policy: Policy, columns: list[PolicyColumn], full: pl.DataFrame) -> pl.DataFrame:
    """Answers about the codes of a list: whether the table holds any of them, or every one."""
    split = full.with_row_index("_ask").with_columns(pl.col("_of").str.split(";"))
    single = split.explode("_of").filter(pl.col("_of") != "")
    found = _ask(policy, columns[0], single.drop("_ask"))
    each = pl.concat([single.select("_ask"), found.select(_answers(columns, found))], how="horizontal")
    names = [n for n in each.columns if n != "_ask"]
    every = {c.name for c in columns if c.kind == "all"}
    agg = [
        pl.col(n).all(ignore_nulls=False)
        if n in every
        else pl.col(n).any(ignore_nulls=False)
        if each.schema[n] == pl.Boolean
        else pl.col(n).drop_nulls().first()
        for n in names
    ]
    joined = full.with_row_index("_ask").join(
        each.group_by("_ask").agg(agg), on="_ask", how="left", maintain_order="left"
    )
    # An empty list: none of it is in a table, and all of it.
    empty = joined["_of"] == ""
    return joined.select(
        pl.when(empty).then(pl.lit(n in every)).otherwise(pl.col(n)).alias(n)
        if each.schema[n] == pl.Boolean
        else pl.col(n)
        for n in names
    )


def _clash(asking: _Asks, policy: Policy, column: PolicyColumn) -> dict[str, pl.Expr]:
    """Whether two codes of a list are a pair of the table, worked out once per distinct list, day and payer."""
    asks, numbers = asking.about(column.of, column.on)
    lists = asks.rename({column.of: "_of", column.on: "day", **_RENAMED}).with_row_index("_ask")
    each = lists.with_columns(pl.col("_of").str.split(";").alias("column1")).explode("column1")
    pairs = each.join(each.select("_ask", pl.col("column1").alias("column2")), on="_ask").filter(
        pl.col("column1") != pl.col("column2")
    )
    found = policy.pairs(column.table, pairs.select("column1", "column2", "day", *_RENAMED.values()))
    answers = pl.concat([pairs.select("_ask"), found.select("row.id")], how="horizontal")
    hit = answers.group_by("_ask").agg(pl.col("row.id").drop_nulls().min().alias(column.row))
    told = lists.join(hit, on="_ask", how="left", maintain_order="left").with_columns(
        pl.when(pl.col("_of").is_not_null()).then(pl.col(column.row).is_not_null()).alias(column.name)
    )
    return _looked_up(told.select(column.name, column.row), numbers)


def _ever(view: pl.DataFrame, policy: Policy, column: PolicyColumn) -> pl.DataFrame:
    table = policy.table(column.table)
    held = table.frame[table.key[0]].unique()
    return view.with_columns(pl.col(column.of).is_in(held.implode()).alias(column.name))


def gather(view: pl.DataFrame, policy: Policy, rules: Sequence[Rule]) -> Sheet:
    """The view with every policy column these rules read beside it, and the groups their windows run over."""
    groups: dict[tuple[str, str, str, str], list[PolicyColumn]] = {}
    readers: dict[tuple[str, str, str, str], list[Rule]] = {}
    for rule in rules:
        for name in rule.reads:
            column = parse(name)
            if column is None:
                continue
            kind = column.kind if column.kind in ("param", "ever", "clash", "pair", "near") else "table"
            group = (kind, column.table, column.of, column.on)
            if column not in groups.setdefault(group, []):
                groups[group].append(column)
            readers.setdefault(group, []).append(rule)
    if any({KEY, BEGINS} & set(rule.reads) for rule in rules):
        view = care_columns(view, policy)
    view = view.with_columns(numbered(keys_of(g)).alias(g) for g in dict.fromkeys(g for r in rules for g in r.groups))
    if not groups:
        return Sheet(view, {})
    asking = _Asks(view)
    answers: dict[str, pl.Expr] = {}
    if any(of == SITE_GROUP for _, _, of, _ in groups):
        words = PolicyColumn(SITE_GROUP, "value", "sites", "site_group", "plan.site", "line.date")
        asking.add(view["plan.site"].str.to_lowercase())
        found = _resolved(asking, policy, [words])
        made = view.with_columns(asking.numbers).select(e.alias(n) for n, e in found.items())
        asking.add(*made.get_columns())
        view = view.with_columns(made.get_columns())
    for (kind, _, _, _), columns in groups.items():
        if kind == "clash":
            answers |= _clash(asking, policy, columns[0])
        elif kind in ("table", "param"):
            answers |= _resolved(asking, policy, columns)
        elif kind == "ever":
            view = _ever(view, policy, columns[0])
    sheet = Sheet(view.with_columns(asking.numbers), answers)
    for group, columns in groups.items():
        kind, table, of, _ = group
        if kind in ("pair", "near"):
            question = Question(table, of, [c.field for c in columns], open_rows(sheet, readers[group]))
            more = pair_columns if kind == "pair" else near_columns
            sheet.view = more(sheet.view, policy, question)
    return sheet


def open_rows(sheet: Sheet, rules: Sequence[Rule]) -> pl.Series:
    """The rows on which some of these rules may still apply, as far as they tell without looking at other lines."""
    gates = [pl.lit(True) if r.gate is None else r.gate.fill_null(True) for r in rules]
    reads = [n for r in rules if r.gate is not None for n in r.gate.meta.root_names()]
    frame = (
        sheet.view.lazy().with_columns(sheet.columns(reads)).select(pl.any_horizontal(gates).alias("open")).collect()
    )
    series = frame["open"]
    if series.len() == sheet.view.height:
        return series
    # Gates that read no column at all give one value for every row.
    return pl.Series("open", [series[0]] * sheet.view.height, dtype=pl.Boolean)
