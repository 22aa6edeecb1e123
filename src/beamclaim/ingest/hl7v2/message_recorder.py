"""Places of a message → texts, assertions, faults: the recorder of one message, and the cases of `cases.py` it meets.

A `FieldPlace` is what a reader reads; `MessageRecorder` reads it and never raises; `MessageSubject` asserts it of
a patient, a charge, a document. Called by everything that reads segments; made by `reader.read_one`.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from beamclaim.ingest.assertions import Recorder, Subject, ValuePlace
from beamclaim.ingest.hl7v2 import datatypes
from beamclaim.ingest.hl7v2.cases import BAD_VALUE, CHARSET, ESCAPE, ErrorCase
from beamclaim.ingest.hl7v2.datatypes import Odd, label
from beamclaim.ingest.hl7v2.mapping import Sender
from beamclaim.ingest.hl7v2.message import Message
from beamclaim.ingest.hl7v2.tokens import FieldBytes, Segment, decode
from beamclaim.ingest.values import Unfit

T = TypeVar("T")

_CHANGEABLE = ("charge", "document", "stay", "session")
"""Kinds of subjects of which the last message counts: each says of them when it was sent, over all its bytes."""

LONGEST = 4096
"""Bytes of a value that is read; codes, numbers and names are shorter, and text is not read."""


class FieldPlace(NamedTuple):
    """A place in a segment: its bytes, and their path in words of the standard; `last` where it runs over several parts."""

    segment: Segment
    part: FieldBytes
    path: str
    last: FieldBytes | None = None

    @property
    def at(self) -> ValuePlace:
        """The place among the bytes of the file."""
        return ValuePlace(self.part.start, (self.last or self.part).end, self.path, self.segment.number)


def place_of(segment: Segment, field: int, component: int = 0, subcomponent: int = 0) -> FieldPlace:
    """A field, or a component of its first repetition."""
    return FieldPlace(segment, segment.at(field, component, subcomponent), segment.path(field, component))


def place_inside(
    segment: Segment, field: int, repetition: FieldBytes, component: int, subcomponent: int = 1
) -> FieldPlace:
    """A component of one repetition of a field."""
    return FieldPlace(segment, segment.inside(repetition, component, subcomponent), segment.path(field, component))


class MessageRecorder(Recorder):
    """The evidence of one message. `patient` is whom the segments at hand are about, `sender` the layout of its sender."""

    def __init__(self, file: int, message: Message, sender: Sender) -> None:
        super().__init__(file, "hl7v2")
        self.cases: list[ErrorCase] = []
        self.message = message
        self.sender = sender

    def key(self, segment: Segment) -> str:
        """The key of what a segment is about: `MSG1/FT1-2`, counted from 1."""
        return f"{self.message.key}/{segment.name}-{segment.index + 1}"

    def subject(self, kind: str, key: str) -> "MessageSubject":
        """A subject to assert things of; of what later messages may change, when this message told it (MSH-7) and who sent it."""
        subject = MessageSubject(self, Subject(kind, key))
        if kind in _CHANGEABLE:
            msh = self.message.segments[0]
            whole = FieldPlace(msh, msh.part, "MSH", self.message.segments[-1].part)
            subject.add("told_at", self._sent_at(), at=whole, reason=self.message.header.sender, settled_by="records")
        return subject

    def _sent_at(self) -> str | None:
        """When the message was sent, with the offset it names; null where that cannot be told."""
        try:
            return datatypes.instant(self.message.segments[0].at(7, 1).raw.decode("latin-1").strip())
        except Unfit:
            return None

    def text(self, place: FieldPlace) -> str | None:
        """The text of a place; null when it is empty, or its characters cannot be known (then a fault)."""
        return self.read(place, str)

    def read(self, place: FieldPlace, reading: Callable[[str], T]) -> T | None:
        """A value that is used and not asserted; null when empty, and where it does not fit (then a fault)."""
        try:
            text = self.decoded(place)
            return reading(text) if text is not None else None
        except Unfit as unfit:
            self.reject_unfit(place, unfit)
            return None

    def reject(self, case: ErrorCase, place: FieldPlace, *, expected: str, found: str) -> None:
        """Adds a fault of the message, and its case; `found` is a class, never the value."""
        self.cases.append(case)
        reject(self, case, place, expected=expected, found=found)

    def reject_unfit(self, place: FieldPlace, unfit: Unfit) -> None:
        """Adds the fault of a value that could not be taken."""
        case = unfit.case if isinstance(unfit, Odd) else BAD_VALUE
        self.reject(case, place, expected=unfit.expected, found=unfit.found)

    def decoded(self, place: FieldPlace) -> str | None:
        """The text of a place, null when empty; an odd escape is a note.

        Raises Odd for too many bytes, and for characters that are not of the message's set.
        """
        raw, message = place.part.raw, self.message
        if not raw:
            return None
        if len(raw) > LONGEST:
            raise Odd(BAD_VALUE, f"at most {LONGEST} bytes", "more of them")
        if message.encoding is None and not raw.isascii():
            raise Odd(CHARSET, "a character set that is read", "bytes of another one")
        try:
            return decode(raw, message.marks, message.encoding or "ascii").strip() or None
        except Unfit as unfit:
            if unfit.value is None:
                raise Odd(CHARSET, unfit.expected, unfit.found) from None
            self.reject(ESCAPE, place, expected=unfit.expected, found=unfit.found)
            return str(unfit.value).strip() or None


class MessageSubject:
    """A subject of a message, of which things are asserted."""

    __slots__ = ("_recorder", "_subject")

    def __init__(self, recorder: MessageRecorder, subject: Subject) -> None:
        self._recorder = recorder
        self._subject = subject

    @property
    def key(self) -> str:
        """Its key."""
        return self._subject.key

    def take(
        self,
        name: str,
        place: FieldPlace,
        reading: Callable[[str], str] = label,
        *,
        reason: str | None = None,
        settled_by: str = "records",
    ) -> str | None:
        """Asserts a field in the words of `reading` → its value; nothing of an empty one.

        One that does not fit is unknown, and a fault: `settled_by` settles it.
        """
        try:
            text = self._recorder.decoded(place)
            if text is None:
                return None
            value = reading(text)
        except Unfit as unfit:
            self._recorder.reject_unfit(place, unfit)
            self.add(name, None, at=place, reason=f"expected {unfit.expected}", settled_by=settled_by)
            return None
        self.add(name, value, at=place, reason=reason)
        return value

    def add(
        self, name: str, value: str | None, *, at: FieldPlace, reason: str | None = None, settled_by: str | None = None
    ) -> None:
        """Asserts a value that was worked out from a place, or that it is unknown and who can settle it."""
        self._recorder.add(self._subject, name, value, at=at.at, reason=reason, settled_by=settled_by)


def reject(recorder: Recorder, case: ErrorCase, place: FieldPlace, *, expected: str, found: str) -> None:
    """Adds the fault of a case, of a file or a message; `found` is a class, never the value."""
    recorder.fault(case.kind, at=place.at, expected=expected, found=f"{found} ({case.code})")
