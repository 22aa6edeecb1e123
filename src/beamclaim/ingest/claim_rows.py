"""The rows of a claims table, from CSV or from JSON lines: one form, every cell a text that knows its place."""

import json
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import chain
from typing import Any, NamedTuple, NoReturn

from beamclaim.errors import InputError
from beamclaim.ingest import csv_rows, values
from beamclaim.ingest.json_tree import Number, Tree, shown
from beamclaim.model.value_sets import CLAIM_FREQUENCIES, PAYER_LINES, PAYER_SEQUENCES, SETTINGS

COLUMNS = {
    "claim": values.plain,
    "payer": values.plain,
    "payer_name": values.plain,
    "payer_line": values.one_of(PAYER_LINES),
    "setting": values.one_of(SETTINGS),
    "patient": values.plain,
    "birth_date": values.day,
    "sex": values.sex,
    "diagnoses": values.each(values.diagnosis),
    "line": values.ordinal,
    "date": values.day,
    "code": values.code,
    "modifiers": values.each(values.modifier),
    "units": values.units,
    "charge": values.money,
    "place_of_service": values.place_of_service,
    "revenue_code": values.revenue_code,
    "rendering_npi": values.npi,
    "billing_npi": values.npi,
    "authorization": values.plain,
    "frequency": values.one_of(CLAIM_FREQUENCIES),
    "submitted_on": values.day,
    "pointers": values.each(values.pointer),
    "date_to": values.day,
    "bill_type": values.bill_type,
    "payer_sequence": values.one_of(PAYER_SEQUENCES),
    "condition_codes": values.each(values.condition),
    "original_claim": values.plain,
    "mac": values.plain,
}
"""The columns of a claims table and how a cell of each is read."""

_LISTS = frozenset({"diagnoses", "modifiers", "pointers", "condition_codes"})


class Oddity(NamedTuple):
    """What is wrong with a row, or with one cell of it, before any value is read."""

    expected: str
    found: str
    name: str | None = None


class ClaimRow(NamedTuple):
    """A row: its number in the file (from 1), its bytes `[start, end)`, its cells in the order of the columns given.

    A cell is None where the source has none. No cells at all: nothing in the row can be trusted.
    """

    number: int
    start: int
    end: int
    raw: bytes
    cells: Sequence[str | None]
    oddities: tuple[Oddity, ...] = ()


