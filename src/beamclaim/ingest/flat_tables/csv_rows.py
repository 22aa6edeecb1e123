"""CSV bytes → rows that know their place; nothing of a row is trusted that its quotes leave open.

Rows end with LF, CR LF or CR; a cell in double quotes may hold commas, newlines and doubled quotes.
The text is UTF-8 (a BOM is passed over); a row that is not is read as Latin-1, which cannot fail.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

LONGEST_CELL = 128 * 1024
LONGEST_ROW = 1024 * 1024
BOM = b"\xef\xbb\xbf"

_ENDS = re.compile(rb"\r\n|\n|\r")
# Possessive: a doubled quote must never be taken for the end of the cell when the rest is yet to come.
_QUOTED = re.compile(rb'"([^"]*+(?:""[^"]*+)*+)"')
_PLAIN = re.compile(rb"[^,\r\n]*")


class Row(NamedTuple):
    """A row: its number in the file (from 1), its bytes `[start, end)` and its cells; `trouble` says why it was cut."""

    number: int
    start: int
    end: int
    raw: bytes
    cells: list[str]
    trouble: str | None = None


def rows(blocks: Iterable[bytes]) -> Iterator[Row]:
    """The rows of a file given in blocks; a blank line counts as a row and is given with one empty cell."""
    rest, base, number, is_skipping = b"", 0, 0, False
    pending = iter(blocks)
    while True:
        block = next(pending, b"")
        is_last = not block
        data = rest + block
        if not base and not number and not is_last and len(data) < len(BOM):
            rest = data
            continue
        at = len(BOM) if not base and not number and data.startswith(BOM) else 0
        while at < len(data):
            if is_skipping:
                mark = _ENDS.search(data, at)
                if mark is None:
                    at = len(data)
                    break
                at, is_skipping = mark.end(), False
                continue
            row = _row(data, at, is_last)
            if row is None:
                if len(data) - at <= LONGEST_ROW:
                    break
                number += 1
                yield Row(number, base + at, base + len(data), b"", [], f"a row longer than {LONGEST_ROW} bytes")
                at, is_skipping = len(data), True
                break
            number += 1
            yield Row(number, base + at, base + row.end, data[at : row.end], _texts(data, at, row), row.trouble)
            at = row.after
        rest = data[at:]
        base += at
        if is_last:
            return


def locate_cell(row_bytes: bytes, base: int, header: list[str], column: str) -> tuple[int, int] | None:
    """Where the cell of a column stands, as byte offsets in the file (its quotes left out); None when the row lacks it.

    `row_bytes` is the row as it stands in the file and `base` the offset of its first byte.
    """
    row = _row(row_bytes, 0, True)
    if column not in header or row is None:
        return None
    spans = list(_split(row_bytes, 0, row.end)) if row.spans is None else row.spans
    place = header.index(column)
    if place >= len(spans):
        return None
    start, end = spans[place]
    return base + start, base + end


class _Cut(NamedTuple):
    """A row found in a buffer: its cells (None: split at every comma), its end, the start of the next, its trouble."""

    spans: list[tuple[int, int]] | None
    end: int
    after: int
    trouble: str | None = None


def _row(data: bytes, at: int, is_last: bool) -> _Cut | None:
    """The row at `at`; None when it may go on beyond `data`."""
    mark = _row_end(data, at, is_last)
    if mark is None:
        return None
    if data.find(b'"', at, mark[0]) < 0:
        return _Cut(None, *mark)
    return _quoted_row(data, at, is_last)


def _row_end(data: bytes, at: int, is_last: bool) -> tuple[int, int] | None:
    """The first end of line from `at`: its first byte and the one past it; None when it is not in `data`."""
    mark = _ENDS.search(data, at)
    if mark is None:
        return (len(data), len(data)) if is_last else None
    # A CR at the very end may be half of a CR LF.
    return None if not is_last and mark.end() == len(data) and mark.group() == b"\r" else mark.span()


def _quoted_row(data: bytes, at: int, is_last: bool) -> _Cut | None:
    """A row with a quote in it, cell by cell; a quote that does not close before a comma or an end of line cuts it."""
    spans: list[tuple[int, int]] = []
    while True:
        if data[at : at + 1] == b'"':
            cell = _QUOTED.match(data, at, at + LONGEST_CELL + 2)
            after = cell.end() if cell else len(data)
            if not is_last and after == len(data) and after - at < LONGEST_CELL + 2:
                return None
            if cell is None or data[after : after + 1] not in (b"", b",", b"\r", b"\n"):
                mark = _row_end(data, at, is_last)
                trouble = f"a quote in cell {len(spans) + 1} that is not closed as it should be"
                return None if mark is None else _Cut(spans, *mark, trouble)
            spans.append(cell.span(1))
        else:
            cell = _PLAIN.match(data, at)
            assert cell is not None  # it matches nothing too
            spans.append(cell.span())
            after = cell.end()
        if data[after : after + 1] == b",":
            at = after + 1
            continue
        mark = _row_end(data, after, is_last)
        return None if mark is None else _Cut(spans, *mark)


def _split(data: bytes, at: int, end: int) -> Iterator[tuple[int, int]]:
    for cell in data[at:end].split(b","):
        yield at, at + len(cell)
        at += len(cell) + 1


def _texts(data: bytes, at: int, row: _Cut) -> list[str]:
    raw = data[at : row.end]
    try:
        encoding = "utf-8"
        text = raw.decode()
    except UnicodeDecodeError:
        encoding = "latin-1"
        text = raw.decode(encoding)
    if row.spans is None:
        return text.split(",")
    cells = []
    for start, end in row.spans:
        cell = data[start:end].decode(encoding)
        cells.append(cell.replace('""', '"') if data[start - 1 : start] == b'"' else cell)
    return cells
