"""What became of a file → the one value, and the one row of the `files` table, that says it.

Made by the readers (a file that was read) and the router (one that was not); read by `app`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from beamclaim.model.tables import FILES

Status = Literal["read", "refused", "passed_over"]
"""Read (to its end, or to the error it names); refused; or passed over: found in a folder or archive, and of no use."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file of a run: what it holds, its hash and counts, and why it (or the rest of it) was not read."""

    kind: str
    path: str | None = None
    """The label of its source; null until the router, which knows it, sets it."""

    sha256: str | None = None
    """Hash of the decompressed bytes; null where they were not read to their end."""

    size_bytes: int | None = None
    """Decompressed bytes; null as the hash."""

    claims: int = 0
    lines: int = 0
    status: Status = "read"
    reason: str | None = None
    """Why it was not read, and what to do, without its path or content; null when it was."""

    @property
    def error(self) -> str | None:
        """The reason as a sentence among claim files: `not a claim file: …` where the file was only passed over."""
        return f"not a claim file: {self.reason}" if self.status == "passed_over" else self.reason

    def row(self, file: int, *, is_history: bool) -> pl.DataFrame:
        """Its row of `files`; `file` is its index in the run."""
        return file_rows([(file, self)], is_history=is_history)


def file_rows(files: Iterable[tuple[int, FileRead]], *, is_history: bool) -> pl.DataFrame:
    """A row of `files` for each: its index in the run, and what became of it."""
    rows = [
        (n, f.path, f.sha256, f.size_bytes, f.kind, is_history, f.claims, f.lines, f.status, f.error) for n, f in files
    ]
    return pl.DataFrame(rows, schema=FILES.schema, orient="row")
