"""Cells as typed columns: text, days, amounts, each with the flag of the rows that hold one.

Columns are built over the bytes themselves: a text of up to twelve bytes is copied into its view, a
longer one stays where it is. Only what is not plain ASCII is decoded value by value.
"""

from collections.abc import Callable, Iterable
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from beamclaim.ingest.x12.segments import SIX_BITS
from beamclaim.ingest.x12.tokens import Cells, Flags, Ints, Tokens

_MASKS = np.array([(1 << (8 * n)) - 1 for n in range(8)] + [(1 << 64) - 1], np.uint64)
_LOW = np.uint64(0xFFFFFFFF)
_BYTE = np.uint64(0x0101010101010101)


def decoded(raw: bytes) -> str:
    """Text of a value: UTF-8, else Latin-1; the breaks of wrapped lines taken out."""
    raw = raw.replace(b"\r", b"").replace(b"\n", b"")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def united(rows: Ints, others: Ints) -> Ints:
    """The rows of either, sorted, each once. Rarely both hold one, and only then numpy's own union is loaded."""
    return np.union1d(rows, others) if rows.size and others.size else rows if rows.size else others


def bitmap(present: Flags | None) -> pa.Buffer | None:
    """An Arrow validity bitmap; None where nothing is missing."""
    if present is None or present.all():
        return None
    return pa.py_buffer(np.packbits(present, bitorder="little"))


