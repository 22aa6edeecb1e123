"""A stream of X12 bytes as chunks of tables, in memory that does not grow with the file."""

import hashlib
from collections import deque
from collections.abc import Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO

import numpy as np
import polars as pl

from beamclaim.ingest.file_read import FileRead
from beamclaim.ingest.x12.cells import united
from beamclaim.ingest.x12.chunk import Chunk
from beamclaim.ingest.x12.envelope import Envelope
from beamclaim.ingest.x12.faults import SegmentFault
from beamclaim.ingest.x12.guide import Guides
from beamclaim.ingest.x12.guides import registered
from beamclaim.ingest.x12.hierarchy import Hierarchy
from beamclaim.ingest.x12.segments import among
from beamclaim.ingest.x12.stretch import Stretch
from beamclaim.ingest.x12.tokens import BLANK, ISA_ROOM, PAD, Delimiters, Header, Ints, Piece, Tokens, find_header

MAX_SEGMENT = 1 << 20  # a segment longer than this is not read
MAX_UNIT = 8 << 20  # a claim (or hierarchy level) longer than this is not read to its end

_TRAILERS = among("SE GE IEA")
CHUNK_BYTES = 2 << 20
_WORKERS = 2  # stretches being made into tables while the next is cut

Frames = dict[str, pl.DataFrame]


def read_x12(
    stream: BinaryIO,
    *,
    file: int,
    is_history: bool = False,
    tables: Collection[str] | None = None,
    guides: Guides | None = None,
    chunk_bytes: int = CHUNK_BYTES,
) -> Iterator[Frames]:
    """Tables of an X12 file, chunk by chunk; the last chunk holds its one-row ``files`` table.

    `tables` are those wanted, null for all: what only fills a table nobody asked for is not read, but the faults of
    every table are found. `guides` are those that read its transactions, null for all there are. Keys are names of
    `beamclaim.model.tables.TABLES`; ``file.path`` is left null for the caller. The chunk size (bytes) changes how much
    memory is used, never what is read. Nothing in the bytes raises: what cannot be accepted is a row of ``faults``.
    """
    reader = Reader(file, tables, guides)
    forms: set[str] = set()
    counts = {"claims": 0, "lines": 0}
    last: Frames | None = None
    for stretch, frames in stretches(reader, stream, chunk_bytes):
        forms.update(form for _, form in stretch.forms)
        for name in counts:
            counts[name] += frames[name].height if name in frames else 0
        if last is not None:
            yield last
        last = frames
    assert last is not None  # a reader gives at least one stretch
    kind = kind_of(forms, is_x12=reader.is_x12)
    became = FileRead(kind, None, reader.sha256, reader.size_bytes, counts["claims"], counts["lines"])
    yield last | {"files": became.row(file, is_history=is_history)}


def stretches(reader: "Reader", stream: BinaryIO, chunk_bytes: int) -> Iterator[tuple["Stretch", Frames]]:
    """Each stretch of a stream with its tables, in order; at least one. The next is cut while tables are made."""
    with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
        waiting: deque[tuple[Stretch, Future[Frames]]] = deque()
        for stretch in reader.stretches(stream, chunk_bytes):
            waiting.append((stretch, pool.submit(stretch.tables)))
            if len(waiting) >= _WORKERS:
                cut, frames = waiting.popleft()
                yield cut, frames.result()
        for cut, frames in waiting:
            yield cut, frames.result()


def kind_of(forms: set[str], *, is_x12: bool) -> str:
    """What a file holds: 837P, 837I, mixed, x12 (nothing that is read) or unknown."""
    if not forms:
        return "x12" if is_x12 else "unknown"
    return "mixed" if len(forms) > 1 else next(iter(forms))


