"""Elements of a dataset or an item → values as what they must be: a UID, a day, a number, a word of a list.

What cannot be read becomes a fault, a class and never the value, and is null from then on. A blank is null and no
fault; what the file's end has cut is null: the damage itself is a fault once, where the walk came upon it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from math import isfinite, nan
from typing import TYPE_CHECKING

from beamclaim.ingest.assertions import ValuePlace
from beamclaim.ingest.dicom.walker import Damage, Region, SequenceItem, items, scan

if TYPE_CHECKING:
    from beamclaim.ingest.dicom.object import DicomObject

LONGEST_TEXT = 1024
"""Characters of a text; names and labels have 64."""

LONGEST_NUMBERS = 1 << 18
"""Bytes of one list of numbers."""

MOST_ITEMS = 20_000
"""Items read of one sequence; a session has some tens of beams, a structure set some thousand contours."""

_LARGEST = 1e12
_LARGEST_WHOLE = (1 << 31) - 1
_BLANKS = b" \0\t\r\n"
_UID = re.compile(rb"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*")
_DIGITS_AND_POINTS = re.compile(rb"[0-9.]+")
_DAY = re.compile(rb"([0-9]{4})(\.?)([0-9]{2})\2([0-9]{2})")
_TIME = re.compile(rb"([0-9]{2})(?:(:?)([0-9]{2})(?:\2([0-9]{2})(?:\.([0-9]{1,6}))?)?)?")
_DECIMAL = re.compile(rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_WHOLE = re.compile(rb"\+?[0-9]{1,10}")
_INTEGER = re.compile(rb"[+-]?[0-9]{1,12}")


def tag_of(tag: int) -> str:
    """`(300A,0070)` of 0x300A0070."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


