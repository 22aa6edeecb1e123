"""Paths → the files behind them: plain, packed, members of archives, standard input; each once, in order of names.

One `Source` a file that can be opened, one `Refusal` a path, or part of one, that is not read. Nothing given is
dropped without a word. Called by `app`; `router` reads what is found here.
"""

import os
import stat
import tempfile
import weakref
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, BinaryIO
from zipfile import BadZipFile

from beamclaim.errors import InputError
from beamclaim.ingest.archive import gunzip, members
from beamclaim.ingest.file_read import FileRead, Status

_HIDDEN = "hidden (its name begins with a dot); name it on the command line to have it read"
_CHANGED = "it changed while being read; run again when it is written to its end"
_STEP = 1 << 20
_IN_MEMORY = 8 << 20
_Opener = Callable[[], BinaryIO]
UNREADABLE = (OSError, EOFError, zlib.error, BadZipFile, InputError)


@dataclass(frozen=True)
class Refusal:
    """A path, or a part of it, that is not read, and why."""

    path: str
    reason: str
    is_passed_over: bool = False
    """Found in a folder or archive, and nothing anybody meant to be read."""

    size_bytes: int = 0

    @property
    def file_read(self) -> FileRead:
        """What became of it."""
        status: Status = "passed_over" if self.is_passed_over else "refused"
        return FileRead("unknown", self.path, status=status, reason=self.reason)


@dataclass(frozen=True)
class Source:
    """A file to read: its label, and how to open it, as often as needed."""

    path: str
    """The path as given; `archive.zip!member` inside an archive; `-` for standard input."""

    opener: _Opener = field(repr=False, compare=False)
    is_named: bool = True
    """Named by the user; False when it was found in a folder or an archive."""

    size_bytes: int = 0
    """Bytes to read from the disk: what a progress bar counts. Of a member of an archive its decompressed bytes."""

    checker: Callable[[], None] | None = field(default=None, repr=False, compare=False)
    """Raises where the file is no longer the one that was found; None where it cannot change (standard input)."""

    def open(self) -> BinaryIO:
        """The decompressed bytes; raises InputError when that cannot be done, or the file is no longer the same."""
        try:
            return self.opener()
        except UNREADABLE as error:
            raise InputError(f"{self.path}: {why(error)}") from None

    def check(self) -> None:
        """Raises (an InputError, or the system's error) where the file is no longer the one that was found."""
        if self.checker is not None:
            self.checker()

    @property
    def name(self) -> str:
        """The name that says what the content should be: without `.gz`."""
        return self.path.removesuffix(".gz")


def sources(paths: Sequence[str | Path], *, stdin: BinaryIO | None = None) -> Iterator[Source | Refusal]:
    """The files behind these paths, each once, folders and archives by name; `-` is standard input.

    A folder is read with its subfolders; hidden files and symbolic links in it are not followed, and said.
    """
    known: set[str] = set()
    for path in paths:
        if str(path) == "-":
            if "-" not in known:
                known.add("-")
                yield from _standard_input(stdin)
            continue
        try:
            # A path the user names may be a symbolic link: the user has said where to look.
            place = Path(path).resolve()
            is_folder = stat.S_ISDIR(place.stat().st_mode)
        except (OSError, ValueError, RuntimeError) as error:
            words = why(error) if isinstance(error, OSError) else "its path cannot be used; check it"
            yield Refusal(_label(path), words)
            continue
        for file, label, refusal in _walk(place, Path(path)) if is_folder else ((place, path, None),):
            if refusal is not None:
                yield refusal
            elif str(file) not in known:
                known.add(str(file))
                yield from _contents(file, _label(label), is_named=not is_folder)


def read_bytes(source: Source, start: int, end: int) -> bytes:
    """The decompressed bytes `[start, end)` of a source; raises InputError as `Source.open`."""
    with source.open() as stream:
        try:
            if stream.seekable():
                stream.seek(start)
            else:
                while start > 0 and (skipped := len(stream.read(min(start, _STEP)))):
                    start, end = start - skipped, end - skipped
            return stream.read(max(0, end - start))
        except UNREADABLE as error:
            raise InputError(f"{source.path}: {why(error)}") from None


def _walk(folder: Path, label: Path) -> Iterator[tuple[Path, Path, Refusal | None]]:
    """What a folder holds, in order of names: where each file is, its label, why it is not read (or None)."""
    waiting = [(folder, label)]
    while waiting:
        place, label = waiting.pop()
        if place != folder and place.name.startswith("."):
            yield place, label, Refusal(_label(label), _HIDDEN, is_passed_over=True)
            continue
        try:
            mode = place.lstat().st_mode
            if not stat.S_ISDIR(mode):
                unfit = _unfit_kind(mode)
                yield place, label, Refusal(_label(label), unfit, is_passed_over=True) if unfit else None
                continue
            names = sorted((entry.name for entry in place.iterdir()), reverse=True)
        except OSError as error:
            yield place, label, Refusal(_label(label), why(error))
            continue
        if not names:
            yield place, label, Refusal(_label(label), "an empty folder", is_passed_over=True)
        waiting += [(place / name, label / name) for name in names]