def read_header(rows: Iterator[csv_rows.Row]) -> list[str]:
    """The column names of the first CSV row that is not blank.

    Raises InputError when they are not those of a claims table.
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
        raise InputError("no header row; the first row must name the columns, claim among them")
    if len(names) == 1:
        for sign, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if sign in names[0]:
                raise InputError(f"row {row.number}: {word} between the cells; save the table with commas")
    for place, name in enumerate(names, 1):
        if name not in COLUMNS:
            _refuse_name(f"row {row.number}: column {place}, {shown(name)}, is", name)
        if name in names[: place - 1]:
            raise InputError(f"row {row.number}: the column {name} stands twice (again as column {place}); keep one")
    if "claim" not in names:
        raise InputError(f"row {row.number}: the column claim is missing; it says which rows are one claim")
    return names


def _refuse_name(place: str, name: str) -> NoReturn:
    near = get_close_matches(name.lower(), COLUMNS, 1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise InputError(f"{place} not known; {hint}rename or remove it (known: {', '.join(COLUMNS)})")


def from_csv(rows: Iterator[csv_rows.Row], header: list[str]) -> Iterator[ClaimRow]:
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
        elif row.cells[:width] == header:
            odd = Oddity("a service line", "the header once more")
            cells = []
        elif len(row.cells) < width or any(row.cells[width:]):
            odd = Oddity(f"{width} cells, and quotes around a cell with a comma in it", f"{len(row.cells)} cells")
        # With cells too many nobody can tell which is the one too many: none can be trusted.
        if any(row.cells[width:]) or not any(cells):
            cells = []
        yield ClaimRow(row.number, row.start, row.end, row.raw, cells, (odd,) if odd else ())


def from_json(blocks: Iterable[bytes]) -> Iterator[ClaimRow]:
    """The JSON lines, cells in the order of COLUMNS; raises InputError at a key that is not known."""
    for line in _json_lines(blocks):
        said: Any = None
        trouble = line.trouble
        if not trouble:
            try:
                said = _JSON.decode(line.raw.decode())
                if b"\\u" in line.raw:
                    json.dumps(said, ensure_ascii=False).encode()  # fails on half of a surrogate pair
                trouble = "" if isinstance(said, dict) else "a JSON value that is no object"
            except _Refused as refused:
                trouble = str(refused)
            except (ValueError, RecursionError):
                trouble = "text that is not JSON"
        if trouble:
            odd = Oddity("one JSON object with the keys of a claims table", trouble)
            yield ClaimRow(line.number, line.start, line.end, line.raw, (), (odd,))
            continue
        for name in said:
            if name not in COLUMNS:
                _refuse_name(f"line {line.number}: the key {shown(name)} is", name)
        said.setdefault("pointers", "")
        cells = {name: _cell(name, said.get(name)) for name in COLUMNS}
        oddities = tuple(cell for cell in cells.values() if isinstance(cell, Oddity))
        texts = [None if isinstance(cell, Oddity) else cell for cell in cells.values()]
        yield ClaimRow(line.number, line.start, line.end, line.raw, texts, oddities)


def locate_key(row_bytes: bytes, base: int, name: str) -> tuple[int, int] | None:
    """Where the value of a key stands in a JSON line, as byte offsets in the file; the quotes of a text left out."""
    node = next(iter(Tree(row_bytes)))
    if not isinstance(node.value, dict) or name not in node.value:
        return None
    value = node.value[name]
    inset = 1 if value.kind == "a text" else 0
    return base + value.start + inset, base + value.end - inset


def _json_lines(blocks: Iterable[bytes]) -> Iterator[csv_rows.Row]:
    """The lines that are not blank, without their ends."""
    held, base, number, is_skipping = b"", 0, 0, False
    for block in chain(blocks, (b"",)):
        data = held + block
        at = 0
        while at < len(data):
            mark = data.find(b"\n", at)
            if mark < 0 and block:
                if len(data) - at > csv_rows.LONGEST_ROW and not is_skipping:
                    number += 1
                    trouble = f"a line longer than {csv_rows.LONGEST_ROW} bytes"
                    yield csv_rows.Row(number, base + at, base + len(data), b"", [], trouble)
                    is_skipping = True
                if is_skipping:
                    at = len(data)
                break
            after = mark + 1 if mark >= 0 else len(data)
            if not is_skipping:
                number += 1
                start = at + len(csv_rows.BOM) if not base + at and data.startswith(csv_rows.BOM) else at
                raw = data[start:after].rstrip()
                if raw:
                    yield csv_rows.Row(number, base + start, base + start + len(raw), raw, [])
            at, is_skipping = after, False
        held = data[at:]
        base += at


class _Refused(ValueError):
    """JSON that Python would take and we do not."""


def _no_constant(word: str) -> NoReturn:
    raise _Refused(f"{word}, which is no JSON number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) < len(pairs):
        raise _Refused("a key given twice")
    return said


_JSON = json.JSONDecoder(
    parse_int=Number, parse_float=Number, parse_constant=_no_constant, object_pairs_hook=_once
)  # fmt: skip


def _cell(name: str, value: Any) -> str | Oddity | None:
    """A JSON value as the text a CSV cell would hold."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and name in _LISTS and all(isinstance(v, str) for v in value):
        return ";".join(value)
    expected = "a list of texts, or a text" if name in _LISTS else "a text or a number"
    found = {bool: "true or false", list: "a list", dict: "an object"}.get(type(value), "another value")
    return Oddity(expected, found, name)
