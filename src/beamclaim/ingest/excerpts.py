"""Rows of findings + a column → where the value of that column stands: file, bytes, element; a column of places at a time.

One place per row, in the order of the rows, all null where no byte says it. Tables keep one span a row; the claims with a
finding are read once a book (`read`), cut once, and then every column is looked up in them (`find`). Called by `app/check.py`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from beamclaim.ingest.flat_tables import csv_rows, locate_cell, locate_key
from beamclaim.ingest.flat_tables.claims import CLAIMS_TABLE
from beamclaim.ingest.flat_tables.rows import read_header
from beamclaim.ingest.sources import Source, read_bytes
from beamclaim.ingest.x12 import Delimiters, place
from beamclaim.ingest.x12.located import LocatedSegments
from beamclaim.model.span import Span
from beamclaim.model.tables.frames import Tables
from beamclaim.model.value_sets import CLAIMS_TABLE_KINDS

Ints = npt.NDArray[np.int64]

#: A place: the number of the file's label among those of the run, bytes (first, past the last), element, segment or row.
PLACE = {"file": pl.UInt32, "start": pl.Int64, "end": pl.Int64, "path": pl.String, "segment": pl.UInt32}
#: Bytes read of one loop at most; a claim longer than this shows no place beyond it.
_MOST = 1 << 20
#: Loops with less between them are read together: a second reading costs more.
_NEAR = 512
#: File and offset as one number, so that places of all files are looked up at once.
_OFFSET = 1 << 40
#: Which column of a claims table says a column of a view.
_CELLS = {
    "line.date": "date", "line.code": "code", "line.modifiers": "modifiers", "line.units": "units", "line.charge": "charge",
    "line.place_of_service": "place_of_service", "line.revenue_code": "revenue_code", "line.pointers": "pointers",
    "line.rendering_npi": "rendering_npi", "claim.number": "claim", "claim.charge": "charge", "claim.payer": "payer",
    "claim.filing_code": "payer_line", "claim.frequency": "frequency", "claim.bill_type": "bill_type",
    "diagnosis.code": "diagnoses", "claim.billing_npi": "billing_npi", "claim.attending_npi": "attending_npi",
}  # fmt: skip


class Excerpts:
    """The bytes of a run's files: opened when they are asked for, those of claims with a finding cut once a book."""

    def __init__(self, sources: Mapping[int, Source], tables: Tables, labels: Sequence[str]) -> None:
        """`labels` are those of all files; the `file` of a place is the number of one of them."""
        self._sources = dict(sources)
        self._by_path = {s.path: s for s in sources.values()}
        kinds = dict(tables["files"].select("file", "file.kind").iter_rows())
        many = max(sources, default=-1) + 1
        self._label = np.full(many, -1, np.int64)
        self._is_table = np.zeros(many, np.bool_)
        numbers = {label: n for n, label in enumerate(labels)}
        for index, source in sources.items():
            self._label[index] = numbers[source.path]
            self._is_table[index] = kinds.get(index) in CLAIMS_TABLE_KINDS
        self._is_json = {index for index, kind in kinds.items() if kind == "claims_jsonl"}
        self._envelopes = _Envelopes(tables["interchanges"])
        self._headers: dict[int, list[str]] = {}
        self._pieces = _Pieces((), self._envelopes)
        self._lines = pl.DataFrame()
        self._asked: pl.DataFrame | None = None
        self._known_loops: dict[bool, tuple[pl.Series, pl.Series, list[_Loops]]] = {}

    # ── reading ─────────────────────────────────────────────────────────────────────────────────

    def read(self, tables: Tables, fires: Iterable[pl.DataFrame]) -> None:
        """Reads the claims of a book that have a finding, and those of their partners; `find` is about these from now on."""
        frames = [frame for frame in fires if frame.height]
        self._lines = tables["lines"].select(
            "line.key", "claim.key", "file", "start", "end", "segment", "loop_start", "loop_end", "line.number"
        ).join(tables["claims"].select("claim.key", "claim.form"), on="claim.key", how="left")  # fmt: skip
        partners = [frame[n].alias("line.key") for frame in frames for n in frame.columns if _is_partner(n)]
        keys = pl.concat(partners).drop_nulls().unique() if partners else pl.Series("line.key", [], pl.UInt64)
        partner_lines = self._lines.filter(pl.col("line.key").is_in(keys.implode()))
        of_claims = [frame["claim.key"] for frame in (*frames, partner_lines) if "claim.key" in frame.columns]
        claim_keys = pl.concat(of_claims).drop_nulls().unique() if of_claims else pl.Series("claim.key", [], pl.UInt64)
        claims = tables["claims"].filter(pl.col("claim.key").is_in(claim_keys.implode()))
        loops = [claims.select("file", "start", pl.col("loop_end").alias("stop"))]
        # A claim too long to be read whole is read line by line, and a row of a claims table stands for itself.
        for frame in (*frames, partner_lines):
            if {"file", "start", "end"} <= set(frame.columns):
                loops.append(frame.select("file", "start", pl.col("end").alias("stop")).filter(self._in_table(frame)))
        long = claims.filter(pl.col("loop_end") - pl.col("start") > _MOST)["claim.key"]
        if len(long):
            of_long = self._lines.filter(pl.col("claim.key").is_in(long.implode()))
            loops.append(of_long.select("file", pl.col("loop_start").alias("start"), pl.col("loop_end").alias("stop")))
        wanted = pl.concat(loops).drop_nulls().filter(pl.col("file").is_in(list(self._sources)))
        self._pieces = _Pieces(self._read(wanted), self._envelopes)
        self._asked = None

    def _in_table(self, rows: pl.DataFrame) -> pl.Series:
        file = rows["file"].fill_null(len(self._is_table)).to_numpy()
        return pl.Series(np.append(self._is_table, False)[np.minimum(file, len(self._is_table))], dtype=pl.Boolean)

    def _read(self, loops: pl.DataFrame) -> Iterator["_Piece"]:
        """The bytes of these loops, those that lie close together as one piece, file by file."""
        stop = pl.min_horizontal("stop", pl.col("start") + _MOST)
        loops = loops.with_columns(stop.alias("stop")).unique().sort("file", "start")
        marks = pl.Series("marks", self._envelopes.of(loops["file"], loops["start"]))
        behind = pl.col("stop").cum_max().shift(1).over("file", "marks")
        pieces = (
            loops.with_columns(marks)
            .with_columns((behind.is_null() | (pl.col("start") > behind + _NEAR)).cum_sum().alias("piece"))
            .group_by("file", "marks", "piece", maintain_order=True)
            .agg(pl.col("start").min(), pl.col("stop").max())
        )
        for rows in pieces.partition_by("file", maintain_order=True):
            index = int(rows["file"][0])
            with self._sources[index].open() as stream:
                at = 0
                for mark, start, end in rows.select("marks", "start", "stop").iter_rows():
                    if stream.seekable():
                        stream.seek(start)
                    else:
                        _pass(stream, start - at)
                    raw = stream.read(max(end - start, 0))
                    at = start + len(raw)
                    yield _Piece(index, mark, start, raw.ljust(max(end - start, 0), b"\0"))

    # ── finding ─────────────────────────────────────────────────────────────────────────────────

    def find(self, rows: pl.DataFrame, column: str) -> pl.DataFrame:
        """Where the value of `column` stands on each row: a frame of `PLACE`, null where nothing in a file says it.

        Of a column of partners (``pair:…:partner``) it is the code of the line the row names.
        """
        if column.startswith("pair:"):
            keys = rows.select(pl.col(column).alias("line.key"))
            partners = keys.join(self._lines, on="line.key", how="left", maintain_order="left")
            return self.find(partners, "line.code")
        if "file" not in rows.columns:
            return pl.DataFrame(schema=PLACE).clear(rows.height)
        label = self._label_of(rows)
        is_table = self._in_table(rows)
        if column.startswith(("fault.", "interchange.")):
            found = _own_place(rows, "ISA13")
        elif is_table.all():
            found = self._cells(rows, column)
        else:
            found = _own_place(rows, "HI") if column == "diagnosis.code" else self._elements(rows, column)
            if is_table.any():
                found = _chosen(is_table, self._cells(rows, column), found)
        there = label.is_not_null() & found["start"].is_not_null()
        segment = rows["segment"] if "segment" in rows.columns else label.clear(rows.height)
        return found.select(
            label.alias("file"), "start", "end", "path", segment.alias("segment")
        ).select(pl.when(there).then(pl.col(n)).cast(t).alias(n) for n, t in PLACE.items())  # fmt: skip

    def _label_of(self, rows: pl.DataFrame) -> pl.Series:
        file = rows["file"].fill_null(len(self._label)).to_numpy()
        label = np.append(self._label, -1)[np.minimum(file, len(self._label))]
        return pl.Series("file", label).replace(-1, None).cast(pl.UInt32)

    def _elements(self, rows: pl.DataFrame, column: str) -> pl.DataFrame:
        """Places of an element of an 837: of the line's loop, or of the claim's."""
        is_of_line = column.startswith("line.")
        forms, line, loops = self._loops_of(rows, is_of_line=is_of_line)
        begin, end = np.full(rows.height, -1, np.int64), np.full(rows.height, -1, np.int64)
        path = pl.Series("path", [None], dtype=pl.String).new_from_index(0, rows.height)
        names = forms.unique()
        for form in names:
            wanted = place(column, form)
            if wanted is None:
                continue
            is_form = forms == form
            before, _, after = wanted.path.partition("{line}")
            text = (before + line + after) if is_of_line else pl.Series([before]).new_from_index(0, rows.height)
            path = text if len(names) == 1 else text.zip_with(is_form, path)
            for loop in loops:
                chosen = slice(None) if len(names) == 1 else np.flatnonzero(is_form.to_numpy()[loop.rows])
                first, stops, shift, at = (a[chosen] for a in (loop.first, loop.stops, loop.shift, loop.rows))
                one, other = loop.segments.find(wanted, first, stops)
                begin[at] = np.where(one < 0, -1, one - shift)
                end[at] = np.where(one < 0, -1, other - shift)
        found = pl.DataFrame({"start": begin, "end": end, "path": path})
        return found.with_columns(pl.when(pl.col("start", "end") >= 0).then(pl.col("start", "end")))

    def _loops_of(self, rows: pl.DataFrame, *, is_of_line: bool) -> tuple[pl.Series, pl.Series, list["_Loops"]]:
        """The form, line number and loop of each row, kept while the same rows are asked for one column after another."""
        if self._asked is not rows:
            self._asked, self._known_loops = rows, {}
        if is_of_line not in self._known_loops:
            line = _or_null(rows, "line.number").cast(pl.String).fill_null("?").alias("line")
            if is_of_line:
                start, stop = _or_null(rows, "loop_start"), _or_null(rows, "loop_end")
            else:
                start = _or_null(rows, "claim.start")
                stop = pl.coalesce(_or_null(rows, "claim.loop_end"), _or_null(rows, "loop_end"))
            asked = rows.select(
                "file", pl.col("start").alias("row"), start.cast(pl.Int64).alias("start"), stop.cast(pl.Int64).alias("stop"),
                _or_null(rows, "claim.form").cast(pl.String).fill_null("837P").replace("", "837P").alias("form"), line,
            )  # fmt: skip
            marks = self._envelopes.of(asked["file"], asked["row"])
            loops = self._pieces.loops(asked, marks)
            self._known_loops[is_of_line] = (asked["form"], asked["line"], loops)
        return self._known_loops[is_of_line]

    def _cells(self, rows: pl.DataFrame, column: str) -> pl.DataFrame:
        """Places of a cell of a claims table, row by row; at claim level that of the claim's first row."""
        name = _CELLS.get(column)
        nothing = {"start": pl.Int64, "end": pl.Int64, "path": pl.String}
        if name is None:
            return pl.DataFrame(schema=nothing).clear(rows.height)
        cells: list[tuple[int | None, int | None, str]] = []
        known: dict[tuple[int, int], tuple[int, int] | None] = {}
        is_table = self._in_table(rows)
        segments = rows["segment"] if "segment" in rows.columns else [None] * rows.height
        for file, start, end, segment, here in zip(
            rows["file"], rows["start"], rows["end"], segments, is_table, strict=True
        ):
            if not here or start is None:
                cells.append((None, None, ""))
                continue
            if (file, start) not in known:
                raw = self._pieces.raw(file, start, end)
                known[file, start] = (
                    locate_key(raw, start, name)
                    if file in self._is_json
                    else locate_cell(raw, start, self._header(file), name)
                )
            at = known[file, start]
            cells.append((None, None, "") if at is None else (*at, f"row {segment} column {name}"))
        return pl.DataFrame(cells, schema=nothing, orient="row")

    def _header(self, file: int) -> list[str]:
        if file not in self._headers:
            with self._sources[file].open() as stream:
                self._headers[file] = read_header(csv_rows.rows(iter([stream.read(_MOST)])), CLAIMS_TABLE)
        return self._headers[file]

    # ── showing ─────────────────────────────────────────────────────────────────────────────────

    def open(self, path: str) -> BinaryIO:
        """The decompressed bytes of a file of the run, by its label; raises InputError when they cannot be had."""
        return self._by_path[path].open()

    def around(self, span: Span, reach: int = 60) -> tuple[bytes, int, int]:
        """The bytes of the segment or row around a span, and the span's start and end inside them."""
        source = self._by_path.get(span.file)
        if source is None:
            return b"", 0, 0
        first = max(span.start - 4 * reach, 0)
        raw = read_bytes(source, first, span.end + 4 * reach)
        at, past = span.start - first, span.end - first
        marks = self._line_ends(source, span.start)
        left = max((raw.rfind(m, 0, at) for m in marks), default=-1) + 1
        ends = [i for m in marks if (i := raw.find(m, past)) >= 0]
        right = min(ends) if ends else len(raw)
        return raw[left:right], at - left, past - left

    def _line_ends(self, source: Source, at: int) -> list[bytes]:
        index = next(i for i, s in self._sources.items() if s is source)
        marks = self._envelopes.at(index, at)
        return [m for m in {marks.terminator if marks else b"\n", b"\n", b"\r"} if m]


