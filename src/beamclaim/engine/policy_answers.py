"""View → policy answers, one per distinct (value, era, setting, payer, line, contractor); each row keeps the number of its answer.

A view has few distinct questions, however many rows: each is asked once, and a rule that reads the answer looks it up
by the number of its row's question. Columns no rule reads are never made. Called by `policy_columns`; begin with
`PolicyQuestions.about`, then `PolicyQuestions.answers`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import permutations
from typing import Any

import polars as pl

from beamclaim.expressions.leaves import Neighbor, Parameter, PolicyAnswer, PolicyRead
from beamclaim.policy import PolicyAnswers
from beamclaim.policy.declarations.form import APART
from beamclaim.policy.resolve import CIRCUMSTANCES, Answer, Ask
from beamclaim.views.view import View

PARAMETERS = "parameters"
#: The table that stands for the validity of diagnoses, which is no table of rows.
DIAGNOSIS_VALIDITY = "icd10cm"
#: Bits of a question's number that say the era, and the circumstances; the rest says the value.
_ERA_BITS, _CIRCUMSTANCE_BITS = 12, 20
VALIDITY = ("status", "row.cap", "source", "missing_release")


@dataclass
class Lookup:
    """A column that is looked up by the number of a row's question, and made when it is first read."""

    number_column: str
    make: Callable[[], pl.Series]

    @cached_property
    def expression(self) -> pl.Expr:
        """How each row finds its answer."""
        return pl.lit(self.make()).gather(pl.col(self.number_column))


@dataclass
class ColumnQuestions:
    """What is asked about one column on one day.

    `asks` are the distinct questions, `number_of_row` says for each row which is its own. A list is asked about code by
    code: `asks_by_code` holds those asks, `ask_of_code` the number of the question each belongs to.
    """

    of: str
    on: str
    number_of_row: pl.Series
    asks: list[Ask]
    asks_by_code: list[Ask]
    ask_of_code: list[int] | None
    columns: dict[tuple[str, str], list[PolicyRead]] = field(default_factory=dict)

    @property
    def number_column(self) -> str:
        """The column of the frame that holds the number of each row's question."""
        return self.number_of_row.name

    def add(self, column: PolicyRead) -> None:
        """One more column to answer."""
        columns = self.columns.setdefault(("param" if isinstance(column, Parameter) else "table", column.table), [])
        if all(column.name != other.name for other in columns):
            columns.append(column)

    def per_question(self, name: str, values: list[Any], dtype: Any, *, every: bool = False) -> pl.Series:
        """Values by code as a column of the questions: of a list whether any (`every`: each) says yes, or the first."""
        if self.ask_of_code is None:
            return pl.Series(name, values, dtype=dtype)
        by_ask: list[list[Any]] = [[] for _ in self.asks]
        for ask, value in zip(self.ask_of_code, values, strict=True):
            by_ask[ask].append(value)
        if dtype == pl.Boolean:
            joined = [
                _any_or_all(v, is_known=ask[0] is not None, every=every)
                for v, ask in zip(by_ask, self.asks, strict=True)
            ]
        else:
            joined = [next((v for v in several if v is not None), None) for several in by_ask]
        return pl.Series(name, joined, dtype=dtype)


def _any_or_all(answers: list[bool | None], *, is_known: bool, every: bool) -> bool | None:
    """Three-valued any or all of a list. An empty one: none of it is in a table, and all of it; an unknown one: unknown."""
    if not is_known:
        return None
    if (not every) in answers:
        return not every
    return None if None in answers else every


