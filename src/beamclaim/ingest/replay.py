"""A stream whose first bytes have been looked at → the same bytes from the start, counted, hashed, never set aside first."""

import hashlib
from io import BufferedReader, RawIOBase
from typing import BinaryIO

from beamclaim.ingest.archive import packed_position

_BUFFER = 1 << 18


class Replay(RawIOBase):
    """The head that was read, then the rest of the stream; closes the stream with itself."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = memoryview(head)
        self._stream = stream
        self._plain_bytes = self.bytes_read = len(head)
        """`bytes_read`: taken from the disk so far, of a packed file the packed ones."""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fills the buffer from the head while there is one."""
        if self._head:
            part = self._head[: len(buffer)]
            self._head = self._head[len(part) :]
            buffer[: len(part)] = part
            return len(part)
        rest = self._stream.read(len(buffer))
        buffer[: len(rest)] = rest
        self._plain_bytes += len(rest)
        packed = packed_position(self._stream)
        self.bytes_read = self._plain_bytes if packed is None else packed
        return len(rest)

    def close(self) -> None:
        """Closes the stream too."""
        if not self.closed:
            self._stream.close()
        super().close()


class Hashed(RawIOBase):
    """A stream that is hashed and measured while it is read."""

    def __init__(self, stream: RawIOBase) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.size_bytes = 0

    @property
    def sha256(self) -> str:
        """Of all bytes read so far."""
        return self._digest.hexdigest()

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fills the buffer as far as the stream goes."""
        part = self._stream.read(len(buffer)) or b""
        buffer[: len(part)] = part
        self._digest.update(part)
        self.size_bytes += len(part)
        return len(part)

    def close(self) -> None:
        """Closes the stream too."""
        if not self.closed:
            self._stream.close()
        super().close()


class Whole(BufferedReader):
    """A stream whose large reads take what is there: memory for all a reader would accept is not set aside first."""

    def __init__(self, raw: RawIOBase) -> None:
        super().__init__(raw, _BUFFER)

    def read(self, size: int | None = -1, /) -> bytes:
        """So many bytes, or what is left of the stream."""
        left = -1 if size is None else size
        parts = []
        while left and (part := super().read(_BUFFER if left < 0 else min(left, _BUFFER))):
            parts.append(part)
            left -= len(part) if left > 0 else 0
        return b"".join(parts)

    def pass_rest(self) -> None:
        """Reads to the end, keeping nothing."""
        while super().read(_BUFFER):
            pass
