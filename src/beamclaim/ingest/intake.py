"""Paths → the files behind them → tables: finds, opens, recognises and routes whatever was given.

Nothing given is dropped without a word: what is not read has a row in `files` whose `file.error`
says why. A file found in a folder or an archive that is no claim file is only said
(`not a claim file: …`, see `is_stray`); everything else unread is an error.
"""

import os
import stat
import tempfile
import weakref
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, BinaryIO
from zipfile import BadZipFile

import polars as pl

from beamclaim.errors import InputError
from beamclaim.ingest.archive import gunzip, members
from beamclaim.ingest.claims_table import read_claims_csv, read_claims_jsonl
from beamclaim.ingest.course_form import read_course
from beamclaim.ingest.file_row import file_row
from beamclaim.ingest.sniff import ENOUGH, is_claim_name, sniff
from beamclaim.ingest.x12 import read_x12

STRAY = "not a claim file"
"""How `file.error` begins for a file nobody named that is no claim file: said, and no error."""

_READERS = {
    "x12": read_x12,
    "claims_csv": read_claims_csv,
    "claims_jsonl": read_claims_jsonl,
    "course": read_course,
}
_HIDDEN = f"{STRAY}: hidden (its name begins with a dot); name it on the command line to have it read"
_STEP = 1 << 20
_IN_MEMORY = 8 << 20
_Opener = Callable[[], BinaryIO]
_UNREADABLE = (OSError, EOFError, zlib.error, BadZipFile, InputError)


@dataclass(frozen=True)
class Refusal:
    """A path, or a part of it, that is not read, and why."""

    path: str
    reason: str

    @property
    def kind(self) -> str:
        """Nothing is known of its content."""
        return "unknown"


@dataclass(frozen=True)
class Source:
    """A file to read: its label, and how to open it, as often as needed."""

    path: str
    """The path as given; `archive.zip!member` inside an archive; `-` for standard input."""

    opener: _Opener = field(repr=False, compare=False)
    is_named: bool = True
    """Named by the user; False when it was found in a folder or an archive."""

    def open(self) -> BinaryIO:
        """The decompressed bytes; raises InputError when that cannot be done, or the file is no longer the same."""
        try:
            return self.opener()
        except _UNREADABLE as error:
            raise InputError(f"{self.path}: {why(error)}") from None

    @cached_property
    def sniffed(self) -> tuple[str, str]:
        """The kind, and in words what an unknown one is."""
        with self.opener() as stream:
            return sniff(stream.read(ENOUGH), self.path.removesuffix(".gz"))

    @property
    def kind(self) -> str:
        """What `sniff` says of the first bytes: x12, claims_csv, course, dicom, fhir, … or unknown; raises as `open`."""
        try:
            return self.sniffed[0]
        except _UNREADABLE as error:
            raise InputError(f"{self.path}: {why(error)}") from None


def is_stray(error: str | None) -> bool:
    """Whether a `file.error` only says that a file found in a folder or archive is no claim file."""
    return error is not None and error.startswith(STRAY)


def sources(paths: Sequence[str | Path], *, stdin: BinaryIO | None = None) -> Iterator[Source | Refusal]:
    """The files behind these paths, each once, folders and archives by name; `-` is standard input.

    A folder is read with its subfolders; hidden files and symbolic links in it are not followed, and said.
    """
    seen: set[str] = set()
    for path in paths:
        if str(path) == "-":
            if "-" not in seen:
                seen.add("-")
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
        for found, label, reason in _walk(place, Path(path)) if is_folder else ((place, path, ""),):
            if reason:
                yield Refusal(_label(label), reason)
            elif str(found) not in seen:
                seen.add(str(found))
                yield from _contents(found, _label(label), is_named=not is_folder)


