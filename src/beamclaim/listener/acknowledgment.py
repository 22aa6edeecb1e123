"""The judgment of a message that came in, and the HL7 v2 acknowledgment that tells it (chapter 2.9.2, original mode)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import NamedTuple

from beamclaim.errors import InputError
from beamclaim.ingest.hl7v2 import Mapping, datatypes
from beamclaim.ingest.hl7v2.cases import NO_HEADER, ErrorCase
from beamclaim.ingest.hl7v2.framing import blocks
from beamclaim.ingest.hl7v2.reader import read_one
from beamclaim.ingest.hl7v2.tokens import STANDARD, FieldBytes, Marks, Segment, read_marks
from beamclaim.ingest.values import Unfit

_HEAD = 4096
"""Bytes of a message that are looked at for a header, where the message as such is refused."""

_MOST_ERRORS = 10
_PARTS = {"2.1": 1, "2.2": 2, "2.3": 2}  # components of MSH-9, before it had three
_TABLE_0357 = "HL70357"


class Trouble(NamedTuple):
    """A case, and the place it was met at, as MSH or PID-3."""

    case: ErrorCase
    path: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a message is worth: AA, AE or AR, why, and what its reply must echo."""

    code: str
    troubles: tuple[Trouble, ...]
    sender: str
    control_id: str
    sha256: str
    month: str
    header: Segment


def judge(raw: bytes, mapping: Mapping | None = None) -> Verdict:
    """Reads a message as `beamclaim facts` would, and says whether it can be taken. Never raises for what it holds."""
    try:
        found = list(blocks(BytesIO(raw)))
    except InputError:
        return refuse(raw, NO_HEADER)
    if len(found) != 1 or found[0].kind != "MSH" or found[0].start:
        return refuse(raw, NO_HEADER)
    _, evidence, cases = read_one(found[0], mapping=mapping)
    paths = [fault.path for fault in evidence.faults]
    troubles = [Trouble(case, path) for case, path in zip(cases, [*paths, *["MSH-9"] * len(cases)], strict=False)]
    return _verdict(raw, troubles)


def refuse(raw: bytes, case: ErrorCase) -> Verdict:
    """The verdict on bytes that are no message, or one that cannot be taken now."""
    return _verdict(raw, [Trouble(case, "MSH")])


def _verdict(raw: bytes, troubles: Sequence[Trouble]) -> Verdict:
    replies = {trouble.case.reply for trouble in troubles}
    code = next((c for c in ("AR", "AE") if c in replies), "AA")
    header = _header(raw)
    return Verdict(
        code,
        tuple(troubles),
        f"{_echo(header, 3)}|{_echo(header, 4)}",
        _echo(header, 10),
        hashlib.sha256(raw).hexdigest(),
        _month(header),
        header,
    )


def acknowledge(verdict: Verdict, now: datetime, extra: ErrorCase | None = None) -> bytes:
    """The reply: MSH, MSA, and ERR (from version 2.5) for what was met. It echoes MSH-3 to 6, 10, 11, 12 and 18 alone.

    `extra` is a case that the message itself does not show; it makes an AA an AE.
    """
    marks, header = verdict.header.marks, verdict.header
    troubles = (*verdict.troubles, Trouble(extra, "MSH-10")) if extra else verdict.troubles
    code = extra.reply if extra and verdict.code == "AA" else verdict.code
    version = _echo(header, 12, 1) or "2.5.1"
    component = marks.component.decode("latin-1")
    kind = ["ACK", _echo(header, 9, 2), "ACK"][: _PARTS.get(version, 3)]
    fields = [
        _echo(header, 5), _echo(header, 6), _echo(header, 3), _echo(header, 4), now.strftime("%Y%m%d%H%M%S"), "",
        component.join(kind), f"BC{verdict.sha256[:18]}", _echo(header, 11) or "P", version,
    ]  # fmt: skip
    if charset := _echo(header, 18):
        fields += ["", "", "", "", "", charset]
    signs = b"".join(marks[1:]).decode("latin-1")
    segments = [["MSH" + marks.field.decode("latin-1") + signs, *fields], ["MSA", code, _echo(header, 10)[:199]]]
    if version >= "2.5":
        segments += [_error(trouble, marks) for trouble in troubles[:_MOST_ERRORS]]
    elif troubles:
        segments[1].append(_escaped(f"{troubles[0].case.code} {troubles[0].case.words}"[:80], marks))
    lines = (marks.field.decode("latin-1").join(segment) + "\r" for segment in segments)
    return "".join(lines).encode("latin-1")


def _error(trouble: Trouble, marks: Marks) -> list[str]:
    """ERR: where (ERR-2), the code of table 0357 (ERR-3), severity, our own code (ERR-5), words for a person (ERR-8)."""
    case, path = trouble
    component = marks.component.decode("latin-1")
    name, _, field = path.partition("-")
    segment, _, index = name.partition("[")
    place = [segment[:3], str(int(index[:-1]) + 1 if index[:-1].isdigit() else 1)]
    number = field.split(".")[0]
    if number.isdigit():
        place.append(number)
    severity = "W" if case.reply == "AA" else "E"
    own = component.join([str(case.error), "", _TABLE_0357])
    words = _escaped(case.words, marks)
    return ["ERR", "", component.join(place), own, severity, _escaped(case.code, marks), "", "", words]


def _header(raw: bytes) -> Segment:
    """MSH as far as it goes; an empty one where there is none."""
    line = raw[:_HEAD].split(b"\r", 1)[0].split(b"\n", 1)[0]
    marks = read_marks(line) if line.startswith(b"MSH") else None
    return Segment(FieldBytes(line if marks else b"MSH|^~\\&", 0), 1, 0, marks or STANDARD)


def _echo(header: Segment, number: int, component: int = 0) -> str:
    """A field of MSH as it was written, byte for byte."""
    return header.at(number, component).raw.decode("latin-1")


def _month(header: Segment) -> str:
    """The month of MSH-7 as a folder; the same message always has the same."""
    try:
        return datatypes.day(_echo(header, 7, 1)).strftime("%Y-%m")
    except Unfit:
        return "undated"


def _escaped(text: str, marks: Marks) -> str:
    """Our own words, with the sender's marks escaped."""
    names = {marks.field: "F", marks.component: "S", marks.subcomponent: "T", marks.repetition: "R", marks.escape: "E"}
    sign = marks.escape.decode("latin-1")
    table = {ord(mark): f"{sign}{name}{sign}" for mark, name in names.items()}
    return text.translate(table)
