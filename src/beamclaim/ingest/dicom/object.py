"""Bytes of a DICOM file → one object being read: its dataset, how its texts are encoded, and the rows taken from it.

`DicomObject` is read by the readers of records, summaries and mentions; `PlanningObject` by those of plans, structure
sets and doses, whose writers declare less. Both are read through `item.DicomItem`.
"""

from pydicom.charset import convert_encodings, decode_bytes, python_encoding
from pydicom.valuerep import TEXT_VR_DELIMS

from beamclaim.errors import InputError
from beamclaim.ingest.assertions import Recorder, Subject, ValuePlace
from beamclaim.ingest.dicom.dataset import DatasetBytes, opened, quiet
from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.ingest.dicom.walker import Damage, Region, items, scan

SOP_CLASS, SOP_INSTANCE, CHARACTER_SET, PATIENT = 0x00080016, 0x00080018, 0x00080005, 0x00100020

MOST_ITEMS_IN_ALL = 300_000
"""Items of all sequences of a planning object: each becomes an object many times its size. A plan has some ten thousand."""

MOST_FAULTS = 1_000
"""Faults of one object that are kept: the next thousand of a damaged file tell nothing new."""

#: Characters at which a multi-byte character set falls back to the first one (PS3.5 6.1.2.5.3).
_DELIMITERS = set(b"\\^=\r\n\t\f")
_ITEM, _ITEM_BIG = b"\xfe\xff\x00\xe0", b"\xff\xfe\xe0\x00"


class DicomObject:
    """One object being read. `subject` is what its assertions are about, where a reader names no other."""

    is_planning = False

    def __init__(self, dataset: DatasetBytes, file: int, size: int, *, is_reported: bool = False) -> None:
        """`size`: bytes of the file. What is odd about it and its damage become faults, unless `is_reported` elsewhere."""
        self.data = dataset.data
        self.recorder = Recorder(file, "dicom_record")
        self.subject = Subject("session", "")
        self.broken_items = 0
        """Items read that broken bytes cut, not the end of the file: what they lack may have stood there."""
        self.is_damaged = any(oddity.is_loss for oddity in dataset.oddities)
        """Whether a part of the file is missing or unreadable, as far as it was read."""
        self._whole = (0, size) if dataset.is_deflated else None
        self._faults: set[tuple[str, str, ValuePlace, str]] = set()
        for oddity in dataset.oddities if not is_reported else ():
            self._report(oddity, "file")
        self.top = DicomItem(self, dataset.region, "", is_reported=is_reported)
        self.encodings = self._declared()

    def place(self, start: int, end: int, path: str) -> ValuePlace:
        """Bytes of the file at a path; of a deflated dataset, the whole file."""
        return ValuePlace(*(self._whole or (start, end)), path)

    def add(
        self,
        name: str,
        value: str | None,
        *,
        at: ValuePlace,
        reason: str | None = None,
        settled_by: str | None = None,
        about: Subject | None = None,
    ) -> None:
        """Asserts a thing of the object's subject, or of another; `value` null: looked for and inconclusive."""
        self.recorder.add(about or self.subject, name, value, at=at, reason=reason, settled_by=settled_by)

    def add_text(self, name: str, item: DicomItem, tag: int) -> None:
        """Asserts a text of the object as written; nothing where it is absent or empty."""
        value = item.long_text(tag)
        if value is not None:
            self.add(name, value, at=item.at(tag))

    def fault(self, kind: str, *, at: ValuePlace, expected: str, found: str) -> None:
        """Adds a fault once, and not more than `MOST_FAULTS`; `found` is a class, never the value."""
        key = kind, expected, at, found
        if key not in self._faults and len(self._faults) < MOST_FAULTS:
            self._faults.add(key)
            self.recorder.fault(kind, at=at, expected=expected, found=found)

    def damage(self, damage: Damage, path: str) -> None:
        """Adds the fault of a walk that could not go on; what was read is not the whole from then on."""
        self.is_damaged = True
        self._report(damage, path)

    def _report(self, damage: Damage, path: str) -> None:
        at = self.place(damage.at, damage.at, path)
        self.fault("envelope", at=at, expected=damage.expected, found=damage.found)

    def decoded(self, raw: bytes) -> str | None:
        """Text in the character sets of the file (PS3.5 6.1); null when it is not written in them."""
        if not self.encodings:
            return None
        try:
            if b"\x1b" not in raw:
                return raw.decode(self.encodings[0])
            with quiet():
                text = decode_bytes(raw, self.encodings, TEXT_VR_DELIMS)
        except (UnicodeError, LookupError, ValueError):
            return None
        return None if "\ufffd" in text else text

    def _declared(self) -> list[str]:
        """Python's names of the character sets the file declares; none when one is unknown."""
        raw = self.top.raw(CHARACTER_SET)
        if not raw:
            return ["ascii"]
        terms = [term.strip().decode("latin-1") for term in raw.split(b"\\")]
        if all(term in python_encoding for term in terms):
            with quiet():
                return list(convert_encodings(terms))
        self.top.fault(CHARACTER_SET, expected="a character set of PS3.3 C.12.1.1.2", found="another word")
        return []


