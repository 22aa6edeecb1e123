"""JSON lines → rows as a CSV file would give them: one object a line, lists as texts with `;`, every line with its place."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NoReturn

from beamclaim.ingest.flat_tables import csv_rows
from beamclaim.ingest.flat_tables.declaration import FlatColumn, FlatTable
from beamclaim.ingest.flat_tables.rows import FlatRow, Oddity, refuse_name
from beamclaim.ingest.json_tree import Number, Tree, shown


def from_json(blocks: Iterable[bytes], table: FlatTable) -> Iterator[FlatRow]:
    """The JSON lines, cells in the order of the table's columns; raises InputError at a key that is not known."""
    for line in _json_lines(blocks):
        members: Any = None
        trouble = line.trouble
        if not trouble:
            try:
                members = _JSON.decode(line.raw.decode())
                if b"\\u" in line.raw:
                    json.dumps(members, ensure_ascii=False).encode()  # fails on half of a surrogate pair
                trouble = "" if isinstance(members, dict) else "a JSON value that is no object"
            except _Refused as refused:
                trouble = str(refused)
            except (ValueError, RecursionError):
                trouble = "text that is not JSON"
        if trouble:
            odd = Oddity(f"one JSON object with the keys of {table.name}", trouble)
            yield FlatRow(line.number, line.start, line.end, line.raw, (), (odd,))
            continue
        for name in members:
            if name not in table.by_name:
                refuse_name(f"line {line.number}: the key {shown(name)} is", name, table)
        cells = {c.name: _cell(c, members.get(c.name, c.absent)) for c in table.columns}
        oddities = tuple(cell for cell in cells.values() if isinstance(cell, Oddity))
        texts = [None if isinstance(cell, Oddity) else cell for cell in cells.values()]
        yield FlatRow(line.number, line.start, line.end, line.raw, texts, oddities)


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
    rest, base, number, is_skipping = b"", 0, 0, False
    for block in chain(blocks, (b"",)):
        data = rest + block
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
        rest = data[at:]
        base += at


class _Refused(ValueError):
    """JSON that Python would take and we do not."""


def _no_constant(word: str) -> NoReturn:
    raise _Refused(f"{word}, which is no JSON number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _Refused("a key given twice")
    return members


_JSON = json.JSONDecoder(
    parse_int=Number, parse_float=Number, parse_constant=_no_constant, object_pairs_hook=_once
)  # fmt: skip


def _cell(column: FlatColumn, value: Any) -> str | Oddity | None:
    """A JSON value as the text a CSV cell would hold."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and column.is_list and all(isinstance(v, str) for v in value):
        return ";".join(value)
    expected = "a list of texts, or a text" if column.is_list else "a text or a number"
    found = {bool: "true or false", list: "a list", dict: "an object"}.get(type(value), "another value")
    return Oddity(expected, found, column.name)
