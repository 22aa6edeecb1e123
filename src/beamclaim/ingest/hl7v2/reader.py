"""HL7 v2 files → assertions. Which segments of which messages are read, and what is said of the others."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from typing import BinaryIO

from beamclaim.ingest.hl7v2 import values
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
    Case,
)  # fmt: skip
from beamclaim.ingest.hl7v2.framing import LARGEST, MOST_SEGMENTS, Block, blocks
from beamclaim.ingest.hl7v2.mapping import STANDARD_LAYOUT, Mapping
from beamclaim.ingest.hl7v2.message import LONGEST_ID, VERSIONS, Message, is_crowded, read_message
from beamclaim.ingest.hl7v2.saying import Saying, Where, fault, where
from beamclaim.ingest.hl7v2.tokens import MOST_PARTS, STANDARD, Segment, read_marks
from beamclaim.ingest.values import shape
from beamclaim.model.tables.evidence import Evidence

TYPES = frozenset({"ADT", "BAR", "DFT", "MDM", "OMG", "ORM", "ORU", "SIU"})
"""Message types that are read."""

_REMEMBERED = 100_000
"""Control ids of a file that are remembered, to see a message that comes again."""


def read_hl7v2(stream: BinaryIO, file: int, mapping: Mapping | None = None) -> Iterator[Evidence]:
    """The evidence of a file, one `Evidence` a message (see the package for the names). Raises InputError for no HL7 v2 at all.

    The file may hold one message or many, bare, in batches or framed for MLLP; `mapping` says what senders put where.
    """
    reading = _File(file, mapping)
    for block in blocks(stream):
        yield reading.block(block)
    yield reading.end()


def read_one(
    block: Block, file: int = 0, mapping: Mapping | None = None
) -> tuple[Message | None, Evidence, list[Case]]:
    """One message: what it is (None when its header cannot be used), its evidence, and the cases it meets."""
    line = block.lines[0]
    marks = read_marks(line.part.raw)
    bare = Segment(line.part, line.number, 0, marks or STANDARD)
    if marks is None:
        return _refused(file, MARKS, Where(bare, line.part, "MSH-2"), "four or five encoding characters, each once")
    if block.is_cut:
        return _refused(
            file, TOO_LARGE, Where(bare, line.part, "MSH"), f"{LARGEST} bytes and {MOST_SEGMENTS} segments at most"
        )
    if is_crowded(block, marks):
        return _refused(file, TOO_MANY, Where(bare, line.part, "MSH"), f"{MOST_PARTS} fields or repetitions at most")
    message, strays = read_message(block, marks)
    layout = mapping.of(message.header.application, message.header.facility) if mapping else STANDARD_LAYOUT
    saying = Saying(file, message, layout)
    for stray in strays:
        place = Where(Segment(stray.part, stray.number, 0, marks), stray.part, f"line {stray.number}")
        saying.fault(STRAY, place, "a segment: three letters or digits and the field mark", "a line that is none")
    if _header(saying):
        read_body(saying)
        # What is said of the message itself is said before its patient is known.
        rows = saying.evidence.assertions
        rows[:] = [s._replace(patient=saying.patient) if s.subject == "message" else s for s in rows]
    return message, saying.evidence, saying.cases


def _refused(file: int, case: Case, place: Where, expected: str) -> tuple[None, Evidence, list[Case]]:
    evidence = Evidence()
    evidence.faults.append(fault(file, case, place, expected, "something else"))
    return None, evidence, [case]


def _header(saying: Saying) -> bool:
    """What MSH says of the message itself, and whether the rest of it is read."""
    message, header = saying.message, saying.message.header
    msh, about = message.segments[0], saying.about("message", message.key)
    kind = where(msh, 9)
    if not header.control_id or len(header.control_id) > LONGEST_ID:
        expected = f"a control id of at most {LONGEST_ID} characters"
        saying.fault(CONTROL_ID, where(msh, 10), expected, f"{len(header.control_id)} characters")
    if header.version not in VERSIONS:
        saying.fault(
            VERSION, where(msh, 12, 1), "a version from 2.1 to 2.9.1", "another one" if header.version else "none"
        )
    if message.encoding is None:
        saying.fault(CHARSET, where(msh, 18, 1), "a character set that is read", "another one")
    about.state("type", f"{header.type}^{header.trigger}".rstrip("^"), kind)
    span = Where(msh, msh.at(3), "MSH-3", msh.at(4))
    about.state("sender", header.sender, span, "MSH-3 and MSH-4, first components")
    about.say("sent_at", where(msh, 7, 1), values.moment)
    about.state("digest", message.digest, Where(msh, msh.part, "MSH"), "hash of the whole message")
    if header.type not in TYPES:
        saying.cases.append(TYPE)
        about.state("not_read", header.type or "no type", kind, f"only {', '.join(sorted(TYPES))} are read")
        return False
    if header.processing in ("T", "D"):
        place = where(msh, 11, 1)
        about.state("not_read", "test", place, "a message for training or debugging (MSH-11)")
        return False
    return True


class _File:
    """A file being read: the batch it is in, and the control ids met."""

    def __init__(self, file: int, mapping: Mapping | None) -> None:
        self._file = file
        self._mapping = mapping
        self._open: dict[str, tuple[Segment, int]] = {}  # FHS, BHS → the header, and how much came since
        self._met: OrderedDict[bytes, bytes] = OrderedDict()  # digest of sender and control id → digest of the message

    def block(self, block: Block) -> Evidence:
        """What one block says."""
        if block.kind == "MSH":
            return self._message(block)
        evidence = Evidence()
        line = block.lines[0]
        segment = Segment(line.part, line.number, 0, read_marks(line.part.raw) or STANDARD)
        match block.kind:
            case "":
                self._fault(
                    evidence, NO_HEADER, Where(segment, line.part, f"line {line.number}"), "MSH first", "other lines"
                )
            case "FHS" | "BHS":
                self._begin(evidence, block.kind, segment)
            case _:
                self._finish(evidence, block.kind, segment)
        return evidence

    def end(self) -> Evidence:
        """What is left open when the file ends."""
        evidence = Evidence()
        for name, (header, _) in self._open.items():
            place = Where(header, header.part, name)
            self._fault(evidence, COUNT, place, f"{name[0]}TS at the end of the batch", "the end of the file")
        return evidence

    def _message(self, block: Block) -> Evidence:
        for level in ("BHS", "FHS"):
            if level in self._open and (level == "BHS" or "BHS" not in self._open):
                self._count(level)
        message, evidence, _ = read_one(block, self._file, self._mapping)
        if message is None or not message.header.control_id:
            return evidence
        own, told = hashlib.sha256(message.key.encode()).digest()[:16], bytes.fromhex(message.digest)
        met = self._met.get(own)
        if met is None:
            self._met[own] = told
            if len(self._met) > _REMEMBERED:
                self._met.popitem(last=False)
            return evidence
        again = Evidence()
        place = where(message.segments[0], 10)
        if met == told:
            saying = Saying(self._file, message, STANDARD_LAYOUT)
            saying.about("message", message.key).state("not_read", "resent", place, "the same message again")
            return saying.evidence
        self._fault(
            again, OTHER_BYTES, place, "a control id used once by its sender", "the id of another message above"
        )
        return again

    def _begin(self, evidence: Evidence, name: str, header: Segment) -> None:
        if name in self._open or (name == "FHS" and "BHS" in self._open):
            place = Where(header, header.part, name)
            self._fault(evidence, COUNT, place, f"{name[0]}TS before the next {name}", "none")
        if name == "BHS" and "FHS" in self._open:
            self._count("FHS")
        self._open[name] = (header, 0)

    def _finish(self, evidence: Evidence, name: str, trailer: Segment) -> None:
        """BTS-1 counts messages; FTS-1 counts batches, or messages where the file has no batches."""
        header, count = self._open.pop(name[0] + "HS", (None, 0))
        place = Where(trailer, trailer.part, name)
        if header is None:
            self._fault(evidence, COUNT, place, f"{name[0]}HS before {name}", "none")
            return
        marked = Segment(trailer.part, trailer.number, 0, header.marks)
        stated = where(marked, 1, 1)
        if not stated.part.raw:
            return
        text = stated.part.raw.decode("latin-1").strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 10):
            self._fault(evidence, BAD_NUMBER, stated, "a number of messages", shape(text))
        elif int(text) != count:
            self._fault(evidence, COUNT, stated, f"{count}, as many as there are", "another number")

    def _count(self, level: str) -> None:
        header, count = self._open[level]
        self._open[level] = (header, count + 1)

    def _fault(self, evidence: Evidence, case: Case, place: Where, expected: str, found: str) -> None:
        evidence.faults.append(fault(self._file, case, place, expected, found))
