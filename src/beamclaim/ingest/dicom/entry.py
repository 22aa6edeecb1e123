"""Values of a dataset or an item read as what they must be: a UID, a day, a number, a word of a list.

What cannot be read becomes a fault and is null from then on. A blank is null and no fault; what the
file's end has cut is null: the damage itself is told once, where the walk found it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from math import isfinite

from pydicom.charset import convert_encodings, decode_bytes, python_encoding
from pydicom.valuerep import TEXT_VR_DELIMS

from beamclaim.ingest.dicom.dataset import Opened, quiet
from beamclaim.ingest.dicom.walker import Damage, Item, Region, items, scan
from beamclaim.model.tables.evidence import Assertion, Evidence, Fault

LONGEST_TEXT = 1024
"""Characters of a text; names and labels have 64."""

MOST_ITEMS = 4096
"""Items read of one sequence; a session has some tens of beams."""

_CHARACTER_SET = 0x00080005
_BLANKS = b" \0\t\r\n"
_UID = re.compile(rb"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*")
_DAY = re.compile(rb"([0-9]{4})(\.?)([0-9]{2})\2([0-9]{2})")
_TIME = re.compile(rb"([0-9]{2})(?:(:?)([0-9]{2})(?:\2([0-9]{2})(?:\.([0-9]{1,6}))?)?)?")
_DECIMAL = re.compile(rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_WHOLE = re.compile(rb"\+?[0-9]{1,10}")


def tag_of(tag: int) -> str:
    """`(300A,0070)` of 0x300A0070."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


class Source:
    """A file being read: its bytes, how its texts are encoded, its patient, and the evidence found so far.

    `kind` is what its assertions give as their source.
    """

    def __init__(self, opened: Opened, file: int, size: int) -> None:
        self.kind = "dicom_record"
        self.data = opened.data
        self.evidence = Evidence()
        self._file = file
        self._whole = (0, size) if opened.is_deflated else None
        for oddity in opened.oddities:
            self.damaged(oddity, "file")
        self.top = Entry(self, opened.region, "")
        self._encodings = self._declared()
        self.patient = self.top.text(0x00100020)

    def place(self, start: int, end: int) -> tuple[int, int, int]:
        """File, first byte and byte past the last; of a deflated dataset the whole file."""
        return (self._file, *(self._whole or (start, end)))

    def damaged(self, damage: Damage, path: str) -> None:
        """Adds the fault of a walk that could not go on."""
        place = self.place(damage.at, damage.at)
        self.evidence.faults.append(Fault(*place, None, "envelope", path, damage.expected, damage.found))

    def state(
        self,
        entry: "Entry",
        tag: int,
        value: str | None,
        *,
        subject: str,
        key: str,
        name: str,
        reason: str | None = None,
        who: str | None = None,
    ) -> None:
        """Adds an assertion whose value stands at an element, or which was worked out from an entry without it."""
        at = entry.elements.get(tag, entry.region)
        path = entry.path(tag) if tag in entry.elements else entry.holder[:-1] or "dataset"
        place = self.place(at.start, at.end)
        self.evidence.assertions.append(
            Assertion(*place, None, self.kind, path, self.patient, subject, key, name, value, reason, who)
        )

    def decoded(self, raw: bytes) -> str | None:
        """Text in the character sets of the file (PS3.5 6.1); None when it is not written in them."""
        if not self._encodings:
            return None
        try:
            if b"\x1b" not in raw:
                return raw.decode(self._encodings[0])
            with quiet():
                text = decode_bytes(raw, self._encodings, TEXT_VR_DELIMS)
        except (UnicodeError, LookupError, ValueError):
            return None
        return None if "\ufffd" in text else text

    def _declared(self) -> list[str]:
        """Python's names of the character sets the file declares; none when one is unknown."""
        raw = self.top.raw(_CHARACTER_SET)
        if not raw:
            return ["ascii"]
        terms = [term.strip().decode("latin-1") for term in raw.split(b"\\")]
        if all(term in python_encoding for term in terms):
            with quiet():
                return list(convert_encodings(terms))
        self.top.fault(_CHARACTER_SET, "a character set of PS3.3 C.12.1.1.2", "another word")
        return []


