"""Bytes + a `FlatTable` + a shape → chunks of tables: cells become values, what cannot be read is null and a fault.

The shape turns the rows of a chunk into tables of the model; everything else is the same for every flat table.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO, Protocol

import polars as pl

from beamclaim.ingest.file_read import FileRead
from beamclaim.ingest.flat_tables import csv_rows
from beamclaim.ingest.flat_tables.declaration import FlatTable
from beamclaim.ingest.flat_tables.json_rows import from_json, locate_key
from beamclaim.ingest.flat_tables.rows import FlatRow, from_csv, read_header
from beamclaim.ingest.values import Unfit
from beamclaim.model.tables import FAULTS, key_of

CHUNK_ROWS = 40_000
"""A chunk ends at the first change of the key column past so many rows, and at a quarter more in any case."""

_BLOCK = 1 << 20
_REMEMBERED = 100_000

Cells = dict[str, Sequence[str | None]]
Frames = dict[str, pl.DataFrame]
Locate = Callable[[bytes, int, str], tuple[int, int] | None]


class Shape(Protocol):
    """Makes the tables of a chunk from its rows; may remember what a later chunk must know."""

    def tables(self, reader: "FlatReader", rows: list[FlatRow], cells: Cells, values: dict[str, list[Any]]) -> Frames:
        """`cells` and `values`: by the table's columns, one entry a row. Faults go to the reader."""
        ...


def read_flat_csv(
    stream: BinaryIO, table: FlatTable, shape: Shape, *, kind: str, file: int, is_history: bool, chunk_rows: int
) -> Iterator[Frames]:
    """A CSV file of the table → chunks of tables; the last holds the row of `files`, its path left null.

    Raises InputError when the header is not that of the table.
    """
    received = _Received(stream)
    rows = csv_rows.rows(received)
    header = read_header(rows, table)

    def locate(raw: bytes, base: int, name: str) -> tuple[int, int] | None:
        return csv_rows.locate_cell(raw, base, header, name)

    reader = FlatReader(table, file, ("row", "column"), locate)
    chunks = reader.read(from_csv(rows, header, table), header, shape, chunk_rows)
    yield from _with_file_row(chunks, received, kind=kind, file=file, is_history=is_history)


def read_flat_jsonl(
    stream: BinaryIO, table: FlatTable, shape: Shape, *, kind: str, file: int, is_history: bool, chunk_rows: int
) -> Iterator[Frames]:
    """JSON lines with the columns as keys → chunks of tables, as `read_flat_csv`.

    Raises InputError at the first key that is not known; chunks given before it stand.
    """
    received = _Received(stream)
    reader = FlatReader(table, file, ("line", "key"), locate_key)
    chunks = reader.read(from_json(received, table), list(table.by_name), shape, chunk_rows)
    yield from _with_file_row(chunks, received, kind=kind, file=file, is_history=is_history)


