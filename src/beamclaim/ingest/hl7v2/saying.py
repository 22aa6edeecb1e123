"""What a message says, while it is being read: assertions and faults, each with its bytes, and the cases met."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from beamclaim.ingest.hl7v2.cases import BAD_VALUE, CHARSET, ESCAPE, Case
from beamclaim.ingest.hl7v2.mapping import Sender
from beamclaim.ingest.hl7v2.message import Message
from beamclaim.ingest.hl7v2.tokens import Part, Segment, decode
from beamclaim.ingest.hl7v2.values import Odd, label
from beamclaim.ingest.values import Unfit
from beamclaim.model.tables.evidence import Assertion, Evidence, Fault

T = TypeVar("T")

LONGEST = 4096
"""Bytes of a value that is read; codes, numbers and names are shorter, and text is not read."""


class Where(NamedTuple):
    """A place in a segment: the bytes, and their path in words of the standard; `last` where it runs over several parts."""

    segment: Segment
    part: Part
    path: str
    last: Part | None = None

    @property
    def end(self) -> int:
        """The byte past the last one."""
        return (self.last or self.part).end


def where(segment: Segment, field: int, component: int = 0, subcomponent: int = 0) -> Where:
    """A field, or a component of its first repetition."""
    return Where(segment, segment.at(field, component, subcomponent), segment.path(field, component))


def within(segment: Segment, field: int, repetition: Part, component: int, subcomponent: int = 1) -> Where:
    """A component of one repetition of a field."""
    return Where(segment, segment.inside(repetition, component, subcomponent), segment.path(field, component))


class Saying:
    """The evidence of one message. `patient` is whom the segments at hand are about."""

    def __init__(self, file: int, message: Message, sender: Sender) -> None:
        self.evidence = Evidence()
        self.cases: list[Case] = []
        self.message = message
        self.sender = sender
        self.patient: str | None = None
        self.file = file

    def key(self, segment: Segment) -> str:
        """The name of what a segment tells: `MSG1/FT1-2`, counted from 1."""
        return f"{self.message.key}/{segment.name}-{segment.index + 1}"

    def text(self, place: Where) -> str | None:
        """The text of a place, None when it is empty or its characters cannot be known (that is then a fault)."""
        try:
            return self.decoded(place)
        except Unfit as unfit:
            self.unfit(place, unfit)
            return None

    def read(self, place: Where, reading: Callable[[str], T]) -> T | None:
        """A value that is used and not said; one that does not fit is a fault and None."""
        try:
            text = self.decoded(place)
            return reading(text) if text is not None else None
        except Unfit as unfit:
            self.unfit(place, unfit)
            return None

    def about(self, subject: str, key: str) -> "About":
        """What is said from here on is said of this subject."""
        return About(self, subject, key)

    def unfit(self, place: Where, unfit: Unfit) -> None:
        """A value that could not be taken, as a fault."""
        self.fault(unfit.case if isinstance(unfit, Odd) else BAD_VALUE, place, unfit.expected, unfit.found)

    def fault(self, case: Case, place: Where, expected: str, found: str) -> None:
        """Something of the message that cannot be taken as it is; `found` is a class, never the value."""
        self.cases.append(case)
        self.evidence.faults.append(fault(self.file, case, place, expected, found))

    def decoded(self, place: Where) -> str | None:
        """The text of a place, None when empty; an odd escape is a note, characters of another set are `Odd`."""
        if not place.part.raw:
            return None
        if len(place.part.raw) > LONGEST:
            raise Odd(BAD_VALUE, f"at most {LONGEST} bytes", "more of them")
        if self.message.encoding is None and not place.part.raw.isascii():
            raise Odd(CHARSET, "a character set that is read", "bytes of another one")
        try:
            return decode(place.part.raw, self.message.marks, self.message.encoding or "ascii").strip() or None
        except Unfit as unfit:
            if unfit.value is None:
                raise Odd(CHARSET, unfit.expected, unfit.found) from None
            self.fault(ESCAPE, place, unfit.expected, unfit.found)
            return str(unfit.value).strip() or None


class About:
    """A subject of a message, which assertions are made of."""

    __slots__ = ("_saying", "key", "subject")

    def __init__(self, saying: Saying, subject: str, key: str) -> None:
        self._saying = saying
        self.subject = subject
        self.key = key

    def say(
        self,
        name: str,
        place: Where,
        reading: Callable[[str], str] = label,
        reason: str | None = None,
        who: str = "records",
    ) -> str | None:
        """Says a field in the words of `reading`; an empty one says nothing, one that does not fit is unknown and a fault."""
        try:
            text = self._saying.decoded(place)
            if text is None:
                return None
            value = reading(text)
        except Unfit as unfit:
            self._saying.unfit(place, unfit)
            self.state(name, None, place, f"expected {unfit.expected}", who)
            return None
        self.state(name, value, place, reason)
        return value

    def state(
        self, name: str, value: str | None, place: Where, reason: str | None = None, who: str | None = None
    ) -> None:
        """Says a value that was worked out from a place, or that it is unknown and who can settle it."""
        saying = self._saying
        saying.evidence.assertions.append(
            Assertion(
                saying.file, place.part.start, place.end, place.segment.number, "hl7v2", place.path, saying.patient,
                self.subject, self.key, name, value, reason, who if value is None else None,
            )
        )  # fmt: skip


def fault(file: int, case: Case, place: Where, expected: str, found: str) -> Fault:
    """A row of `faults`; `found` is a class of what was found, never the value."""
    words = f"{found} ({case.code})"
    return Fault(file, place.part.start, place.end, place.segment.number, case.kind, place.path, expected, words)
