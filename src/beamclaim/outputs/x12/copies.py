"""Copies: the files of a run, repaired, in a folder of their own that appears whole or not at all."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from beamclaim.errors import InputError, SettingError
from beamclaim.findings.result import File
from beamclaim.outputs.x12.patch import Patch, patched

#: Opens a file of the run by its label: its decompressed bytes.
Open = Callable[[str], BinaryIO]


def refuse_folder(folder: Path, inputs: Sequence[Path] = ()) -> None:
    """Raises SettingError unless the folder is new or empty and outside the inputs: nothing is replaced or read twice."""
    for given in inputs:
        if folder.resolve().is_relative_to(given.resolve()):
            raise SettingError(
                f"--output {folder} lies in {given}, which is checked; the copies would be checked again"
            )
    if not folder.exists():
        return
    if not folder.is_dir() or folder.is_symlink() or any(folder.iterdir()):
        raise SettingError(f"--output {folder} is not an empty folder; name a new one for the repaired copies")


def write_copies(files: Sequence[File], found: Sequence[Patch], open_file: Open, folder: Path) -> dict[str, Path]:
    """Writes every file, repaired where it has a patch and byte for byte where not; label → its copy.

    Archives are unpacked. Only the owner may read the copies.

    Raises:
        SettingError: the folder is in use or cannot be written.
        InputError: a file is no longer the one that was checked.
    """
    refuse_folder(folder)
    by_file = {patch.file: patch for patch in found}
    names = copy_names([file.path for file in files])
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name[:100]}.", dir=folder.parent))
        try:
            for file in files:
                _write(file, by_file.get(file.path, Patch(file.path, ())), open_file, draft / names[file.path])
            if folder.exists():
                folder.rmdir()
            draft.rename(folder)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    except OSError as error:
        raise SettingError(f"cannot write to {folder}: {error.strerror or type(error).__name__}") from error
    return {label: folder / name for label, name in names.items()}


def _write(file: File, patch: Patch, open_file: Open, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    read = hashlib.sha256()
    with (
        open_file(file.path) as stream,
        os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out,
    ):
        for block in patched(_Hashed(stream, read.update), patch):
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    if file.sha256 is not None and read.hexdigest() != file.sha256:
        raise InputError(f"{file.path}: it changed while it was being repaired; run the check again")


class _Hashed:
    """A stream whose bytes are seen as they are read."""

    def __init__(self, stream: BinaryIO, see: Callable[[bytes], None]) -> None:
        self._stream, self._see = stream, see

    def read(self, size: int, /) -> bytes:
        """The next bytes of the stream."""
        block = self._stream.read(size)
        self._see(block)
        return block


def copy_names(labels: Sequence[str]) -> dict[str, PurePosixPath]:
    """A relative path for each label: folders they share left out, archives as folders, never outside, never twice."""
    parts = {label: _parts(label) for label in labels}
    shared = _shared([path[:-1] for path in parts.values()])
    taken: set[str] = set()
    out: dict[str, PurePosixPath] = {}
    for label, path in parts.items():
        plain = PurePosixPath(*path[shared:])
        out[label] = next(p for p in _numbered(plain) if str(p).lower() not in taken)
        taken.add(str(out[label]).lower())
    return out


def _shared(folders: Sequence[Sequence[str]]) -> int:
    """How many folders all paths begin with."""
    depth = 0
    while folders and all(len(f) > depth and f[depth] == folders[0][depth] for f in folders):
        depth += 1
    return depth


def _parts(label: str) -> list[str]:
    if label == "-":
        return ["standard-input.837"]
    flat = label.replace("\\", "/").replace("!", "/").removesuffix(".gz")
    return [part for part in flat.split("/") if part not in ("", ".", "..")] or ["claims.837"]


def _numbered(path: PurePosixPath) -> Iterator[PurePosixPath]:
    """The path, then the path with a number before its suffix."""
    yield path
    number = 2
    while True:
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
