"""Declared columns of a view → the steps that make the wanted ones, in order; what nobody reads is not made.

A column is declared above the function that computes it, with its type, its meaning and the cell that shows it. Columns that
come from one join share a file under `columns/`, which holds one `ColumnGroup`; a view lists the groups it takes.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from beamclaim.views.view import Frames

AsExpr = Callable[["Frames"], pl.Expr]
AsFrame = Callable[[pl.DataFrame, "Frames"], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column a rule may read: its type, what it means, and which column's bytes show it (`cell`; empty: counted, not written)."""

    name: str
    dtype: Any
    doc: str
    cell: str = ""
    given_as: str = ""
    """Where it follows from another fact: that fact, which is the one to ask a person for."""
    is_fact: bool = True
    """False for keys and for what steers the engine: no finding shows it."""
    words: tuple[str, ...] = ()
    """Its closed list: a rule that compares it with another word is refused."""
    is_list: bool = False
    """It holds several codes joined with `;`: tables are asked about each."""
    follows_from: tuple[str, ...] = ()
    """Where it follows from several facts of its claim and line: the first of them that is unknown is the one to ask for."""


@dataclass(frozen=True, slots=True)
class Step:
    """Columns that are made together. `expr`: one column, of others of the row; `frame`: all of them, by joins."""

    columns: tuple[ViewColumn, ...]
    expr: AsExpr | None = None
    frame: AsFrame | None = None
    reads: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()
    """What it makes beside its columns, for later steps alone."""
    is_absent: Callable[["Frames"], bool] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it makes."""
        return (*(c.name for c in self.columns), *self.internal)


class ColumnGroup:
    """Columns in the order they are made. `is_absent`: whether what they come from was not given, so that all are null."""

    def __init__(self, is_absent: Callable[["Frames"], bool] | None = None) -> None:
        self.steps: list[Step] = []
        self._is_absent = is_absent

    def column(
        self,
        name: str,
        dtype: Any,
        doc: str,
        *,
        cell: str = "",
        given_as: str = "",
        is_fact: bool = True,
        words: tuple[str, ...] = (),
        is_list: bool = False,
        follows_from: tuple[str, ...] = (),
    ) -> Callable[[AsExpr], AsExpr]:
        """Declares the column that the function below gives as an expression of others of the row."""

        def declare(make: AsExpr) -> AsExpr:
            column = ViewColumn(name, dtype, doc, cell, given_as, is_fact, words, is_list, follows_from)
            self.steps.append(Step((column,), expr=make))
            return make

        return declare

    def columns(
        self, *columns: ViewColumn, reads: Iterable[str] = (), internal: Iterable[str] = ()
    ) -> Callable[[AsFrame], AsFrame]:
        """Declares the columns that the function below adds to a frame; it reads those named."""

        def declare(make: AsFrame) -> AsFrame:
            step = Step(columns, frame=make, reads=tuple(reads), internal=tuple(internal), is_absent=self._is_absent)
            self.steps.append(step)
            return make

        return declare

    def as_read(self, *columns: ViewColumn) -> None:
        """Declares columns that stand in the table as the reader wrote them."""
        self.steps.append(Step(columns))

    @property
    def declared(self) -> list[ViewColumn]:
        """Its columns, in order."""
        return [column for step in self.steps for column in step.columns]


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps that make what is wanted, and the columns they begin with."""

    steps: tuple[Step, ...]
    base: frozenset[str]

    def run(self, frame: pl.DataFrame, frames: "Frames") -> pl.DataFrame:
        """The frame with what the steps make; rows may come in another order."""
        waiting: dict[str, pl.Expr] = {}
        for step in self.steps:
            if step.expr is None:
                frame, waiting = frame.with_columns(**waiting), {}
                frame = _made(step, frame, frames)
                continue
            expr = step.expr(frames)
            # What reads a column that is not there yet waits for it.
            if waiting.keys() & set(expr.meta.root_names()):
                frame, waiting = frame.with_columns(**waiting), {}
            waiting[step.columns[0].name] = expr
        return frame.with_columns(**waiting)


def _made(step: Step, frame: pl.DataFrame, frames: "Frames") -> pl.DataFrame:
    """The frame with the columns of a step that joins; nulls where what it joins was not given."""
    if step.frame is None:
        return frame
    if step.is_absent is not None and (frame.is_empty() or step.is_absent(frames)):
        nulls = [pl.lit(None, dtype=c.dtype).alias(c.name) for c in step.columns]
        return frame.with_columns(*nulls, **{name: pl.lit(None) for name in step.internal})
    return step.frame(frame, frames)


def plan(groups: Sequence[ColumnGroup], wanted: Collection[str], frames: "Frames") -> Plan:
    """The steps of the groups that make the wanted columns and all they read, in declared order."""
    every = [step for group in groups for step in group.steps if step.expr is not None or step.frame is not None]
    maker = {name: number for number, step in enumerate(every) for name in step.names}
    needed: set[int] = set()
    base: set[str] = set()
    pending = list(wanted)
    while pending:
        name = pending.pop()
        if name not in maker:
            base.add(name)
        elif maker[name] not in needed:
            step = every[maker[name]]
            needed.add(maker[name])
            pending += step.reads if step.expr is None else step.expr(frames).meta.root_names()
            # A column that is filled where the source does not say it reads itself.
            base |= {name} & set(() if step.expr is None else step.expr(frames).meta.root_names())
    return Plan(tuple(every[number] for number in sorted(needed)), frozenset(base))