def _upper(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """ASCII letters of eight packed bytes in upper case."""
    small = (words + _BYTE * np.uint64(0x1F)) & ~(words + _BYTE * np.uint64(0x05)) & (_BYTE * np.uint64(0x80))
    return words - (small >> np.uint64(2))


def _equal(words: npt.NDArray[np.uint64], byte: int) -> npt.NDArray[np.uint64]:
    """The high bit of each packed byte that is equal to `byte`."""
    low = _BYTE * np.uint64(0x7F)
    other = words ^ (_BYTE * np.uint64(byte))
    return ~(((other & low) + low) | other | low)


class Texts:
    """Text columns over the bytes of one stretch of segments."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._source = pa.py_buffer(tokens.raw)

    def column(
        self,
        cells: Cells,
        *,
        present: Flags | None = None,
        none: bool = False,
        upper: bool = False,
        instead: dict[int, str] | None = None,
    ) -> pa.Array:
        """A text column. Empty is null, or ``""`` with `none`; rows not `present` are null; `instead` overrules."""
        start, length = cells.start, cells.end - cells.start
        views = self._views(start, length, upper)
        if not none:
            filled = length > 0
            present = filled if present is None else present & filled
        odd = self._odd_rows(cells)
        if upper and len(length) and int(length.max()) > 12:
            odd = united(odd, np.flatnonzero(length > 12))
        if instead:
            odd = united(odd, np.array(list(instead), np.int64))

        def text(i: int) -> str:
            if instead and i in instead:
                return instead[i]
            out = decoded(self._tokens.raw[start[i] : cells.end[i]])
            return out.upper() if upper else out

        return self._array(views, present, odd, text)

    def joined(self, cells: Cells, *, present: Flags | None = None, upper: bool = False) -> pa.Array:
        """The components from each cell's start to its end, joined with ``;``, empty ones left out; ``""`` none."""
        tokens = self._tokens
        separator = tokens.delimiters.component
        start, length = cells.start, cells.end - cells.start
        views = self._views(start, np.minimum(length, 12), upper)
        swap = np.uint64(separator[0] ^ ord(";"))
        rows = np.flatnonzero(length > 1)
        size = length[rows]
        head = _equal(tokens.words(start[rows]) & _MASKS[np.minimum(size, 8)], separator[0])
        rest = _equal(views[rows, 1], separator[0])
        # Empty components leave two separators side by side, or one at an end.
        gaps = (head & (head >> np.uint64(8))) | (rest & (rest >> np.uint64(8))) | (head & np.uint64(0x80))
        by_hand = rows[(gaps != 0) | (tokens.buf[cells.end[rows] - 1] == separator[0]) | (size > 12)]
        views[rows, 0] ^= ((head & _LOW) >> np.uint64(7)) * swap << np.uint64(32)
        views[rows, 1] ^= (rest >> np.uint64(7)) * swap

        def text(i: int) -> str:
            parts = tokens.raw[start[i] : cells.end[i]].split(separator)
            out = ";".join(decoded(p) for p in parts if p)
            return out.upper() if upper else out

        return self._array(views, present, united(by_hand, self._odd_rows(cells)), text)

    def _odd_rows(self, cells: Cells) -> Ints:
        odd = self._tokens.odd
        if not odd.size:
            return odd
        return np.flatnonzero(np.searchsorted(odd, cells.start) != np.searchsorted(odd, cells.end))

    def _views(self, start: Ints, length: Ints, upper: bool) -> npt.NDArray[np.uint64]:
        """Arrow string views: length and four bytes, then eight more bytes or where the text stands."""
        views = np.zeros((len(start), 2), np.uint64)
        if not len(start):
            return views
        longest = int(length.max())
        pairs = self._tokens.pairs(start) if longest > 8 else None
        head = self._tokens.words(start) if pairs is None else pairs[:, 0]
        size = length.astype(np.uint64)
        short = head & _MASKS[np.minimum(length, 4)]
        if upper:
            short = _upper(short)
        views[:, 0] = size | (short << np.uint64(32))
        if longest > 4:
            rest = head >> np.uint64(32)
            if pairs is not None:
                rest = rest | (pairs[:, 1] << np.uint64(32))
            rest = rest & _MASKS[np.clip(length - 4, 0, 8)]
            if upper:
                rest = _upper(rest)
            if longest > 12:
                rest = np.where(length > 12, start.astype(np.uint64) << np.uint64(32), rest)
            views[:, 1] = rest
        return views

    def _array(
        self, views: npt.NDArray[np.uint64], present: Flags | None, rows: Ints, text: Callable[[int], str]
    ) -> pa.Array:
        buffers = [self._source]
        if rows.size:
            views, own = _rewritten(views, rows, [text(int(i)).encode("utf-8", "replace") for i in rows])
            buffers.append(own)
        return _text_array(views, present, buffers)


def _rewritten(
    views: npt.NDArray[np.uint64], rows: Ints, values: list[bytes]
) -> tuple[npt.NDArray[np.uint64], pa.Buffer]:
    """The views with other texts in some rows, and the buffer (number 1) that holds the long ones."""
    at = 0
    for i, value in zip(rows.tolist(), values, strict=True):
        head = int.from_bytes(value[:4], "little") << 32 | len(value)
        rest = int.from_bytes(value[4:12], "little") if len(value) <= 12 else 1 | at << 32
        views[i, 0], views[i, 1] = head, rest
        at += len(value)
    return views, pa.py_buffer(b"".join(values))


def _text_array(views: npt.NDArray[np.uint64], present: Flags | None, buffers: list[pa.Buffer]) -> pa.Array:
    return pa.Array.from_buffers(pa.string_view(), len(views), [bitmap(present), pa.py_buffer(views), *buffers])


def chosen(names: Iterable[str], index: npt.NDArray[np.integer], present: Flags | None = None) -> pa.Array:
    """A text column of a few fixed words of at most twelve bytes, one per row by its number."""
    words = [n.encode() for n in names]
    table = np.zeros((len(words), 2), np.uint64)
    _rewritten(table, np.arange(len(words)), words)
    return _text_array(table[index], present, [])


def blank(height: int) -> pa.Array:
    """A text column of nulls."""
    return pa.nulls(height, pa.string_view())


def numbers(values: npt.NDArray[np.generic], present: Flags, kind: pa.DataType) -> pa.Array:
    """Numbers of an Arrow type; null where not `present`."""
    narrow = np.ascontiguousarray(values.astype(kind.to_pandas_dtype(), copy=False))
    return pa.Array.from_buffers(kind, len(narrow), [bitmap(present), pa.py_buffer(narrow)])


def series(array: pa.Array) -> pl.Series:
    """An Arrow array as a Polars series."""
    out = pl.from_arrow(array)
    assert isinstance(out, pl.Series)
    return out


def characters(tokens: Tokens, cells: Cells) -> npt.NDArray[np.uint8]:
    """The first sixteen bytes of each cell (past its end: whatever follows), shape (16, rows)."""
    return np.ascontiguousarray(tokens.pairs(cells.start).view(np.uint8).reshape(len(cells.start), 16).T)


def fixed(tokens: Tokens, cells: Cells, digits: int, scale: int) -> tuple[Ints, Flags]:
    """Numbers in units of 10⁻ˢᶜᵃˡᵉ, and which rows hold one: ``-?`` then digits, at most `scale` behind a point.

    ASCII only; no exponent, no thousands separator, no plus sign; ``.5`` is written so in X12, ``5.`` is not.
    """
    count = len(cells.start)
    if not count:
        return np.zeros(0, np.int64), np.zeros(0, np.bool_)
    length = cells.end - cells.start
    chars = characters(tokens, cells)
    value = np.zeros(count, np.int64)
    whole = np.zeros(count, np.int8)
    behind = np.zeros(count, np.int8)
    points = np.zeros(count, np.int8)
    good = (length > 0) & (length <= 16)
    negative = chars[0] == 45
    for place in range(min(int(length.max()), 16)):
        digit = chars[place] - np.uint8(48)
        inside = length > place
        is_digit = (digit < 10) & inside
        is_point = (chars[place] == 46) & inside
        value = np.where(is_digit, value * 10 + digit, value)
        behind += is_digit & (points > 0)
        whole += is_digit & (points == 0)
        points += is_point
        allowed = is_digit | is_point | ~inside
        if place == 0:
            allowed |= negative
        good &= allowed
    good &= (
        (points <= 1) & (whole <= digits) & (behind <= scale) & (whole + behind > 0) & ((points == 0) | (behind > 0))
    )
    power = np.array([10 ** max(scale - n, 0) for n in range(18)], np.int64)
    value *= power[behind]
    return np.where(good, np.where(negative, -value, value), 0), good


def money(values: Ints, present: Flags, *, precision: int = 18, scale: int = 2) -> pa.Array:
    """Scaled integers as a Decimal column."""
    wide = np.empty((len(values), 2), np.int64)
    wide[:, 0] = values
    wide[:, 1] = values >> 63
    kind = pa.decimal128(precision, scale)
    return pa.Array.from_buffers(kind, len(values), [bitmap(present), pa.py_buffer(wide)])


def _month_table() -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8]]:
    """First day (from 1970-01-01) and length of each month of the years 1 to 9999."""
    epoch = date(1970, 1, 1).toordinal()
    year = np.arange(1, 10000)
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    length = np.tile(np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int8), (9999, 1))
    length[leap, 1] = 29
    flat = length.reshape(-1)
    first = np.concatenate(([0], np.cumsum(flat[:-1], dtype=np.int32))) + 1 - epoch
    return first.astype(np.int32), flat


