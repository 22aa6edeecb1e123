"""Compressed files under a budget: `.gz`, and the members of a `.zip`, one level deep.

Nothing is ever unpacked to disk, so a member's name is a label and cannot lead anywhere. What a
directory claims about sizes is checked before a byte is inflated, and again while inflating.
"""

import gzip
import io
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO

from beamclaim.errors import InputError

LARGEST = 1 << 30
STEEPEST = 100
MOST_MEMBERS = 10_000

_SLACK = 1 << 20
"""Below so many bytes a steep ratio harms nobody: a short file of equal lines packs well."""

_LONGEST_DIRECTORY = 4 << 20
_LOCAL_HEADER = struct.Struct("<4s22xHH")


def gunzip(packed: BinaryIO) -> BinaryIO:
    """The decompressed bytes of a gzip stream; reading past the budget raises InputError."""
    return io.BufferedReader(_Inflated(packed), 1 << 16)


def packed_position(stream: BinaryIO) -> int | None:
    """How far the packed bytes behind a stream of `gunzip` have been read; None of any other stream."""
    raw = stream.raw if isinstance(stream, io.BufferedReader) else None
    return raw.packed.tell() if isinstance(raw, _Inflated) else None


class _Inflated(io.RawIOBase):
    def __init__(self, packed: BinaryIO) -> None:
        self.packed = packed
        self._plain = gzip.GzipFile(fileobj=packed, mode="rb")
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = self._plain.read(len(buffer))
        self._given += len(part)
        _check(self._given, self.packed.tell())
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        if not self.closed:
            self._plain.close()
            self.packed.close()
        super().close()


def _check(plain: int, packed: int) -> None:
    if plain > LARGEST:
        raise InputError(f"more than {LARGEST} bytes decompressed; split it")
    if plain > _SLACK and plain > STEEPEST * packed:
        raise InputError(f"compressed more than {STEEPEST}:1, as no claim file is; unpack it yourself and look at it")


@dataclass(frozen=True)
class Member:
    """A member of an archive: its name, and either how to open it or why it is not read."""

    name: str
    open: Callable[[], BinaryIO] | None
    refusal: str | None = None
    """Why it is not read; None when it can be."""

    size_bytes: int = 0
    """Decompressed, as the directory of the archive says."""


def members(opener: Callable[[], BinaryIO]) -> Iterator[Member]:
    """The members of a ZIP archive by name, folders left out; `opener` opens the archive anew each time.

    Raises InputError when the archive as a whole is refused (sizes, overlaps, count) or is none.
    """
    with opener() as packed:
        try:
            with zipfile.ZipFile(_Sipped(packed)) as archive:
                infos = archive.infolist()
        except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError, EOFError):
            raise InputError("not a whole ZIP archive; copy or make it again") from None
    _check_directory(infos)
    names: set[str] = set()
    for info in sorted(infos, key=lambda i: i.filename):
        # An empty name is a hurt directory; `is_dir` would look at its last letter.
        if info.filename and info.is_dir():
            continue
        refusal = _refusal(info)
        if info.filename in names:
            refusal = "a second member of the same name; give the members names of their own"
        names.add(info.filename)
        opened = None if refusal else partial(_open_member, opener, info)
        yield Member(info.filename, opened, refusal, info.file_size)


class _Sipped(io.BufferedIOBase):
    """An archive read in parts of bounded size, so that no directory can ask for the memory of the machine."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._packed.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._packed.seek(offset, whence)

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > _LONGEST_DIRECTORY:
            raise InputError(f"an archive of more than {MOST_MEMBERS} members; split it")
        return self._packed.read(_LONGEST_DIRECTORY if size is None or size < 0 else size)


def _check_directory(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MOST_MEMBERS:
        raise InputError(f"an archive of more than {MOST_MEMBERS} members; split it")
    _check(sum(i.file_size for i in infos), sum(i.compress_size for i in infos))
    end = 0
    for info in sorted(infos, key=lambda i: i.header_offset):
        if info.header_offset < end:
            raise InputError("members that overlap each other; make the archive again")
        end = info.header_offset + _LOCAL_HEADER.size + len(info.orig_filename) + info.compress_size


def _refusal(info: zipfile.ZipInfo) -> str | None:
    """Why a member is not read, in words."""
    if not info.filename:
        return "a member without a name; make the archive again"
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    if not parts or ".." in parts or parts[0] == "/" or parts[0].endswith(":") or "\0" in info.orig_filename:
        return "its name leads out of the archive; make the archive again with plain names"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a symbolic link; put the file itself into the archive"
    if info.flag_bits & 0x1:
        return "encrypted; unpack it with its password first"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "packed by a method that is not read; pack it as ordinary ZIP (deflate)"
    if parts[-1].lower().endswith((".zip", ".gz")):
        return "an archive inside an archive; unpack the outer one first"
    try:
        _check(info.file_size, info.compress_size)
    except InputError as error:
        return str(error)
    return None


def _open_member(opener: Callable[[], BinaryIO], info: zipfile.ZipInfo) -> BinaryIO:
    packed = opener()
    try:
        packed.seek(info.header_offset)
        header = packed.read(_LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
            raise InputError("not a whole ZIP archive; copy or make it again")
        _, name, extra = _LOCAL_HEADER.unpack(header)
        packed.seek(name + extra, io.SEEK_CUR)
        return zipfile.ZipExtFile(packed, "r", info, close_fileobj=True)  # type: ignore[return-value]
    except BaseException:
        packed.close()
        raise
