"""Files → tables: what each holds is told by its first bytes, and `READERS` says who reads it.

One entry a kind: claims (and courses) become tables, evidence becomes assertions, answers come as further entries.
Each file is opened once; a bad one never stops the others. `read` serves `app/check`, `read_evidence` `app/facts`.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NamedTuple

import polars as pl

from beamclaim.errors import InputError
from beamclaim.ingest.file_read import FileRead
from beamclaim.ingest.replay import Hashed, Replay, Whole
from beamclaim.ingest.sniff import ENOUGH, is_claim_name, sniff
from beamclaim.ingest.sources import UNREADABLE, Refusal, Source, why
from beamclaim.model.tables.evidence import Evidence

if TYPE_CHECKING:
    from beamclaim.ingest.hl7v2 import Mapping
    from beamclaim.model.thresholds import Thresholds

SMALL_BYTES = 256 * 1024
"""X12 files up to this size are read together."""

TOGETHER_BYTES = 4 * 1024 * 1024
"""So many bytes of small files are read as one stream."""

Content = Literal["claims", "evidence", "answers"]
Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class KindReader:
    """Who reads a kind of file: the content it has for a run, and the function, loaded when first asked for."""

    content: Content
    module: str
    function: str
    otherwise: str = ""
    """What the file is, in words, and who reads it, where another content was asked for."""

    is_selective: bool = False
    """Takes `tables=`: makes only those."""

    def load(self) -> Callable[..., Iterator[Any]]:
        """Claims: (stream, file=, is_history=) → chunks of tables. Evidence: (stream, file) → `Evidence`, part by part."""
        return _function(self.module, self.function)


_FACTS = "; `beamclaim facts` reads those and makes the course that --course takes"
_CLAIMS = "claims; `beamclaim check` reads those"

READERS: dict[str, KindReader] = {
    "x12": KindReader("claims", "beamclaim.ingest.x12", "read_x12", _CLAIMS, is_selective=True),
    "claims_csv": KindReader("claims", "beamclaim.ingest.flat_tables", "read_claims_csv", _CLAIMS),
    "claims_jsonl": KindReader("claims", "beamclaim.ingest.flat_tables", "read_claims_jsonl", _CLAIMS),
    "course": KindReader(
        "claims", "beamclaim.ingest.course_form", "read_course",
        "a course form already; give it to `beamclaim check --course`",
    ),
    "dicom": KindReader("evidence", "beamclaim.ingest.dicom", "read_dicom", f"a DICOM file{_FACTS}"),
    "fhir": KindReader("evidence", "beamclaim.ingest.fhir", "read_fhir", f"a FHIR resource{_FACTS}"),
    "hl7v2": KindReader("evidence", "beamclaim.ingest.hl7v2", "read_hl7v2", f"an HL7 v2 message{_FACTS}"),
}  # fmt: skip
"""Kind, as `sniff` tells it → its reader."""


class Numbered(NamedTuple):
    """A source, its index in the run, and whether it is context only (`--history`, `--course`)."""

    file: int
    source: Source | Refusal
    is_history: bool = False


class Portion(NamedTuple):
    """Tables of one source, or of several small ones read together; the last of a source holds its row of `files`."""

    path: str
    """Of the source, or the last of them."""

    tables: Frames
    is_history: bool
    bytes_read: int
    """Of the run's `total_bytes`, so far."""


def total_bytes(sources: Iterable[Numbered]) -> int:
    """How many bytes a run has to read, as they lie on the disk."""
    return sum(numbered.source.size_bytes for numbered in sources)


