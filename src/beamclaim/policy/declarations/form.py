"""A table as it is declared: its file, key, typed values, and what it answers → the columns of its CSV and of its frame."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import polars as pl

from beamclaim.policy.declarations.lives import CODE_SET, Life

#: Columns every policy row has, in this order, after its key and value columns.
ROW = ("scope", "setting", "first_day", "last_day", "source", "at", "confidence", "observed_on")

TEXT, WHOLE, FLAG, DAY = pl.String, pl.Int64, pl.Boolean, pl.Date
#: Rates and relative values: exact, as printed.
EXACT = pl.Decimal(18, 4)
#: A row's cells as text, blank ones left out.
Cells = Mapping[str, str]
#: Between the parts of a key of several columns.
APART = "\x1f"
RANGE = ("code_from", "code_to", "priority")
"""Key columns of a table of code ranges."""


@dataclass(frozen=True, slots=True, eq=False)
class Declaration:
    """What a table is.

    `file`: its CSV in a policy folder. `key`: the columns it is asked by. `value`: its other columns and their types.
    `constant` gives the row columns its file leaves out because every row has the same. `is_range`: the key is one
    code, matched by the inclusive lexical prefixes `code_from` to `code_to`; of the ranges that hold a code the one
    with the highest `priority` answers. `is_edition`: copies of dated editions; the last day of a row is the last day
    its edition was read for, not the end of what it says. `lives`: how long it holds without being read again.
    `part_of`: it has no file; it is the rows of another table
    whose last key columns hold these words, asked by the key columns that are left. `pairs_of`: it has no file; each row of another
    table is a pair for every word its list column holds: the word as the first code, that table's key as the second. `opposed`: of a
    table of pairs, others that may hold one of its pairs the other way round, and whether their order goes first where both are
    equally sure.
    `is_timeless`: it says what words and names mean, which is no policy anybody decided: its rows are read whatever the day of
    asking. `by_hand`: people fill it in: its rows stand in any order and cells of its key may be blank. `of_payers`: what a
    payer says in it is its own, so that no row of others stands behind it.
    """

    name: str
    file: str
    key: tuple[str, ...]
    value: Mapping[str, Any]
    doc: str
    constant: Mapping[str, str] = field(default_factory=dict)
    is_range: bool = False
    is_edition: bool = False
    part_of: tuple[str, ...] = ()
    pairs_of: tuple[str, ...] = ()
    is_timeless: bool = False
    by_hand: bool = False
    of_payers: bool = False
    detail: str = ""
    says: Callable[[Cells], str] | None = None
    read_by: Mapping[str, str] = field(default_factory=dict)
    lives: Life = CODE_SET
    opposed: Mapping[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Nobody changes a declaration: all who read it share it."""
        for name in ("value", "constant", "read_by", "opposed"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __reduce__(self) -> tuple[Callable[[str], "Declaration"], tuple[str]]:
        """Pickled as its name: another process has the same declarations."""
        return declared, (self.name,)

    @property
    def whole(self) -> str:
        """The table whose rows it is made of; blank for one with a file of its own."""
        return (*self.part_of, *self.pairs_of, "")[0]

    @property
    def key_cells(self) -> tuple[str, ...]:
        """The key columns as they stand in its file."""
        return RANGE if self.is_range else self.key

    @property
    def columns(self) -> tuple[str, ...]:
        """The header of its file, in order."""
        return (*self.key_cells, *self.value, *(c for c in ROW if c not in self.constant))


def declared(name: str) -> Declaration:
    """The table of that name; KeyError where none is declared."""
    from beamclaim.policy.declarations import BY_NAME

    return BY_NAME[name]


EVERYONE = {"scope": "us", "setting": "any"}
MEDICARE = {"scope": "us/medicare", "setting": "any"}
MEDICARE_HOSPITAL = {"scope": "us/medicare", "setting": "hospital_outpatient", "at": "", "observed_on": ""}
