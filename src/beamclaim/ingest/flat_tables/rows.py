"""The rows of a flat table, whether CSV or JSON lines: one form, every cell a text that knows its place."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import NamedTuple, NoReturn

from beamclaim.errors import InputError
from beamclaim.ingest.flat_tables import csv_rows
from beamclaim.ingest.flat_tables.declaration import FlatTable
from beamclaim.ingest.json_tree import shown


class Oddity(NamedTuple):
    """What is wrong with a row, or with one cell of it, before any value is read."""

    expected: str
    found: str
    name: str | None = None


class FlatRow(NamedTuple):
    """A row: its number in the file (from 1), its bytes `[start, end)`, its cells in the order of the columns given.

    A cell is None where the source has none. No cells at all: nothing in the row can be trusted.
    """

    number: int
    start: int
    end: int
    raw: bytes
    cells: Sequence[str | None]
    oddities: tuple[Oddity, ...] = ()


def read_header(rows: Iterator[csv_rows.Row], table: FlatTable) -> list[str]:
    """The columns that the first CSV row that is not blank names, by their own names.

    Raises InputError when they are not those of the table.
    """
    for row in rows:
        if row.trouble:
            raise InputError(f"row {row.number}: {row.trouble}; write the header as plain names with commas between")
        names = [name.strip() for name in row.cells]
        while names and not names[-1]:
            names.pop()
        if names:
            break
    else:
        raise InputError(f"no header row; the first row must name the columns, {table.key} among them")
    if len(names) == 1:
        for sign, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if sign in names[0]:
                raise InputError(f"row {row.number}: {word} between the cells; save the table with commas")
    columns: list[str] = []
    for place, header in enumerate(names, 1):
        name = table.own_name(header)
        if name is None:
            refuse_name(f"row {row.number}: column {place}, {shown(header)}, is", header, table)
        if name in columns:
            raise InputError(f"row {row.number}: the column {name} stands twice (again as column {place}); keep one")
        columns.append(name)
    if table.key not in columns:
        raise InputError(f"row {row.number}: the column {table.key} is missing; {table.key_says}")
    return columns


def refuse_name(place: str, name: str, table: FlatTable) -> NoReturn:
    """Raises InputError for a column or key that the table does not have."""
    near = get_close_matches(name.lower(), table.by_name, 1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise InputError(f"{place} not known; {hint}rename or remove it (known: {', '.join(table.by_name)})")


def from_csv(rows: Iterator[csv_rows.Row], header: list[str], table: FlatTable) -> Iterator[FlatRow]:
    """The CSV rows after the header; empty ones left out, cut and ragged ones kept where their cells can be trusted."""
    width = len(header)
    for row in rows:
        cells: list[str | None] = [*row.cells[:width]]
        cells += [None] * (width - len(cells))
        odd = None
        if row.trouble:
            odd = Oddity("a row of cells with commas between, quotes closed", row.trouble)
        elif not any(row.cells):
            continue
        elif _is_header(row.cells[:width], header, table):
            odd = Oddity(table.row, "the header once more")
            cells = []
        elif len(row.cells) < width or any(row.cells[width:]):
            odd = Oddity(f"{width} cells, and quotes around a cell with a comma in it", f"{len(row.cells)} cells")
        # With cells too many nobody can tell which is the one too many: none can be trusted.
        if any(row.cells[width:]) or not any(cells):
            cells = []
        yield FlatRow(row.number, row.start, row.end, row.raw, cells, (odd,) if odd else ())


def _is_header(cells: list[str], header: list[str], table: FlatTable) -> bool:
    return cells[0] in (header[0], *table.by_name[header[0]].synonyms) and [table.own_name(c) for c in cells] == header
