"""Places: from a row of a table to the bytes that say it.

Tables keep one span a row; the span of an element is found by re-reading that row only.
"""

from typing import Any, BinaryIO

import polars as pl

from beamclaim.ingest import claim_rows, csv_rows
from beamclaim.ingest.sources import Source, read_bytes
from beamclaim.ingest.x12 import Delimiters, span_of
from beamclaim.model.span import Span
from beamclaim.model.tables.frames import Tables

#: Bytes re-read around a row at most; a claim longer than this shows no excerpt beyond it.
_MOST = 1 << 20
_TABLES = ("claims_csv", "claims_jsonl")


#: Which column of a claims table says a column of a view.
_CELLS = {
    "line.date": "date", "line.code": "code", "line.modifiers": "modifiers", "line.units": "units", "line.charge": "charge",
    "line.place_of_service": "place_of_service", "line.revenue_code": "revenue_code", "line.pointers": "pointers",
    "line.rendering_npi": "rendering_npi", "claim.number": "claim", "claim.charge": "charge", "claim.payer": "payer",
    "claim.filing_code": "payer_line", "claim.frequency": "frequency", "claim.bill_type": "bill_type",
    "diagnosis.code": "diagnoses", "claim.billing_npi": "billing_npi",
}  # fmt: skip


class Places:
    """Finds bytes. Holds the opened sources, their separators and headers, and the partners of pairs."""

    def __init__(self, sources: dict[int, Source], book: Tables) -> None:
        self._sources = sources
        self._by_path = {s.path: s for s in sources.values()}
        self._kinds = dict(book["files"].select("file", "file.kind").iter_rows())
        self._envelopes: dict[int, list[tuple[int, Delimiters]]] = {}
        for row in book["interchanges"].sort("file", "start").iter_rows(named=True):
            marks = Delimiters(
                *(
                    (row[f"interchange.{n}"] or "").encode("latin-1")
                    for n in ("element", "component", "repetition", "terminator")
                )
            )
            self._envelopes.setdefault(row["file"], []).append((row["start"], marks))
        self._headers: dict[int, list[str]] = {}
        self._lines = pl.DataFrame()
        self._open: tuple[int, BinaryIO | None] = (-1, None)
        self._last: tuple[tuple[int, int, int], bytes] = ((-1, 0, 0), b"")

    def learn(self, book: Tables) -> None:
        """The lines that may be named as partners from now on."""
        self._lines = book["lines"].select(
            "line.key", "claim.key", "file", "start", "end", "segment", "loop_start", "loop_end", "line.number"
        )
        self._forms = book["claims"].select("claim.key", "claim.form")

    def of(self, row: dict[str, Any], column: str) -> Span | None:
        """The span of a column's value on the row of a finding; None where nothing in a file says it."""
        if column.startswith("pair:"):
            return self._partner(row.get(column))
        file = row.get("file")
        if file is None or file not in self._sources:
            return None
        if column.startswith(("fault.", "interchange.")) or (
            column == "diagnosis.code" and self._kinds.get(file) not in _TABLES
        ):
            path = row.get("fault.path") or ("HI" if column == "diagnosis.code" else "ISA13")
            return Span(self._sources[file].path, row["start"], row["end"], path, row.get("segment"))
        if self._kinds.get(file) in _TABLES:
            return self._cell(file, row, column)
        return self._element(file, row, column)

    def _partner(self, key: int | None) -> Span | None:
        found = self._lines.filter(pl.col("line.key") == key) if key is not None else self._lines.clear()
        if found.is_empty():
            return None
        row = found.join(self._forms, on="claim.key", how="left").row(0, named=True)
        return self.of(row, "line.code")

    def _cell(self, file: int, row: dict[str, Any], column: str) -> Span | None:
        """The cell of a claims table; at claim level that of the claim's first row."""
        name = _CELLS.get(column)
        source = self._sources[file]
        start, end = row["start"], row["end"]
        if name is None or start is None:
            return None
        raw = self._raw(file, start, end)
        if self._kinds[file] == "claims_jsonl":
            found = claim_rows.locate_key(raw, start, name)
        else:
            found = csv_rows.locate_cell(raw, start, self._header(file), name)
        if found is None:
            return None
        return Span(source.path, found[0], found[1], f"row {row.get('segment')} column {name}", row.get("segment"))

    def _header(self, file: int) -> list[str]:
        if file not in self._headers:
            with self._sources[file].open() as stream:
                self._headers[file] = claim_rows.read_header(csv_rows.rows(iter([stream.read(_MOST)])))
        return self._headers[file]

    def _element(self, file: int, row: dict[str, Any], column: str) -> Span | None:
        marks = next((m for at, m in reversed(self._envelopes.get(file, [])) if at <= row["start"]), None)
        if marks is None:
            return None
        if column.startswith("line."):
            start, end = row.get("loop_start"), row.get("loop_end")
        else:
            start, end = row.get("claim.start"), row.get("claim.loop_end") or row.get("loop_end")
        if start is None or end is None:
            return None
        source = self._sources[file]
        raw = self._raw(file, start, min(end, start + _MOST))
        found = span_of(raw, start, marks, row.get("claim.form") or "837P", column, row.get("line.number"))
        if found is None:
            return None
        return Span(source.path, found[0], found[1], found[2], row.get("segment"))

    def _raw(self, file: int, start: int, end: int) -> bytes:
        """The bytes of a row; the last one is kept, since a finding asks for several of its elements."""
        if self._last[0] != (file, start, end):
            self._last = ((file, start, end), self._slice(file, start, end))
        return self._last[1]

    def _slice(self, file: int, start: int, end: int) -> bytes:
        """Bytes of a source; the one asked last stays open, since findings come file by file."""
        stream = self._open[1]
        if stream is None or self._open[0] != file:
            self.close()
            stream = self._sources[file].open()
            if not stream.seekable():
                stream.close()
                return read_bytes(self._sources[file], start, end)
            self._open = (file, stream)
        stream.seek(start)
        return stream.read(max(end - start, 0))

    def open(self, path: str) -> BinaryIO:
        """The decompressed bytes of a file of the run, by its label; raises InputError when they cannot be had."""
        return self._by_path[path].open()

    def close(self) -> None:
        """Closes the source that was read last; it opens again when asked."""
        if self._open[1] is not None:
            self._open[1].close()
        self._open = (-1, None)

    def excerpt(self, span: Span, around: int = 60) -> tuple[bytes, int, int]:
        """The bytes of the segment or row around a span, and the span's start and end inside them."""
        source = self._by_path.get(span.file)
        if source is None:
            return b"", 0, 0
        first = max(span.start - 4 * around, 0)
        raw = read_bytes(source, first, span.end + 4 * around)
        at, past = span.start - first, span.end - first
        marks = self._marks(source, span.start)
        left = max((raw.rfind(m, 0, at) for m in marks), default=-1) + 1
        ends = [i for m in marks if (i := raw.find(m, past)) >= 0]
        right = min(ends) if ends else len(raw)
        return raw[left:right], at - left, past - left

    def _marks(self, source: Source, at: int) -> list[bytes]:
        index = next(i for i, s in self._sources.items() if s is source)
        envelopes = [m for start, m in self._envelopes.get(index, []) if start <= at]
        terminator = envelopes[-1].terminator if envelopes else b"\n"
        return [m for m in {terminator, b"\n", b"\r"} if m]
