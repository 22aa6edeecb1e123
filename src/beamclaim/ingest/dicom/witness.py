"""A DICOM object as a witness: its elements read without ever raising, what it says collected with the bytes.

`Item` is one item of the object (the object itself is the first); it reads values from the bytes as written and
writes what it cannot read to the faults, as a class and never as a value. `Witness` turns what was read into
assertions about one subject.
"""

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any

from pydicom import Dataset
from pydicom.charset import convert_encodings, decode_bytes
from pydicom.dataelem import RawDataElement

from beamclaim.errors import InputError
from beamclaim.ingest.dicom.dataset import Places, open_dataset, opened
from beamclaim.model.tables.evidence import Assertion, Evidence, Fault

MOST_ITEMS = 20_000
"""Items of a sequence that are read; the rest is a fault."""
MOST_ITEMS_IN_ALL = 300_000
"""Items of all sequences of a file: each becomes an object many times its size. A plan has some ten thousand."""
LONGEST_TEXT = 1024
LONGEST_NUMBERS = 1 << 18
"""Bytes of one list of numbers."""
MOST_FAULTS = 200
"""Faults of one object that are kept: the next thousand of a damaged file say nothing new."""

SOP_CLASS, SOP_INSTANCE, CHARACTER_SET, PATIENT = 0x00080016, 0x00080018, 0x00080005, 0x00100020