class _Envelopes:
    """The separators of each interchange: which hold at a place of a file."""

    def __init__(self, interchanges: pl.DataFrame) -> None:
        names = [f"interchange.{n}" for n in ("element", "component", "repetition", "terminator")]
        rows = interchanges.sort("file", "start").select("file", "start", *names).fill_null("")
        self.distinct: list[Delimiters] = []
        numbers: dict[Delimiters, int] = {}
        marks = []
        for row in rows.iter_rows():
            delimiters = Delimiters(*(text.encode("latin-1") for text in row[2:]))
            marks.append(numbers.setdefault(delimiters, len(numbers)))
        self.distinct = list(numbers)
        self._file = rows["file"].to_numpy().astype(np.int64)
        self._key = self._file * _OFFSET + rows["start"].to_numpy()
        self._marks = np.array(marks, np.int64)

    def of(self, file: pl.Series, start: pl.Series) -> Ints:
        """The number of the separators that hold at each place; -1 where no interchange began before it."""
        files = file.cast(pl.Int64).fill_null(-1).to_numpy()
        out = np.full(len(files), -1, np.int64)
        if not len(self._key):
            return out
        at = np.searchsorted(self._key, files * _OFFSET + start.fill_null(-1).to_numpy(), "right") - 1
        inside = (at >= 0) & (self._file[np.maximum(at, 0)] == files)
        out[inside] = self._marks[at[inside]]
        return out

    def at(self, file: int, start: int) -> Delimiters | None:
        """The separators that hold at one place."""
        (number,) = self.of(pl.Series([file]), pl.Series([start]))
        return None if number < 0 else self.distinct[number]


