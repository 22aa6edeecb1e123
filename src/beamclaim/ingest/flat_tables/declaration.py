"""What a flat table is, once: its columns, other names they go by, how a cell is read, what an empty one means."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True, slots=True)
class FlatColumn:
    """A column (CSV) or key (JSON lines), and how a cell of it is read."""

    name: str
    read: Callable[[str], Any]
    """Text without blanks around it, never empty → the value; raises `values.Unfit`."""

    empty: Any = None
    """What an empty cell means; null: unknown."""

    absent: str | None = None
    """The text that stands for a cell where the column or key is absent; null: unknown."""

    is_list: bool = False
    """Several values, `;` between them; in JSON lines a list as well."""

    synonyms: tuple[str, ...] = ()
    """Other headers of the same column, in small letters."""


@dataclass(frozen=True, eq=False)
class FlatTable:
    """A table that is read by its columns."""

    name: str
    """In words: a claims table."""

    row: str
    """What a row is, in words: a service line."""

    columns: tuple[FlatColumn, ...]
    key: str
    """The column that must be there, and whose change is a good place to end a chunk."""

    key_is: str
    """What stands in it, in words: a claim number."""

    key_says: str
    """Why it must be there, in words."""

    @cached_property
    def by_name(self) -> dict[str, FlatColumn]:
        """The columns by their own names."""
        return {column.name: column for column in self.columns}

    @cached_property
    def _names(self) -> dict[str, str]:
        """Every header there may be, in small letters where it is a synonym → the column's own name."""
        synonyms = {word: column.name for column in self.columns for word in column.synonyms}
        assert not synonyms.keys() & self.by_name.keys(), "a synonym is the name of another column"
        return {**synonyms, **{name: name for name in self.by_name}}

    def own_name(self, header: str) -> str | None:
        """The column a header means; null where it means none."""
        return self._names.get(header) or self._names.get(header.lower() if header.lower() not in self.by_name else "")
