"""Asking: the distinct questions a view puts to the policy, and the answers as columns.

A column is asked about once per distinct (value, era, circumstances), of which a book has few; a rule that reads the
answer looks it up by the number of its row's question. Columns no rule reads are never made.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import permutations
from typing import Any

import polars as pl

from beamclaim.expressions.leaves import Parameter, PolicyAnswer, PolicyRead
from beamclaim.policy import PolicyAnswers
from beamclaim.policy.resolve import APART, CIRCUMSTANCES, Answer, Ask
from beamclaim.views.view import View

PARAMETERS = "parameters"
#: The table that stands for the validity of diagnoses, which is no table of rows.
DIAGNOSIS_VALIDITY = "icd10cm"
#: Columns that hold several codes joined with `;`.
LISTS = ("line.modifiers", "line.diagnoses", "line.neoplasms", "claim.codes", "claim.diagnoses")
#: Bits of a question's number that say the era, and who asks; the rest says the value.
_ERA, _WHO = 12, 20
_VALIDITY = ("status", "row.cap", "source", "missing_release")


@dataclass
class Asked:
    """What is asked about one column on one day.

    `asks` are the distinct questions, `numbers` says for each row which is its own. A list is asked about code by code:
    `single` holds those asks, `of_ask` the number of the question each belongs to.
    """

    of: str
    on: str
    numbers: pl.Series
    asks: list[Ask]
    single: list[Ask]
    of_ask: list[int] | None
    columns: dict[tuple[str, str], list[PolicyRead]] = field(default_factory=dict)

    def add(self, column: PolicyRead) -> None:
        """One more column to answer."""
        columns = self.columns.setdefault(("param" if isinstance(column, Parameter) else "table", column.table), [])
        if all(column.name != other.name for other in columns):
            columns.append(column)

    def spread(self, name: str, values: list[Any], dtype: Any, *, every: bool = False) -> pl.Series:
        """Values of single asks as a column of the questions: of a list whether any (`every`: each) says yes, or the first."""
        if self.of_ask is None:
            return pl.Series(name, values, dtype=dtype)
        said: list[list[Any]] = [[] for _ in self.asks]
        for at, value in zip(self.of_ask, values, strict=True):
            said[at].append(value)
        if dtype == pl.Boolean:
            found = [_whether(s, ask[0], every) for s, ask in zip(said, self.asks, strict=True)]
        else:
            found = [next((v for v in s if v is not None), None) for s in said]
        return pl.Series(name, found, dtype=dtype)


def _whether(said: list[bool | None], given: str | None, every: bool) -> bool | None:
    """Three-valued any or all. An empty list: none of it is in a table, and all of it."""
    if given is None:
        return None
    if (not every) in said:
        return not every
    return None if None in said else every


class Asking:
    """The questions of a view: each row's value, era and circumstances as one number."""

    def __init__(self, view: View, frame: pl.DataFrame, policy: PolicyAnswers, columns: Sequence[PolicyRead]) -> None:
        self._view = frame
        self.policy = policy
        self.asked: dict[tuple[str, str], Asked] = {}
        by_word = {c.policy_word: c.column for c in view.circumstances}
        unknown = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
        self._circumstances = pl.DataFrame(
            (frame[by_word[word]] if word in by_word else unknown).alias(word) for word in CIRCUMSTANCES
        )
        self._who = _numbered(self._circumstances)[0].cast(pl.UInt64)
        days = [frame[on] for on in dict.fromkeys(c.on for c in columns if c.on)]
        edges = [edge for day in days for edge in (day.min(), day.max()) if edge is not None]
        years = range(min(e.year for e in edges), max(e.year for e in edges) + 1) if edges else ()  # type: ignore[union-attr]
        names = {PARAMETERS if c.kind == "param" else c.table for c in columns if c.kind != "ever"}
        self._eras = policy.eras(names, years=years)
        self._values: dict[str, pl.Series] = {}
        self._days: dict[str, tuple[pl.Series, pl.Series]] = {}

    def about(self, of: str, on: str) -> Asked:
        """What is asked about column `of` (nothing: about the day alone) on day `on`."""
        if (of, on) not in self.asked:
            eras, number = self._era(on)
            packed = number + self._who * 2**_ERA + self._value_number(of) * 2 ** (_ERA + _WHO)
            numbers, at = _numbered(packed.alias("packed").to_frame())
            values = self._view[of][at].cast(pl.String).to_list() if of else [""] * len(at)
            whos = self._circumstances[at].rows()
            asks = [(v, d, *w) for v, d, w in zip(values, eras[at].to_list(), whos, strict=True)]
            single, of_ask = asks, None
            if of in LISTS:
                split = [(i, (c, *a[1:])) for i, a in enumerate(asks) if a[0] for c in a[0].split(";") if c]
                single, of_ask = [a for _, a in split], [i for i, _ in split]
            name = f"ask:{len(self.asked)}"
            self.asked[of, on] = Asked(of, on, numbers.alias(name), asks, single, of_ask)
        return self.asked[of, on]

    def _era(self, on: str) -> tuple[pl.Series, pl.Series]:
        """For each row the first day of the era its day `on` lies in, and that era's number."""
        if on not in self._days:
            eras = self._eras.column(self._view[on])
            number = eras.to_physical().rank("dense").fill_null(0).cast(pl.UInt64)
            self._days[on] = (eras, number)
        return self._days[on]

    def _value_number(self, of: str) -> pl.Series:
        if of not in self._values:
            values = self._view[of] if of else pl.Series([""]).new_from_index(0, self._view.height)
            numbers = values.cast(pl.String).cast(pl.Categorical).to_physical()
            self._values[of] = (numbers.cast(pl.UInt64) + 1).fill_null(0)
        return self._values[of]

    def answers(self) -> dict[str, "Lookup"]:
        """Every column asked about so far, as it is looked up by the number of a row's question."""
        groups = [
            (asked, kind, table, columns)
            for asked in self.asked.values()
            for (kind, table), columns in asked.columns.items()
        ]
        plain = [(a, k, t, c) for a, k, t, c in groups if t != DIAGNOSIS_VALIDITY]
        wanted = [
            (PARAMETERS, [(table, *ask[1:]) for ask in asked.single]) if kind == "param" else (table, asked.single)
            for asked, kind, table, _ in plain
        ]
        out: dict[str, Lookup] = {}
        for (asked, _, _, columns), told in zip(plain, self.policy.answers(wanted), strict=True):
            for name, make in self._of_table(asked, columns, told).items():
                out[name] = Lookup(asked.numbers.name, make)
        for asked, _, table, columns in groups:
            if table == DIAGNOSIS_VALIDITY:
                said = self.policy.diagnosis_answers([(ask[0], ask[1]) for ask in asked.single])
                for c in columns:
                    values = [row[_VALIDITY.index(c.field)] for row in said]
                    out[c.name] = Lookup(asked.numbers.name, _of_values(asked, c.name, values))
        return out

    def _of_table(
        self, asked: Asked, columns: list[PolicyRead], told: list[Answer]
    ) -> dict[str, Callable[[], pl.Series]]:
        """How each column rules read of one table is made from the rows that answer, and the rows themselves."""
        first = columns[0]
        rows = [row for row, _ in told]
        opens = [row is None and covered is None for row, covered in told]
        made: dict[str, Callable[[], pl.Series]] = {
            first.row: lambda: asked.spread(first.row, rows, pl.UInt32),
            first.open: lambda: asked.spread(first.open, opens, pl.Boolean),
        }
        for c in columns:
            made[c.name] = self._holds(asked, c, told) if c.kind in ("in", "all") else self._value(asked, c, rows)
        return made

    def _holds(self, asked: Asked, c: PolicyRead, told: list[Answer]) -> Callable[[], pl.Series]:
        """Whether the table holds what was asked, with the fields the column names."""

        def make() -> pl.Series:
            conditions = c.conditions if isinstance(c, PolicyAnswer) else ()
            fields = [(self.policy.column(c.table, name, as_text=True), word) for name, word in conditions]
            there = [_agrees(fields, row) if row is not None else (False if covered else None) for row, covered in told]
            return asked.spread(c.name, there, pl.Boolean, every=c.kind == "all")

        return make

    def _value(self, asked: Asked, c: PolicyRead, rows: list[int | None]) -> Callable[[], pl.Series]:
        """The value of the row that answers."""

        def make() -> pl.Series:
            held = self.policy.parameter(c.table) if c.kind == "param" else self.policy.table(c.table).frame[c.field]
            if asked.of_ask is None:
                return held[pl.Series(rows, dtype=pl.UInt32)].alias(c.name)
            values = held.to_list()
            return asked.spread(c.name, [None if row is None else values[row] for row in rows], held.dtype)

        return make

    def clash(self, column: PolicyRead) -> dict[str, "Lookup"]:
        """Whether two codes of a list are a pair of the table, and the row that says so."""
        asked = self.about(column.of, column.on)
        pairs = [
            (i, (one + APART + other, *ask[1:]))
            for i, ask in enumerate(asked.asks)
            if ask[0]
            for one, other in permutations(ask[0].split(";"), 2)
            if one != other
        ]
        (told,) = self.policy.answers([(column.table, [ask for _, ask in pairs])])
        met: dict[int, int] = {}
        for (i, _), (row, _) in zip(pairs, told, strict=True):
            if row is not None:
                met[i] = min(row, met.get(i, row))
        rows = [met.get(i) for i in range(len(asked.asks))]
        there = [None if ask[0] is None else i in met for i, ask in enumerate(asked.asks)]
        name = asked.numbers.name
        return {
            column.name: Lookup(name, lambda: pl.Series(column.name, there, dtype=pl.Boolean)),
            column.row: Lookup(name, lambda: pl.Series(column.row, rows, dtype=pl.UInt32)),
        }


@dataclass
class Lookup:
    """A column that is looked up by the number of a row's question, and made when it is first read."""

    numbers: str
    make: Callable[[], pl.Series]

    @cached_property
    def expression(self) -> pl.Expr:
        """How each row finds its answer."""
        return pl.lit(self.make()).gather(pl.col(self.numbers))


def _agrees(fields: list[tuple[list[str | None], str]], row: int) -> bool | None:
    """Whether every field of the row has the word wanted; a blank one leaves it open."""
    said = [values[row] for values, _ in fields]
    if any(value is not None and value != word for value, (_, word) in zip(said, fields, strict=True)):
        return False
    return None if None in said else True


def _of_values(asked: Asked, name: str, values: list[Any]) -> Callable[[], pl.Series]:
    return lambda: asked.spread(name, values, pl.String)


def _numbered(frame: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """For every row the number of its values among the distinct ones, and where each of those stands first."""
    keys = frame.columns
    first = frame.with_row_index("_at").unique(keys, keep="first", maintain_order=True).with_row_index("_number")
    found = frame.join(first, on=keys, how="left", nulls_equal=True, maintain_order="left")
    return found["_number"], first["_at"]
