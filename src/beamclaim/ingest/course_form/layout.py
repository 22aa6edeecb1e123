"""Bytes of a course file → where its courses stand, and the objects of their lists, found by the signs around them.

Braces, brackets, colons and quotes are looked up in a quarter of a megabyte at a time; what stands between quotes is passed over. No
value is read and nothing is checked but the frame around the courses: whether a course is JSON at all is for its decoder.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beamclaim.ingest.json_tree import BOM

Offsets = NDArray[np.int64]

BLOCK_BYTES = 1 << 18
_BACKSLASH = 92
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_QUOTE, _COLON, _BRACE, _BRACKET, _BRACE_END = (ord(sign) for sign in '":{[}')
_SIGN = bytes(sign in b'":{}[]' for sign in range(256))
_FRAME = re.compile(rb"(?:\x01|\[(?:\x01(?:,\x01)*)?\])*")
"""Courses one after the other, or in lists; a course is written as 1."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of the courses and of the objects two levels below them, as byte offsets `[start, end)` in order."""

    starts: Offsets
    ends: Offsets
    keys: Offsets
    """So many keys are written in each course."""
    object_starts: Offsets
    object_ends: Offsets
    first_object: Offsets
    """Course n holds the objects `first_object[n]` to `first_object[n + 1]`."""
    depths: Offsets
    """How many levels deep each course stands: 1, or 2 in a list."""
    newlines: Offsets

    @property
    def is_one(self) -> bool:
        """One course that stands in no list."""
        return self.depths.size == 1 and int(self.depths[0]) == 1

    def lines(self, starts: Offsets) -> Offsets:
        """The lines that bytes stand in, from 1."""
        return np.searchsorted(self.newlines, starts) + 1


def layout(data: bytes) -> Layout | None:
    """Where the courses stand; None where there is none, or anything else than courses one after the other or in lists."""
    signs = _signs(data)
    step = (signs.sign & 2).astype(np.int64) - 1  # `{` and `[` have the bit, `}` and `]` do not
    depth = np.cumsum(step)
    if not depth.size or depth[-1] != 0 or depth.min() < 0:
        return None
    outermost = np.flatnonzero((step == 1) & (depth == 1))
    of_outermost = np.searchsorted(outermost, np.arange(depth.size), side="right") - 1
    level = depth - (signs.sign[outermost] == _BRACKET)[of_outermost]
    begins, ends = signs.sign == _BRACE, signs.sign == _BRACE_END
    course, course_end = np.flatnonzero(begins & (level == 1)), np.flatnonzero(ends & (level == 0))
    below, below_end = np.flatnonzero(begins & (level == 3)), np.flatnonzero(ends & (level == 2))
    if not course.size or not (_pairs(course, course_end) and _pairs(below, below_end)):
        return None
    starts, stops = signs.at[course], signs.at[course_end] + 1
    if not _is_framed(data, starts, stops):
        return None
    object_starts = signs.at[below]
    return Layout(
        starts,
        stops,
        signs.colons[course_end] - signs.colons[course],
        object_starts,
        signs.at[below_end] + 1,
        np.append(np.searchsorted(object_starts, starts), object_starts.size),
        depth[course],
        signs.newlines,
    )


@dataclass(frozen=True, slots=True)
class _Signs:
    """Braces and brackets outside texts: where, which, after how many colons; and the ends of lines."""

    at: Offsets
    sign: NDArray[np.uint8]
    colons: Offsets
    newlines: Offsets


def _signs(data: bytes) -> _Signs:
    blocks: list[tuple[Any, ...]] = []
    start, colons, in_text = 0, 0, 0
    while start < len(data):
        end = min(start + BLOCK_BYTES, len(data))
        while end < len(data) and data[end - 1] == _BACKSLASH:  # an escape stays whole
            end += 1
        block = data[start:end]
        if b"\\" in block:
            block = _ESCAPE.sub(b"__", block)
        signs = np.frombuffer(block, np.uint8)
        newlines = np.flatnonzero(signs == ord("\n")) + start
        at = np.flatnonzero(np.frombuffer(block.translate(_SIGN), np.bool_))
        signs = signs[at]
        is_quote = signs == _QUOTE
        quotes = np.cumsum(is_quote) + in_text
        in_text = int(quotes[-1]) & 1 if quotes.size else in_text
        outside = ~(is_quote | (quotes & 1).astype(np.bool_))
        at, signs = at[outside], signs[outside]
        is_colon = signs == _COLON
        counted = np.cumsum(is_colon) + colons
        colons = int(counted[-1]) if counted.size else colons
        kept = ~is_colon
        blocks.append((at[kept] + start, signs[kept], counted[kept], newlines))
        start = end
    if not blocks:
        empty = np.zeros(0, dtype=np.int64)
        return _Signs(empty, empty.astype(np.uint8), empty, empty)
    return _Signs(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))


def _pairs(begins: Offsets, ends: Offsets) -> bool:
    """Whether each begin is followed by its end before the next begin."""
    return begins.size == ends.size and bool((begins < ends).all()) and bool((ends[:-1] < begins[1:]).all())


def _is_framed(data: bytes, starts: Offsets, ends: Offsets) -> bool:
    """Whether nothing stands around the courses but blanks, and the brackets and commas of lists of courses."""
    first = len(BOM) if data.startswith(BOM) else 0
    places = zip([first, *ends.tolist()], [*starts.tolist(), len(data)], strict=True)
    frame = b"\x01".join(data[end:start] for end, start in places)
    return frame.count(b"\x01") == starts.size and bool(_FRAME.fullmatch(frame.translate(None, b" \t\r\n")))