class PolicyQuestions:
    """The questions of one view: each row's value, era and circumstances as one number. It keeps what was asked."""

    def __init__(self, view: View, frame: pl.DataFrame, policy: PolicyAnswers, columns: Sequence[PolicyRead]) -> None:
        self._frame = frame
        self._policy = policy
        self._lists = {name for name, column in view.columns.items() if column.is_list}
        self._about: dict[tuple[str, str], ColumnQuestions] = {}
        by_word = {c.policy_word: c.column for c in view.circumstances}
        unknown = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
        self._circumstances = pl.DataFrame(
            (frame[by_word[word]] if word in by_word else unknown).alias(word) for word in CIRCUMSTANCES
        )
        self._circumstance_number = _numbered(self._circumstances)[0].cast(pl.UInt64)
        # What hangs on neighbors is asked on the day of the row, whatever the view calls it.
        of_rows = {
            c.name: view.neighbors.day for c in columns if isinstance(c, Neighbor) and view.neighbors is not None
        }
        asked_on = dict.fromkeys(of_rows.get(c.name, c.on) for c in columns)
        days = [frame[on] for on in asked_on if on]
        edges = [edge for day in days for edge in (day.min(), day.max()) if edge is not None]
        years = range(min(e.year for e in edges), max(e.year for e in edges) + 1) if edges else ()  # type: ignore[union-attr]
        tables = {PARAMETERS if c.kind == "param" else c.table for c in columns if c.kind != "ever"}
        self._eras = policy.eras(tables, years=years)
        self._value_numbers: dict[str, pl.Series] = {}
        self._eras_of_day: dict[str, tuple[pl.Series, pl.Series]] = {}

    @property
    def numbers(self) -> list[pl.Series]:
        """The columns that say for each row which question is its own."""
        return [questions.number_of_row for questions in self._about.values()]

    def about(self, of: str, on: str) -> ColumnQuestions:
        """What is asked about column `of` (nothing: about the day alone) on day `on`."""
        if (of, on) not in self._about:
            eras, era_number = self._era(on)
            value_number = self._value_number(of) * 2 ** (_ERA_BITS + _CIRCUMSTANCE_BITS)
            packed = era_number + self._circumstance_number * 2**_ERA_BITS + value_number
            number_of_row, first_row = _numbered(packed.alias("packed").to_frame())
            values = self._frame[of][first_row].cast(pl.String).to_list() if of else [""] * len(first_row)
            circumstances = self._circumstances[first_row].rows()
            asks = [(v, d, *c) for v, d, c in zip(values, eras[first_row].to_list(), circumstances, strict=True)]
            by_code, ask_of_code = asks, None
            if of in self._lists:
                split = [(i, (c, *a[1:])) for i, a in enumerate(asks) if a[0] for c in a[0].split(";") if c]
                by_code, ask_of_code = [a for _, a in split], [i for i, _ in split]
            name = f"ask:{len(self._about)}"
            self._about[of, on] = ColumnQuestions(of, on, number_of_row.alias(name), asks, by_code, ask_of_code)
        return self._about[of, on]

    def answers(self) -> dict[str, Lookup]:
        """Every column asked about so far, as it is looked up by the number of a row's question."""
        asked = [(q, *key, columns) for q in self._about.values() for key, columns in q.columns.items()]
        of_tables = [one for one in asked if one[2] != DIAGNOSIS_VALIDITY]
        asks = [
            (PARAMETERS, [(table, *ask[1:]) for ask in q.asks_by_code]) if kind == "param" else (table, q.asks_by_code)
            for q, kind, table, _ in of_tables
        ]
        lookups: dict[str, Lookup] = {}
        for (q, _, _, columns), answers in zip(of_tables, self._policy.answers(asks), strict=True):
            lookups |= self._of_table(q, columns, answers)
        for q, _, table, columns in asked:
            if table == DIAGNOSIS_VALIDITY:
                validity = self._policy.diagnosis_answers([(ask[0], ask[1]) for ask in q.asks_by_code])
                for c in columns:
                    lookups[c.name] = _of_values(q, c.name, [row[VALIDITY.index(c.field)] for row in validity])
        return lookups

    def clash(self, column: PolicyRead) -> dict[str, Lookup]:
        """Whether two codes of a list are a pair of the table, and the row that says so."""
        q = self.about(column.of, column.on)
        pairs = [
            (i, (one + APART + other, *ask[1:]))
            for i, ask in enumerate(q.asks)
            if ask[0]
            for one, other in permutations(ask[0].split(";"), 2)
            if one != other
        ]
        (answers,) = self._policy.answers([(column.table, [ask for _, ask in pairs])])
        first_row: dict[int, int] = {}
        unanswered: set[int] = set()
        for (i, _), (row, covered) in zip(pairs, answers, strict=True):
            if row is not None:
                first_row[i] = min(row, first_row.get(i, row))
            elif not covered:
                unanswered.add(i)
        rows = [first_row.get(i) for i in range(len(q.asks))]
        clashes = [
            True if i in first_row else None if ask[0] is None or i in unanswered else False
            for i, ask in enumerate(q.asks)
        ]
        return {
            column.name: Lookup(q.number_column, lambda: pl.Series(column.name, clashes, dtype=pl.Boolean)),
            column.row: Lookup(q.number_column, lambda: pl.Series(column.row, rows, dtype=pl.UInt32)),
        }

    def _era(self, on: str) -> tuple[pl.Series, pl.Series]:
        """For each row the first day of the era its day `on` lies in, and that era's number."""
        if on not in self._eras_of_day:
            eras = self._eras.column(self._frame[on])
            number = eras.to_physical().rank("dense").fill_null(0).cast(pl.UInt64)
            self._eras_of_day[on] = (eras, number)
        return self._eras_of_day[on]

    def _value_number(self, of: str) -> pl.Series:
        if of not in self._value_numbers:
            values = self._frame[of] if of else pl.Series([""]).new_from_index(0, self._frame.height)
            numbers = values.cast(pl.String).cast(pl.Categorical).to_physical()
            self._value_numbers[of] = (numbers.cast(pl.UInt64) + 1).fill_null(0)
        return self._value_numbers[of]

    def _of_table(self, q: ColumnQuestions, columns: list[PolicyRead], answers: list[Answer]) -> dict[str, Lookup]:
        """How each column rules read of one table is made from the rows that answer, and the rows themselves."""
        first = columns[0]
        rows = [row for row, _ in answers]
        is_open = [row is None and covered is None for row, covered in answers]
        make: dict[str, Callable[[], pl.Series]] = {
            first.row: lambda: q.per_question(first.row, rows, pl.UInt32),
            first.open: lambda: q.per_question(first.open, is_open, pl.Boolean),
        }
        for c in columns:
            make[c.name] = self._holds(q, c, answers) if c.kind in ("in", "all") else self._cell(q, c, rows)
        return {name: Lookup(q.number_column, function) for name, function in make.items()}

    def _holds(self, q: ColumnQuestions, c: PolicyRead, answers: list[Answer]) -> Callable[[], pl.Series]:
        """Whether the table holds what was asked, with the cells the column names."""

        def make() -> pl.Series:
            conditions = c.conditions if isinstance(c, PolicyAnswer) else ()
            cells = [(self._policy.column(c.table, name, as_text=True), word) for name, word in conditions]
            holds = [
                _agrees(cells, row) if row is not None else (False if covered else None) for row, covered in answers
            ]
            return q.per_question(c.name, holds, pl.Boolean, every=c.kind == "all")

        return make

    def _cell(self, q: ColumnQuestions, c: PolicyRead, rows: list[int | None]) -> Callable[[], pl.Series]:
        """The cell of the row that answers."""

        def make() -> pl.Series:
            cells = self._policy.parameter(c.table) if c.kind == "param" else self._policy.table(c.table).frame[c.field]
            if q.ask_of_code is None:
                return cells[pl.Series(rows, dtype=pl.UInt32)].alias(c.name)
            values = cells.to_list()
            return q.per_question(c.name, [None if row is None else values[row] for row in rows], cells.dtype)

        return make


def _agrees(cells: list[tuple[list[str | None], str]], row: int) -> bool | None:
    """Whether every cell of the row has the word wanted; a blank one leaves it open."""
    values = [column[row] for column, _ in cells]
    if any(value is not None and value != word for value, (_, word) in zip(values, cells, strict=True)):
        return False
    return None if None in values else True


def _of_values(q: ColumnQuestions, name: str, values: list[Any]) -> Lookup:
    return Lookup(q.number_column, lambda: q.per_question(name, values, pl.String))


def _numbered(frame: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """For every row the number of its values among the distinct ones, and where each of those stands first."""
    keys = frame.columns
    first = frame.with_row_index("_at").unique(keys, keep="first", maintain_order=True).with_row_index("_number")
    joined = frame.join(first, on=keys, how="left", nulls_equal=True, maintain_order="left")
    return joined["_number"], first["_at"]
