"""Bytes of an HL7 v2 message (ER7) → segments, fields, repetitions, components: each knows its place (HL7 v2.8.2 chapter 2.5).

Nothing is copied out of shape: joining the parts of any level with their mark gives the bytes back.
Values are decoded last, once, and only where asked for; a mark that comes out of an escape stays data.
"""

import re
from typing import NamedTuple

from beamclaim.ingest.values import Unfit

MOST_PARTS = 10_000
"""Fields of a segment, or repetitions in it, that are read at most."""

ENCODINGS = {
    "": "ascii", "ASCII": "ascii", "UNICODE UTF-8": "utf-8", "UNICODE": "utf-8", "KS X 1001": "euc_kr",
    **{f"8859/{n}": f"iso8859_{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)},
}  # fmt: skip
"""Character sets of table 0211 whose bytes never look like a mark → Python's name."""

_HEADER = re.compile(rb"(?:MSH|FHS|BHS)([!-/:-@\[-`{-~])([^\r\n]*?)(?:\1|\Z)", re.DOTALL)
_HEX = re.compile(rb"X((?:[0-9A-Fa-f]{2})+)")
_SILENT = re.compile(rb"[HN]|Z[^\\]*|\.[a-z]{2}[+-]?[0-9]*")


class Marks(NamedTuple):
    """The characters that separate, each one byte, as MSH-1 and MSH-2 set them; `truncation` is empty before 2.7."""

    field: bytes
    component: bytes
    repetition: bytes
    escape: bytes
    subcomponent: bytes
    truncation: bytes = b""


STANDARD = Marks(b"|", b"^", b"~", b"\\", b"&")


class FieldBytes(NamedTuple):
    """Bytes of a field or of anything inside it; `start` is their place in the file."""

    raw: bytes
    start: int

    @property
    def end(self) -> int:
        """The byte past the last one."""
        return self.start + len(self.raw)

    def split(self, mark: bytes) -> list["FieldBytes"]:
        """The parts between the marks."""
        if mark not in self.raw:
            return [self]
        parts, at = [], self.start
        for raw in self.raw.split(mark):
            parts.append(FieldBytes(raw, at))
            at += len(raw) + 1
        return parts

    def nth(self, mark: bytes, number: int) -> "FieldBytes":
        """The part of this number, from 1, without splitting the others; empty where there is none."""
        at = 0
        for _ in range(number - 1):
            at = self.raw.find(mark, at) + 1
            if not at:
                return FieldBytes(b"", self.end)
        end = self.raw.find(mark, at)
        return FieldBytes(self.raw[at : end if end >= 0 else None], self.start + at)


class Segment:
    """A segment: its name, its number in the file and in its message among those of its name, its bytes."""

    __slots__ = ("_fields", "index", "marks", "name", "number", "part")

    def __init__(self, part: FieldBytes, number: int, index: int, marks: Marks) -> None:
        self.part = part
        self.name = part.raw[:3].decode("latin-1")
        self.number = number
        self.index = index
        self.marks = marks
        self._fields: list[bytes] | None = None

    def field(self, number: int) -> FieldBytes:
        """A field by its number of the standard; empty where there is none. In headers field 1 is the mark itself."""
        if self.name in ("MSH", "FHS", "BHS"):
            if number == 1:
                return FieldBytes(self.part.raw[3:4], self.part.start + 3)
            number -= 1
        if self._fields is None:
            self._fields = self.part.raw.split(self.marks.field)
        if number >= len(self._fields):
            return FieldBytes(b"", self.part.end)
        return FieldBytes(self._fields[number], self.part.start + number + sum(map(len, self._fields[:number])))

    def repetitions(self, number: int) -> list[FieldBytes]:
        """The repetitions of a field, none when it is empty."""
        field = self.field(number)
        return field.split(self.marks.repetition) if field.raw else []

    def at(self, number: int, component: int = 0, subcomponent: int = 0) -> FieldBytes:
        """A field, or a component or subcomponent of its first repetition. HL7's null (`""`) counts as empty."""
        part = self.field(number)
        if component:
            part = self.inside(part.nth(self.marks.repetition, 1), component, subcomponent)
        return FieldBytes(b"", part.start) if part.raw == b'""' else part

    def inside(self, part: FieldBytes, component: int, subcomponent: int = 1) -> FieldBytes:
        """A component of a repetition; its first subcomponent unless another is named."""
        return part.nth(self.marks.component, component).nth(self.marks.subcomponent, subcomponent or 1)

    def path(self, number: int = 0, component: int = 0) -> str:
        """`FT1[2]-25.1`; segments of one name count from 0, and MSH is alone."""
        name = self.name if self.name == "MSH" else f"{self.name}[{self.index}]"
        return name + (f"-{number}" if number else "") + (f".{component}" if component else "")


def read_marks(header: bytes) -> Marks | None:
    """The marks that MSH, FHS or BHS sets; None where one is missing, given twice, or no mark at all."""
    match = _HEADER.match(header)
    if not match:
        return None
    field, rest = match.group(1), match.group(2)
    signs = [rest[i : i + 1] for i in range(len(rest))]
    if len(signs) not in (4, 5) or len({field, *signs}) != len(signs) + 1:
        return None
    if any(s.isalnum() or not b"!" <= s <= b"~" for s in signs):
        return None
    return Marks(field, *signs)


def decode(raw: bytes, marks: Marks, encoding: str) -> str:
    """The text of a value, escapes undone once.

    Raises Unfit with the text as far as it is certain (`value`): None for bytes outside the character set;
    for an escape that does not end or is not known the text with it left as written.
    """
    odd = False
    if marks.escape in raw:
        raw, odd = _unescape(raw, marks)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        raise Unfit("characters of the declared character set", f"{len(raw)} bytes with others among them") from None
    if odd:
        raise Unfit("escapes that end and are known", f"{len(text)} characters with another", text)
    return text


def _unescape(raw: bytes, marks: Marks) -> tuple[bytes, bool]:
    signs = {
        b"F": marks.field,
        b"S": marks.component,
        b"T": marks.subcomponent,
        b"R": marks.repetition,
        b"E": marks.escape,
    }
    out, at, odd = [], 0, False
    while True:
        first = raw.find(marks.escape, at)
        last = raw.find(marks.escape, first + 1) if first >= 0 else -1
        if last < 0:
            out.append(raw[at:])
            return b"".join(out), odd or first >= 0
        out.append(raw[at:first])
        word = raw[first + 1 : last]
        if word in signs:
            out.append(signs[word])
        elif pairs := _HEX.fullmatch(word):
            out.append(bytes.fromhex(pairs.group(1).decode()))
        elif word in (b".br", b".sp"):
            out.append(b"\n")
        elif not _SILENT.fullmatch(word):
            out.append(raw[first : last + 1])
            odd = True
        at = last + 1