_NUMBER = re.compile(rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WHOLE = re.compile(rb"[+-]?[0-9]{1,12}")
_UID = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*")
_DIGITS_AND_DOTS = re.compile(r"[0-9.]+")
_DAY = re.compile(r"([0-9]{4})[.]?([0-9]{2})[.]?([0-9]{2})")
_TIME = re.compile(r"([0-9]{2}):?([0-9]{2})?:?([0-9]{2})?(?:\.([0-9]{1,6}))?")
_LARGEST = 1e12
_LARGEST_WHOLE = (1 << 31) - 1
_ITEM, _ITEM_BIG = b"\xfe\xff\x00\xe0", b"\xff\xfe\xe0\x00"
#: Characters at which a multi-byte character set falls back to the first one (PS3.5 6.1.2.5.3).
_DELIMITERS = set(b"\\^=\r\n\t\f")


def written(tag: int) -> str:
    """A tag as paths write it: `(300A,0070)`."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


class Witness:
    """One DICOM object speaking about one subject; `evidence` fills as it is read.

    Raises InputError when the bytes are no DICOM dataset or hold more than 300,000 items. In deflated files every span is the whole file.
    """

    def __init__(self, data: bytes, file: int, source: str, subject: str) -> None:
        self.evidence = Evidence()
        self.file, self._source, self._subject, self._size = file, source, subject, len(data)
        held = opened(data).data
        if max(held.count(_ITEM), held.count(_ITEM_BIG)) > MOST_ITEMS_IN_ALL:
            raise InputError(f"more than {MOST_ITEMS_IN_ALL} items in its sequences; export the objects apart")
        dataset = open_dataset(data)
        self._places = Places(data)
        self.encodings = _encodings(dataset)
        self.root = Item(dataset, "", self)
        uid = self.root.uid(SOP_INSTANCE)
        if uid is None and not self.root.has(SOP_INSTANCE):
            self.fault(written(SOP_INSTANCE), "a SOP Instance UID", "none", "missing")
        # Without a name of its own the object still is one thing among the files of the run.
        self.key = uid or f"file {file}"
        self.patient = self.root.text(PATIENT)

    def place(self, path: str) -> tuple[int, int]:
        """Bytes of the value at a path; of the nearest holder where damage hides it; of the file when nothing is left."""
        while path:
            try:
                return self._places.of(path)
            except Exception:  # a damaged file is walked differently by the two readers
                path = path.rpartition(".")[0]
        return 0, self._size

    def say(
        self,
        name: str,
        value: str | None,
        path: str,
        reason: str | None = None,
        who: str | None = None,
        *,
        subject: str | None = None,
        key: str | None = None,
    ) -> None:
        """States one thing about the subject (or another); `value` None is looked for and inconclusive."""
        start, end = self.place(path)
        about, of = subject or self._subject, key or self.key
        self.evidence.assertions.append(
            Assertion(
                self.file, start, end, None, self._source, path, self.patient, about, of, name, value, reason, who
            )
        )

    def tell(self, name: str, item: "Item", tag: int) -> str | None:
        """States a text of the object as written; says nothing where it is absent or empty."""
        value = item.text(tag)
        if value is not None:
            self.say(name, value, item.at(tag))
        return value

    def fault(self, path: str, expected: str, found: str, kind: str = "element") -> None:
        """Notes what the object holds and a reader cannot accept; `found` is a class, never the value."""
        if len(self.evidence.faults) < MOST_FAULTS:
            start, end = self.place(path)
            fault = Fault(self.file, start, end, None, kind, path, expected, found)
            if fault not in self.evidence.faults:
                self.evidence.faults.append(fault)


class Item:
    """An item of a DICOM object and its path; readers return None for what is absent, empty or unreadable."""

    __slots__ = ("_dataset", "path", "witness")

    def __init__(self, dataset: Dataset, path: str, witness: Witness) -> None:
        self._dataset, self.path, self.witness = dataset, path, witness

    def at(self, tag: int) -> str:
        """The path of an element of this item."""
        return f"{self.path}.{written(tag)}" if self.path else written(tag)

    def has(self, tag: int) -> bool:
        """True when the element is there, even empty."""
        return tag in self._dataset

    def filled(self, tag: int) -> bool:
        """True when the element is there and has a value, or items; none of them is decoded."""
        return bool(self._raw(tag))

    def tags(self) -> list[int]:
        """The tags of the item, private ones too."""
        return [int(tag) for tag in self._dataset.keys()]  # noqa: SIM118 iterating decodes every value

    def text(self, tag: int) -> str | None:
        """The text of an element, blanks around it gone, in the object's character set."""
        raw = self._raw(tag)
        if raw is None:
            return None
        if isinstance(raw, bytes):
            raw = raw[: 4 * LONGEST_TEXT]
            try:
                raw = decode_bytes(raw, self.witness.encodings, _DELIMITERS)
            except (LookupError, ValueError):
                self.witness.fault(self.at(tag), "text in the character set of the file", "other bytes")
                raw = raw.decode("ascii", "replace")
        return str(raw)[:LONGEST_TEXT].strip(" \0") or None

    def texts(self, tag: int) -> list[str]:
        """The values of a text element with several."""
        return [part.strip() for part in (self.text(tag) or "").split("\\") if part.strip()]

    def term(self, tag: int) -> str | None:
        """A defined term, in lower case."""
        text = self.text(tag)
        return text.lower() if text else None

    def uid(self, tag: int) -> str | None:
        """A unique identifier (PS3.5 section 9: digits and dots, 64 at most, no leading zeros); a fault where it is none.

        One with leading zeros still names its object: other files repeat it as it is.
        """
        text = self.text(tag)
        if not text or (len(text) <= 64 and _UID.fullmatch(text)):
            return text
        is_name = len(text) <= 64 and _DIGITS_AND_DOTS.fullmatch(text) is not None
        found = "a part with a leading zero, or an empty one" if is_name else f"{len(text)} characters, others too"
        self.witness.fault(self.at(tag), "a UID of at most 64 digits and dots", found)
        return text if is_name else None

    def number(self, tag: int) -> float | None:
        """A decimal number; a fault where it is none, is not finite, or is one of several."""
        several = self.numbers(tag)
        if several is not None and len(several) != 1:
            self.witness.fault(self.at(tag), "one number", f"{len(several)} numbers")
            return None
        return several[0] if several else None

    def whole(self, tag: int) -> int | None:
        """A whole number; a fault where it is none."""
        raw = self._bytes(tag)
        if not raw:
            return None
        if not _WHOLE.fullmatch(raw) or abs(int(raw)) > _LARGEST_WHOLE:
            self.witness.fault(self.at(tag), "a whole number below 2,147,483,648", f"{len(raw)} other characters")
            return None
        return int(raw)

    def numbers(self, tag: int) -> list[float] | None:
        """Decimal numbers of an element; a fault and None where one of them is no finite number."""
        raw = self._bytes(tag)
        if not raw:
            return None
        if len(raw) > LONGEST_NUMBERS:
            self.witness.fault(self.at(tag), f"at most {LONGEST_NUMBERS} bytes of numbers", f"{len(raw)} bytes")
            return None
        values = []
        for part in raw.split(b"\\"):
            text = part.strip(b" \0")
            number = float(text) if len(text) <= 64 and _NUMBER.fullmatch(text) else float("nan")
            if not abs(number) < _LARGEST:
                self.witness.fault(self.at(tag), "decimal numbers", "a value that is no finite number")
                return None
            values.append(number)
        return values

    def day(self, tag: int) -> date | None:
        """A calendar day; a fault where there is no such day."""
        text = self.text(tag)
        if not text:
            return None
        match = _DAY.fullmatch(text)
        try:
            if match:
                return date(*map(int, match.groups()))
        except ValueError:  # no such day
            pass
        self._odd(tag, "a date YYYYMMDD")
        return None

    def clock(self, tag: int) -> time | None:
        """A time of day, as far as it is written; a fault where there is no such time."""
        text = self.text(tag)
        if not text:
            return None
        match = _TIME.fullmatch(text)
        try:
            if match:
                hour, minute, second, fraction = match.groups(default="0")
                return time(int(hour), int(minute), int(second), int(fraction.ljust(6, "0")))
        except ValueError:  # no such time
            pass
        self._odd(tag, "a time HHMMSS")
        return None

    def items(self, tag: int) -> list["Item"]:
        """The items of a sequence, in order; none where it is absent or no sequence."""
        if tag not in self._dataset:
            return []
        try:
            found: Any = self._dataset[tag].value
        except Exception:  # damaged bytes make pydicom raise errors of every kind
            self.witness.fault(self.at(tag), "a sequence", "bytes that are no items")
            return []
        if found is None or not len(found):
            return []
        if not isinstance(found, Sequence) or isinstance(found, str | bytes):
            self.witness.fault(self.at(tag), "a sequence", "a value")
            return []
        if len(found) > MOST_ITEMS:
            self.witness.fault(self.at(tag), f"at most {MOST_ITEMS} items", f"{len(found)} items")
        return [
            Item(each, f"{self.at(tag)}[{place}]", self.witness)
            for place, each in enumerate(found[:MOST_ITEMS])
            if isinstance(each, Dataset)
        ]

    def need(self, tag: int, what: str) -> None:
        """Notes a fault when an element that must be filled (type 1) is not."""
        if not self.filled(tag):
            self.witness.fault(self.at(tag), what, "empty" if self.has(tag) else "none", "missing")

    def _odd(self, tag: int, expected: str) -> None:
        self.witness.fault(self.at(tag), expected, f"{len(self.text(tag) or '')} other characters")

    def _bytes(self, tag: int) -> bytes:
        raw = self._raw(tag)
        if raw is None:
            return b""
        if isinstance(raw, bytes):
            return raw.strip(b" \0")
        parts = raw if isinstance(raw, Sequence) and not isinstance(raw, str) else [raw]
        return "\\".join(map(str, parts)).encode("ascii", "replace")

    def _raw(self, tag: int) -> Any:
        """The value: bytes as written, or what pydicom made of it where it has decoded it already; None when empty."""
        if tag not in self._dataset:
            return None
        try:
            element: Any = self._dataset.get_item(tag)
        except Exception:  # damaged bytes name a kind of value that there is not
            self.witness.fault(self.at(tag), "a value of a kind that DICOM knows", "another kind")
            return None
        value = element.value
        if value is None or (not isinstance(element, RawDataElement) and element.is_empty):
            return None
        return value if len(str(value) if not hasattr(value, "__len__") else value) else None


def _encodings(dataset: Dataset) -> list[str]:
    """The character sets of the object; the default one where it names none that is known."""
    try:
        return convert_encodings(dataset.get("SpecificCharacterSet", None) or "ISO_IR 6")
    except Exception:  # a character set that cannot be decoded itself
        return ["iso8859"]
