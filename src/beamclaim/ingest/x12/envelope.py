"""The envelope: ISA, GS, ST and their trailers, checked as they pass; remembers what is open between batches."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from beamclaim.ingest.x12.cells import decoded
from beamclaim.ingest.x12.faults import SegmentFault, described
from beamclaim.ingest.x12.guide import Guides
from beamclaim.ingest.x12.interchanges import Interchange
from beamclaim.ingest.x12.segments import among, number_of
from beamclaim.ingest.x12.tokens import Cells, Delimiters, Flags, Tokens

_ENVELOPE = among("ISA GS ST SE GE IEA")
_ST = number_of("ST")
_NAMES = {number_of(name): name for name in ("ISA", "GS", "ST", "SE", "GE", "IEA")}
#: Lengths of ISA01 to ISA16, and which of them are text that blanks may fill.
_ISA_LENGTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_ISA_TEXTS = {2, 4, 6, 8}
_CONTROL_NUMBERS = 100_000  # remembered per group; more transactions than this are not compared


@dataclass(slots=True)
class OpenEnvelope:
    """An envelope segment whose trailer has not come yet."""

    start: int
    end: int
    segment: int
    control: bytes
    version: str = ""
    members: int = 0
    controls: set[bytes] = field(default_factory=set)


Kinds = npt.NDArray[np.uint8]


class Envelope:
    """What is open, and what was wrong with the envelopes passed so far."""

    def __init__(self, guides: Guides) -> None:
        self._guides = guides
        self.faults: list[SegmentFault] = []
        self.done: list[Interchange] = []
        self.versions: dict[int, str] = {}
        self._began: list[tuple[int, int]] = []
        self._forms: list[tuple[int, str]] = []
        self.is_x12 = False
        self._interchange: OpenEnvelope | None = None
        self._group: OpenEnvelope | None = None
        self._set: OpenEnvelope | None = None
        self._row: Interchange | None = None
        self._hash = hashlib.sha256()
        self._guide = 0
        self._form = 0
        self._skip = False

    def forget(self, start: int) -> None:
        """Forget the versions of all transactions but the one whose ST stands at `start`."""
        self.versions = {k: v for k, v in self.versions.items() if k == start}

    def opens(self, tokens: Tokens) -> Flags:
        """Which segments open or close an envelope or a level, as the guides of each transaction (its ST01) have it."""
        opens: Flags = self._guides.opens[tokens.ids]
        if len(self._guides.all) > 1:
            sets = np.flatnonzero(tokens.ids == _ST)
            kinds = [decoded(tokens.value(*edges)) for edges in _edges(tokens.element(sets, 1))]
            for start, stop, kind in zip(sets, [*sets, len(tokens)][1:], kinds, strict=True):
                opens[start:stop] = self._guides.opens_in(kind)[tokens.ids[start:stop]]
        return opens

    def step(self, tokens: Tokens, context: int, end: int) -> tuple[Kinds, Kinds, Flags]:
        """Guide and form of each segment (numbers, 0 none), and which belong to transactions that are not read.

        The first `context` segments have been stepped before. `end` is the position in
        ``tokens.raw`` up to which bytes count for the hash of an interchange still open.
        """
        count = len(tokens)
        guide, form = np.zeros(count, np.uint8), np.zeros(count, np.uint8)
        skipped = np.zeros(count, np.bool_)
        guide[:context], form[:context] = self._guide, self._form
        at = context
        hashed = int(tokens.starts[context]) if context < count else end
        for i in np.flatnonzero(_ENVELOPE[tokens.ids[context:]]) + context:
            guide[at:i], form[at:i], skipped[at:i] = self._guide, self._form, self._skip
            name = _NAMES[int(tokens.ids[i])]
            stop = int(tokens.ends[i])
            fields = tokens.raw[tokens.starts[i] : stop].split(tokens.delimiters.element)
            opened = OpenEnvelope(
                int(tokens.starts[i] + tokens.shift[i]), int(stop + tokens.shift[i]), int(tokens.numbers[i]), b""
            )
            if name == "ISA":
                self.digest(tokens.raw[hashed : tokens.starts[i]])
                hashed = int(tokens.starts[i])
                self._open_interchange(opened, fields, tokens.delimiters)
            elif name == "IEA":
                self.digest(tokens.raw[hashed:stop])
                hashed = stop
                self._close_interchange(opened, fields)
            elif name == "GS":
                self._open_group(opened, fields)
            elif name == "GE":
                self._close_group(opened, fields)
            elif name == "ST":
                self._open_set(opened, fields)
            else:
                guide[i], form[i], skipped[i] = self._guide, self._form, self._skip
                self._close_set(opened, fields)
                at = int(i) + 1
                continue
            guide[i], form[i], skipped[i] = self._guide, self._form, self._skip
            at = int(i) + 1
        guide[at:], form[at:], skipped[at:] = self._guide, self._form, self._skip
        self.digest(tokens.raw[hashed:end])
        return guide, form, skipped

    def digest(self, raw: bytes) -> None:
        """Bytes of the interchange that is open."""
        if self._interchange is not None:
            self._hash.update(raw)

    @property
    def guide(self) -> int:
        """The number of the guide of the transaction that is open; 0 where none is."""
        return self._guide

    def finish(self) -> None:
        """No more bytes: what is still open lacks its trailer."""
        self._end_interchange()

    def notes(self) -> tuple[list[tuple[int, int]], list[tuple[int, str]]]:
        """Each ISA (offset, segment number) and each transaction read (offset, form) since the last call."""
        notes = self._began, self._forms
        self._began, self._forms = [], []
        return notes

    def pop(self) -> Iterator[Interchange]:
        """The interchanges complete by now, once each."""
        done, self.done = self.done, []
        yield from done

    def _fault(
        self, at: OpenEnvelope, kind: str, path: str, expected: str, found: str, *, repair: str | None = None
    ) -> None:
        self.faults.append(SegmentFault(None, None, at.start, at.end, at.segment, kind, path, expected, found, repair))

    def _unclosed(self, opened: OpenEnvelope | None, head: str, trailer: str) -> None:
        if opened is not None:
            self._fault(opened, "envelope", trailer, f"{trailer} that closes this {head}", "none")

    def _open_interchange(self, at: OpenEnvelope, fields: list[bytes], delimiters: Delimiters) -> None:
        self._end_interchange()
        self.is_x12 = True
        self._began.append((at.start, at.segment))
        at.control = _field(fields, 13)
        self._interchange = at
        self._row = Interchange(at.start, at.end, at.segment, fields, delimiters)
        self._hash = hashlib.sha256()
        if len(fields) != 17 or any(len(f) != n for f, n in zip(fields[1:], _ISA_LENGTHS, strict=True)):
            expected, found = "16 elements of fixed length, 106 bytes in all", f"{at.end - at.start + 1} bytes"
            self._fault(at, "envelope", "ISA", expected, found, repair=_filled(fields, delimiters.element))

    def _end_interchange(self) -> None:
        self._end_group()
        self._unclosed(self._interchange, "ISA", "IEA")
        self._store()

    def _store(self) -> None:
        if self._row is not None:
            self._row.digest = self._hash.hexdigest()
            self.done.append(self._row)
        self._interchange = self._row = None

    def _close_interchange(self, at: OpenEnvelope, fields: list[bytes]) -> None:
        self._end_group()
        opened = self._interchange
        if opened is None:
            self._fault(at, "envelope", "IEA", "an ISA before it", "none")
            return
        self._count(at, fields, "IEA01", opened.members)
        self._control(at, fields, "IEA02", "ISA13", opened.control)
        self._store()

    def _open_group(self, at: OpenEnvelope, fields: list[bytes]) -> None:
        self._end_group()
        if self._interchange is None:
            self._fault(at, "envelope", "GS", "an ISA before it", "none")
        else:
            self._interchange.members += 1
        at.control = _field(fields, 6)
        at.version = decoded(_field(fields, 8)).upper()
        self._group = at

    def _end_group(self) -> None:
        self._end_set()
        self._unclosed(self._group, "GS", "GE")
        self._group = None

    def _close_group(self, at: OpenEnvelope, fields: list[bytes]) -> None:
        self._end_set()
        opened = self._group
        if opened is None:
            self._fault(at, "envelope", "GE", "a GS before it", "none")
            return
        self._count(at, fields, "GE01", opened.members)
        self._control(at, fields, "GE02", "GS06", opened.control)
        self._group = None

    def _open_set(self, at: OpenEnvelope, fields: list[bytes]) -> None:
        self._end_set()
        at.control = _field(fields, 2)
        at.version = decoded(_field(fields, 3)).upper()
        if self._group is None:
            self._fault(at, "envelope", "ST", "a GS before it", "none")
        else:
            self._group.members += 1
            if at.control in self._group.controls:
                self._fault(at, "envelope", "ST02", "a control number used once in its group", "one used before")
            elif len(self._group.controls) < _CONTROL_NUMBERS:
                self._group.controls.add(at.control)
            at.version = at.version or self._group.version
        self._set = at
        kind = decoded(_field(fields, 1))
        self._guide = self._guides.number(kind, at.version)
        self._skip = not self._guide
        if self._guide:
            guide = self._guides.of(self._guide)
            form = guide.versions[at.version]
            self._form = guide.outline.forms[form]
            self._forms.append((at.start, form))
            self.versions[at.start] = at.version
        else:
            self._form = 0
            self._fault(
                at, "not_read", "ST", self._guides.titles, f"transaction {_name(kind)}, version {_name(at.version)}"
            )

    def _end_set(self) -> None:
        self._unclosed(self._set, "ST", "SE")
        self._set = None
        self._guide, self._form, self._skip = 0, 0, False

    def _close_set(self, at: OpenEnvelope, fields: list[bytes]) -> None:
        opened = self._set
        self._set = None
        self._guide, self._form, self._skip = 0, 0, False
        if opened is None:
            self._fault(at, "envelope", "SE", "an ST before it", "none")
            return
        self._count(at, fields, "SE01", at.segment - opened.segment + 1)
        self._control(at, fields, "SE02", "ST02", opened.control)

    def _element(self, at: OpenEnvelope, fields: list[bytes], number: int) -> OpenEnvelope:
        """The place of an element of an envelope segment (its whole segment when the element is absent)."""
        if number >= len(fields):
            return at
        start = at.start + sum(len(f) + 1 for f in fields[:number])
        return OpenEnvelope(start, start + len(fields[number]), at.segment, b"")

    def _count(self, at: OpenEnvelope, fields: list[bytes], path: str, true: int) -> None:
        written = _field(fields, 1)
        if not (written.isdigit() and len(written) <= 10 and int(written) == true):
            found = f"{int(written)}" if written.isdigit() and len(written) <= 10 else described(written)
            repair = str(true) if len(fields) > 1 else None  # without its element there is no place for a count
            self._fault(self._element(at, fields, 1), "count", path, str(true), found, repair=repair)

    def _control(self, at: OpenEnvelope, fields: list[bytes], path: str, head: str, control: bytes) -> None:
        if _field(fields, 2) != control:
            place = self._element(at, fields, 2)
            self._fault(
                place, "envelope", path, f"the same number as {head}", f"another: {described(_field(fields, 2))}"
            )


def _filled(fields: list[bytes], element: bytes) -> str | None:
    """The ISA with its text elements filled to their length with blanks; None where that is not all it lacks."""
    if len(fields) != 17:
        return None
    out = [fields[0]]
    for number, (value, length) in enumerate(zip(fields[1:], _ISA_LENGTHS, strict=True), start=1):
        out.append(value.rstrip(b" ").ljust(length) if number in _ISA_TEXTS else value)
        if len(out[-1]) != length:
            return None
    whole = element.join(out)
    return whole.decode() if whole.isascii() else None


def _edges(cells: Cells) -> Iterator[tuple[int, int]]:
    return zip(cells.start.tolist(), cells.end.tolist(), strict=True)


def _field(fields: list[bytes], number: int) -> bytes:
    return fields[number].strip() if number < len(fields) else b""


def _name(text: str) -> str:
    """A transaction or version to show: only when it looks like one."""
    return text if text.isascii() and text.isalnum() and len(text) <= 14 else "not named"