class DicomItem:
    """A dataset or an item of a sequence: its elements, and where it stands in the words of the standard.

    `path`: `(3008,0020)[0]`, empty for the dataset. `span`: its bytes, which are also the place of what it lacks.
    Every reading gives null for what is absent, empty or unreadable.
    """

    __slots__ = ("elements", "is_cut", "object", "path", "span")

    def __init__(
        self,
        object: "DicomObject",
        region: Region,
        path: str,
        damage: Damage | None = None,
        *,
        is_reported: bool = False,
    ) -> None:
        """`is_reported`: whether its damage is a fault already."""
        self.object = object
        self.path = path
        self.span = region.start, region.end
        self.elements, broken = scan(object.data, region)
        damage = broken or damage
        self.is_cut = damage is not None
        if damage and not is_reported:
            object.broken_items += bool(path)
            object.damage(damage, path or "dataset")

    @property
    def place(self) -> ValuePlace:
        """Where it stands itself."""
        return self.object.place(*self.span, self.path or "dataset")

    def at(self, tag: int) -> ValuePlace:
        """Where an element stands; the bytes are those of this item where it has none."""
        path = f"{self.path}.{tag_of(tag)}" if self.path else tag_of(tag)
        element = self.elements.get(tag)
        start, end = (element.start, element.end) if element else self.span
        return self.object.place(start, end, path)

    def fault(self, tag: int, *, expected: str, found: str, kind: str = "element") -> None:
        """Adds a fault at an element, or where it should be; `found` is a class, never the value."""
        self.object.fault(kind, at=self.at(tag), expected=expected, found=found)

    def need(self, tag: int, what: str) -> None:
        """Adds a fault when an element that must be filled (type 1) is not."""
        if not self.is_filled(tag):
            self.fault(tag, expected=what, found="empty" if self.has(tag) else "none", kind="missing")

    def has(self, tag: int) -> bool:
        """True when the element is there, even empty."""
        return tag in self.elements

    def is_filled(self, tag: int) -> bool:
        """True when the element is there and has a value, or items; none of them is decoded."""
        element = self.elements.get(tag)
        return element is not None and element.end > element.start

    def raw(self, tag: int) -> bytes:
        """Bytes of a value without its padding; empty when absent, blank or cut."""
        element = self.elements.get(tag)
        if element is None or element.is_cut:
            return b""
        return self.object.data[element.start : element.end].strip(_BLANKS)

    def text(self, tag: int) -> str | None:
        """A text of one value (LO, SH, PN, CS); several values are no value of one."""
        raw = self.raw(tag)
        if not raw:
            return None
        text = raw.decode("ascii") if raw.isascii() and b"\x1b" not in raw else self.object.decoded(raw)
        if text is None:
            self.fault(tag, expected="text in the character set of the file", found="other bytes")
        elif "\\" in text or "\0" in text or len(text) > LONGEST_TEXT:
            expected = f"one text of up to {LONGEST_TEXT} characters"
            self.fault(tag, expected=expected, found=f"{len(text)} characters, or several texts")
            return None
        return text

    def quiet_text(self, tag: int) -> str | None:
        """A text that serves to compare only: null where it cannot be read, and no fault."""
        raw = self.raw(tag)[:LONGEST_TEXT]
        text = raw.decode("ascii") if raw.isascii() and b"\x1b" not in raw else self.object.decoded(raw)
        return text or None

    def long_text(self, tag: int) -> str | None:
        """A text as far as it can be read (ST, or LO with several values), of its first 1,024 characters."""
        raw = self.raw(tag)[: 4 * LONGEST_TEXT]
        if not raw:
            return None
        text = raw.decode("ascii") if raw.isascii() and b"\x1b" not in raw else self.object.decoded(raw)
        if text is None:
            self.fault(tag, expected="text in the character set of the file", found="other bytes")
            text = raw.decode("ascii", "replace")
        return text[:LONGEST_TEXT].strip(" \0") or None

    def texts(self, tag: int) -> list[str]:
        """The values of a text element with several."""
        return [part.strip() for part in (self.long_text(tag) or "").split("\\") if part.strip()]

    def term(self, tag: int) -> str | None:
        """A defined term, in lower case; also one that the standard does not define."""
        text = self.long_text(tag)
        return text.lower() if text else None

    def word(self, tag: int, words: Mapping[bytes, str]) -> str | None:
        """A word of a closed list, as Beamclaim calls it."""
        raw = self.raw(tag)
        if raw and raw not in words:
            self.fault(tag, expected=f"one of {', '.join(word.decode() for word in words)}", found="another word")
        return words.get(raw)

    def uid(self, tag: int) -> str | None:
        """A UID (PS3.5 9.1): digits and points, no leading zeros, up to 64 characters.

        In a planning object one with leading zeros is a fault and still a name: other files repeat it as it is.
        """
        raw = self.raw(tag)
        if not raw:
            return None
        if len(raw) <= 64 and _UID.fullmatch(raw):
            return raw.decode("ascii")
        is_name = self.object.is_planning and len(raw) <= 64 and _DIGITS_AND_POINTS.fullmatch(raw) is not None
        found = "a part with a leading zero, or an empty one" if is_name else f"{len(raw)} characters that are none"
        self.fault(tag, expected="a UID of at most 64 digits and dots", found=found)
        return raw.decode("ascii") if is_name else None

    def day(self, tag: int) -> date | None:
        """A day (DA), also as ACR-NEMA wrote it: 2026.01.05."""
        raw = self.raw(tag)
        if not raw:
            return None
        form = _DAY.fullmatch(raw)
        try:
            if form:
                return date(int(form[1]), int(form[3]), int(form[4]))
        except ValueError:
            pass
        found = "a day that does not exist" if form else f"{len(raw)} characters"
        self.fault(tag, expected="a day as YYYYMMDD", found=found)
        return None

    def time(self, tag: int) -> time | None:
        """A time of day (TM): HH, HHMM, HHMMSS, HHMMSS.F to HHMMSS.FFFFFF, also with colons."""
        raw = self.raw(tag)
        if not raw:
            return None
        form = _TIME.fullmatch(raw)
        try:
            if form:
                fraction = (form[5] or b"").ljust(6, b"0")
                return time(int(form[1]), int(form[3] or 0), int(form[4] or 0), int(fraction))
        except ValueError:
            pass
        found = "a time that does not exist" if form else f"{len(raw)} characters"
        self.fault(tag, expected="a time as HHMMSS", found=found)
        return None

    def number(self, tag: int) -> float | None:
        """A decimal (DS). More than its 16 characters are a fault, and still a number; NaN and infinity are none."""
        raw = self.raw(tag)
        if not raw:
            return None
        value = float(raw) if len(raw) <= 64 and _DECIMAL.fullmatch(raw) else None
        if value is None or not isfinite(value):
            self.fault(tag, expected="a decimal number", found=f"{len(raw)} characters that are none")
            return None
        if len(raw) > 16:
            self.fault(tag, expected="a decimal number of up to 16 characters", found=f"{len(raw)} characters")
        return value

    def numbers(self, tag: int) -> list[float] | None:
        """Decimals of an element; null, with a fault, where one of them is no finite number of up to 64 characters."""
        raw = self.raw(tag)
        if not raw:
            return None
        if len(raw) > LONGEST_NUMBERS:
            self.fault(tag, expected=f"at most {LONGEST_NUMBERS} bytes of numbers", found=f"{len(raw)} bytes")
            return None
        values = []
        for part in raw.split(b"\\"):
            text = part.strip(_BLANKS)
            value = float(text) if len(text) <= 64 and _DECIMAL.fullmatch(text) else nan
            if not abs(value) < _LARGEST:
                self.fault(tag, expected="decimal numbers", found="a value that is no finite number")
                return None
            values.append(value)
        return values

    def measure(self, tag: int) -> float | None:
        """A decimal of any length under 1e12 in magnitude; several numbers are no value of one."""
        values = self.numbers(tag)
        if values is not None and len(values) != 1:
            self.fault(tag, expected="one number", found=f"{len(values)} numbers")
            return None
        return values[0] if values else None

    def whole(self, tag: int) -> int | None:
        """A whole number from 0 to 2,147,483,647 (IS)."""
        raw = self.raw(tag)
        if not raw:
            return None
        value = int(raw) if _WHOLE.fullmatch(raw) else None
        if value is None or value > _LARGEST_WHOLE:
            self.fault(
                tag, expected="a whole number that is not negative", found=f"{len(raw)} characters that are none"
            )
            return None
        return value

    def integer(self, tag: int) -> int | None:
        """A whole number of either sign (IS), under 2,147,483,648 in magnitude."""
        raw = self.raw(tag)
        if not raw:
            return None
        if not _INTEGER.fullmatch(raw) or abs(int(raw)) > _LARGEST_WHOLE:
            found = f"{len(raw)} other characters"
            self.fault(tag, expected="a whole number below 2,147,483,648", found=found)
            return None
        return int(raw)

    def items(self, tag: int) -> Iterator["DicomItem"]:
        """The items of a sequence, up to a bound; a value that is no sequence has none, and is a fault."""
        sequence = self.elements.get(tag)
        if sequence is None:
            return
        for index, item in enumerate(items(self.object.data, sequence)):
            if index == MOST_ITEMS:
                self.fault(tag, expected=f"at most {MOST_ITEMS} items", found="more", kind="count")
                return
            each = self._item(tag, index, item)  # its damage becomes a fault
            if item.region.start < item.region.end or not item.damage:
                yield each

    def first(self, tag: int) -> "DicomItem | None":
        """The first item of a sequence."""
        return next(self.items(tag), None)

    def ends(self, tag: int) -> "tuple[DicomItem | None, DicomItem | None, int]":
        """The first item of a sequence, the last one, how many; no last one when there is one alone or they are cut."""
        sequence = self.elements.get(tag)
        if sequence is None:
            return None, None, 0
        first: SequenceItem | None = None
        last: SequenceItem | None = None
        count = 0
        for item in items(self.object.data, sequence):
            first, last, count = first or item, item, count + 1
        if first is None or last is None:
            return None, None, 0
        start = self._item(tag, 0, first)
        if last is first:
            return start, None, 1
        end = self._item(tag, count - 1, last)
        return start, None if end.is_cut or sequence.is_cut else end, count

    def _item(self, tag: int, index: int, item: SequenceItem) -> "DicomItem":
        path = f"{self.path}.{tag_of(tag)}[{index}]" if self.path else f"{tag_of(tag)}[{index}]"
        is_reported = self.elements[tag].is_cut
        return DicomItem(self.object, item.region, path, item.damage, is_reported=is_reported)
