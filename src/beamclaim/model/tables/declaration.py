"""What a table is: one row of something, columns with a type and a meaning, and the place every row knows."""

from dataclasses import dataclass
from typing import Any

import polars as pl

MONEY = pl.Decimal(18, 2)
UNITS = pl.Decimal(15, 3)
TEXT = pl.String
DAY = pl.Date
KEY = pl.UInt64


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table: its type, what it means, whether it identifies a person."""

    name: str
    dtype: Any
    doc: str
    identifying: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what one row is, and its columns in order."""

    name: str
    row: str
    columns: tuple[TableColumn, ...]

    @property
    def schema(self) -> dict[str, Any]:
        """Column name → Polars type, in order."""
        return {c.name: c.dtype for c in self.columns}

    def empty(self) -> pl.DataFrame:
        """No rows, right types."""
        return pl.DataFrame(schema=self.schema)


PLACE = (
    TableColumn("file", pl.UInt32, "index of the file in `files`"),
    TableColumn("start", pl.Int64, "first byte of the row's own segment, composite or CSV row"),
    TableColumn("end", pl.Int64, "byte past its last one (terminator not included)"),
    TableColumn("segment", pl.UInt32, "number of the segment or row in the file, from 1"),
)
CLAIM = TableColumn("claim.key", KEY, "the claim the row belongs to")
LINE = TableColumn("line.key", KEY, "the service line the row belongs to; null at claim level")


def key_of(file: int, start: int) -> int:
    """Row key: unique in a run because a row's first byte is unique in its file (20 bits file, 44 bits offset)."""
    return (file << 44) | start
