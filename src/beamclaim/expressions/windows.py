"""Windows: what the rows of a group say together. A row whose key is unknown belongs to no group.

`over` are the keys of the group, `counts` the column that says which rows count, `where` what a row must satisfy,
`of` the column that is added up. Every window is unknown where a key, or a part of what it adds up, is unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from beamclaim.expressions.leaves import Column
from beamclaim.expressions.node import Demands, Expression, Type

WindowKind = Literal[
    "total", "running_total", "count", "others", "rank_in", "any_of", "each", "earliest", "latest", "came_before", "comes_after",
    "has_grown",
]  # fmt: skip
_GIVES: dict[WindowKind, Type] = {
    "total": "Number", "running_total": "Number", "count": "Number", "others": "Number", "rank_in": "Number",
    "any_of": "Boolean", "each": "Codes", "earliest": "Day", "latest": "Day", "came_before": "Boolean", "comes_after": "Boolean",
    "has_grown": "Boolean",
}  # fmt: skip
_BEGINNING = "group:"


@dataclass(frozen=True, eq=False)
class Window(Expression):
    """What the rows of a group say together."""

    kind: WindowKind
    over: tuple[str, ...]
    counts: Column
    where: Expression | None = None
    of: Column | None = None
    within: Expression | None = None
    day: Column | None = None

    @cached_property
    def keys(self) -> tuple[Column, ...]:
        """The keys of the group, as they are read."""
        return tuple(Column(key, place=self.place) for key in self.over)

    @property
    def type(self) -> Type:
        """By its kind."""
        return _GIVES[self.kind]

    @property
    def form(self) -> str:
        """The word for it."""
        return f"{self.kind}()"

    @property
    def group(self) -> str:
        """The column that numbers the groups; the engine adds it. Null where a key is unknown."""
        return group_over(self.over)

    def children(self) -> tuple[Expression, ...]:
        """What it reads of each row."""
        parts = (self.of, self.day, self.counts, self.where, self.within)
        return tuple(part for part in parts if part is not None)

    def demands(self) -> Demands:
        """A condition, a number, a day."""
        of: Type = "Text" if self.kind == "each" else "Number"
        parts: tuple[tuple[Expression | None, Type], ...] = (
            (self.counts, "Boolean"), (self.where, "Boolean"), (self.of, of), (self.within, "Number"), (self.day, "Day"),
        )  # fmt: skip
        return tuple((part, (wanted,)) for part, wanted in parts if part is not None)


def group_over(keys: Sequence[str]) -> str:
    """The column that numbers the groups of these keys."""
    return _BEGINNING + "|".join(keys)


def is_group(name: str) -> bool:
    """Whether a column numbers the groups of a window."""
    return name.startswith(_BEGINNING)


def keys_of(group: str) -> list[str]:
    """The keys of a group column."""
    return group.removeprefix(_BEGINNING).split("|")
