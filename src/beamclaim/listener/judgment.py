"""A message → its `Judgment`: whether it can be taken (AA, AE, AR), why not, and what a reply must echo.

It is read as `beamclaim facts` would read it. Called by `desk.py`; `acknowledgment.py` words the reply.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import NamedTuple

from beamclaim.errors import InputError
from beamclaim.ingest.hl7v2 import Mapping, datatypes
from beamclaim.ingest.hl7v2.cases import NO_HEADER, SEVERAL, ErrorCase
from beamclaim.ingest.hl7v2.framing import blocks
from beamclaim.ingest.hl7v2.reader import read_one
from beamclaim.ingest.hl7v2.tokens import STANDARD, FieldBytes, Segment, read_marks
from beamclaim.ingest.values import Unfit

_HEAD_BYTES = 4096
"""Bytes of a message that are looked at for a header, where the message as such is refused."""


class Trouble(NamedTuple):
    """A case, and the place it was seen at, as MSH or PID-3."""

    case: ErrorCase
    path: str


@dataclass(frozen=True, slots=True)
class Judgment:
    """What a message is worth: AA, AE or AR, why, and what its reply must echo."""

    code: str
    troubles: tuple[Trouble, ...]
    sender: str
    control_id: str
    sha256: str
    month: str
    header: Segment


def judge(raw: bytes, mapping: Mapping | None = None) -> Judgment:
    """Reads a message as `beamclaim facts` would, and says whether it can be taken. Never raises for what it holds."""
    try:
        messages = list(blocks(BytesIO(raw)))
    except InputError:
        return refuse(raw, NO_HEADER)
    if messages[0].start or not messages[0].kind:
        return refuse(raw, NO_HEADER)
    if len(messages) != 1 or messages[0].kind != "MSH":
        return refuse(raw, SEVERAL)
    _, evidence, cases = read_one(messages[0], mapping=mapping)
    paths = [fault.path for fault in evidence.faults]
    troubles = [Trouble(case, path) for case, path in zip(cases, [*paths, *["MSH-9"] * len(cases)], strict=False)]
    return _judgment(raw, troubles)


def refuse(raw: bytes, case: ErrorCase) -> Judgment:
    """The judgment of bytes that are no message, or one that cannot be taken now."""
    return _judgment(raw, [Trouble(case, "MSH")])


def _judgment(raw: bytes, troubles: Sequence[Trouble]) -> Judgment:
    replies = {trouble.case.reply for trouble in troubles}
    code = next((c for c in ("AR", "AE") if c in replies), "AA")
    header = _header(raw)
    return Judgment(
        code,
        tuple(troubles),
        f"{echo(header, 3)}|{echo(header, 4)}",
        echo(header, 10),
        hashlib.sha256(raw).hexdigest(),
        _month(header),
        header,
    )


def _header(raw: bytes) -> Segment:
    """MSH as far as it goes; an empty one where there is none."""
    line = raw[:_HEAD_BYTES].split(b"\r", 1)[0].split(b"\n", 1)[0]
    marks = read_marks(line) if line.startswith(b"MSH") else None
    return Segment(FieldBytes(line if marks else b"MSH|^~\\&", 0), 1, 0, marks or STANDARD)


def echo(header: Segment, number: int, component: int = 0) -> str:
    """A field of MSH as it was written, byte for byte."""
    return header.at(number, component).raw.decode("latin-1")


def _month(header: Segment) -> str:
    """The month of MSH-7 as a folder; the same message always has the same."""
    try:
        return datatypes.day(echo(header, 7, 1)).strftime("%Y-%m")
    except Unfit:
        return "undated"
