"""What the reader could not accept: one row each, found described as a class, never as the value."""

from typing import NamedTuple

import polars as pl

from beamclaim.model.tables import FAULTS, TABLES


class SegmentFault(NamedTuple):
    """A row of the faults table: offsets in the file, the claim and line it stands in."""

    claim: int | None
    line: int | None
    start: int
    end: int
    segment: int
    kind: str
    path: str
    expected: str
    found: str
    repair: str | None = None


def frame(faults: list[SegmentFault], file: int) -> pl.DataFrame:
    """Faults as their table, in the order of the file."""
    if not faults:
        return FAULTS.empty()
    rows = sorted(faults, key=lambda f: (f.start, f.end, f.kind, f.path))
    return pl.DataFrame([(f.claim, f.line, file, *f[2:]) for f in rows], schema=TABLES["faults"].schema, orient="row")


def described(raw: bytes) -> str:
    """A value as a class: its length and the first character that is not a digit."""
    if not raw:
        return "nothing"
    size = "1 character" if len(raw) == 1 else f"{len(raw)} characters"
    for place, byte in enumerate(raw, start=1):
        if 48 <= byte < 58:
            continue
        return f"{size}, {_kind(byte)} in place {place}"
    return f"{size}, all digits"


def _kind(byte: int) -> str:
    char = chr(byte)
    if byte >= 128:
        return "byte outside ASCII"
    if char.isalpha():
        return "letter"
    if char == " ":
        return "blank"
    if byte < 32 or byte == 127:
        return "control character"
    return {".": "point", ",": "comma", "-": "minus sign", "+": "plus sign"}.get(char, "sign")
