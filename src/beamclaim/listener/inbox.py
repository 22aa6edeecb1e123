"""The inbox: messages that were received, each a file, and an index of what was answered. What it returns is on disk.

::

    FOLDER/2026-11/<sha256>.hl7       accepted messages, by the month of MSH-7: `beamclaim facts FOLDER` reads them
    FOLDER/.quarantine/<sha256>.hl7   kept for a person, without effect
    FOLDER/.index/index.sqlite        sender and control id → the reply that was given

Order: the file, its folder, then the index; a reply leaves only after all three. A crash in between leaves at most a
file without an entry, and the sender, who got no reply, sends the same bytes to the same name.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from beamclaim.errors import BeamclaimError, SettingError

SCHEMA = 1
_TABLES = """
CREATE TABLE messages (
    sender TEXT NOT NULL, control_id TEXT NOT NULL, sha256 TEXT NOT NULL, code TEXT NOT NULL, reply BLOB NOT NULL,
    path TEXT NOT NULL, size INTEGER NOT NULL, received_at TEXT NOT NULL, PRIMARY KEY (sender, control_id, sha256)
) WITHOUT ROWID;
CREATE UNIQUE INDEX accepted ON messages (sender, control_id) WHERE code = 'AA';
"""
_PRIVATE = 0o700


class Unsafe(BeamclaimError):
    """What was written cannot be known to be on disk; the process must end, for a flush that failed is never retried."""


class Full(BeamclaimError):
    """Nothing was stored: the disk took no more, or a file could not be made."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message to keep: whose it is, its bytes, and the reply it earns; `other` makes the reply for a control id in use."""

    sender: str
    control_id: str
    sha256: str
    raw: bytes
    month: str
    code: str
    reply: bytes
    received_at: str
    other: Callable[[], bytes]


class Kept(NamedTuple):
    """What became of an arrival: accepted, quarantined, again (it was here before) or other (its control id was)."""

    outcome: str
    reply: bytes


class Inbox:
    """A folder of messages, written by one process at a time. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        """Opens or makes the folder. Raises SettingError where it cannot be used or another listener holds it."""
        self._folder = folder
        try:
            for place in (folder, folder / ".index", folder / ".quarantine"):
                place.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            for left in folder.glob("*/.*.part"):
                left.unlink()
            self._index = self._open(folder / ".index" / "index.sqlite")
            for place in (folder / ".index", folder, folder.resolve().parent):
                _sync(place)
        except OSError as error:
            words = error.strerror or "cannot be used"
            raise SettingError(f"{folder}: {words}; name a folder on a local disk that may be written") from None
        except sqlite3.Error:
            raise SettingError(
                f"{folder}: its index is in use or damaged; end the other listener, or restore it"
            ) from None

    def __enter__(self) -> "Inbox":
        return self

    def __exit__(self, *_: object) -> None:
        self._index.close()

    def keep(self, arrivals: Sequence[Arrival]) -> list[Kept]:
        """Stores a group of messages in one flush, and gives the reply for each in order.

        Raises Full when nothing of the group could be stored, Unsafe when that cannot be known.
        """
        folders: set[Path] = set()
        files: list[Path] = []
        try:
            self._index.execute("BEGIN IMMEDIATE")
            kept = [self._one(arrival, folders, files) for arrival in arrivals]
            for folder in folders:
                _sync(folder)
            self._index.execute("COMMIT")
        except Full:
            self._index.execute("ROLLBACK")
            for path in files:
                path.unlink(missing_ok=True)
            raise
        except (OSError, sqlite3.Error) as error:
            raise Unsafe(f"the inbox could not be written safely ({type(error).__name__}); check its disk") from None
        return kept

    def count(self) -> dict[str, int]:
        """Messages by the code they were answered with."""
        return dict(self._index.execute("SELECT code, count(*) FROM messages GROUP BY code"))

    def _one(self, arrival: Arrival, folders: set[Path], files: list[Path]) -> Kept:
        """One message of the group: its file under `files`, and the folders still to be flushed."""
        rows = self._index.execute(
            "SELECT sha256, code, reply FROM messages WHERE sender = ? AND control_id = ?",
            (arrival.sender, arrival.control_id),
        ).fetchall()
        code, reply, outcome = arrival.code, arrival.reply, "accepted" if arrival.code == "AA" else "quarantined"
        if code == "AA" and any(known == "AA" and sha256 != arrival.sha256 for sha256, known, _ in rows):
            code, reply, outcome = "AE", arrival.other(), "other"
        for sha256, known, told in rows:
            # What was quarantined may be accepted later, once the site has put its mapping right.
            if sha256 == arrival.sha256 and known in ("AA", code):
                return Kept("again", told)
        place = Path(arrival.month if code == "AA" else ".quarantine", f"{arrival.sha256}.hl7")
        if not (self._folder / place).exists():
            files.append(self._folder / place)
        self._write(self._folder / place, arrival.raw, folders)
        self._index.execute(
            "INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                arrival.sender, arrival.control_id, arrival.sha256, code, reply, str(place), len(arrival.raw),
                arrival.received_at,
            ),
        )  # fmt: skip
        return Kept(outcome, reply)

    def _write(self, path: Path, raw: bytes, folders: set[Path]) -> None:
        """The file under a temporary name, flushed, then under its own; its folder is flushed by the caller."""
        part = path.with_name(f".{path.name}.part")
        try:
            if not path.parent.is_dir():
                path.parent.mkdir(mode=_PRIVATE)
                folders.add(self._folder)
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                view = memoryview(raw)
                while view:
                    view = view[os.write(handle, view) :]
            except OSError:
                os.close(handle)
                raise
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink()
            raise Full(f"a message could not be stored ({error.strerror}); make room") from None
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        part.rename(path)
        folders.add(path.parent)

    def _open(self, path: Path) -> sqlite3.Connection:
        """The index: rollback journal, full flushes, held by this process alone."""
        index = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1)
        try:
            for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = PERSIST", "synchronous = FULL", "mmap_size = 0"):
                index.execute(f"PRAGMA {pragma}").fetchall()
            index.execute("BEGIN EXCLUSIVE")
            (version,) = index.execute("PRAGMA user_version").fetchone()
            if version > SCHEMA:
                raise SettingError(f"{self._folder}: written by a newer Beamclaim; use that one")
            if version < SCHEMA:
                for statement in filter(str.strip, _TABLES.split(";")):
                    index.execute(statement)
                index.execute(f"PRAGMA user_version = {SCHEMA}")
            index.execute("COMMIT")
        except BaseException:
            index.close()
            raise
        path.chmod(0o600)
        return index


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