class _Received:
    """The blocks of a stream, hashed and counted as they pass."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._sha256 = hashlib.sha256()
        self.size_bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        while block := self._stream.read(_BLOCK):
            self._sha256.update(block)
            self.size_bytes += len(block)
            yield block

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()


def _with_file_row(
    chunks: Iterator[Frames], received: _Received, *, kind: str, file: int, is_history: bool
) -> Iterator[Frames]:
    """The chunks, the last with the row of `files`."""
    claims = lines = 0
    last: Frames | None = None
    for chunk in chunks:
        if last is not None:
            yield last
        last = chunk
        claims += chunk["claims"].height if "claims" in chunk else 0
        lines += chunk["lines"].height if "lines" in chunk else 0
    assert last is not None  # there is always a chunk, if only an empty one
    became = FileRead(kind, None, received.sha256, received.size_bytes, claims, lines)
    yield {**last, "files": became.row(file, is_history=is_history)}


class FlatReader:
    """The rows of one file becoming tables: what has been read of cells so far, and the faults of the chunk."""

    def __init__(self, table: FlatTable, file: int, words: tuple[str, str], locate: Locate) -> None:
        """`words`: what a row and a cell of it are called in paths."""
        self.table, self.file = table, file
        self._row_word, self._cell_word = words
        self._locate = locate
        self._faults: list[tuple[Any, ...]] = []
        self._values: dict[str, dict[str | None, Any]] = {name: {None: None} for name in table.by_name}
        self._unfit: dict[str, dict[str | None, Unfit]] = {name: {} for name in table.by_name}

    def read(self, rows: Iterable[FlatRow], names: list[str], shape: Shape, chunk_rows: int) -> Iterator[Frames]:
        """The chunks of tables of these rows, whose cells stand in the order of `names`; at least one."""
        key_at = names.index(self.table.key)
        chunk: list[FlatRow] = []
        for row in rows:
            if not row.cells:
                self._fault_oddities(row, None)
                continue
            if len(chunk) >= chunk_rows and (
                row.cells[key_at] != chunk[-1].cells[key_at] or len(chunk) >= chunk_rows * 5 // 4
            ):
                yield self._tables(chunk, names, shape)
                chunk = []
            chunk.append(row)
        yield self._tables(chunk, names, shape)

    def _tables(self, rows: list[FlatRow], names: list[str], shape: Shape) -> Frames:
        cells: Cells = {c.name: [c.absent] * len(rows) for c in self.table.columns}
        if rows:
            cells |= dict(zip(names, zip(*(r.cells for r in rows), strict=True), strict=True))
        values = {name: self._values_of(name, cells[name]) for name in self.table.by_name}
        tables = shape.tables(self, rows, cells, values)
        faults = sorted(self._faults, key=lambda f: f[3:5])
        self._faults = []
        return {**tables, "faults": pl.DataFrame(faults, schema=FAULTS.schema, orient="row")}

    def _values_of(self, name: str, cells: Sequence[str | None]) -> list[Any]:
        """The values of a column; each text is read once, and what is unfit is noted for `fault_cells`."""
        column, known = self.table.by_name[name], self._values[name]
        if len(known) > _REMEMBERED:
            known = self._values[name] = {None: None}
            self._unfit[name].clear()
        for text in set(cells) - known.keys():
            assert text is not None  # None is always known
            value: Any = ()
            if written := text.strip():
                try:
                    value = column.read(written)
                except Unfit as unfit:
                    value = unfit.value
                    self._unfit[name][text] = unfit
            known[text] = column.empty if value == () else value
        return [known[text] for text in cells]

    def fault(
        self, row: FlatRow, expected: str, found: str, *, name: str | None = None, kind: str = "element",
        claim: int | None = None,
    ) -> None:  # fmt: skip
        """Notes a fault of a row, or of one cell of it; `claim` is the key of the claim the row belongs to."""
        path = f"{self._row_word} {row.number}"
        place = None
        if name is not None:
            path = f"{path} {self._cell_word} {name}"
            place = self._locate(row.raw, row.start, name)
        start, end = place or (row.start, row.end)
        line = None if claim is None else key_of(self.file, row.start)
        self._faults.append((claim, line, self.file, start, end, row.number, kind, path, expected, found, None))

    def fault_cells(self, rows: list[FlatRow], cells: Cells, claims: list[int]) -> None:
        """Notes every cell that could not be read, every row without its key, every odd one; `claims`: one key a row."""
        for name, unfit in self._unfit.items():
            if unfit and not unfit.keys().isdisjoint(cells[name]):
                for row, claim, text in zip(rows, claims, cells[name], strict=True):
                    if text in unfit:
                        self.fault(row, unfit[text].expected, unfit[text].found, name=name, claim=claim)
        key = self.table.key
        for row, claim, written in zip(rows, claims, cells[key], strict=True):
            if written is None or not written.strip():
                self.fault(row, self.table.key_is, "none", name=key, kind="missing", claim=claim)
            self._fault_oddities(row, claim)

    def _fault_oddities(self, row: FlatRow, claim: int | None) -> None:
        for odd in row.oddities:
            self.fault(row, odd.expected, odd.found, name=odd.name, claim=claim)