class Reader:
    """What is remembered between the chunks of one file."""

    def __init__(self, file: int, tables: Collection[str] | None = None, guides: Guides | None = None) -> None:
        self._file = file
        self._guides = registered() if guides is None else guides
        self._wanted = tables
        self._sha = hashlib.sha256()
        self.size_bytes = 0
        self._pending = b""
        self._base = 0  # offset in the file of the first pending byte
        self._enough = 0  # pending bytes worth another attempt
        self._number = 1  # of the next segment
        self._delimiters: Delimiters | None = None
        self._context: list[Piece] = []
        self._lost = False  # what was read last had been given up
        self._long: tuple[int, int] | None = None  # start and number of a segment too long, not ended yet
        self._stray: tuple[int, int] | None = None  # bytes outside any interchange
        self._has_bad_header = False  # among them an ISA that cannot be used
        self._envelope = Envelope(self._guides)
        self._faults: list[SegmentFault] = []
        self._too_long: list[tuple[int, int, int]] = []  # start, end, number

    @property
    def sha256(self) -> str:
        """Hash of all bytes read so far."""
        return self._sha.hexdigest()

    @property
    def is_x12(self) -> bool:
        """Whether an ISA has been seen."""
        return self._envelope.is_x12

    def stretches(self, stream: BinaryIO, chunk_bytes: int) -> Iterator[Stretch]:
        """The file, cut into stretches; at least one."""
        while block := stream.read(chunk_bytes):
            self._sha.update(block)
            self.size_bytes += len(block)
            self._pending += block
            yield from self._drain(final=False)
        yield from self._drain(final=True)
        self._drop_stray()
        if not (self._envelope.is_x12 or self._faults):
            place = (self._base, self._base, self._number)
            expected = "an interchange, beginning with ISA"
            self._faults.append(SegmentFault(None, None, *place, "envelope", "ISA", expected, "no bytes but blanks"))
        self._envelope.finish()
        yield self._stretch([], None)

    # -- cutting the stream ---------------------------------------------------------------------

    def _drain(self, *, final: bool) -> Iterator[Stretch]:
        """Read all that can be read of the pending bytes."""
        while self._pending:
            before = len(self._pending)
            if self._delimiters is None:
                going = self._find_interchange(final)
            elif self._long is not None:
                going = self._pass_long(final)
            else:
                read = self._read_region(final)
                if read is not None:
                    yield read
                going = len(self._pending) < before or self._delimiters is None or self._long is not None
            if not going:
                return

    def _drop(self, count: int) -> None:
        self._pending = self._pending[count:]
        self._base += count

    def _find_interchange(self, final: bool) -> bool:
        """Pass what stands before the next ISA; False when more bytes are needed."""
        header = find_header(self._pending, 0)
        while header is not None and header.delimiters is None:
            if len(self._pending) - header.start < ISA_ROOM and not final:
                break
            self._envelope.is_x12 = self._has_bad_header = True
            header = find_header(self._pending, header.start + 3)
        if header is None:
            self._pass_stray(len(self._pending) if final else max(len(self._pending) - 3, 0))
            return final
        if header.start:
            self._pass_stray(header.start)
            return True
        if len(self._pending) < ISA_ROOM and not final:
            return False
        self._drop_stray()
        self._delimiters = header.delimiters
        self._context, self._lost = [], False
        return True

    def _pass_stray(self, count: int) -> None:
        """Bytes outside any interchange: blanks and a byte order mark are nothing, the rest is a fault."""
        part = self._pending[:count]
        whole = self._base == 0 and part.startswith(b"\xef\xbb\xbf")
        inner = part[3:] if whole else part
        left = len(part) - len(inner.lstrip(BLANK))
        right = len(part.rstrip(BLANK))
        if right > left:
            start = self._stray[0] if self._stray else self._base + left
            self._stray = (start, self._base + right)
        self._drop(count)

    def _drop_stray(self) -> None:
        if self._stray is not None:
            start, end = self._stray
            expected, found = "an interchange, beginning with ISA", f"{end - start} bytes outside any interchange"
            if self._has_bad_header:
                expected, found = "an ISA with four different separators", f"another, and {end - start} bytes not read"
            place = (start, end, self._number)
            self._faults.append(SegmentFault(None, None, *place, "envelope", "ISA", expected, found))
            self._stray, self._has_bad_header = None, False

    def _next_cut(self, final: bool) -> tuple[int, Header | None, bool]:
        """How far the pending bytes have one set of separators and whole segments.

        Returns the position, the ISA standing there if one must begin a new run, and whether all
        up to the position is complete (no more bytes belong to it).
        """
        pending, delimiters = self._pending, self._delimiters
        assert delimiters is not None
        at = 1
        while (header := find_header(pending, at)) is not None:
            begin = header.start
            before = (
                pending[:begin].rstrip(BLANK)[-1:]
                if begin < ISA_ROOM
                else pending[begin - ISA_ROOM : begin].rstrip(BLANK)[-1:]
            )
            blanks = delimiters.terminator in BLANK and pending[begin - 1 : begin] in (b"\n", b"\r")
            closed = before == delimiters.terminator or blanks
            if len(pending) - begin < ISA_ROOM and not final:
                return begin, None, False
            if header.is_exact or (closed and header.delimiters is not None):
                if not closed or header.delimiters != delimiters:
                    return begin, header, True
            elif closed:
                return begin, header, True
            at = begin + 3
        return len(pending), None, final

    def _pass_long(self, final: bool) -> bool:
        """Pass the rest of a segment that is too long to be read."""
        assert self._long is not None and self._delimiters is not None
        cut, _, complete = self._next_cut(final)
        terminator_at = self._pending.find(self._delimiters.terminator, 0, cut)
        if terminator_at < 0 and not complete:
            passed = max(min(cut, len(self._pending) - 3), 0)
            self._envelope.digest(self._pending[:passed])
            self._drop(passed)
            return False
        passed = cut if terminator_at < 0 else terminator_at
        start, number = self._long
        self._envelope.digest(self._pending[: min(passed + 1, cut)])
        self._too_long.append((start, self._base + passed, number))
        expected = f"a segment of at most {MAX_SEGMENT} bytes"
        end = self._base + passed
        self._faults.append(
            SegmentFault(None, None, start, end, number, "envelope", "segment", expected, f"{end - start} bytes")
        )
        self._long, self._lost = None, True
        self._number = number + 1
        self._drop(min(passed + 1, cut))
        if terminator_at < 0:
            self._delimiters = None
        return True

    def _read_region(self, final: bool) -> Stretch | None:
        """Read the pending bytes as far as whole claims go; None when there is none yet."""
        assert self._delimiters is not None
        if not final and len(self._pending) < self._enough:
            return None
        cut, _, complete = self._next_cut(final)
        terminator = self._delimiters.terminator
        region = self._pending[:cut]
        tail = region[region.rfind(terminator) + 1 :]
        is_cut = complete and bool(tail.strip(BLANK))
        if is_cut:
            region += terminator
        elif not complete:
            region = region[: len(region) - len(tail)]
        tokens = Tokens([*self._context, Piece(region, self._base, self._number)], self._delimiters)
        edge = len(tokens.raw) - PAD - len(region)
        context = int(np.searchsorted(tokens.starts, edge))
        cuts, lost = self._boundaries(tokens, context)
        too_long = np.flatnonzero((tokens.ends - tokens.starts)[context:] > MAX_SEGMENT) + context
        stop, ends_long = len(tokens), False
        if too_long.size:
            stop, ends_long, is_cut = int(too_long[0]), True, False
        elif not complete and len(tail) > MAX_SEGMENT:
            ends_long = True
        elif not complete:
            stop = int(cuts[-1]) if cuts.size else context
        if not (complete or ends_long or stop > context):
            self._enough = 2 * len(self._pending)
            return None
        self._enough = 0
        passed = int(tokens.starts[stop]) - edge if stop < len(tokens) else min(len(region), cut)
        tokens.keep(stop)
        read = self._read(tokens, context, lost[lost < stop], edge + passed, is_cut)
        self._number += stop - context
        self._drop(passed)
        if ends_long:
            blanks = len(self._pending) - len(self._pending.lstrip(BLANK))
            self._drop(blanks)
            self._long = (self._base, self._number)
        elif complete:
            self._delimiters = None
        return read

    def _boundaries(self, tokens: Tokens, context: int) -> tuple[Ints, Ints]:
        """Where the new segments may be cut, and which of these places begin what is not read.

        A unit (a claim, a hierarchy level) longer than `MAX_UNIT` is cut there, and its rest given up.
        """
        cuts = np.flatnonzero(self._envelope.opens(tokens))
        cuts = cuts[cuts >= context]
        lost = []
        if len(tokens) > context and not (cuts.size and cuts[0] == context):
            lost.append(context)
            cuts = np.concatenate((np.full(1, context), cuts))
        edges = np.append(tokens.starts[cuts], tokens.ends[-1] if len(tokens) else 0)
        for unit in np.flatnonzero(np.diff(edges) > MAX_UNIT).tolist():
            limit, end = int(edges[unit]) + MAX_UNIT, int(edges[unit + 1])
            while limit < end:
                row = int(np.searchsorted(tokens.starts, limit))
                if row >= len(tokens) or tokens.starts[row] >= end:
                    break
                lost.append(row)
                limit = int(tokens.starts[row]) + MAX_UNIT
        lost_rows = np.array(lost, np.int64)
        return united(cuts, lost_rows), lost_rows

    # -- reading --------------------------------------------------------------------------------

    def _read(self, tokens: Tokens, context: int, lost: Ints, end: int, is_cut: bool) -> Stretch:
        """One stretch, whose first `context` segments were read before."""
        last = len(tokens) - 1
        cut = last if is_cut and last >= context and not _TRAILERS[tokens.ids[last]] else None
        if cut is not None:
            tokens.ids[cut] = 0
        guide, form, skipped = self._envelope.step(tokens, context, end)
        opens = self._envelope.opens(tokens)
        chunks: dict[int, Chunk] = {}
        numbers = np.flatnonzero(np.bincount(guide, minlength=1)[1:]) + 1
        # What belongs to no guide (the envelope, transactions that are not read) is told by the first chunk.
        for number in numbers.tolist() or [0]:
            of_other = (guide != number) & (guide > 0) if not chunks else guide != number
            own_form = np.where(guide == number, form, 0).astype(np.uint8)
            outline = self._guides.of(number).outline
            hierarchy = Hierarchy(tokens, outline, own_form, skipped | of_other, opens, lost)
            chunks[number] = Chunk(self._guides.of(number), hierarchy, context, file=self._file, wanted=self._wanted)
        first = next(iter(chunks.values()))
        given_up = set(lost.tolist())
        for row in given_up:
            units = first.hierarchy.units
            before = int(units[np.searchsorted(units, row) - 1])
            if not (self._lost if row == context else before in given_up):
                chunk = chunks.get(int(guide[row]), first)
                chunk.fault("envelope", row, f"a claim or level of at most {MAX_UNIT} bytes", "one that goes on")
        stretch = self._stretch(list(chunks.values()) if len(tokens) > context else [], cut)
        self._remember(tokens, chunks.get(self._envelope.guide, first).hierarchy, end)
        self._lost = bool(given_up) and int(first.hierarchy.units[-1]) in given_up
        return stretch

    def _stretch(self, chunks: list[Chunk], cut: int | None) -> Stretch:
        """What has been gathered since the last chunk."""
        faults = self._faults + self._envelope.faults
        self._faults, self._envelope.faults = [], []
        too_long, self._too_long = self._too_long, []
        began, forms = self._envelope.notes()
        return Stretch(
            self._file,
            self._guides,
            chunks,
            self._envelope.versions,
            cut,
            faults,
            list(self._envelope.pop()),
            too_long,
            began,
            forms,
        )

    def _remember(self, tokens: Tokens, hierarchy: Hierarchy, end: int) -> None:
        """Keep the header and the hierarchy levels that hold for what follows."""
        if not len(tokens):
            return
        edges = np.append(tokens.starts[hierarchy.units], end)
        kept = []
        for unit in (hierarchy.header[-1], *(units[-1] for units in hierarchy.in_force.values())):
            if unit >= 0:
                first = int(hierarchy.units[unit])
                start = int(edges[unit])
                raw = tokens.raw[start : int(edges[unit + 1])]
                kept.append(Piece(raw, start + int(tokens.shift[first]), int(tokens.numbers[first])))
        self._context = kept
        self._envelope.forget(kept[0].start if kept else -1)