class Entry:
    """A dataset or an item: its elements, and where it stands in the words of the standard."""

    __slots__ = ("_source", "elements", "holder", "is_cut", "region")

    def __init__(
        self, source: Source, region: Region, path: str, damage: Damage | None = None, is_told: bool = False
    ) -> None:
        self._source = source
        self.holder = path and f"{path}."
        self.region = region
        self.elements, broken = scan(source.data, region)
        damage = broken or damage
        self.is_cut = damage is not None
        if damage and not is_told:
            source.damaged(damage, path or "dataset")

    def path(self, tag: int) -> str:
        """Where an element of this entry stands, in the words of the standard: `(3008,0020)[0].(300A,00C2)`."""
        return self.holder + tag_of(tag)

    def fault(self, tag: int, expected: str, found: str, kind: str = "element") -> None:
        """Adds a fault at an element, or at this entry when it is not there; `found` is a class, never the value."""
        place = self.elements.get(tag, self.region)
        row = Fault(*self._source.place(place.start, place.end), None, kind, self.path(tag), expected, found)
        self._source.evidence.faults.append(row)

    def raw(self, tag: int) -> bytes:
        """Bytes of a value without its padding; empty when absent, blank or cut."""
        element = self.elements.get(tag)
        if element is None or element.is_cut:
            return b""
        return self._source.data[element.start : element.end].strip(_BLANKS)

    def text(self, tag: int) -> str | None:
        """A text of one value (LO, SH, PN, CS); several values are no value of one."""
        raw = self.raw(tag)
        if not raw:
            return None
        if raw.isascii() and b"\x1b" not in raw:
            text: str | None = raw.decode("ascii")
        else:
            text = self._source.decoded(raw)
        if text is None:
            self.fault(tag, "text in the character set of the file", "other bytes")
        elif "\\" in text or "\0" in text or len(text) > LONGEST_TEXT:
            self.fault(tag, f"one text of up to {LONGEST_TEXT} characters", f"{len(text)} characters, or several texts")
            return None
        return text

    def uid(self, tag: int) -> str | None:
        """A UID (PS3.5 9.1): digits and points, no leading zeros, up to 64 characters."""
        raw = self.raw(tag)
        if not raw:
            return None
        if len(raw) > 64 or not _UID.fullmatch(raw):
            self.fault(tag, "a UID of up to 64 digits and points", f"{len(raw)} characters that are none")
            return None
        return raw.decode("ascii")

    def word(self, tag: int, words: Mapping[bytes, str]) -> str | None:
        """A word of a closed list, as Beamclaim calls it."""
        raw = self.raw(tag)
        if raw and raw not in words:
            self.fault(tag, f"one of {', '.join(word.decode() for word in words)}", "another word")
        return words.get(raw)

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
        self.fault(tag, "a day as YYYYMMDD", "a day that does not exist" if form else f"{len(raw)} characters")
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
        self.fault(tag, "a time as HHMMSS", "a time that does not exist" if form else f"{len(raw)} characters")
        return None

    def number(self, tag: int) -> float | None:
        """A decimal (DS). More than its 16 characters are a fault, and still a number; NaN and infinity are none."""
        raw = self.raw(tag)
        if not raw:
            return None
        value = float(raw) if len(raw) <= 64 and _DECIMAL.fullmatch(raw) else None
        if value is None or not isfinite(value):
            self.fault(tag, "a decimal number", f"{len(raw)} characters that are none")
            return None
        if len(raw) > 16:
            self.fault(tag, "a decimal number of up to 16 characters", f"{len(raw)} characters")
        return value

    def whole(self, tag: int) -> int | None:
        """A whole number from 0 to 2,147,483,647 (IS)."""
        raw = self.raw(tag)
        if not raw:
            return None
        value = int(raw) if _WHOLE.fullmatch(raw) else None
        if value is None or value >= 1 << 31:
            self.fault(tag, "a whole number that is not negative", f"{len(raw)} characters that are none")
            return None
        return value

    def items(self, tag: int) -> Iterator["Entry"]:
        """The items of a sequence, up to a bound."""
        sequence = self.elements.get(tag)
        if sequence is None:
            return
        for index, item in enumerate(items(self._source.data, sequence)):
            if index == MOST_ITEMS:
                self.fault(tag, f"at most {MOST_ITEMS} items", "more", "count")
                return
            path = f"{self.holder}{tag_of(tag)}[{index}]"
            yield Entry(self._source, item.region, path, item.damage, sequence.is_cut)

    def first(self, tag: int) -> "Entry | None":
        """The first item of a sequence."""
        return next(self.items(tag), None)

    def ends(self, tag: int) -> "tuple[Entry | None, Entry | None, int]":
        """The first item of a sequence, the last one, how many; no last one when there is one alone or they are cut."""
        sequence = self.elements.get(tag)
        if sequence is None:
            return None, None, 0
        first: Item | None = None
        last: Item | None = None
        count = 0
        for item in items(self._source.data, sequence):
            first, last, count = first or item, item, count + 1
        if first is None or last is None:
            return None, None, 0
        path = self.path(tag)
        start = Entry(self._source, first.region, f"{path}[0]", first.damage, sequence.is_cut)
        if last is first:
            return start, None, 1
        end = Entry(self._source, last.region, f"{path}[{count - 1}]", last.damage, sequence.is_cut)
        return start, None if end.is_cut or sequence.is_cut else end, count
