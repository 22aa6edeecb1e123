"""What hangs on a claim or a line: references, dates, notes, adjustments, and what has no table of its own."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from beamclaim.ingest.x12 import guide
from beamclaim.ingest.x12.batch import EMPTY, Batch
from beamclaim.ingest.x12.guide import LOOPS, SEGMENTS, packed
from beamclaim.ingest.x12.tokens import Cells, Flags, Ints
from beamclaim.ingest.x12.values import chosen, day_series, days, money

_REFERENCES = guide.loops("2010AA 2010AB 2010AC 2010BA 2010BB 2010CA 2300 2400")
_DATES = guide.loops("2300 2330B 2400 2430")
_NOTES = guide.loops("2300 2400")
_ADJUSTMENTS = guide.loops("2320 2430")


def among(batch: Batch, segment: str, loops: Flags) -> Ints:
    """The segments of an id in some loops, context included."""
    rows = batch.tokens.rows(SEGMENTS[segment])
    return rows[loops[batch.loops.loop[rows]]]


def references(batch: Batch) -> pl.DataFrame:
    """The references table."""
    rows = batch.fresh(among(batch, "REF", _REFERENCES))
    if not (len(rows) and batch.is_wanted("references")):
        return EMPTY["references"]
    columns = {
        "claim.key": batch.claim_key(rows),
        "line.key": batch.line_key(rows),
        **batch.place(rows),
        "reference.qualifier": batch.text(rows, 1, upper=True),
        "reference.value": batch.text(rows, 2),
    }
    return batch.frame("references", columns)


@dataclass(slots=True)
class Days:
    """The days of some cells: first and last (from 1970-01-01), and which rows hold both."""

    rows: Ints
    first: npt.NDArray[np.int32]
    last: npt.NDArray[np.int32]
    good: Flags

    @classmethod
    def read(cls, batch: Batch, kind: Cells, value: Cells) -> "Days":
        """A day (D8), a day with a time (DT) or a range (RD8); what is none of these is a fault."""
        tokens = batch.tokens
        code = tokens.code(kind)
        batch.qualified(kind, guide.DATE_FORMATS)
        d8, rd8, dt = (code == packed("D8")), (code == packed("RD8")), (code == packed("DT"))
        length = value.end - value.start
        filled = length > 0
        first, good = days(tokens, value.start, np.where(d8, value.end, np.minimum(value.start + 8, value.end)))
        second = np.minimum(value.start + 9, value.end)
        last, last_good = days(tokens, second, value.end)
        dash = tokens.buf[value.start + 8] == ord("-")
        ranged = rd8 & good & last_good & dash & (length == 17)
        timed = dt & good & ((length == 12) | (length == 14))
        single = d8 & good
        batch.refuse(value, filled & d8 & ~single, "a day, CCYYMMDD")
        batch.refuse(value, filled & rd8 & ~ranged, "two days, CCYYMMDD-CCYYMMDD")
        batch.refuse(value, filled & dt & ~timed, "a day and time, CCYYMMDDHHMM")
        backwards = ranged & (last < first)
        batch.refuse(
            value, backwards, "a range whose first day is not after its last", "a range that ends before it begins"
        )
        both = (single | ranged | timed) & ~backwards
        return cls(value.rows, first, np.where(rd8, last, first), both)

    def columns(self, pick: Ints | slice) -> tuple[pa.Array, pa.Array]:
        """First and last day at some positions; null at -1."""
        if isinstance(pick, slice):
            return day_series(self.first, self.good), day_series(self.last, self.good)
        if not len(self.rows):
            nothing = np.zeros(len(pick), np.int32)
            return day_series(nothing, nothing > 0), day_series(nothing, nothing > 0)
        good = (pick >= 0) & self.good[pick]
        return day_series(self.first[pick], good), day_series(self.last[pick], good)


def service_days(batch: Batch) -> tuple[Days, npt.NDArray[np.int32]]:
    """All DTP at claim and line level, and their qualifiers."""
    tokens = batch.tokens
    rows = among(batch, "DTP", _DATES)
    return Days.read(batch, tokens.element(rows, 2), tokens.element(rows, 3)), tokens.code(tokens.element(rows, 1))


def dates(batch: Batch, found: Days) -> pl.DataFrame:
    """The dates table."""
    rows = batch.fresh(found.rows)
    if not (len(rows) and batch.is_wanted("dates")):
        return EMPTY["dates"]
    first, last = found.columns(slice(None))
    columns = {
        "claim.key": batch.claim_key(rows),
        "line.key": batch.line_key(rows),
        **batch.place(rows),
        "date.qualifier": batch.text(rows, 1, upper=True),
        "date.format": batch.text(rows, 2, upper=True),
        "date.first_day": first,
        "date.last_day": last,
    }
    return batch.frame("dates", columns)


def notes(batch: Batch) -> pl.DataFrame:
    """The notes table: NTE, and PWK with its attachment control number."""
    parts = []
    for segment, number in (("NTE", 2), ("PWK", 6)):
        rows = batch.fresh(among(batch, segment, _NOTES))
        if not (len(rows) and batch.is_wanted("notes")):
            continue
        columns = {
            "claim.key": batch.claim_key(rows),
            "line.key": batch.line_key(rows),
            **batch.place(rows),
            "note.kind": chosen([segment], np.zeros(len(rows), np.int64)),
            "note.code": batch.text(rows, 1, upper=True),
            "note.text": batch.text(rows, number),
        }
        parts.append(batch.frame("notes", columns))
    return pl.concat(parts).sort("start") if parts else EMPTY["notes"]


def _paying(batch: Batch, rows: Ints) -> Ints:
    """For each row in a line, the SVD of its loop; -1 at claim level."""
    anchor = batch.loops.anchor[rows]
    return np.where(batch.tokens.ids[anchor] == SEGMENTS["SVD"], anchor, -1)


def adjustments(batch: Batch) -> pl.DataFrame:
    """The adjustments table: a row for each reason of a CAS (up to six)."""
    tokens = batch.tokens
    cas = batch.fresh(among(batch, "CAS", _ADJUSTMENTS))
    if not len(cas):
        return EMPTY["adjustments"]
    count = (tokens.separators[cas] + 1) // 3
    rows = np.repeat(cas, count)
    nth = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    reason, amount, quantity = (tokens.element(rows, 3 * nth + k) for k in (2, 3, 4))
    used = (reason.end > reason.start) | (amount.end > amount.start) | (quantity.end > quantity.start)
    rows, reason, amount, quantity = rows[used], reason.take(used), amount.take(used), quantity.take(used)
    cents, cents_ok = batch.amounts(amount)
    units, units_ok = batch.quantities(quantity)
    if not batch.is_wanted("adjustments"):
        return EMPTY["adjustments"]
    columns = {
        "claim.key": batch.claim_key(rows),
        "line.key": batch.line_key(rows),
        **batch.place(rows),
        "adjustment.payer": batch.text(_paying(batch, rows), 1, none=True),
        "adjustment.group": batch.text(rows, 1, upper=True),
        "adjustment.reason": batch.texts.column(reason, upper=True),
        "adjustment.amount": money(cents, cents_ok),
        "adjustment.quantity": money(units, units_ok, precision=15, scale=3),
    }
    return batch.frame("adjustments", columns)


def adjudications(batch: Batch) -> pl.DataFrame:
    """The adjudications table: SVD."""
    tokens = batch.tokens
    rows = batch.fresh(among(batch, "SVD", _ADJUSTMENTS))
    if not len(rows):
        return EMPTY["adjudications"]
    cents, cents_ok = batch.amounts(tokens.element(rows, 2))
    units, units_ok = batch.quantities(tokens.element(rows, 5))
    if not batch.is_wanted("adjudications"):
        return EMPTY["adjudications"]
    columns = {
        "claim.key": batch.claim_key(rows),
        "line.key": batch.line_key(rows),
        **batch.place(rows),
        "adjudication.payer": batch.text(rows, 1),
        "adjudication.paid": money(cents, cents_ok),
        "adjudication.code": batch.texts.column(tokens.component(tokens.element(rows, 3), 2), upper=True),
        "adjudication.units": money(units, units_ok, precision=15, scale=3),
    }
    return batch.frame("adjudications", columns)


def segments(batch: Batch, cut: int | None) -> pl.DataFrame:
    """The segments table: all that no other table holds. `cut` is a segment the file ends within."""
    tokens, loops = batch.tokens, batch.loops
    batch.fresh(tokens.rows(SEGMENTS["ISA"]))
    left = ~batch.covered & (loops.level != guide.SKIPPED)
    left[: batch.context] = False
    rows = np.flatnonzero(left)
    if not len(rows):
        return EMPTY["segments"]
    known = guide.KNOWN[loops.form[rows], loops.loop[rows], tokens.ids[rows]]
    for row in rows[~known].tolist():
        if row == cut:
            batch.fault("envelope", row, "a segment with its terminator", "a segment cut off")
        else:
            batch.fault("unknown_segment", row, "a segment the guide allows here", "another")
    if not batch.is_wanted("segments"):
        return EMPTY["segments"]
    name = Cells(rows, tokens.starts[rows], np.minimum(tokens.marks[tokens.first[rows]], tokens.ends[rows]), 0, 0)
    columns = {
        "claim.key": batch.claim_key(rows),
        **batch.place(rows),
        "segment.id": batch.texts.column(name, upper=True),
        "segment.loop": chosen(LOOPS, loops.loop[rows]),
        "segment.is_known": known,
    }
    return batch.frame("segments", columns)
