"""A block of lines → a message: its segments, and what its MSH says about it (HL7 v2.8.2 chapter 2.14.9)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from beamclaim.ingest.hl7v2.framing import Block, Line
from beamclaim.ingest.hl7v2.tokens import ENCODINGS, MOST_PARTS, FieldBytes, Marks, Segment

VERSIONS = frozenset(
    {
        "2.1",
        "2.2",
        "2.3",
        "2.3.1",
        "2.4",
        "2.5",
        "2.5.1",
        "2.6",
        "2.7",
        "2.7.1",
        "2.8",
        "2.8.1",
        "2.8.2",
        "2.9",
        "2.9.1",
    }
)

LONGEST_ID = 199
"""Characters of MSH-10, as versions from 2.7 allow them."""


@dataclass(frozen=True, slots=True)
class MessageHeader:
    """What MSH says, as text: bytes that are not ASCII are shown as `?`, since these words are only compared and echoed."""

    application: str
    facility: str
    type: str
    trigger: str
    control_id: str
    processing: str
    version: str
    charset: str

    @property
    def sender(self) -> str:
        """Application and facility, which own the control ids."""
        return f"{self.application}|{self.facility}"


@dataclass(frozen=True, slots=True)
class Message:
    """The segments of a message in order, its marks and its character set (None: one that is not read)."""

    segments: list[Segment]
    marks: Marks
    header: MessageHeader
    encoding: str | None
    digest: str
    """First 32 digits of the SHA-256 of its lines."""

    @property
    def key(self) -> str:
        """Its sender and control id, or its digest when it has none: the first part of every key that comes out of it."""
        control_id = self.header.control_id
        return f"{self.header.sender}|{control_id}" if control_id else f"@{self.digest}"

    @property
    def end(self) -> int:
        """The byte past its last segment."""
        return self.segments[-1].part.end

    def named(self, *names: str) -> list[Segment]:
        """Its segments of these names, in order."""
        return [s for s in self.segments if s.name in names]


def is_crowded(block: Block, marks: Marks) -> bool:
    """Whether a segment has more fields or repetitions, or the message more repetitions, than are read."""
    counts = [line.part.raw.count(marks.repetition) for line in block.lines]
    most_fields = max(line.part.raw.count(marks.field) for line in block.lines)
    return sum(counts) > 5 * MOST_PARTS or max(most_fields, *counts, 0) > MOST_PARTS


def read_message(block: Block, marks: Marks) -> tuple[Message, list[Line]]:
    """The message of a block, and the lines of it that are no segments."""
    segments, strays, counts = [], list[Line](), dict[bytes, int]()
    for line in block.lines:
        name = line.part.raw[:3]
        if not _is_segment(line.part.raw, marks):
            strays.append(line)
            continue
        index = counts.get(name, 0)
        counts[name] = index + 1
        segments.append(Segment(line.part, line.number, index, marks))
    msh = segments[0]
    words = (
        msh.at(3, 1),
        msh.at(4, 1),
        msh.at(9, 1),
        msh.at(9, 2),
        msh.at(10),
        msh.at(11, 1),
        msh.at(12, 1),
        msh.at(18, 1),
    )
    header = MessageHeader(*(_plain(part) for part in words))
    return Message(segments, marks, header, ENCODINGS.get(header.charset.upper()), _digest(block.lines)), strays


def digest_lines(lines: Iterable[Line]) -> bytes:
    """The bytes of a message with one CR behind each segment, whatever ended them in the file."""
    return b"".join(line.part.raw + b"\r" for line in lines)


def _digest(lines: Iterable[Line]) -> str:
    return hashlib.sha256(digest_lines(lines)).hexdigest()[:32]


def _plain(part: FieldBytes) -> str:
    return part.raw.decode("ascii", "replace").replace("�", "?").strip()


def _is_segment(raw: bytes, marks: Marks) -> bool:
    """Three signs that are a segment's name, then the field mark or nothing."""
    name = raw[:3]
    return (
        len(name) == 3 and name[:1].isalpha() and name.isalnum() and name.isupper() and raw[3:4] in (marks.field, b"")
    )
