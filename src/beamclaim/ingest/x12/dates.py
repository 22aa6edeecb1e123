"""Cells of a day, a moment or a range (D8, DT, RD8) → first and last day."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from beamclaim.ingest.x12.cells import day_series, days
from beamclaim.ingest.x12.chunk import Chunk
from beamclaim.ingest.x12.segments import packed
from beamclaim.ingest.x12.tokens import Cells, Flags, Ints

DATE_FORMATS = frozenset(["D8", "RD8", "DT", "TM"])


@dataclass(slots=True)
class Days:
    """The days of some cells: first and last (from 1970-01-01), and which rows hold both."""

    rows: Ints
    first: npt.NDArray[np.int32]
    last: npt.NDArray[np.int32]
    good: Flags

    @classmethod
    def read(cls, chunk: Chunk, kind: Cells, value: Cells) -> "Days":
        """A day (D8), a day with a time (DT) or a range (RD8); what is none of these is a fault."""
        tokens = chunk.tokens
        code = tokens.code(kind)
        chunk.qualified(kind, DATE_FORMATS)
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
        chunk.refuse(value, filled & d8 & ~single, "a day, CCYYMMDD")
        chunk.refuse(value, filled & rd8 & ~ranged, "two days, CCYYMMDD-CCYYMMDD")
        chunk.refuse(value, filled & dt & ~timed, "a day and time, CCYYMMDDHHMM")
        backwards = ranged & (last < first)
        chunk.refuse(
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
