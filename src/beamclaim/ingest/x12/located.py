"""Bytes of claims, cut once, + a place of the guide → where that element stands in each of many loops.

One answer per loop: the first byte and the one past the last, -1 twice where the loop does not say it. Called by
`ingest/excerpts.py`, for the claims of a run that have a finding.
"""

import numpy as np
import numpy.typing as npt

from beamclaim.ingest.x12.places import Place
from beamclaim.ingest.x12.tokens import BLANK, Delimiters

Ints = npt.NDArray[np.int64]

_IS_BLANK = np.isin(np.arange(256), np.frombuffer(BLANK, np.uint8))
_IS_LINE_END = np.isin(np.arange(256), np.frombuffer(b"\r\n", np.uint8))
_UPPER = np.frombuffer(bytes(range(256)).upper(), np.uint8)
#: Blanks in front of a segment that are passed one by one; longer runs are cut off whole.
_FEW_BLANKS = 8


class LocatedSegments:
    """Some bytes of X12 files that share their separators, as segments and elements.

    Positions are into `raw`, in which the end of one loop and the beginning of the next are parted by a terminator.
    """

    def __init__(self, raw: bytes, delimiters: Delimiters) -> None:
        self._buffer = np.frombuffer(raw, np.uint8)
        (terminator,), (element,), (component,) = delimiters.terminator, delimiters.element, delimiters.component
        ends = np.append(np.flatnonzero(self._buffer == terminator), len(raw))
        starts = np.append(0, ends[:-1] + 1)
        self._starts, self._ends = self._trimmed(raw, starts, ends)
        self._elements = np.flatnonzero(self._buffer == element)
        self._components = np.flatnonzero(self._buffer == component)
        self._first = np.searchsorted(self._elements, self._starts)
        self._last = np.searchsorted(self._elements, self._ends)
        name_ends = self._ends.copy()
        has_elements = self._first < self._last
        name_ends[has_elements] = self._elements[self._first[has_elements]]
        self._names = self._packed(self._starts, name_ends)
        self._candidates: dict[Place, tuple[Ints, Ints]] = {}

    def _trimmed(self, raw: bytes, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
        """The segments without blanks in front and line ends behind, those that hold nothing left out."""
        starts, ends = starts.copy(), ends.copy()
        for _ in range(_FEW_BLANKS):
            blank = np.flatnonzero(starts < ends)
            blank = blank[_IS_BLANK[self._buffer[starts[blank]]]]
            if not blank.size:
                break
            starts[blank] += 1
        else:
            for i in np.flatnonzero(starts < ends):
                starts[i] = ends[i] - len(raw[starts[i] : ends[i]].lstrip(BLANK))
        kept = starts < ends
        starts, ends = starts[kept], ends[kept]
        for i in np.flatnonzero(_IS_LINE_END[self._buffer[ends - 1]]):
            ends[i] = starts[i] + len(raw[starts[i] : ends[i]].rstrip(b"\r\n"))
        kept = starts < ends
        return starts[kept], ends[kept]

    def _packed(self, starts: Ints, ends: Ints) -> Ints:
        """Words of one to three bytes as numbers, in capitals; 0 for any other."""
        lengths = ends - starts
        out = lengths << 24
        for i, shift in enumerate((16, 8, 0)):
            at = np.minimum(starts + i, max(len(self._buffer) - 1, 0))
            letters = _UPPER[self._buffer[at]].astype(np.int64) if len(self._buffer) else np.zeros(len(at), np.int64)
            out |= np.where(lengths > i, letters << shift, 0)
        return np.where((lengths > 0) & (lengths <= 3), out, 0)

    def first_of(self, starts: Ints) -> Ints:
        """The number of the segment that each loop begins with, for `find`."""
        return np.searchsorted(self._starts, starts)

    def _of_place(self, wanted: Place) -> tuple[Ints, Ints]:
        """The segments that may say it, and those that end the part to look in: worked out once a place."""
        if wanted not in self._candidates:
            candidates = np.flatnonzero(self._names == _number(wanted.segment))
            if wanted.qualifier is not None:
                element, values = wanted.qualifier
                begin, end = self._element(candidates, element)
                begin, end = self._component(begin, end, 1)
                meant = np.isin(self._packed(begin, end), [_number(value) for value in values]) & (begin >= 0)
                candidates = candidates[meant]
            ends = [_number(name) for name in wanted.until if name != wanted.segment]
            barrier = np.flatnonzero(np.isin(self._names, ends)) if ends else np.zeros(0, np.int64)
            self._candidates[wanted] = (candidates, barrier)
        return self._candidates[wanted]

    def find(self, wanted: Place, first: Ints, stops: Ints) -> tuple[Ints, Ints]:
        """Where the element stands in the loops from segment `first` to before `stops`, as (first byte, past the last).

        It is that of the first segment of its name and qualifier, before a segment that ends the part to look in.
        """
        candidates, barrier = self._of_place(wanted)
        # The segment a loop begins with ends nothing.
        ahead = _next(barrier, np.searchsorted(barrier, first + 1), len(self._starts))
        chosen = _next(candidates, np.searchsorted(candidates, first), len(self._starts))
        segment = np.minimum(chosen, max(len(self._starts) - 1, 0))
        is_there = chosen < ahead
        if len(self._starts):
            is_there &= self._starts[segment] < stops
        begin, end = np.full(len(first), -1, np.int64), np.full(len(first), -1, np.int64)
        rows = np.flatnonzero(is_there)
        begin[rows], end[rows] = self._value(segment[rows], wanted)
        return begin, end

    def _value(self, segments: Ints, wanted: Place) -> tuple[Ints, Ints]:
        """The element of these segments, or its components from the first to the last wanted."""
        begin, end = self._element(segments, wanted.element)
        if not wanted.component:
            return begin, end
        start, stop = self._component(begin, end, wanted.component)
        for component in range(wanted.component + 1, wanted.last + 1):
            _, more = self._component(begin, end, component)
            stop = np.where((more >= 0) & (start >= 0), more, stop)
        return start, stop

    def _element(self, segments: Ints, number: int) -> tuple[Ints, Ints]:
        """Element `number` (from 1) of these segments; -1 where there are fewer."""
        at, last = self._first[segments] + number - 1, self._last[segments]
        is_there = at < last
        end = self._ends[segments].copy()
        more = np.flatnonzero(at + 1 < last)
        end[more] = self._elements[at[more] + 1]
        begin = np.full(len(segments), -1, np.int64)
        begin[is_there] = self._elements[at[is_there]] + 1
        end[~is_there] = -1
        return begin, end

    def _component(self, begin: Ints, end: Ints, number: int) -> tuple[Ints, Ints]:
        """Component `number` (from 1) of these elements; -1 where there are fewer, or no element."""
        first = np.searchsorted(self._components, begin)
        last = np.searchsorted(self._components, end)
        is_there = (begin >= 0) & (number <= last - first + 1)
        starts, stops = begin.copy(), end.copy()
        if number > 1:
            rows = np.flatnonzero(is_there)
            starts[rows] = self._components[first[rows] + number - 2] + 1
        inner = np.flatnonzero(is_there & (number <= last - first))
        stops[inner] = self._components[first[inner] + number - 1]
        starts[~is_there] = stops[~is_there] = -1
        return starts, stops


def _number(word: str) -> int:
    """A word of one to three letters as `LocatedSegments` packs it."""
    letters = word.upper().encode("ascii")
    return len(letters) << 24 | int.from_bytes(letters.ljust(3, b"\0"), "big")


def _next(places: Ints, at: Ints, none: int) -> Ints:
    """The places at these numbers; `none` behind the last."""
    return np.append(places, none)[at]