class PlanningObject(DicomObject):
    """A plan, structure set or dose; the key of its subject is its SOP Instance UID, else `file N`.

    What stands nowhere has the whole file as its place. A text in no declared character set is taken for Latin 1, as
    planning systems write it. Raises InputError for more than 300,000 items, and where the file ends in a sequence of
    undefined length, so that nobody can say what is missing. Read it under `dataset.quiet()`.
    """

    is_planning = True

    def __init__(self, data: bytes, file: int, source: str, kind: str) -> None:
        dataset = opened(data)
        if max(dataset.data.count(_ITEM), dataset.data.count(_ITEM_BIG)) > MOST_ITEMS_IN_ALL:
            raise InputError(f"more than {MOST_ITEMS_IN_ALL} items in its sequences; export the objects apart")
        _refuse_open_end(dataset.data, dataset.region)
        super().__init__(dataset, file, len(data), is_reported=True)
        self.recorder.source = source
        self.top.span = (0, len(data))
        uid = self.top.uid(SOP_INSTANCE)
        if uid is None and not self.top.has(SOP_INSTANCE):
            self.top.fault(SOP_INSTANCE, expected="a SOP Instance UID", found="none", kind="missing")
        # Without a name of its own the object still is one thing among the files of the run.
        self.subject = Subject(kind, uid or f"file {file}")

    def decoded(self, raw: bytes) -> str | None:
        """Text in the character sets of the file, what is none of them replaced; null when it cannot be decoded at all."""
        try:
            return decode_bytes(raw, self.encodings, _DELIMITERS)
        except (LookupError, ValueError):
            return None

    def _declared(self) -> list[str]:
        terms = [term.strip().decode("latin-1") for term in self.top.raw(CHARACTER_SET).split(b"\\")]
        try:
            return list(convert_encodings(terms if any(terms) else "ISO_IR 6"))
        except (LookupError, ValueError):
            return ["iso8859"]


def _refuse_open_end(data: bytes, region: Region) -> None:
    """Raises InputError when the bytes end, or break, in a sequence or item whose length is not written."""
    while True:
        cut = next((element for element in scan(data, region).elements.values() if element.is_cut), None)
        if cut is None:
            return
        last = [*items(data, cut)][-1:]
        is_item_open = bool(last) and last[0].damage is not None and _is_open(data, last[0].region.start)
        if _is_open(data, cut.start) or is_item_open:
            raise InputError(
                "the dataset cannot be walked, it ends in a sequence without an end; export the file again"
            )
        if not last or last[0].region.start == last[0].region.end:
            return
        region = last[0].region


def _is_open(data: bytes, start: int) -> bool:
    """Whether the length before a value is the undefined one."""
    return data[start - 4 : start] == b"\xff\xff\xff\xff"
