"""What our own policy files say → one file in the user's cache, and back, so that they are read and checked once a change.

The file is a line of its kind, the sha256 of the rest, and the rest: a header in JSON, then one Arrow stream a table. It
is never trusted: one that is damaged, made from other files, by another program or another Polars, that belongs to
somebody else or that others may write, is passed over and written anew; where nothing can be written, nothing is. A
clinic's own tables are never kept here. The rows of a day (`as_of`) and their ids are made after loading.
"""

import hashlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from beamclaim.policy.coverage import TableCoverage
from beamclaim.policy.declarations import BY_NAME, DECLARED, PARAMETERS
from beamclaim.policy.diagnoses import Diagnoses
from beamclaim.policy.folder import FolderContent
from beamclaim.policy.sources import PolicySource

_KIND = b"beamclaim policy snapshot 1\n"
_RELEASES, _CODES = "icd10cm.releases", "icd10cm.codes"
#: The columns every row has beside key and values, as `read_table` makes them.
_ROW_TYPES = {
    "scope": pl.String, "setting": pl.String, "first_day": pl.Date, "last_day": pl.Date, "source": pl.String,
    "at": pl.String, "confidence": pl.String, "observed_on": pl.Date, "row.file": pl.String, "row.line": pl.UInt32,
    "row.cap": pl.String, "row.preview": pl.Boolean, "row.known_since": pl.Date,
}  # fmt: skip
#: Snapshots of other versions that may lie beside the one just written.
_KEPT = 4


def read_snapshot(digest: str) -> FolderContent | None:
    """What the files of that digest say; null where no snapshot of them can be trusted."""
    folder = cache_folder()
    if folder is None:
        return None
    key = _key(digest)
    try:
        kept = _read_own(_path(folder, key))
        return None if kept is None else _unpacked(kept, key)
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
        return None


def write_snapshot(digest: str, content: FolderContent) -> None:
    """Keeps what the files of that digest say, whole or not at all; a folder nobody can write to is no error."""
    folder = cache_folder()
    if folder is None:
        return
    key = _key(digest)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(folder.stat(), others=0o022):
            return
        path = _path(folder, key)
        handle, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=folder)  # readable by its owner alone
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(_packed(key, content))
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        others = sorted((p for p in folder.glob("policy-*.snapshot") if p != path), key=lambda p: p.stat().st_mtime)
        for old in others[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def cache_folder() -> Path | None:
    """The user's cache folder for us; null where the user has none."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if named.is_absolute():  # the convention: a path that is not absolute is passed over
        return named / "beamclaim"
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "darwin":
        cache = home / "Library" / "Caches"
    elif sys.platform == "win32":
        cache = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    else:
        cache = home / ".cache"
    return cache / "beamclaim"


def _path(folder: Path, key: str) -> Path:
    return folder / f"policy-{key[:32]}.snapshot"


def _key(digest: str) -> str:
    """What a snapshot depends on: the files, our code that reads them, and Polars."""
    total = hashlib.sha256(f"{digest} {pl.__version__}\n".encode())
    here = Path(__file__).parent
    for path in sorted((*here.glob("*.py"), *here.glob("declarations/*.py"))):
        total.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _read_own(path: Path) -> bytes | None:
    """The bytes of a file that is ours alone; null where others could have written it, or nothing stands there."""
    if not _is_ours(path.parent.stat(), others=0o022):
        return None
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return None
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        return file.read() if stat.S_ISREG(about.st_mode) and _is_ours(about, others=0o077) else None


def _is_ours(about: os.stat_result, *, others: int) -> bool:
    """Whether a file or folder is the user's, and nobody else has the rights `others`; Windows keeps homes apart itself."""
    getuid = getattr(os, "getuid", None)
    return getuid is None or (about.st_uid == getuid() and not about.st_mode & others)


def _packed(key: str, content: FolderContent) -> bytes:
    assert content.diagnoses is not None, "only our own folder is kept"
    # A status is one of three letters; as a category it is a third as large.
    codes = content.diagnoses.codes.with_columns(pl.exclude("code").cast(pl.Categorical))
    frames = {**content.rows, _RELEASES: content.diagnoses.releases, _CODES: codes}
    streams = {name: _stream(frame) for name, frame in frames.items()}
    header = {
        "key": key,
        "sources": [asdict(source) for source in content.sources.values()],
        "coverage": [asdict(entry) for entry in content.coverage],
        "frames": {name: len(stream) for name, stream in streams.items()},
    }
    rest = json.dumps(header, default=date.isoformat).encode() + b"\n" + b"".join(streams.values())
    return _KIND + hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest


def _stream(frame: pl.DataFrame) -> bytes:
    out = BytesIO()
    frame.write_ipc_stream(out, compression="zstd")
    return out.getvalue()


def _unpacked(kept: bytes, key: str) -> FolderContent | None:
    """What the bytes of a snapshot say; null where it is none, is damaged or was made from something else."""
    start = len(_KIND)
    if kept[:start] != _KIND or kept[start + 64 : start + 65] != b"\n":
        return None
    rest = memoryview(kept)[start + 65 :]
    if hashlib.sha256(rest).hexdigest().encode() != kept[start : start + 64]:
        return None
    line = kept.index(b"\n", start + 65)
    header = json.loads(kept[start + 65 : line])
    if header["key"] != key:
        return None
    frames = dict(_frames(memoryview(kept)[line + 1 :], header["frames"]))
    codes = frames.pop(_CODES).with_columns(pl.exclude("code").cast(pl.String))
    releases = frames.pop(_RELEASES)
    if set(frames) != {d.name for d in (*DECLARED, PARAMETERS) if d.file}:
        return None
    if any(not _fits(name, frame) for name, frame in frames.items()):
        return None
    sources = [_source(cells) for cells in header["sources"]]
    return FolderContent(
        {source.id: source for source in sources},
        tuple(_coverage(cells) for cells in header["coverage"]),
        frames,
        Diagnoses(releases, codes),
    )


def _frames(streams: memoryview, lengths: dict[str, int]) -> Iterator[tuple[str, pl.DataFrame]]:
    at = 0
    for name, length in lengths.items():
        yield name, pl.read_ipc_stream(BytesIO(streams[at : at + length]))
        at += length


def _fits(name: str, frame: pl.DataFrame) -> bool:
    """Whether a frame has the columns and types its table is declared with."""
    declared = BY_NAME[name]
    keys = {column: pl.Int64 if column == "priority" else pl.String for column in declared.key_cells}
    more = dict.fromkeys(("row.label", "row.unit", "row.read_by"), pl.String) if declared is PARAMETERS else {}
    return dict(frame.schema) == {**keys, **declared.value, **_ROW_TYPES, **more}


def _source(cells: dict[str, Any]) -> PolicySource:
    return PolicySource(**{**cells, **{d: _day(cells[d]) for d in ("published", "retrieved")}})


def _coverage(cells: dict[str, Any]) -> TableCoverage:
    return TableCoverage(
        **{
            **cells,
            **{d: _day(cells[d]) for d in ("first_day", "last_day", "verified_on")},
            "settings": tuple(cells["settings"]),
            "payer_lines": tuple(cells["payer_lines"]),
            "payers": tuple(cells["payers"]),
            "keys": tuple((name, _ranges(ranges)) for name, ranges in cells["keys"]),
            "either": _ranges(cells["either"]),
        }
    )


def _ranges(pairs: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((first, last) for first, last in pairs)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
