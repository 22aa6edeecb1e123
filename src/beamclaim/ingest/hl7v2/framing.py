"""A file of HL7 v2 messages → its messages, one after the other: bare, in batches (FHS, BHS), or framed for MLLP.

Segments end with CR, LF or both; the frame bytes 0x0B and 0x1C end them too. One message is in memory at a time.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from beamclaim.errors import InputError
from beamclaim.ingest.hl7v2.tokens import FieldBytes

LARGEST = 10 * 1024 * 1024
"""Bytes of a message that are read; a longer one is a fault and left out."""

MOST_SEGMENTS = 20_000
HEADERS = ("MSH", "FHS", "BHS", "BTS", "FTS")

_STEP = 1 << 18
_SEARCHED = 1 << 20
_BREAK = re.compile(rb"[\r\n\x0b\x1c]+")
_START = re.compile(rb"(MSH|FHS|BHS)[!-/:-@\[-`{-~]|(BTS|FTS)(?![0-9A-Za-z])")
_BOM = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """A segment as it stands in the file, and its number from 1."""

    part: FieldBytes
    number: int


class Block(NamedTuple):
    """A header and the segments behind it; `kind` is its name, or empty for what stands before the first one."""

    kind: str
    lines: list[Line]
    is_cut: bool

    @property
    def start(self) -> int:
        """The first byte."""
        return self.lines[0].part.start

    @property
    def end(self) -> int:
        """The byte past the last segment that was kept."""
        return self.lines[-1].part.end


def blocks(stream: BinaryIO) -> Iterator[Block]:
    """The messages and batch headers of a file. Raises InputError where its first MiB holds none."""
    kind, lines, size, is_cut, is_known = "", list[Line](), 0, False, False
    for line, is_whole in _lines(stream):
        if _START.match(line.part.raw):
            if lines:
                yield Block(kind, lines, is_cut)
            kind, lines, size, is_cut, is_known = line.part.raw[:3].decode(), [], 0, False, True
        elif not is_known and line.part.end > _SEARCHED:
            break
        size += len(line.part.raw)
        is_full = size > LARGEST or len(lines) >= MOST_SEGMENTS or not is_whole
        is_cut = is_cut or is_full
        if not is_full or not lines:
            lines.append(line)
    if not is_known:
        raise InputError("no segment MSH, FHS or BHS at the start of a line; export the messages as HL7 v2 text (ER7)")
    yield Block(kind, lines, is_cut)


def _lines(stream: BinaryIO) -> Iterator[tuple[Line, bool]]:
    """The segments of a file that are not empty, and whether each is whole: a longer one is cut at `LARGEST`."""
    buffer, at, number, searched, is_skipping = b"", 0, 0, 0, False
    while True:
        step = stream.read(_STEP)
        if not at and not buffer and step.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise InputError("UTF-16 text; save it as UTF-8")
        buffer += step
        if not at and buffer.startswith(_BOM):
            buffer, at = buffer[3:], 3
        first = 0
        while True:
            match = _BREAK.search(buffer, max(first, searched))
            if not match and step:
                break
            end = match.start() if match else len(buffer)
            if end > first and not is_skipping:
                number += 1
                yield Line(FieldBytes(buffer[first:end], at + first), number), True
            is_skipping = False
            searched = first = match.end() if match else end
            if not match:
                return
        buffer, at = buffer[first:], at + first
        searched = len(buffer)
        if searched > LARGEST and not is_skipping:
            number += 1
            is_skipping = True
            yield Line(FieldBytes(buffer[:LARGEST], at), number), False
        if is_skipping:
            at, buffer, searched = at + len(buffer), b"", 0
