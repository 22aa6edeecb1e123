"""A file of HL7 v2 → evidence, message by message: which messages are read, and what becomes of the others and of batches.

`body.py` reads what follows MSH. Called by the router of files; `read_one` also by the listener.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from typing import BinaryIO

from beamclaim.ingest.assertions import Recorder
from beamclaim.ingest.hl7v2 import datatypes
from beamclaim.ingest.hl7v2.body import read_body
from beamclaim.ingest.hl7v2.cases import (
    BAD_NUMBER,
    CHARSET,
    CONTROL_ID,
    COUNT,
    MARKS,
    NO_HEADER,
    OTHER_BYTES,
    STRAY,
    TOO_LARGE,
    TOO_MANY,
    TYPE,
    VERSION,
    ErrorCase,
)  # fmt: skip
from beamclaim.ingest.hl7v2.framing import LARGEST, MOST_SEGMENTS, Block, Line, blocks
from beamclaim.ingest.hl7v2.mapping import STANDARD_LAYOUT, Mapping
from beamclaim.ingest.hl7v2.message import LONGEST_ID, VERSIONS, Message, is_crowded, read_message
from beamclaim.ingest.hl7v2.message_recorder import FieldPlace, MessageRecorder, place_of, reject
from beamclaim.ingest.hl7v2.tokens import MOST_PARTS, STANDARD, Marks, Segment, read_marks
from beamclaim.ingest.values import shape
from beamclaim.model.tables.evidence import Evidence

TYPES = frozenset({"ADT", "BAR", "DFT", "MDM", "OMG", "ORM", "ORU", "SIU"})
"""Message types that are read."""

_REMEMBERED = 100_000
"""Control ids of a file that are remembered, to see a message that comes again."""


def read_hl7v2(stream: BinaryIO, file: int, mapping: Mapping | None = None) -> Iterator[Evidence]:
    """A file of one message or many, bare, in batches or framed for MLLP → its evidence, one `Evidence` a message.

    Names are those of the package. `mapping` says what senders put where. Raises InputError for no HL7 v2 at all.
    """
    messages = _MessageFile(file, mapping)
    for block in blocks(stream):
        yield messages.block(block)
    yield messages.end()


def read_one(
    block: Block, file: int = 0, mapping: Mapping | None = None
) -> tuple[Message | None, Evidence, list[ErrorCase]]:
    """A block of lines → its message (null when its header cannot be used), its evidence, and the cases it meets."""
    line = block.lines[0]
    marks = read_marks(line.part.raw)
    if marks is None:
        return _refused(
            file, MARKS, _line_place(line, STANDARD, "MSH-2"), "four or five encoding characters, each once"
        )
    whole = _line_place(line, marks, "MSH")
    if block.is_cut:
        return _refused(file, TOO_LARGE, whole, f"{LARGEST} bytes and {MOST_SEGMENTS} segments at most")
    if is_crowded(block, marks):
        return _refused(file, TOO_MANY, whole, f"{MOST_PARTS} fields or repetitions at most")
    message, strays = read_message(block, marks)
    layout = mapping.of(message.header.application, message.header.facility) if mapping else STANDARD_LAYOUT
    recorder = MessageRecorder(file, message, layout)
    for stray in strays:
        place = _line_place(stray, marks, f"line {stray.number}")
        expected = "a segment: three letters or digits and the field mark"
        recorder.reject(STRAY, place, expected=expected, found="a line that is none")
    if _is_header_read(recorder):
        read_body(recorder)
        # What is asserted of the message itself is asserted before its patient is known.
        rows = recorder.evidence.assertions
        rows[:] = [row._replace(patient=recorder.patient) if row.subject == "message" else row for row in rows]
    return message, recorder.evidence, recorder.cases


def _line_place(line: Line, marks: Marks, path: str) -> FieldPlace:
    return FieldPlace(Segment(line.part, line.number, 0, marks), line.part, path)


def _refused(file: int, case: ErrorCase, place: FieldPlace, expected: str) -> tuple[None, Evidence, list[ErrorCase]]:
    recorder = Recorder(file, "hl7v2")
    reject(recorder, case, place, expected=expected, found="something else")
    return None, recorder.evidence, [case]


def _is_header_read(recorder: MessageRecorder) -> bool:
    """Asserts what MSH says of the message itself → whether the rest of it is read."""
    message, header = recorder.message, recorder.message.header
    msh, subject = message.segments[0], recorder.subject("message", message.key)
    kind = place_of(msh, 9)
    if not header.control_id or len(header.control_id) > LONGEST_ID:
        expected = f"a control id of at most {LONGEST_ID} characters"
        recorder.reject(CONTROL_ID, place_of(msh, 10), expected=expected, found=f"{len(header.control_id)} characters")
    if header.version not in VERSIONS:
        other = "another one" if header.version else "none"
        recorder.reject(VERSION, place_of(msh, 12, 1), expected="a version from 2.1 to 2.9.1", found=other)
    if message.encoding is None:
        recorder.reject(CHARSET, place_of(msh, 18, 1), expected="a character set that is read", found="another one")
    subject.add("type", f"{header.type}^{header.trigger}".rstrip("^"), at=kind)
    sender = FieldPlace(msh, msh.at(3), "MSH-3", msh.at(4))
    subject.add("sender", header.sender, at=sender, reason="MSH-3 and MSH-4, first components")
    subject.take("sent_at", place_of(msh, 7, 1), datatypes.moment)
    subject.add("digest", message.digest, at=FieldPlace(msh, msh.part, "MSH"), reason="hash of the whole message")
    if header.type not in TYPES:
        recorder.cases.append(TYPE)
        subject.add("not_read", header.type or "no type", at=kind, reason=f"only {', '.join(sorted(TYPES))} are read")
        return False
    if header.processing in ("T", "D"):
        reason = "a message for training or debugging (MSH-11)"
        subject.add("not_read", "test", at=place_of(msh, 11, 1), reason=reason)
        return False
    return True


class _MessageFile:
    """A file being read: the batch it is in, and the control ids that came."""

    def __init__(self, file: int, mapping: Mapping | None) -> None:
        self._recorder = Recorder(file, "hl7v2")
        self._mapping = mapping
        self._open: dict[str, tuple[Segment, int]] = {}
        """FHS, BHS → the header, and how many messages or batches came since."""
        self._digests: OrderedDict[bytes, bytes] = OrderedDict()
        """Digest of sender and control id → digest of the message."""

    def block(self, block: Block) -> Evidence:
        """The evidence of one block."""
        if block.kind == "MSH":
            return self._message(block)
        line = block.lines[0]
        segment = Segment(line.part, line.number, 0, read_marks(line.part.raw) or STANDARD)
        match block.kind:
            case "":
                place = FieldPlace(segment, line.part, f"line {line.number}")
                self._reject(NO_HEADER, place, expected="MSH first", found="other lines")
            case "FHS" | "BHS":
                self._begin(block.kind, segment)
            case _:
                self._finish(block.kind, segment)
        return self._recorder.taken()

    def end(self) -> Evidence:
        """The faults of batches that are open when the file ends."""
        for name, (header, _) in self._open.items():
            place, expected = FieldPlace(header, header.part, name), f"{name[0]}TS at the end of the batch"
            self._reject(COUNT, place, expected=expected, found="the end of the file")
        return self._recorder.taken()

    def _message(self, block: Block) -> Evidence:
        for level in ("BHS", "FHS"):
            if level in self._open and (level == "BHS" or "BHS" not in self._open):
                self._count(level)
        message, evidence, _ = read_one(block, self._recorder.file, self._mapping)
        if message is None or not message.header.control_id:
            return evidence
        key, digest = hashlib.sha256(message.key.encode()).digest()[:16], bytes.fromhex(message.digest)
        earlier = self._digests.get(key)
        if earlier is None:
            self._digests[key] = digest
            if len(self._digests) > _REMEMBERED:
                self._digests.popitem(last=False)
            return evidence
        place = place_of(message.segments[0], 10)
        if earlier == digest:
            recorder = MessageRecorder(self._recorder.file, message, STANDARD_LAYOUT)
            subject = recorder.subject("message", message.key)
            subject.add("not_read", "resent", at=place, reason="the same message again")
            return recorder.evidence
        expected = "a control id used once by its sender"
        self._reject(OTHER_BYTES, place, expected=expected, found="the id of another message above")
        return self._recorder.taken()

    def _begin(self, name: str, header: Segment) -> None:
        if name in self._open or (name == "FHS" and "BHS" in self._open):
            place = FieldPlace(header, header.part, name)
            self._reject(COUNT, place, expected=f"{name[0]}TS before the next {name}", found="none")
        if name == "BHS" and "FHS" in self._open:
            self._count("FHS")
        self._open[name] = (header, 0)

    def _finish(self, name: str, trailer: Segment) -> None:
        """BTS-1 counts messages; FTS-1 counts batches, or messages where the file has no batches."""
        header, count = self._open.pop(name[0] + "HS", (None, 0))
        if header is None:
            place = FieldPlace(trailer, trailer.part, name)
            self._reject(COUNT, place, expected=f"{name[0]}HS before {name}", found="none")
            return
        stated = place_of(Segment(trailer.part, trailer.number, 0, header.marks), 1, 1)
        if not stated.part.raw:
            return
        text = stated.part.raw.decode("latin-1").strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 10):
            self._reject(BAD_NUMBER, stated, expected="a number of messages", found=shape(text))
        elif int(text) != count:
            self._reject(COUNT, stated, expected=f"{count}, as many as there are", found="another number")

    def _count(self, level: str) -> None:
        header, count = self._open[level]
        self._open[level] = (header, count + 1)

    def _reject(self, case: ErrorCase, place: FieldPlace, *, expected: str, found: str) -> None:
        reject(self._recorder, case, place, expected=expected, found=found)