class _Piece(NamedTuple):
    """Bytes of a file from `start` on, under the separators with the number `marks` (-1: none)."""

    file: int
    marks: int
    start: int
    raw: bytes


class _Loops(NamedTuple):
    """Loops that share their separators: which rows they belong to, their first segments and ends, and how far positions are off."""

    segments: LocatedSegments
    rows: Ints
    first: Ints
    stops: Ints
    shift: Ints


class _Pieces:
    """The pieces read of a book, by file and start; those that share their separators are cut together, once."""

    def __init__(self, pieces: Iterable[_Piece], envelopes: _Envelopes) -> None:
        self._envelopes = envelopes
        self._all = list(pieces)
        self._start = np.array([p.start for p in self._all], np.int64)
        self._key = np.array([p.file * _OFFSET + p.start for p in self._all], np.int64)
        self._length = np.array([len(p.raw) for p in self._all], np.int64)
        self._offset: dict[int, Ints] = {}
        self._cut: dict[int, LocatedSegments] = {}

    def _of_marks(self, marks: int) -> tuple[LocatedSegments, Ints]:
        """The pieces under some separators, one behind the other, and where each begins among them (-1: other separators)."""
        if marks not in self._cut:
            parts, offset, at = [], np.full(len(self._all), -1, np.int64), 0
            terminator = self._envelopes.distinct[marks].terminator
            for number, piece in enumerate(self._all):
                if piece.marks == marks:
                    offset[number] = at
                    parts.append(piece.raw + terminator)
                    at += len(parts[-1])
            self._cut[marks] = LocatedSegments(b"".join(parts), self._envelopes.distinct[marks])
            self._offset[marks] = offset
        return self._cut[marks], self._offset[marks]

    def _number(self, keys: Ints) -> Ints:
        """The piece that holds the byte with each key; -1: none."""
        if not len(self._key):
            return np.full(len(keys), -1, np.int64)
        at = np.searchsorted(self._key, keys, "right") - 1
        inside = (at >= 0) & (keys < self._key[np.maximum(at, 0)] + self._length[np.maximum(at, 0)])
        return np.where(inside, at, -1)

    def loops(self, loops: pl.DataFrame, marks: Ints) -> list["_Loops"]:
        """Loops (file, start, stop) whose separators have these numbers, as they stand among the segments."""
        files = loops["file"].cast(pl.Int64).fill_null(-1).to_numpy()
        starts = loops["start"].fill_null(-1).to_numpy()
        stops = np.minimum(loops["stop"].fill_null(-1).to_numpy(), starts + _MOST)
        numbers = self._number(files * _OFFSET + starts)
        numbers[(starts < 0) | (stops < 0)] = -1
        out = []
        for mark in np.unique(marks[marks >= 0]):
            segments, offset = self._of_marks(int(mark))
            rows = np.flatnonzero((marks == mark) & (numbers >= 0))
            rows = rows[offset[numbers[rows]] >= 0]
            shift = offset[numbers[rows]] - self._start[numbers[rows]]
            out.append(_Loops(segments, rows, segments.first_of(starts[rows] + shift), stops[rows] + shift, shift))
        return out

    def raw(self, file: int, start: int, end: int) -> bytes:
        """The bytes of one row."""
        number = int(self._number(np.array([file * _OFFSET + start], np.int64))[0])
        if number < 0:
            return b""
        piece = self._all[number]
        return piece.raw[start - piece.start : end - piece.start]


def _is_partner(column: str) -> bool:
    return column.startswith("pair:") and column.endswith(":partner")


def _own_place(rows: pl.DataFrame, element: str) -> pl.DataFrame:
    """The place of the row itself, with the element a fault names."""
    path = pl.lit(element)
    if "fault.path" in rows.columns:
        path = pl.when(pl.col("fault.path") != "").then("fault.path").otherwise(path)
    return rows.select("start", "end", path.alias("path"))


def _chosen(mask: pl.Series, one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame([one[n].cast(other[n].dtype).zip_with(mask, other[n]) for n in other.columns])


def _or_null(rows: pl.DataFrame, column: str) -> pl.Expr:
    return pl.col(column) if column in rows.columns else pl.lit(None)


def _pass(stream: BinaryIO, many: int) -> None:
    """Reads on past so many bytes, where a stream cannot seek."""
    while many > 0 and (skipped := len(stream.read(min(many, _MOST)))):
        many -= skipped
