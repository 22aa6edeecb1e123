"""Declaration: what a policy table is, and the columns every row has."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl

#: Columns every policy row has, in this order, after its key and value columns.
ROW = ("scope", "setting", "first_day", "last_day", "source", "at", "confidence", "observed_on")

TEXT, WHOLE, FLAG, DAY = pl.String, pl.Int64, pl.Boolean, pl.Date
#: Rates and relative values: exact, as printed.
EXACT = pl.Decimal(18, 4)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a table is: its file, key, typed values, and what it answers.

    `constant` gives the row columns its file leaves out because every row has the same. `is_range`: the key is one
    code, matched by the inclusive lexical prefixes `code_from` to `code_to`; of the ranges that hold a code the one
    with the highest `priority` answers. `is_edition`: copies of dated editions; the last day of a row is the last day
    its edition was read for, not the end of what it says. `part_of`: it has no file; it is the rows of another table
    whose last key columns hold these words, asked by the key columns that are left.
    """

    name: str
    file: str
    key: tuple[str, ...]
    value: dict[str, Any]
    doc: str
    constant: dict[str, str] = field(default_factory=dict)
    is_range: bool = False
    is_edition: bool = False
    part_of: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The header of its file, in order."""
        key = ("code_from", "code_to", "priority") if self.is_range else self.key
        return (*key, *self.value, *(c for c in ROW if c not in self.constant))


EVERYONE = {"scope": "us", "setting": "any"}
MEDICARE = {"scope": "us/medicare", "setting": "any"}
MEDICARE_HOSPITAL = {"scope": "us/medicare", "setting": "hospital_outpatient", "at": "", "observed_on": ""}