_FIRST, _LENGTH = _month_table()


def days(tokens: Tokens, start: Ints, end: Ints) -> tuple[npt.NDArray[np.int32], Flags]:
    """CCYYMMDD as days from 1970-01-01, and which rows hold a day of the calendar."""
    digits = (tokens.words(start) - _BYTE * np.uint64(0x30)).view(np.uint8).reshape(len(start), 8)
    good = (end - start == 8) & (digits < 10).all(axis=1)
    d = digits.astype(np.int32)
    year = d[:, 0] * 1000 + d[:, 1] * 100 + d[:, 2] * 10 + d[:, 3]
    month = d[:, 4] * 10 + d[:, 5]
    day = d[:, 6] * 10 + d[:, 7]
    good &= (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    at = np.where(good, (year - 1) * 12 + month - 1, 0)
    good &= day <= _LENGTH[at]
    return np.where(good, _FIRST[at] + day - 1, 0).astype(np.int32), good


def day_series(values: npt.NDArray[np.int32], present: Flags) -> pa.Array:
    """Days from 1970-01-01 as a Date column."""
    return pa.Array.from_buffers(
        pa.date32(), len(values), [bitmap(present), pa.py_buffer(np.ascontiguousarray(values))]
    )


_KIND = np.full(256, ord("."), np.uint8)
_KIND[SIX_BITS != 63] = ord("A")
_KIND[48:58] = ord("9")


def matches(tokens: Tokens, cells: Cells, pattern: str, least: int) -> Flags:
    """Which rows have a value of the pattern (``9`` digit, ``A`` letter, ``X`` either), at least `least` long."""
    length = cells.end - cells.start
    good = (length >= least) & (length <= len(pattern))
    filled = np.flatnonzero(good)
    if not filled.size:
        return good
    start, size = cells.start[filled], length[filled]
    fits = np.ones(filled.size, np.bool_)
    for place, want in enumerate(pattern):
        kind = _KIND[tokens.buf[start + place]]
        fits &= ((kind != ord(".")) if want == "X" else (kind == ord(want))) | (size <= place)
    good[filled] = fits
    return good


def is_npi(tokens: Tokens, cells: Cells) -> Flags:
    """Which rows hold ten digits whose check digit is right (Luhn with the prefix 80840)."""
    digits = (characters(tokens, cells)[:10] - np.uint8(48)).astype(np.int16)
    good = (cells.end - cells.start == 10) & (digits < 10).all(axis=0) & (digits >= 0).all(axis=0)
    double = digits[0::2] * 2
    total = (double - 9 * (double > 9)).sum(axis=0) + digits[1::2].sum(axis=0) + 24
    right: Flags = good & (total % 10 == 0)
    return right
