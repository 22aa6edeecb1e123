"""Interchanges as they passed → their table: one row an ISA, with its separators and the hash of its bytes."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from beamclaim.ingest.x12.cells import decoded
from beamclaim.ingest.x12.tokens import Delimiters
from beamclaim.model.tables import TABLES


@dataclass(slots=True)
class Interchange:
    """A row of the interchanges table in the making."""

    start: int
    end: int
    segment: int
    fields: list[bytes]
    delimiters: Delimiters
    digest: str = ""


def frame(rows: list[Interchange], file: int) -> pl.DataFrame:
    """The interchanges table."""
    out = []
    for row in rows:
        fields = [decoded(f).strip() for f in row.fields] + [""] * 17
        sent = _sent_on(fields[9])
        separators = row.delimiters
        marks = (separators.element, separators.component, separators.repetition, separators.terminator)
        head = (fields[6] or None, fields[8] or None, fields[13] or None, sent, fields[15] or None, row.digest)
        out.append((file, row.start, row.end, row.segment, *head, *(_decoded_mark(m) for m in marks)))
    return pl.DataFrame(out, schema=TABLES["interchanges"].schema, orient="row")


def _decoded_mark(mark: bytes) -> str | None:
    """A separator as text, line breaks included; null where the ISA has none."""
    return mark.decode("latin-1") or None


def _sent_on(text: str) -> date | None:
    """ISA09, YYMMDD of this century."""
    if len(text) != 6 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        return None