def read(source: Source | Refusal, *, file: int, is_history: bool = False) -> Iterator[dict[str, pl.DataFrame]]:
    """The tables of a source, in chunks; the last has its one row of `files`. Never raises for what a file holds.

    `file` is its index in this run. When a file fails half-way, the chunks given before stand and the row says so.
    """
    told = partial(file_row, file, path=source.path, is_history=is_history)
    if isinstance(source, Refusal):
        yield {"files": told(kind="unknown", error=source.reason)}
        return
    kind, claims, lines = "unknown", 0, 0
    last: dict[str, pl.DataFrame] | None = None
    try:
        kind, words = source.sniffed
        if kind not in _READERS:
            is_expected = source.is_named or is_claim_name(source.path.removesuffix(".gz"))
            reason = words if is_expected else f"{STRAY}: {words}"
            yield {"files": told(kind=kind, error=reason)}
            return
        with source.opener() as stream:
            for chunk in _READERS[kind](stream, file=file, is_history=is_history):
                if last is not None:
                    yield last
                last = chunk
                claims += chunk["claims"].height if "claims" in chunk else 0
                lines += chunk["lines"].height if "lines" in chunk else 0
        with source.opener():  # refuses when the file is not what it was
            pass
        assert last is not None  # every reader gives its row of files
        last["files"] = last["files"].with_columns(pl.lit(source.path).alias("file.path"))
        yield last
    except Exception as error:  # one bad file never stops the others, whatever is wrong with it or with us
        if last is not None:
            yield {name: table for name, table in last.items() if name != "files"}
        yield {"files": told(kind=kind, claims=claims, lines=lines, error=why(error))}


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
        except _UNREADABLE as error:
            raise InputError(f"{source.path}: {why(error)}") from None


def _walk(folder: Path, label: Path) -> Iterator[tuple[Path, Path, str]]:
    """What a folder holds, in order of names: where each file is, its label, why it is not read (or nothing)."""
    waiting = [(folder, label, "")]
    while waiting:
        place, label, reason = waiting.pop()
        if reason:
            yield place, label, reason
            continue
        try:
            mode = place.lstat().st_mode
            if not stat.S_ISDIR(mode):
                unfit = _unfit_kind(mode)
                yield place, label, unfit and f"{STRAY}: {unfit}"
                continue
            names = sorted((entry.name for entry in place.iterdir()), reverse=True)
        except OSError as error:
            yield place, label, why(error)
            continue
        if not names:
            yield place, label, f"{STRAY}: an empty folder"
        for name in names:
            waiting.append((place / name, label / name, _HIDDEN if name.startswith(".") else ""))


def _unfit_kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a symbolic link, not followed; name its target on the command line to have it read"
    if not stat.S_ISREG(mode):
        return "a pipe, socket or device; give its content to standard input (-)"
    return ""


def _contents(place: Path, label: str, *, is_named: bool) -> Iterator[Source | Refusal]:
    """A plain file, a decompressed one, or the members of an archive."""
    try:
        opener = partial(_open, place, _identity(place.lstat()))
        if not label.lower().endswith(".zip"):
            is_packed = label.lower().endswith(".gz")
            yield Source(label, partial(_open_packed, opener) if is_packed else opener, is_named)
            return
        inside = list(members(opener))
    except _UNREADABLE as error:
        yield Refusal(label, why(error))
        return
    if not inside:
        yield Refusal(label, "an archive without a file in it")
    for member in inside:
        name = f"{label}!{_label(member.name)}"
        if member.open is None:
            yield Refusal(name, str(member.refusal))
        elif Path(member.name).name.startswith(".") or "__MACOSX" in Path(member.name).parts:
            yield Refusal(name, f"{STRAY}: hidden in its archive")
        else:
            yield Source(name, member.open, is_named=False)


_Identity = tuple[int, int, int, int]


def _identity(state: os.stat_result) -> _Identity:
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns


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
            raise InputError("it changed while being read; run again when it is written to its end")
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
        kept.seek(0)
        is_packed = kept.read(2) == b"\x1f\x8b"
    except _UNREADABLE as error:
        yield Refusal("-", why(error))
        return

    def opener() -> BinaryIO:
        return BufferedReader(_Spool(kept))

    weakref.finalize(opener, kept.close)
    yield Source("-", partial(_open_packed, opener) if is_packed else opener)


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
