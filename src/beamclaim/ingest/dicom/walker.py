"""Bytes of a DICOM dataset → its elements and items, by their lengths, nothing decoded (PS3.5 section 7).

A walk hops from header to header: what is not wanted costs one header, not its decoding. All four
encodings are walked alike; what is odd ends the walk and is returned as `Damage`, never raised.
Elements are kept as byte offsets, so every value knows its place.
"""

from collections.abc import Callable, Iterator
from struct import Struct
from typing import Any, NamedTuple

DEEPEST = 64
"""Levels of sequences; treatment objects use eight."""

MOST_ELEMENTS = 65_536
"""Elements of one level; treatment objects use a hundred."""

MOST_ITEMS = 1_000_000
"""Items of one sequence; a structure set with many contours has some ten thousands."""

MOST_HEADERS = 4_000_000
"""Headers inside one value of undefined length; some seconds of walking."""

UNDEFINED = 0xFFFFFFFF
"""A length that is not written: the value ends with a delimiter."""

_DELIMITERS = 0xFFFE
_ITEM, _ITEM_ENDS, _SEQUENCE_ENDS = 0xE000, 0xE00D, 0xE0DD
_LONG = frozenset((b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"))
_SHORT = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split()
)  # any other two capital letters are walked alike

_Unpack = Callable[[bytes, int], tuple[Any, ...]]


class Encoding(NamedTuple):
    """How elements are written: with their value representation or without it, and in which order of bytes."""

    is_explicit: bool
    is_little: bool


EXPLICIT = Encoding(True, True)
IMPLICIT = Encoding(False, True)
EXPLICIT_BIG = Encoding(True, False)

# The header of an element with and without its value representation, and a length, in both orders of bytes.
_FORMS: dict[bool, tuple[_Unpack, _Unpack, _Unpack]] = {
    True: (Struct("<HH2sH").unpack_from, Struct("<HHI").unpack_from, Struct("<I").unpack_from),
    False: (Struct(">HH2sH").unpack_from, Struct(">HHI").unpack_from, Struct(">I").unpack_from),
}


class Damage(NamedTuple):
    """Where a walk could not go on, and why, in words that hold no value."""

    at: int
    expected: str
    found: str
    is_loss: bool = True
    """Whether something is missing or unreadable; False where it only is not as it should be."""


class Region(NamedTuple):
    """Bytes that hold elements one after the other: a dataset, or the content of an item."""

    start: int
    end: int
    encoding: Encoding
    depth: int = 0


class Element(NamedTuple):
    """The value of an element: its bytes `[start, end)`; cut when the file ends or breaks inside it."""

    start: int
    end: int
    encoding: Encoding
    depth: int
    is_cut: bool


class NestingLevel(NamedTuple):
    """Elements of a region by tag (`0x300A0070`), and the damage that ended the walk early."""

    elements: dict[int, Element]
    damage: Damage | None


class SequenceItem(NamedTuple):
    """One item of a sequence: where its elements stand, and the damage that cut it."""

    region: Region
    damage: Damage | None


def scan(data: bytes, region: Region) -> NestingLevel:
    """The elements of a region; of a tag written twice the last one, as pydicom has it."""
    at, end, encoding, depth = region
    elements: dict[int, Element] = {}
    for _ in range(MOST_ELEMENTS):
        if at >= end:
            return NestingLevel(elements, None)
        head = header(data, at, end, encoding)
        if head is None:
            return NestingLevel(elements, Damage(at, "the header of an element", f"{end - at} bytes"))
        group, element, start, length, inner = head
        if group == _DELIMITERS:
            return NestingLevel(elements, Damage(at, "an element", "a delimiter outside a sequence"))
        damage = None
        if length == UNDEFINED:
            stop, at, damage = _close(data, start, end, inner, depth + 1)
        else:
            stop = at = start + length
            if stop > end:
                stop, damage = end, _too_long(start, length, end)
        elements[group << 16 | element] = Element(start, stop, inner, depth, damage is not None)
        if damage:
            return NestingLevel(elements, damage)
    return NestingLevel(elements, Damage(at, f"fewer than {MOST_ELEMENTS} elements in a level", "more"))


def items(data: bytes, sequence: Element) -> Iterator[SequenceItem]:
    """The items of a sequence; the last one may be cut. Other bytes than items end it with an empty cut item."""
    at, end, encoding, depth = sequence.start, sequence.end, sequence.encoding, sequence.depth + 1
    unpack = _FORMS[encoding.is_little][1]
    for _ in range(MOST_ITEMS):
        if at >= end:
            return
        if at + 8 > end:
            yield SequenceItem(
                Region(at, at, encoding, depth), Damage(at, "an item of at least 8 bytes", f"{end - at} bytes")
            )
            return
        group, element, length = unpack(data, at)
        if group != _DELIMITERS or element != _ITEM:
            if (group, element) != (_DELIMITERS, _SEQUENCE_ENDS):
                yield SequenceItem(Region(at, at, encoding, depth), Damage(at, "an item", "an element that is none"))
            return
        start = at + 8
        damage = None
        if depth > DEEPEST:
            stop, damage = start, Damage(at, f"at most {DEEPEST} levels", "more")
        elif length == UNDEFINED:
            stop, at, damage = _close(data, start, end, encoding, depth)
        else:
            stop = at = start + length
            if stop > end:
                stop, damage = end, _too_long(start, length, end)
        yield SequenceItem(Region(start, stop, encoding, depth), damage)
        if damage:
            return
    yield SequenceItem(
        Region(at, at, encoding, depth), Damage(at, f"fewer than {MOST_ITEMS} items in a sequence", "more")
    )


def is_plausible(data: bytes, at: int, encoding: Encoding) -> bool:
    """Whether the bytes read as the first element of a dataset: a low group, a known form, a length within the file."""
    head = header(data, at, len(data), encoding)
    if head is None:
        return False
    group, _, start, length, _ = head
    if encoding.is_explicit and not _is_representation(data[at + 4 : at + 6]):
        return False
    return 0x0002 <= group <= 0x0020 and group % 2 == 0 and (length == UNDEFINED or length <= len(data) - start)


def _is_representation(two: bytes) -> bool:
    return len(two) == 2 and 65 <= two[0] <= 90 and 65 <= two[1] <= 90


def _too_long(start: int, length: int, end: int) -> Damage:
    return Damage(start, f"{length} bytes of value", f"{end - start} bytes before the end")


def header(data: bytes, at: int, end: int, encoding: Encoding) -> tuple[int, int, int, int, Encoding] | None:
    """Group, element, first byte and length of the value, how what is inside is encoded; None: too few bytes."""
    if at + 8 > end:
        return None
    explicit, implicit, whole = _FORMS[encoding.is_little]
    if encoding.is_explicit:
        group, element, vr, length = explicit(data, at)
        if group != _DELIMITERS:
            if vr in _SHORT:
                return group, element, at + 8, length, encoding
            if vr in _LONG:
                if at + 12 > end:
                    return None
                # PS3.5 6.2.2: an unknown value of undefined length is a sequence in implicit little endian.
                return group, element, at + 12, whole(data, at + 8)[0], IMPLICIT if vr == b"UN" else encoding
            if _is_representation(vr):
                return group, element, at + 8, length, encoding
    group, element, length = implicit(data, at)
    return group, element, at + 8, length, encoding


def _close(data: bytes, at: int, end: int, encoding: Encoding, depth: int) -> tuple[int, int, Damage | None]:
    """Where a value of undefined length ends: end of its content, next byte after its delimiter, damage."""
    opened = 1
    explicit = _FORMS[encoding.is_little][0]
    for _ in range(MOST_HEADERS):
        if encoding.is_explicit and at + 8 <= end:
            group, element, vr, length = explicit(data, at)
            if vr in _SHORT and group != _DELIMITERS:  # most of them, so without a detour
                at += 8 + length
                continue
        head = header(data, at, end, encoding)
        if head is None:
            break
        group, element, start, length, inner = head
        damage = None
        if group == _DELIMITERS and element != _ITEM:
            opened -= 1
            if not opened:
                return at, start, None
            at = start
        elif length != UNDEFINED:
            at = start + length
            if at > end:
                return end, end, _too_long(start, length, end)
        elif inner != encoding:
            _, at, damage = _close(data, start, end, inner, depth + opened)
        else:
            opened, at = opened + 1, start
        # A sequence and its items are a level together.
        if damage or depth + opened // 2 > DEEPEST:
            return end, end, damage or Damage(start, f"at most {DEEPEST} levels", "more")
    else:
        return end, end, Damage(at, f"fewer than {MOST_HEADERS} elements in a value", "more")
    return end, end, Damage(end, "the delimiter of a value of undefined length", "the end of the bytes")
