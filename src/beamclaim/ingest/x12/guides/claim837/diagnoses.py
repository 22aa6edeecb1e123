"""HI composites: diagnoses in claim order, and the other health care codes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from beamclaim.ingest.x12.cells import matches, money, numbers, series
from beamclaim.ingest.x12.chunk import EMPTY, Chunk
from beamclaim.ingest.x12.dates import Days
from beamclaim.ingest.x12.faults import described
from beamclaim.ingest.x12.guides.claim837.details import among
from beamclaim.ingest.x12.guides.claim837.outline import (
    DIAGNOSES,
    HEALTH_CODES,
    ICD10,
    ORDERED_DIAGNOSES,
    OUTLINE,
    PRINCIPAL,
)
from beamclaim.ingest.x12.segments import packed
from beamclaim.ingest.x12.tokens import Cells, Flags, Ints

_CLAIM_LEVEL = OUTLINE.among_loops("2300")
_ICD10 = "an ICD-10-CM code: letter, digit, 1 to 5 more, no point"
_ICD9 = "an ICD-9-CM code without point"


@dataclass(slots=True)
class Health:
    """Every filled HI composite of a chunk: its place, its qualifier (18 bits), its claim."""

    cells: Cells
    qualifier: npt.NDArray[np.int32]
    claim: Ints

    @classmethod
    def read(cls, chunk: Chunk) -> "Health":
        """All HI of claims, in the order of the file."""
        tokens = chunk.tokens
        hi = chunk.fresh(among(chunk, "HI", _CLAIM_LEVEL))
        count = tokens.separators[hi]
        rows = np.repeat(hi, count)
        nth = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count) + 1
        cells = tokens.element(rows, nth)
        cells = cells.take(cells.end > cells.start)
        first = tokens.component(cells, 1)
        chunk.qualified(first, DIAGNOSES | HEALTH_CODES)
        return cls(cells, tokens.code(first), chunk.hierarchy.claim[cells.rows])

    def among(self, names: frozenset[str]) -> Flags:
        """Which composites have one of these qualifiers."""
        has_one: Flags = np.isin(self.qualifier, [packed(n) for n in names])
        return has_one


def diagnoses(chunk: Chunk, health: Health) -> tuple[pl.DataFrame, pa.Array]:
    """The diagnoses table, and for each claim of the chunk its ordered codes joined with ``;``."""
    tokens = chunk.tokens
    keep = health.among(DIAGNOSES)
    cells, claim = health.cells.take(keep), health.claim[keep]
    ordered = health.among(ORDERED_DIAGNOSES)[keep]
    principal = health.among(PRINCIPAL)[keep]
    code = tokens.component(cells, 2)
    modern = health.among(ICD10)[keep]
    text = _codes(chunk, code, modern)
    # Principal first, whatever the order of the segments; then as written.
    order = np.lexsort((np.arange(len(claim)), ~principal, claim))
    position = np.zeros(len(claim), np.int64)
    inside = ordered[order]
    running = np.cumsum(inside)
    begin = np.concatenate((np.ones(1, np.bool_), claim[order][1:] != claim[order][:-1]))[: len(claim)]
    before: Ints = (running - inside)[begin]
    position[order] = running - np.repeat(before, np.diff(np.append(np.flatnonzero(begin), len(claim))))
    shift = tokens.shift[cells.rows]
    columns = {
        "claim.key": chunk.claim_key(cells.rows),
        **chunk.place_at(cells.rows, cells.start + shift, cells.end + shift),
        "diagnosis.position": numbers(position, ordered & (position < 1 << 16), pa.uint16()),
        "diagnosis.qualifier": chunk.texts.column(tokens.component(cells, 1), upper=True),
        "diagnosis.code": text,
        "diagnosis.present_on_admission": chunk.texts.column(tokens.component(cells, 9), none=True, upper=True),
    }
    pick = order[inside]
    frame = chunk.frame("diagnoses", columns) if len(claim) else EMPTY["diagnoses"]
    return frame, joined(series(text).gather(pick), claim[pick], len(chunk.hierarchy.claims))


def _codes(chunk: Chunk, code: Cells, modern: Flags) -> pa.Array:
    """Diagnosis codes without point, null where they are not right; a point is a fault with its repair."""
    tokens = chunk.tokens
    filled = code.end > code.start
    good = filled & np.where(modern, matches(tokens, code, "A9XXXXX", 3), matches(tokens, code, "XXXXX", 3))
    wrong = np.flatnonzero(filled & ~good)
    repaired: dict[int, str] = {}
    for i in wrong.tolist():
        raw = tokens.value(int(code.start[i]), int(code.end[i]))
        bare = raw.replace(b".", b"", 1)
        is_code = raw[3:4] == b"." and bare.isalnum() and bare.isascii() and 3 < len(bare) <= 7
        is_code &= bare[:1].isalpha() and bare[1:2].isdigit() if modern[i] else len(bare) <= 5
        cell = (int(code.start[i]), int(code.end[i]))
        if is_code:
            repaired[i] = bare.decode().upper()
        shape = _ICD10 if modern[i] else _ICD9
        element = code.element if isinstance(code.element, int) else int(code.element[i])
        place = {"element": element, "component": 2}
        chunk.fault("element", int(code.rows[i]), shape, described(raw), **place, cell=cell, repair=repaired.get(i))
    good[list(repaired)] = True
    return chunk.texts.column(code, upper=True, present=good, instead=repaired)


def joined(text: pl.Series, owner: Ints, count: int) -> pa.Array:
    """Texts (sorted by owner, 0 to `count`) joined with ``;``: ``""`` none, null where one of them is null."""
    offsets = np.searchsorted(owner, np.arange(count + 1)).astype(np.int64)
    lists = pa.LargeListArray.from_arrays(pa.array(offsets), text.to_arrow())
    return series(lists).list.join(";", ignore_nulls=False).to_arrow()


def health_codes(chunk: Chunk, health: Health) -> pl.DataFrame:
    """The health_codes table."""
    tokens = chunk.tokens
    cells = health.cells.take(~health.among(DIAGNOSES))
    if not len(cells.rows):
        return EMPTY["health_codes"]
    days = Days.read(chunk, tokens.component(cells, 3), tokens.component(cells, 4))
    first, last = days.columns(slice(None))
    cents, good = chunk.amounts(tokens.component(cells, 5))
    if not chunk.is_wanted("health_codes"):
        return EMPTY["health_codes"]
    shift = tokens.shift[cells.rows]
    columns = {
        "claim.key": chunk.claim_key(cells.rows),
        **chunk.place_at(cells.rows, cells.start + shift, cells.end + shift),
        "health_code.qualifier": chunk.texts.column(tokens.component(cells, 1), upper=True),
        "health_code.code": chunk.texts.column(tokens.component(cells, 2), upper=True),
        "health_code.first_day": first,
        "health_code.last_day": last,
        "health_code.amount": money(cents, good),
    }
    return chunk.frame("health_codes", columns)


def conditions(chunk: Chunk, health: Health) -> pa.Array:
    """For each claim of the chunk, its condition codes joined with ``;``."""
    keep = health.among(frozenset({"BG"}))
    cells = health.cells.take(keep)
    text = chunk.texts.column(chunk.tokens.component(cells, 2), upper=True)
    return joined(series(text), health.claim[keep], len(chunk.hierarchy.claims))
