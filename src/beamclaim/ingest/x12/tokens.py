"""Bytes of an X12 file as segments, elements and components: positions only, no values yet."""

import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from beamclaim.ingest.x12.segments import NUMBERS, PAIRS, SIX_BITS, number_of

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

PAD = 16  # free bytes before and after, so that sixteen may be read at any position
BLANK = b" \t\r\n\x00\x0b\x0c\x1a"
_ISA = re.compile(rb"ISA[^0-9A-Za-z\s]")
_ISA_SEPARATORS = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
ISA_ROOM = 256  # bytes enough to judge an ISA, also one with wrong field lengths


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The four separators of an interchange, each a single byte, as its ISA sets them."""

    element: bytes
    component: bytes
    repetition: bytes
    terminator: bytes


class Header(NamedTuple):
    """An ISA found: where, its separators, and whether its fields have their fixed length."""

    start: int
    delimiters: Delimiters | None
    is_exact: bool


def find_header(raw: bytes | bytearray, start: int) -> Header | None:
    """The next ISA at or after `start`; ``delimiters`` is None when it cannot be used."""
    at = raw.find(b"ISA", start)
    while at >= 0 and not _ISA.match(raw, at):
        at = raw.find(b"ISA", at + 1)
    if at < 0:
        return None
    element = raw[at + 3]
    if len(raw) >= at + 106 and all(raw[at + p] == element for p in _ISA_SEPARATORS):
        return Header(at, _usable(raw, at, element, at + 104), True)
    window = raw[at : at + ISA_ROOM]
    if not any(name in window for name in (b"GS", b"TA1", b"IEA")):
        return Header(at, None, False)
    place = at + 2
    for _ in range(16):
        place = raw.find(element, place + 1, at + ISA_ROOM)
        if place < 0:
            return Header(at, None, False)
    delimiters = _usable(raw, at, element, place + 1)
    following = bytes(raw[place + 3 : place + 32]).lstrip(BLANK)[:2]
    return Header(at, delimiters if following in {b"GS", b"TA", b"IE"} else None, False)


def _usable(raw: bytes | bytearray, at: int, element: int, component: int) -> Delimiters | None:
    """The separators, or None where two are equal or one is a letter or digit."""
    if component + 2 > len(raw):
        return None
    first = bytes([element])
    fields = bytes(raw[at:component]).split(first)
    repetition = fields[11][:1] if len(fields) > 11 else b""
    parts = (first, bytes(raw[component : component + 1]), bytes(raw[component + 1 : component + 2]))
    if len(set(parts)) < 3 or any(p.isalnum() for p in parts) or any(p >= b"\x80" for p in parts):
        return None
    return Delimiters(parts[0], parts[1], repetition, parts[2])


class Cells(NamedTuple):
    """Elements or components, one per row: ``rows`` are segment indices (-1: no such segment)."""

    rows: Ints
    start: Ints
    end: Ints
    element: int | Ints
    component: int

    def take(self, keep: Flags | Ints) -> "Cells":
        """Only some of the rows."""
        element = self.element if isinstance(self.element, int) else self.element[keep]
        return Cells(self.rows[keep], self.start[keep], self.end[keep], element, self.component)


class Piece(NamedTuple):
    """A run of whole segments: bytes, their offset in the file, the number of the first."""

    raw: bytes
    start: int
    number: int


class _Bounds:
    """The separators around the parts of some segments or composites, looked up once each.

    ``key`` is the array they were asked for by; ``places`` all separators, ``first`` the index of the
    one in front of part 1 and ``count`` how many parts there are, per row.
    """

    def __init__(self, key: Ints, places: Ints, first: Ints, count: Ints) -> None:
        self.key, self.count = key, count
        self.fewest, self.most = int(count.min()), int(count.max())
        self._places, self._first = places, first
        self._known: dict[int, Ints] = {}

    def _behind(self, number: int) -> Ints:
        """The separator behind part `number`; behind the last part where there are fewer."""
        places = self._known.get(number)
        if places is None:
            step = number if number <= self.fewest else np.minimum(number, self.count)
            places = self._known[number] = self._places[self._first + step]
        return places

    def between(self, number: int | Ints) -> tuple[Ints, Ints]:
        """Start and end of part `number`; an absent one is empty, behind the last."""
        if isinstance(number, int):
            end = self._behind(number)
            start = self._behind(number - 1) + 1
            return (start, end) if number <= self.fewest else (np.minimum(start, end), end)
        end = self._places[self._first + np.minimum(number, self.count)]
        return np.minimum(self._places[self._first + np.minimum(number - 1, self.count)] + 1, end), end


class Tokens:
    """The segments of some pieces of one file that share their separators.

    Positions are into ``raw`` (the pieces, one behind the other); ``at`` turns them into offsets
    in the file. Arrays have one entry a segment, blank segments left out.
    """

    def __init__(self, pieces: list[Piece], delimiters: Delimiters) -> None:
        self.delimiters = delimiters
        self.raw = b"".join([bytes(PAD), *(p.raw for p in pieces), bytes(PAD)])
        self.buf = np.frombuffer(self.raw, np.uint8)
        self._words = np.ndarray((len(self.raw) - 7,), "<u8", self.raw, 0, (1,))
        self._halves = np.ndarray((len(self.raw) - 1,), "<u2", self.raw, 0, (1,))
        self._pairs = np.ndarray((len(self.raw) - 15,), "V16", self.raw, 0, (1,))
        inner = self.buf[PAD:-PAD]
        component, terminator = delimiters.component[0], delimiters.terminator[0]
        # Separators of every kind; then those around elements, each with its place among the former.
        self._every = (
            np.flatnonzero((inner == delimiters.element[0]) | (inner == terminator) | (inner == component)) + PAD
        )
        kind = self.buf[self._every]
        self._place = np.flatnonzero(kind != component)
        marks = self._every[self._place]
        last = np.flatnonzero(kind[self._place] == terminator)
        self.marks = marks
        self.first = np.concatenate((np.zeros(1, np.int64), last[:-1] + 1)) if last.size else last
        self.separators = last - self.first
        self.ends = marks[last] if last.size else last
        self.starts = np.concatenate((np.full(1, PAD), self.ends[:-1] + 1)) if last.size else last
        self._after_terminator = self.starts
        self._trim()
        self.ids = self._read_ids()
        edges = np.cumsum([PAD, *(len(p.raw) for p in pieces)])
        sizes = np.diff(np.searchsorted(self.starts, edges))
        self.shift = np.repeat(np.array([p.start for p in pieces], np.int64) - edges[:-1], sizes)
        within_piece = np.arange(len(self.starts)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        self.numbers = np.repeat(np.array([p.number for p in pieces], np.int64), sizes) + within_piece
        self._sorted: tuple[Ints, Ints] | None = None  # segments by number, and where each number begins
        self._found: dict[int, _Bounds] = {}  # bounds of the rows and composites asked for lately
        self._odd: Ints | None = None

    def __len__(self) -> int:
        return len(self.starts)

    def _trim(self) -> None:
        """Leave out the blanks around segments, then the segments that were nothing else."""
        starts, ends = self.starts.copy(), self.ends
        for _ in range(4):
            blank = np.flatnonzero((self.buf[starts] <= 32) & (starts < ends))
            if not blank.size:
                break
            starts[blank] += 1
        else:
            for i in np.flatnonzero((self.buf[starts] <= 32) & (starts < ends)):
                whole = self.raw[starts[i] : ends[i]]
                starts[i] += len(whole) - len(whole.lstrip(BLANK))
        behind = self.buf[ends - 1]
        trailing = np.flatnonzero(((behind == 10) | (behind == 13)) & (ends > starts))
        self._is_trimmed = bool(trailing.size)
        if self._is_trimmed:
            ends = ends.copy()
            for i in trailing:
                ends[i] = starts[i] + len(self.raw[starts[i] : ends[i]].rstrip(b"\r\n"))
        keep = ends > starts
        if not keep.all():
            starts, ends = starts[keep], ends[keep]
            self.first, self.separators = self.first[keep], self.separators[keep]
            self._after_terminator = self._after_terminator[keep]
        self.starts, self.ends = starts, ends

    def _read_ids(self) -> npt.NDArray[np.uint8]:
        """Numbers of the segment ids; 0 for one no guide names."""
        if not len(self.starts):
            return np.zeros(0, np.uint8)
        length = np.minimum(self.marks[self.first], self.ends) - self.starts
        first = SIX_BITS[self.buf[self.starts]].astype(np.int32)
        second = SIX_BITS[self.buf[self.starts + 1]].astype(np.int32)
        third = np.where(length == 3, SIX_BITS[self.buf[self.starts + 2]], 0)
        code = (first << 12) | (second << 6) | third
        return np.where((length == 2) | (length == 3), NUMBERS[code], 0).astype(np.uint8)

    def keep(self, count: int) -> None:
        """Keep the first `count` segments only."""
        for name in ("starts", "ends", "first", "separators", "ids", "shift", "numbers", "_after_terminator"):
            setattr(self, name, getattr(self, name)[:count])
        self._sorted = None
        self._found.clear()

    def words(self, at: Ints) -> npt.NDArray[np.uint64]:
        """The eight bytes at each position, first byte lowest."""
        words: npt.NDArray[np.uint64] = self._words[at]
        return words

    def pairs(self, at: Ints) -> npt.NDArray[np.uint64]:
        """The sixteen bytes at each position as two words, shape (rows, 2)."""
        return self._pairs[at].view("<u8").reshape(len(at), 2)

    @property
    def odd(self) -> Ints:
        """Positions inside segments of bytes that are not printable ASCII."""
        if self._odd is None:
            odd = (self.buf >= 127) | (self.buf < 32)
            odd[:PAD] = odd[-PAD:] = False
            odd[self.marks] = False
            between = self.starts - self._after_terminator
            for gap in (1, 2):
                odd[self._after_terminator[between >= gap] + gap - 1] = False
            places = np.flatnonzero(odd)
            owner = np.searchsorted(self.starts, places, "right") - 1
            self._odd = places[(owner >= 0) & (places < self.ends[owner])]
        return self._odd

    def rows(self, name: str) -> Ints:
        """Indices of the segments with this id."""
        if self._sorted is None:
            order = np.argsort(self.ids, kind="stable")
            self._sorted = (
                order,
                np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(self.ids, minlength=256)))),
            )
        order, edges = self._sorted
        at = number_of(name)
        return order[edges[at] : edges[at + 1]]

    def element(self, rows: Ints, number: int | Ints) -> Cells:
        """Element `number` (from 1) of each row; an absent one is empty, at the segment's end.

        The arrays may be shared with other cells: they are not to be written to.
        """
        if not len(self.starts) or not len(rows):
            nothing = np.zeros(len(rows), np.int64)
            return Cells(rows, nothing, nothing, number, 0)
        bounds = self._found.get(id(rows))
        if bounds is None or bounds.key is not rows:
            bounds = self._remember(_Bounds(rows, self.marks, self.first[rows], self.separators[rows]))
        start, end = bounds.between(number)
        if self._is_trimmed:
            stop = self.ends[rows]
            start, end = np.minimum(start, stop), np.minimum(end, stop)
        if rows.min() < 0:
            absent = rows < 0
            start, end = np.where(absent, 0, start), np.where(absent, 0, end)
        return Cells(rows, start, end, number, 0)

    def component(self, cells: Cells, number: int) -> Cells:
        """Component `number` (from 1) of each composite element; an absent one is empty, at its end."""
        if not len(cells.rows):
            return Cells(cells.rows, cells.start, cells.end, cells.element, number)
        bounds = self._found.get(id(cells.end))
        if bounds is None or bounds.key is not cells.end:
            mark = np.minimum(self.first[cells.rows] + np.subtract(cells.element, 1), len(self.marks) - 2)
            place = self._place[mark]
            parts = np.where(cells.start == cells.end, 0, self._place[mark + 1] - place)
            bounds = self._remember(_Bounds(cells.end, self._every, place, parts))
        if number > bounds.most:
            return Cells(cells.rows, cells.end, cells.end, cells.element, number)
        start, end = bounds.between(number)
        if number > bounds.fewest or self._is_trimmed:
            absent = bounds.count < number
            end = np.minimum(np.where(absent, cells.end, end), cells.end)
            start = np.where(absent, end, np.minimum(start, end))
        return Cells(cells.rows, start, end, cells.element, number)

    def _remember(self, bounds: "_Bounds") -> "_Bounds":
        if len(self._found) > 12:
            self._found.clear()
        self._found[id(bounds.key)] = bounds
        return bounds

    def code(self, cells: Cells) -> npt.NDArray[np.int32]:
        """Values of one to three characters as 18 bits (see `segments.packed`); 0 empty, -1 anything else."""
        length = cells.end - cells.start
        out = np.zeros(len(length), np.int32)
        longest = int(length.max()) if len(length) else 0
        if longest == 2 and int(length.min()) == 2:
            both: npt.NDArray[np.int32] = PAIRS[self._halves[cells.start]]
            return both
        for i, bits in enumerate((12, 6, 0)[:longest]):
            bits_of_byte = SIX_BITS[self.buf[cells.start + i]].astype(np.int32) << bits
            out |= np.where(length > i, bits_of_byte, 0)
        out[length > 3] = -1
        return out

    def value(self, start: int, end: int) -> bytes:
        """The bytes of one value."""
        return self.raw[start:end]
