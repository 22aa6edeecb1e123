"""Small whole X12 files of the same separators → one stream, read at once; every row given back to its file.

A file costs the reader some milliseconds whatever it holds; ten thousand files of one claim cost a hundred times what
their bytes do. Nothing leaks past an IEA, so whole interchanges may stand behind each other. Called by `ingest/router`,
which reads any other file alone.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from beamclaim.ingest.file_read import FileRead, file_rows
from beamclaim.ingest.x12.reader import CHUNK_BYTES, Reader, kind_of, stretches
from beamclaim.ingest.x12.tokens import BLANK, ISA_ROOM, Delimiters, find_header
from beamclaim.model.tables import key_of

Frames = dict[str, pl.DataFrame]

_OFFSETS = ("start", "end", "loop_start", "loop_end")
_KEYS = ("claim.key", "line.key")


class WholeFile(NamedTuple):
    """A file that may be read with others: its index in the run, its label, all its bytes."""

    file: int
    path: str
    raw: bytes


def separators_of_whole(raw: bytes) -> Delimiters | None:
    """The separators of a file that is nothing but whole interchanges with the same ones; None of any other file.

    Whole: it begins with an ISA of fixed length, every further ISA is one too and stands behind a terminator, and it
    ends with an IEA and its terminator; blanks may follow.
    """
    header = find_header(raw, 0)
    if header is None or header.start or not header.is_exact or header.delimiters is None:
        return None
    separators = header.delimiters
    while (header := find_header(raw, header.start + 3)) is not None:
        before = raw[max(header.start - ISA_ROOM, 0) : header.start]
        if not (header.is_exact and header.delimiters == separators and _is_closed(before, separators.terminator)):
            return None
    if not _is_closed(raw[-ISA_ROOM:], separators.terminator):
        return None
    text = raw.rstrip(BLANK + separators.terminator)
    last = text[text.rfind(separators.terminator) + 1 :].lstrip(BLANK)
    return separators if last.startswith(b"IEA" + separators.element) else None


def _is_closed(before: bytes, terminator: bytes) -> bool:
    """Whether a segment has been closed at the end of these bytes, with nothing but blanks behind it."""
    if terminator in BLANK:
        return before[-1:] in (b"\n", b"\r")
    return before.rstrip(BLANK)[-1:] == terminator


def read_together(
    files: Sequence[WholeFile],
    *,
    is_history: bool = False,
    tables: Collection[str] | None = None,
    chunk_bytes: int = CHUNK_BYTES,
) -> Iterator[Frames]:
    """Tables of files with the same `separators_of_whole`, chunk by chunk, as if each had been read alone.

    The last chunk holds the rows of `files`, in their order, paths and all.
    """
    firsts = np.cumsum([0, *(len(f.raw) for f in files)])
    keys = np.array([key_of(f.file, 0) for f in files], np.uint64) - firsts[:-1].astype(np.uint64)
    numbers = np.zeros(len(files), np.int64)  # segments before the first of each file
    of_file: dict[str, npt.NDArray[Any]] = {
        "file": np.array([f.file for f in files], np.uint32), "segment": numbers, "offset": firsts, "key": keys,
    }  # fmt: skip
    forms: list[set[str]] = [set() for _ in files]
    counts = {name: np.zeros(len(files), np.int64) for name in ("claims", "lines")}
    last: Frames | None = None
    for stretch, frames in stretches(Reader(0, tables), BytesIO(b"".join(f.raw for f in files)), chunk_bytes):
        for start, segment in stretch.began:
            at = int(np.searchsorted(firsts, start, "right")) - 1
            if start == firsts[at]:
                numbers[at] = segment - 1
        for start, form in stretch.forms:
            forms[int(np.searchsorted(firsts, start, "right")) - 1].add(form)
        if last is not None:
            yield last
        last = {}
        for name, frame in frames.items():
            owners = np.searchsorted(firsts, frame["start"].to_numpy(), "right") - 1
            last[name] = _given_back(frame, {what: pl.Series(array[owners]) for what, array in of_file.items()})
            if name in counts:
                counts[name] += np.bincount(owners, minlength=len(files))
    became = [
        FileRead(
            kind_of(forms[at], is_x12=True), file.path, hashlib.sha256(file.raw).hexdigest(), len(file.raw),
            int(counts["claims"][at]), int(counts["lines"][at]),
        )
        for at, file in enumerate(files)
    ]  # fmt: skip
    assert last is not None  # a reader gives at least one chunk
    rows = file_rows(((file.file, read) for file, read in zip(files, became, strict=True)), is_history=is_history)
    yield last | {"files": rows}


def _given_back(frame: pl.DataFrame, of_row: dict[str, pl.Series]) -> pl.DataFrame:
    """Rows of the stream as rows of their files: offsets, segments and keys count from the start of the file."""
    columns = set(frame.columns)
    return frame.with_columns(
        of_row["file"].alias("file"),
        (pl.col("segment").cast(pl.Int64) - of_row["segment"]).cast(pl.UInt32),
        *((pl.col(name) - of_row["offset"]).alias(name) for name in _OFFSETS if name in columns),
        # A key is the file and an offset: unsigned, so that the difference may pass below zero and back.
        *((pl.col(name) + of_row["key"]).alias(name) for name in _KEYS if name in columns),
    )
