"""Segment ids → small numbers, and ids and qualifiers of up to three characters → 18 bits: what arrays are compared by.

Ids are numbered when a guide names them; an id no guide has named is 0. Nothing here knows which ids there are.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

_MOST = 255


def _six_bits() -> npt.NDArray[np.uint8]:
    """Byte → 1–36 for a digit or letter of either case, 63 otherwise."""
    table = np.full(256, 63, np.uint8)
    for i, c in enumerate(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=1):
        table[c] = i
        table[bytes([c]).lower()[0]] = i
    return table


SIX_BITS = _six_bits()

PAIRS = (SIX_BITS.astype(np.int32) << 12)[np.arange(1 << 16) & 255] | (SIX_BITS.astype(np.int32) << 6)[
    np.arange(1 << 16) >> 8
]
"""Two bytes, the first lowest → the 18 bits of `packed`."""

NUMBERS = np.zeros(1 << 18, np.uint8)
"""18-bit id → its number."""

_numbers: dict[str, int] = {}


def packed(name: str) -> int:
    """An id or qualifier of one to three characters as 18 bits."""
    raw = [int(SIX_BITS[b]) for b in name.encode()] + [0, 0]
    return (raw[0] << 12) | (raw[1] << 6) | raw[2]


def number_of(name: str) -> int:
    """The number of a segment id, the same as long as the program runs."""
    if name not in _numbers:
        if len(_numbers) == _MOST:
            raise ValueError(f"more than {_MOST} segment ids are named by the guides; widen `Tokens.ids`")
        _numbers[name] = NUMBERS[packed(name)] = len(_numbers) + 1
    return _numbers[name]


def among(names: str) -> npt.NDArray[np.bool_]:
    """Segment number → is it one of these (blank-separated ids)?"""
    table = np.zeros(_MOST + 1, np.bool_)
    table[[number_of(name) for name in names.split()]] = True
    return table


@cache
def allowed(names: frozenset[str]) -> npt.NDArray[np.bool_]:
    """18-bit qualifier → is it one of these, or empty? (-1, anything longer, is not.)"""
    table = np.zeros((1 << 18) + 1, np.bool_)
    table[[0, *(packed(n) for n in names)]] = True
    return table
