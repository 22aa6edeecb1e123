"""Bytes of a stream, in whatever pieces → whole MLLP messages (0x0B message 0x1C 0x0D), and what broke a frame.

One `FrameReader` a connection, fed as bytes come; used by `connections.py`. Knows no socket and no clock.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from beamclaim.ingest.hl7v2.cases import NO_END, TOO_LARGE, UNFRAMED, ErrorCase

START, END = b"\x0b", b"\x1c\x0d"

_SIGN = re.compile(rb"[\x0b\x1c]")
_ODD_BEHIND = re.compile(rb"[\r\n]*(?!MSH|FHS|BHS|[MFB][SH]?\Z)[^\r\n\x0b]")
"""What shows that an end stood inside a message: more of it. A header is the next message, without its start."""
_HEAD_BYTES = 4096
"""Bytes of a broken frame that are looked at for whose it was."""


class BrokenFrame(NamedTuple):
    """A frame that is none; `head` are its first bytes. Nothing is read of its stream any more.

    Where the next message begins is not known then, and one reply too many makes every later reply that of another
    message: a sender takes them in their order.
    """

    case: ErrorCase
    head: bytes


class FrameReader:
    """The frames of one stream of bytes, whatever pieces it comes in."""

    def __init__(self, largest: int) -> None:
        self.opened = 0
        self.is_open = False
        self._buffer = bytearray()
        self._searched = 0
        self._largest = largest

    def __len__(self) -> int:
        return len(self._buffer)

    @property
    def head(self) -> bytes:
        """The first bytes of the frame that is open."""
        return bytes(self._buffer[:_HEAD_BYTES])

    def feed(self, data: bytes) -> Iterator[bytes | BrokenFrame]:
        """The messages that are whole now, or what broke a frame, and nothing behind it; line ends between frames are let pass."""
        self._buffer += data
        while self._buffer:
            if not self.is_open:
                while self._buffer and self._buffer[0] in b"\r\n":
                    del self._buffer[:1]
                if not self._buffer:
                    return
                if self._buffer[:1] != START:
                    yield self._broken(UNFRAMED, 0)
                    return
                del self._buffer[:1]
                self.is_open, self._searched = True, 0
                self.opened += 1
            sign = _SIGN.search(self._buffer, self._searched)
            at = self._searched = sign.start() if sign else len(self._buffer)
            if at > self._largest:
                yield self._broken(TOO_LARGE, at)
                return
            if not sign or (sign.group() == END[:1] and at + 1 == len(self._buffer)):
                return
            # Behind an end stand line ends and the next frame; anything else was inside, and the message is cut there.
            if self._buffer[at : at + 2] != END or _ODD_BEHIND.match(self._buffer, at + 2):
                yield self._broken(NO_END, at)
                return
            message = bytes(self._buffer[:at])
            del self._buffer[: at + 2]
            self.is_open = False
            yield message

    def _broken(self, case: ErrorCase, end: int) -> BrokenFrame:
        head = bytes(self._buffer[: min(end, _HEAD_BYTES)])
        self._buffer.clear()
        self.is_open = False
        return BrokenFrame(case, head)
