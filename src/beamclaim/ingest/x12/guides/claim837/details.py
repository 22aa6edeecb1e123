"""What hangs on a claim or a line: references, dates, notes, adjustments, and what has no table of its own."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from beamclaim.ingest.x12.adjustments import AdjustmentReasons
from beamclaim.ingest.x12.cells import chosen, money
from beamclaim.ingest.x12.chunk import EMPTY, Chunk
from beamclaim.ingest.x12.dates import Days
from beamclaim.ingest.x12.guides.claim837.outline import OUTLINE, PROFESSIONAL
from beamclaim.ingest.x12.segments import number_of, packed
from beamclaim.ingest.x12.tokens import Flags, Ints

_REFERENCES = OUTLINE.among_loops("2010AA 2010AB 2010AC 2010BA 2010BB 2010CA 2300 2400")
_DATES = OUTLINE.among_loops("2300 2330B 2400 2430")
_NOTES = OUTLINE.among_loops("2300 2400")
_ADJUSTMENTS = OUTLINE.among_loops("2320 2430")


def among(chunk: Chunk, segment: str, loops: Flags) -> Ints:
    """The segments of an id in some loops, context included."""
    rows = chunk.tokens.rows(segment)
    return rows[loops[chunk.hierarchy.loop[rows]]]


def references(chunk: Chunk) -> pl.DataFrame:
    """The references table."""
    rows = chunk.fresh(among(chunk, "REF", _REFERENCES))
    if not (len(rows) and chunk.is_wanted("references")):
        return EMPTY["references"]
    columns = {
        "claim.key": chunk.claim_key(rows),
        "line.key": chunk.line_key(rows),
        **chunk.place(rows),
        "reference.qualifier": chunk.text(rows, 1, upper=True),
        "reference.value": chunk.text(rows, 2),
    }
    return chunk.frame("references", columns)


def service_days(chunk: Chunk) -> tuple[Days, npt.NDArray[np.int32]]:
    """All DTP at claim and line level, and their qualifiers."""
    tokens = chunk.tokens
    rows = among(chunk, "DTP", _DATES)
    return Days.read(chunk, tokens.element(rows, 2), tokens.element(rows, 3)), tokens.code(tokens.element(rows, 1))


def dates(chunk: Chunk, days: Days) -> pl.DataFrame:
    """The dates table."""
    rows = chunk.fresh(days.rows)
    if not (len(rows) and chunk.is_wanted("dates")):
        return EMPTY["dates"]
    first, last = days.columns(slice(None))
    columns = {
        "claim.key": chunk.claim_key(rows),
        "line.key": chunk.line_key(rows),
        **chunk.place(rows),
        "date.qualifier": chunk.text(rows, 1, upper=True),
        "date.format": chunk.text(rows, 2, upper=True),
        "date.first_day": first,
        "date.last_day": last,
    }
    return chunk.frame("dates", columns)


def notes(chunk: Chunk) -> pl.DataFrame:
    """The notes table: NTE, and PWK with its attachment control number."""
    parts = []
    for segment, number in (("NTE", 2), ("PWK", 6)):
        rows = chunk.fresh(among(chunk, segment, _NOTES))
        if not (len(rows) and chunk.is_wanted("notes")):
            continue
        columns = {
            "claim.key": chunk.claim_key(rows),
            "line.key": chunk.line_key(rows),
            **chunk.place(rows),
            "note.kind": chosen([segment], np.zeros(len(rows), np.int64)),
            "note.code": chunk.text(rows, 1, upper=True),
            "note.text": chunk.text(rows, number),
        }
        parts.append(chunk.frame("notes", columns))
    return pl.concat(parts).sort("start") if parts else EMPTY["notes"]


def _paying(chunk: Chunk, rows: Ints) -> Ints:
    """For each row in a line, the SVD of its loop; -1 at claim level."""
    anchor = chunk.hierarchy.anchor[rows]
    return np.where(chunk.tokens.ids[anchor] == number_of("SVD"), anchor, -1)


def adjustments(chunk: Chunk) -> pl.DataFrame:
    """The adjustments table: a row for each reason of a CAS (up to six)."""
    reasons = AdjustmentReasons.read(chunk, chunk.fresh(among(chunk, "CAS", _ADJUSTMENTS)))
    rows = reasons.rows
    if not (len(rows) and chunk.is_wanted("adjustments")):
        return EMPTY["adjustments"]
    columns = {
        "claim.key": chunk.claim_key(rows),
        "line.key": chunk.line_key(rows),
        **chunk.place(rows),
        "adjustment.payer": chunk.text(_paying(chunk, rows), 1, none=True),
        **reasons.columns(chunk),
    }
    return chunk.frame("adjustments", columns)


def adjudications(chunk: Chunk) -> pl.DataFrame:
    """The adjudications table: SVD."""
    tokens = chunk.tokens
    rows = chunk.fresh(among(chunk, "SVD", _ADJUSTMENTS))
    if not len(rows):
        return EMPTY["adjudications"]
    cents, cents_ok = chunk.amounts(tokens.element(rows, 2))
    units, units_ok = chunk.quantities(tokens.element(rows, 5))
    if not chunk.is_wanted("adjudications"):
        return EMPTY["adjudications"]
    columns = {
        "claim.key": chunk.claim_key(rows),
        "line.key": chunk.line_key(rows),
        **chunk.place(rows),
        "adjudication.payer": chunk.text(rows, 1),
        "adjudication.paid": money(cents, cents_ok),
        "adjudication.code": chunk.texts.column(tokens.component(tokens.element(rows, 3), 2), upper=True),
        "adjudication.units": money(units, units_ok, precision=15, scale=3),
    }
    return chunk.frame("adjudications", columns)


def picked(values: Ints, index: Ints) -> Ints:
    """``values[index]``, -1 where the index is negative."""
    return np.where(index >= 0, values[np.maximum(index, 0)], -1) if len(values) else np.full(len(index), -1, np.int64)


@dataclass(slots=True)
class References:
    """REF segments at claim or line level: their qualifiers, and the claim or line (`owner`) of each."""

    rows: Ints
    code: npt.NDArray[np.int32]
    owner: Ints
    count: int

    @classmethod
    def read(cls, chunk: Chunk, loops: Flags, owner: Ints, count: int) -> "References":
        """Those of some loops; what REF04 gives to another payer is left out."""
        tokens = chunk.tokens
        rows = among(chunk, "REF", loops)
        fourth = tokens.element(rows, 4)
        rows = rows[fourth.end == fourth.start]
        return cls(rows, tokens.code(tokens.element(rows, 1)), owner[rows], count)

    def first(self, chunk: Chunk, name: str) -> Ints:
        """For each claim or line, its first REF of a qualifier; -1 none."""
        keep = self.code == packed(name)
        return chunk.hierarchy.first(self.owner[keep], self.rows[keep], self.count)


def lacks_by_form(chunk: Chunk, rows: Ints, missing: Flags, paths: tuple[str, str], expected: str) -> None:
    """A `missing` fault where the path differs between the professional and the institutional form."""
    professional = chunk.hierarchy.form[rows] == PROFESSIONAL
    chunk.lacks(rows, missing & professional, paths[0], expected)
    chunk.lacks(rows, missing & ~professional, paths[1], expected)