def read(sources: Iterable[Numbered], *, tables: Collection[str] | None = None) -> Iterator[Portion]:
    """The tables of claim files (and course forms), in chunks, in the order of the sources. Never raises for a file.

    `tables` are those the run has a use for, null for all: a reader may leave the others empty, never their faults.

    When a file fails half-way, the chunks given before stand and its row of `files` says so.
    """
    bytes_read = small_bytes = 0
    small: list[_Small] = []
    for numbered in sources:
        opened = _open(numbered.source)
        mates = small and opened.separators is not None and small[-1].fits(numbered, opened)
        if small and (not mates or small_bytes >= TOGETHER_BYTES):
            yield from _read_small(small, bytes_read, tables)
            bytes_read += total_bytes(s.numbered for s in small)
            small, small_bytes = [], 0
        if opened.separators is not None:
            small.append(_Small(numbered, opened))
            small_bytes += len(opened.head)
            continue
        for chunk in _read_alone(numbered, opened, tables):
            share = min(opened.bytes_read(), numbered.source.size_bytes)
            yield Portion(numbered.source.path, chunk, numbered.is_history, bytes_read + share)
        bytes_read += numbered.source.size_bytes
    if small:
        yield from _read_small(small, bytes_read, tables)


def kind_of(source: Source) -> str:
    """What `sniff` says of the first bytes; raises InputError as `Source.open`."""
    with source.open() as stream:
        try:
            return sniff(stream.read(ENOUGH), source.name)[0]
        except UNREADABLE as error:
            raise InputError(f"{source.path}: {why(error)}") from None


def read_one(source: Source | Refusal, *, file: int, is_history: bool = False) -> Iterator[Frames]:
    """The tables of one source, as `read`."""
    yield from (portion.tables for portion in read([Numbered(file, source, is_history)]))


def read_evidence(
    source: Source | Refusal, file: int, *, thresholds: "Thresholds", mapping: "Mapping | None" = None
) -> Iterator[Evidence | FileRead]:
    """What a record says, part by part, and last what became of the file; what was given before an error stands.

    `mapping` says what senders of HL7 v2 put where, `thresholds` decide techniques of DICOM plans.
    """
    if isinstance(source, Refusal):
        yield source.file_read
        return
    kind = "unknown"
    try:
        with source.open() as stream:
            head = stream.read(ENOUGH)
            kind, words = sniff(head, source.name)
            if kind not in READERS or READERS[kind].content != "evidence":
                words = READERS[kind].otherwise if kind in READERS else words
                status: Literal["refused", "passed_over"] = "refused" if source.is_named else "passed_over"
                reason = f"no DICOM, FHIR or HL7 v2: {words}"
                yield FileRead(kind, source.path, status=status, reason=reason)
                return
            read_by = READERS[kind].load()
            if kind == "hl7v2":
                read_by = partial(read_by, mapping=mapping)
            elif kind == "dicom":
                read_by = partial(read_by, thresholds=thresholds)
            if len(head) < ENOUGH:  # most records are small: they are read whole
                source.check()
                yield from read_by(BytesIO(head), file)
                yield FileRead(kind, source.path, hashlib.sha256(head).hexdigest(), len(head))
                return
            hashed = Hashed(Replay(head, stream))
            with Whole(hashed) as whole:
                yield from read_by(whole, file)
                whole.pass_rest()  # a reader may stop early; the hash is of the whole file
        source.check()
        yield FileRead(kind, source.path, hashed.sha256, hashed.size_bytes)
    except Exception as error:  # one bad file never stops the others, whatever is wrong with it or with us
        yield FileRead(kind, source.path, status="refused", reason=why(error))


@cache
def _function(module: str, name: str) -> Callable[..., Iterator[Any]]:
    """A reader, loaded when first asked for: a run rarely needs all of them."""
    function: Callable[..., Iterator[Any]] = getattr(import_module(module), name)
    return function


@dataclass(slots=True)
class _Beginning:
    """A file opened once: its kind and its first bytes, all of them where it is small; else the stream behind them."""

    kind: str = "unknown"
    words: str = ""
    head: bytes = b""
    stream: BinaryIO | None = None
    separators: object = None
    """Those of a small whole X12 file, which may be read together with its like; null of any other file."""

    failure: Exception | None = None
    replay: Replay | None = None

    def bytes_read(self) -> int:
        """Bytes taken from the disk so far."""
        return len(self.head) if self.replay is None else self.replay.bytes_read


