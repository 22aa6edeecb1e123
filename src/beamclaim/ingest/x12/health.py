"""HI composites: diagnoses in claim order, and the other health care codes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from beamclaim.ingest.x12 import guide
from beamclaim.ingest.x12.batch import EMPTY, Batch
from beamclaim.ingest.x12.details import Days, among
from beamclaim.ingest.x12.faults import described
from beamclaim.ingest.x12.guide import packed
from beamclaim.ingest.x12.tokens import Cells, Flags, Ints
from beamclaim.ingest.x12.values import matches, money, numbers, series

_CLAIM_LEVEL = guide.loops("2300")
_ICD10 = "an ICD-10-CM code: letter, digit, 1 to 5 more, no point"
_ICD9 = "an ICD-9-CM code without point"


@dataclass(slots=True)
class Health:
    """Every filled HI composite of a batch: its place, its qualifier (18 bits), its claim."""

    cells: Cells
    qualifier: npt.NDArray[np.int32]
    claim: Ints

    @classmethod
    def read(cls, batch: Batch) -> "Health":
        """All HI of claims, in the order of the file."""
        tokens = batch.tokens
        hi = batch.fresh(among(batch, "HI", _CLAIM_LEVEL))
        count = tokens.separators[hi]
        rows = np.repeat(hi, count)
        nth = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count) + 1
        cells = tokens.element(rows, nth)
        cells = cells.take(cells.end > cells.start)
        first = tokens.component(cells, 1)
        batch.qualified(first, guide.DIAGNOSES | guide.HEALTH_CODES)
        return cls(cells, tokens.code(first), batch.loops.claim[cells.rows])

    def among(self, names: frozenset[str]) -> Flags:
        """Which composites have one of these qualifiers."""
        found: Flags = np.isin(self.qualifier, [packed(n) for n in names])
        return found


def diagnoses(batch: Batch, health: Health) -> tuple[pl.DataFrame, pa.Array]:
    """The diagnoses table, and for each claim of the batch its ordered codes joined with ``;``."""
    tokens = batch.tokens
    keep = health.among(guide.DIAGNOSES)
    cells, claim = health.cells.take(keep), health.claim[keep]
    ordered = health.among(guide.ORDERED_DIAGNOSES)[keep]
    principal = health.among(guide.PRINCIPAL)[keep]
    code = tokens.component(cells, 2)
    modern = health.among(guide.ICD10)[keep]
    text = _codes(batch, code, modern)
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
        "claim.key": batch.claim_key(cells.rows),
        **batch.place_at(cells.rows, cells.start + shift, cells.end + shift),
        "diagnosis.position": numbers(position, ordered & (position < 1 << 16), pa.uint16()),
        "diagnosis.qualifier": batch.texts.column(tokens.component(cells, 1), upper=True),
        "diagnosis.code": text,
        "diagnosis.present_on_admission": batch.texts.column(tokens.component(cells, 9), none=True, upper=True),
    }
    pick = order[inside]
    frame = batch.frame("diagnoses", columns) if len(claim) else EMPTY["diagnoses"]
    return frame, joined(series(text).gather(pick), claim[pick], len(batch.loops.claims))


def _codes(batch: Batch, code: Cells, modern: Flags) -> pa.Array:
    """Diagnosis codes without point, null where they are not right; a point is a fault with its repair."""
    tokens = batch.tokens
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
        batch.fault("element", int(code.rows[i]), shape, described(raw), **place, cell=cell, repair=repaired.get(i))
    good[list(repaired)] = True
    return batch.texts.column(code, upper=True, present=good, instead=repaired)


def joined(text: pl.Series, owner: Ints, count: int) -> pa.Array:
    """Texts (sorted by owner, 0 to `count`) joined with ``;``: ``""`` none, null where one of them is null."""
    offsets = np.searchsorted(owner, np.arange(count + 1)).astype(np.int64)
    lists = pa.LargeListArray.from_arrays(pa.array(offsets), text.to_arrow())
    return series(lists).list.join(";", ignore_nulls=False).to_arrow()


def health_codes(batch: Batch, health: Health) -> pl.DataFrame:
    """The health_codes table."""
    tokens = batch.tokens
    cells = health.cells.take(~health.among(guide.DIAGNOSES))
    if not len(cells.rows):
        return EMPTY["health_codes"]
    found = Days.read(batch, tokens.component(cells, 3), tokens.component(cells, 4))
    first, last = found.columns(slice(None))
    cents, good = batch.amounts(tokens.component(cells, 5))
    if not batch.is_wanted("health_codes"):
        return EMPTY["health_codes"]
    shift = tokens.shift[cells.rows]
    columns = {
        "claim.key": batch.claim_key(cells.rows),
        **batch.place_at(cells.rows, cells.start + shift, cells.end + shift),
        "health_code.qualifier": batch.texts.column(tokens.component(cells, 1), upper=True),
        "health_code.code": batch.texts.column(tokens.component(cells, 2), upper=True),
        "health_code.first_day": first,
        "health_code.last_day": last,
        "health_code.amount": money(cents, good),
    }
    return batch.frame("health_codes", columns)


def conditions(batch: Batch, health: Health) -> pa.Array:
    """For each claim of the batch, its condition codes joined with ``;``."""
    keep = health.among(frozenset({"BG"}))
    cells = health.cells.take(keep)
    text = batch.texts.column(batch.tokens.component(cells, 2), upper=True)
    return joined(series(text), health.claim[keep], len(batch.loops.claims))