def _unfit_kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a symbolic link, not followed; name its target on the command line to have it read"
    if not stat.S_ISREG(mode):
        return "a pipe, socket or device; give its content to standard input (-)"
    return ""


def _contents(place: Path, label: str, *, is_named: bool) -> Iterator[Source | Refusal]:
    """A plain file, a decompressed one, or the members of an archive."""
    try:
        state = place.lstat()
        opener = partial(_open, place, _identity(state))
        checker = partial(_check, place, _identity(state))
        if not label.lower().endswith(".zip"):
            is_packed = label.lower().endswith(".gz")
            read_by = partial(_open_packed, opener) if is_packed else opener
            yield Source(label, read_by, is_named, state.st_size, checker)
            return
        inside = list(members(opener))
    except UNREADABLE as error:
        yield Refusal(label, why(error))
        return
    if not inside:
        yield Refusal(label, "an archive without a file in it")
    for member in inside:
        name = f"{label}!{_label(member.name)}"
        if member.open is None:
            yield Refusal(name, str(member.refusal))
        elif Path(member.name).name.startswith(".") or "__MACOSX" in Path(member.name).parts:
            yield Refusal(name, "hidden in its archive", is_passed_over=True)
        else:
            yield Source(name, member.open, is_named=False, size_bytes=member.size_bytes, checker=checker)


_Identity = tuple[int, int, int, int]


def _identity(state: os.stat_result) -> _Identity:
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns


def _check(place: Path, identity: _Identity) -> None:
    """Raises where the file has been written to, replaced or removed since it was found."""
    if _identity(place.lstat()) != identity:
        raise InputError(_CHANGED)


def _open(place: Path, identity: _Identity) -> BinaryIO:
    """A regular file, opened without following a link and without waiting for a pipe; refused when it has changed."""
    descriptor = os.open(
        place,
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0),
    )
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise InputError(f"it is {_unfit_kind(state.st_mode)}")
        if _identity(state) != identity:
            raise InputError(_CHANGED)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _open_packed(opener: _Opener) -> BinaryIO:
    return gunzip(opener())


class _Spool(RawIOBase):
    """Standard input, kept: a reader of its own over one shared temporary file."""

    def __init__(self, kept: IO[bytes]) -> None:
        self._kept = kept
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = self._kept.seek(self._at + offset) if whence == os.SEEK_CUR else self._kept.seek(offset, whence)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._kept.seek(self._at)
        part = self._kept.read(len(buffer))
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)


def _standard_input(stdin: BinaryIO | None) -> Iterator[Source | Refusal]:
    """Standard input, read to its end so that its bytes can be looked at again."""
    if stdin is None:
        yield Refusal("-", "standard input is not given here; name a file")
        return
    # In memory while small; else a file without a name, which dies with this process however it ends.
    kept = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    try:
        while block := stdin.read(_STEP):
            kept.write(block)
        size_bytes = kept.tell()
        kept.seek(0)
        is_packed = kept.read(2) == b"\x1f\x8b"
    except UNREADABLE as error:
        yield Refusal("-", why(error))
        return

    def opener() -> BinaryIO:
        return BufferedReader(_Spool(kept))

    weakref.finalize(opener, kept.close)
    yield Source("-", partial(_open_packed, opener) if is_packed else opener, size_bytes=size_bytes)


def _label(path: str | Path) -> str:
    """A path as text that can be written anywhere, also when its bytes are no UTF-8."""
    return os.fsencode(path).decode(errors="backslashreplace")


def why(error: BaseException) -> str:
    """Why a file cannot be read, and what to do, without its path or content."""
    match error:
        case InputError():
            return str(error)
        case FileNotFoundError():
            return "no such file; check the path"
        case PermissionError():
            return "no permission to read it; ask its owner for read access"
        case NotADirectoryError():
            return "a part of the path is no folder; check the path"
        case EOFError() | zlib.error() | BadZipFile():
            return "its compressed data is damaged or cut; copy or make it again"
        case OSError() if error.errno:
            return f"the system refuses to read it ({os.strerror(error.errno).lower()})"
        case OSError():
            return "it is not the compressed file its name says; rename it, or make it again"
        case _:
            return f"the program failed on it ({type(error).__name__}); please report this"
