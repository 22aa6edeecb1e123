"""What a fact of the course form is: its name, the values it takes, what it means, who can settle it.

A fact is declared once, in `course.py`. From there derive: the reader of the course form (`ingest/course_form`), how
assertions of other sources are made to fit (`courses/form.py`), the column of the table, the type and the words of a
view's column, its label in reports, the JSON schema and the page of the documents (`course_schema.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from beamclaim.model.tables.declaration import DAY, TEXT, UNITS, Table, TableColumn
from beamclaim.model.value_sets import UNKNOWN, Owner


@dataclass(frozen=True, slots=True)
class FactType:
    """The values a fact takes: a name readers go by, its Polars type, its closed list of words, its digits.

    `takes_unknown`: the form may say `unknown` beside the words; `is_list`: a JSON list, kept as one text joined with `;`.
    """

    name: str
    dtype: Any
    words: tuple[str, ...] = ()
    takes_unknown: bool = False
    is_list: bool = False
    whole_digits: int = 0
    decimals: int = 0

    @property
    def all_words(self) -> tuple[str, ...]:
        """The words the form may hold."""
        return (*self.words, UNKNOWN) if self.takes_unknown else self.words


PLAIN = FactType("text", TEXT)
LABEL = FactType("label", TEXT)
"""A name or number given by the clinic, kept as text: `1` and `"1"` are one plan."""
SIGNATURE = FactType("signature", TEXT)
"""Who signed: null or empty in the file is *seen and unsigned* (`""`), absent is unknown (null)."""
BOOLEAN = FactType("boolean", pl.Boolean)
COUNT = FactType("count", pl.UInt16)
"""A whole number from 0 to 65,535."""
DATE = FactType("day", DAY)
MOMENT = FactType("moment", pl.Datetime("us"))
"""A local time, or a day alone; kept as two columns, the day beside the time."""
SHARE = FactType("share", pl.Decimal(5, 4), whole_digits=1, decimals=4)
"""From 0 to 1."""
QUANTITY = FactType("decimal", pl.Decimal(9, 3), whole_digits=6, decimals=3)
UNIT_COUNT = FactType("units", UNITS, whole_digits=12, decimals=3)
NPI = FactType("npi", TEXT)
SEX = FactType("sex", TEXT)
PROCEDURE_CODE = FactType("code", TEXT)
MODIFIERS = FactType("modifier", TEXT, is_list=True)
DIAGNOSES = FactType("diagnosis", TEXT, is_list=True)


def one_of(words: Sequence[str], *, or_unknown: bool = False) -> FactType:
    """A word of a closed list."""
    return FactType("word", TEXT, tuple(words), or_unknown)


def some_of(words: Sequence[str]) -> FactType:
    """A list of words of a closed list; the empty list is *none* (`""`), an absent one is unknown (null)."""
    return FactType("word", TEXT, tuple(words), is_list=True)


@dataclass(frozen=True, slots=True)
class CourseFact:
    """A fact of the form: its column, the values it takes, what it means.

    `key` is its key in the form where that is not the name behind the dot (`patient.id`). `label` is what reports call it.
    `asks` can settle it; `is_expected`: where no source says it, that is told. `is_kept` False: read and checked, in no
    column. `absent` is the value of a key that is not there.
    """

    name: str
    type: FactType
    meaning: str
    key: str = ""
    label: str = ""
    asks: Owner | None = None
    is_expected: bool = False
    is_identifying: bool = False
    is_kept: bool = True
    absent: Any = None

    @property
    def path(self) -> str:
        """Its key in the object of the form it stands in: `technique`, `patient.id`."""
        return self.key or self.name.partition(".")[2]

    @property
    def columns(self) -> tuple[TableColumn, ...]:
        """The columns of the table it fills; a moment has its day before it."""
        if not self.is_kept:
            return ()
        doc = f"{self.meaning}: {', '.join(self.type.all_words)}" if self.type.words else self.meaning
        if self.type.is_list:
            doc += '; joined with `;`, `""` none, null unknown'
        own = TableColumn(self.name, self.type.dtype, doc, self.is_identifying)
        if self.type != MOMENT:
            return (own,)
        return TableColumn(f"{self.name.partition('.')[0]}.day", DAY, f"day of `{self.path}`"), own


@dataclass(frozen=True, slots=True)
class FormList:
    """A list of objects of the course form: its key, one object in words, its facts, those without which it says nothing."""

    name: str
    row: str
    facts: tuple[CourseFact, ...]
    needs: tuple[str, ...] = ()

    @property
    def noun(self) -> str:
        """What its columns are called before the dot."""
        return self.facts[0].name.partition(".")[0]

    def table(self, *own: TableColumn) -> Table:
        """The table its objects fill: the columns given, then those of its facts."""
        return Table(self.name, self.row, (*own, *(column for fact in self.facts for column in fact.columns)))