@dataclass(frozen=True, slots=True)
class _Small:
    """A small X12 file that waits to be read with others."""

    numbered: Numbered
    opened: _Beginning

    def fits(self, other: Numbered, opened: _Beginning) -> bool:
        """Whether another may stand behind it in one stream."""
        return self.numbered.is_history == other.is_history and self.opened.separators == opened.separators


def _open(source: Source | Refusal) -> _Beginning:
    """Opens a file, tells its kind and reads it to its end where it is small; never raises."""
    opened = _Beginning()
    if isinstance(source, Refusal):
        return opened
    try:
        stream = source.opener()
        try:
            opened.head = stream.read(SMALL_BYTES + 1)
            opened.kind, opened.words = sniff(opened.head[:ENOUGH], source.name)
            if len(opened.head) > SMALL_BYTES and _reads_claims(opened.kind):
                opened.stream = stream
        finally:
            if opened.stream is None:
                stream.close()
        if opened.kind == "x12" and opened.stream is None:
            from beamclaim.ingest.x12 import separators_of_whole

            source.check()
            opened.separators = separators_of_whole(opened.head)
    except Exception as error:  # said when it is read; its neighbors lose nothing
        opened.failure = error
    return opened


def _reads_claims(kind: str) -> bool:
    return kind in READERS and READERS[kind].content == "claims"


def _read_alone(numbered: Numbered, opened: _Beginning, tables: Collection[str] | None) -> Iterator[Frames]:
    """The tables of one file, in chunks; the last has its row of `files`."""
    file, source, is_history = numbered
    if isinstance(source, Refusal):
        yield {"files": source.file_read.row(file, is_history=is_history)}
        return
    became = FileRead(opened.kind, source.path)
    last: Frames | None = None
    try:
        if opened.failure is not None:
            raise opened.failure
        if not _reads_claims(opened.kind):
            is_expected = source.is_named or is_claim_name(source.name)
            words = READERS[opened.kind].otherwise if opened.kind in READERS else opened.words
            became = replace(became, status="refused" if is_expected else "passed_over", reason=words)
            yield {"files": became.row(file, is_history=is_history)}
            return
        stream: BinaryIO = BytesIO(opened.head)
        if opened.stream is not None:
            opened.replay = Replay(opened.head, opened.stream)
            stream = Whole(opened.replay)
        with stream:
            reader = READERS[opened.kind]
            read_by = partial(reader.load(), tables=tables) if reader.is_selective else reader.load()
            for chunk in read_by(stream, file=file, is_history=is_history):
                if last is not None:
                    yield last
                last = chunk
                counts = {name: chunk[name].height if name in chunk else 0 for name in ("claims", "lines")}
                became = replace(became, claims=became.claims + counts["claims"], lines=became.lines + counts["lines"])
        source.check()
        assert last is not None  # every reader gives its row of files
        last["files"] = last["files"].with_columns(pl.lit(source.path).alias("file.path"))
        yield last
    except Exception as error:  # one bad file never stops the others, whatever is wrong with it or with us
        if last is not None:
            yield {name: table for name, table in last.items() if name != "files"}
        yield {"files": replace(became, status="refused", reason=why(error)).row(file, is_history=is_history)}


def _read_small(small: list[_Small], bytes_before: int, tables: Collection[str] | None) -> Iterator[Portion]:
    """Small X12 files of the same separators, read as one stream; each alone where that fails."""
    from beamclaim.ingest.x12 import WholeFile, read_together

    path = small[-1].numbered.source.path
    end = bytes_before + total_bytes(s.numbered for s in small)
    if len(small) > 1:
        whole = [WholeFile(s.numbered.file, s.numbered.source.path, s.opened.head) for s in small]
        try:
            chunks = list(read_together(whole, is_history=small[0].numbered.is_history, tables=tables))
        except Exception:  # whichever file it was is said when each is read alone
            chunks = []
        if chunks:
            yield from (Portion(path, chunk, small[0].numbered.is_history, end) for chunk in chunks)
            return
    for waiting in small:
        for chunk in _read_alone(waiting.numbered, waiting.opened, tables):
            yield Portion(waiting.numbered.source.path, chunk, waiting.numbered.is_history, end)
