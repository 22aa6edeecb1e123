"""A stretch of segments, and where each stands in a guide, with what its tables are made of: keys, typed values, faults.

One chunk a guide that has transactions in the stretch; the guide's functions read it and give its tables.
"""

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from beamclaim.ingest.x12.cells import Texts, chosen, fixed, is_npi, matches, numbers
from beamclaim.ingest.x12.faults import SegmentFault, described
from beamclaim.ingest.x12.guide import SKIPPED, Guide
from beamclaim.ingest.x12.hierarchy import Hierarchy
from beamclaim.ingest.x12.segments import allowed, packed
from beamclaim.ingest.x12.tokens import Cells, Flags, Ints
from beamclaim.model.tables import TABLES, key_of

Columns = dict[str, Any]
_SHOWN = 14  # the longest id or loop name put into a path


EMPTY = {name: table.empty() for name, table in TABLES.items()}


class Chunk:
    """A stretch of a guide: its segments, where they stand, and the first segment that is new (`context`)."""

    def __init__(
        self, guide: Guide, hierarchy: Hierarchy, context: int, *, file: int, wanted: Collection[str] | None = None
    ) -> None:
        self.guide, self.hierarchy, self.context, self.file = guide, hierarchy, context, file
        self.tokens = tokens = hierarchy.tokens
        self._wanted = wanted
        self.texts = Texts(tokens)
        self.faults: list[SegmentFault] = []
        self.covered = np.zeros(len(tokens), np.bool_)
        self.claim_keys = self._keys(hierarchy.claims)
        self.line_keys = self._keys(hierarchy.lines)

    def _keys(self, rows: Ints) -> npt.NDArray[np.uint64]:
        start = (self.tokens.starts[rows] + self.tokens.shift[rows]).astype(np.uint64)
        keys: npt.NDArray[np.uint64] = np.uint64(key_of(self.file, 0)) | start
        return keys

    def fresh(self, rows: Ints) -> Ints:
        """Of some rows, those that are new in this chunk; they have a table now."""
        rows = rows[rows >= self.context]
        self.covered[rows] = True
        return rows

    def is_wanted(self, table: str) -> bool:
        """Whether a table is to be made; where it is not, its faults are found all the same."""
        return self._wanted is None or table in self._wanted

    def place(self, rows: Ints) -> Columns:
        """The columns that say where each row stands: its whole segment."""
        tokens = self.tokens
        shift = tokens.shift[rows]
        return self.place_at(rows, tokens.starts[rows] + shift, tokens.ends[rows] + shift)

    def place_at(self, rows: Ints, start: Ints, end: Ints) -> Columns:
        """The columns that say where each row stands, for a part of its segment."""
        return {
            "file": np.full(len(rows), self.file, np.uint32),
            "start": start,
            "end": end,
            "segment": self.tokens.numbers[rows].astype(np.uint32),
        }

    def claim_key(self, rows: Ints) -> pa.Array:
        """``claim.key`` of each row."""
        return keyed(self.claim_keys, self.hierarchy.claim[rows])

    def line_key(self, rows: Ints) -> pa.Array:
        """``line.key`` of each row."""
        return keyed(self.line_keys, self.hierarchy.line[rows])

    def frame(self, table: str, columns: Columns) -> pl.DataFrame:
        """A table of the model with exactly its columns, in order."""
        names = list(TABLES[table].schema)
        arrays = [pa.array(columns[n]) if isinstance(columns[n], np.ndarray) else columns[n] for n in names]
        return pl.DataFrame(pa.RecordBatch.from_arrays(arrays, names))

    def text(self, rows: Ints, number: int, **options: Any) -> pa.Array:
        """Element `number` of each row as text."""
        return self.texts.column(self.tokens.element(rows, number), **options)

    # -- values with their faults ---------------------------------------------------------------

    def amounts(self, cells: Cells) -> tuple[Ints, Flags]:
        """Amounts in hundredths; what is filled and no amount is a fault."""
        expected = "an amount: up to 10 digits, at most 2 behind the point"
        return self._numbers(cells, 10, 2, expected)

    def quantities(self, cells: Cells) -> tuple[Ints, Flags]:
        """Quantities in thousandths; what is filled and no quantity is a fault."""
        return self._numbers(cells, 8, 3, "a quantity: up to 8 digits, at most 3 behind the point")

    def _numbers(self, cells: Cells, digits: int, scale: int, expected: str) -> tuple[Ints, Flags]:
        values, good = fixed(self.tokens, cells, digits, scale)
        self.refuse(cells, ~good & (cells.end > cells.start), expected)
        return values, good

    def npis(self, cells: Cells, qualifier: Cells) -> tuple[Flags, Flags]:
        """Which rows have an NPI (qualifier XX), and which of them hold a right one; the others are faults."""
        is_given = (self.tokens.code(qualifier) == packed("XX")) & (cells.end > cells.start)
        good = is_given & is_npi(self.tokens, cells)
        wrong = is_given & ~good
        ten = matches(self.tokens, cells, "9999999999", 10)
        self.refuse(cells, wrong & ~ten, "an NPI of 10 digits")
        self.refuse(cells, wrong & ten, "an NPI with a right check digit", "10 digits, check digit wrong")
        return is_given, good

    def shaped(self, cells: Cells, pattern: str, least: int, expected: str, where: Flags | None = None) -> Flags:
        """Which rows are empty or fit a pattern (see `cells.matches`); the others, if `where`, are faults."""
        good: Flags = matches(self.tokens, cells, pattern, least) | (cells.end == cells.start)
        if where is not None:
            good |= ~where
        self.refuse(cells, ~good, expected)
        return good

    def qualified(self, cells: Cells, names: frozenset[str]) -> Flags:
        """Which rows are empty or one of the qualifiers; the others are faults."""
        good: Flags = allowed(names)[self.tokens.code(cells)]
        self.refuse(cells, ~good, f"one of {', '.join(sorted(names))}")
        return good

    # -- faults -----------------------------------------------------------------------------------

    def refuse(self, cells: Cells, bad: Flags, expected: str, found: str | None = None) -> None:
        """An `element` fault for each bad row that is new."""
        if not bad.any():
            return
        for i in np.flatnonzero(bad & (cells.rows >= self.context)).tolist():
            start, end = int(cells.start[i]), int(cells.end[i])
            element = cells.element if isinstance(cells.element, int) else int(cells.element[i])
            wording = found or described(self.tokens.value(start, end))
            self.fault(
                "element",
                int(cells.rows[i]),
                expected,
                wording,
                element=element,
                component=cells.component,
                cell=(start, end),
            )

    def lacks(self, rows: Ints, missing: Flags, path: str, expected: str) -> None:
        """A `missing` fault for each row: `path` is appended to the path of its loop unless it names one."""
        if not missing.any():
            return
        for row in rows[missing & (rows >= self.context)].tolist():
            whole = path if " " in path else f"{self.loop_path(row)} {path}"
            self._append("missing", row, whole, expected, "none")

    def fault(
        self,
        kind: str,
        row: int,
        expected: str,
        found: str,
        *,
        element: int = 0,
        component: int = 0,
        cell: tuple[int, int] | None = None,
        repair: str | None = None,
    ) -> None:
        """One fault at a segment, or at a part of it (`cell`, positions in the chunk)."""
        tokens = self.tokens
        stop = min(int(tokens.marks[tokens.first[row]]), int(tokens.ends[row]), int(tokens.starts[row]) + _SHOWN)
        name = tokens.value(int(tokens.starts[row]), stop).upper().decode("ascii", "replace")
        name = name if name.isalnum() and len(name) <= 3 else "segment"
        path = name + (f"{element:02}" if element else "") + (f"-{component}" if component else "")
        self._append(kind, row, f"{self.loop_path(row)} {path}".strip(), expected, found, cell=cell, repair=repair)

    def loop_path(self, row: int) -> str:
        """The loop of a segment, with the number of its line: ``2400/3``."""
        loop = self.guide.outline.loop_names[int(self.hierarchy.loop[row])]
        if self.hierarchy.line[row] < 0 or self.hierarchy.level[row] == SKIPPED:
            return loop
        head = int(self.hierarchy.lines[self.hierarchy.line[row]])
        first, stop = int(self.tokens.first[head]), int(self.tokens.ends[head])
        start = min(int(self.tokens.marks[first]) + 1, stop)
        raw = self.tokens.value(start, stop)
        return f"{loop}/{int(raw)}" if raw.isdigit() and len(raw) <= 6 else f"{loop}/?"

    def _append(
        self,
        kind: str,
        row: int,
        path: str,
        expected: str,
        found: str,
        *,
        cell: tuple[int, int] | None = None,
        repair: str | None = None,
    ) -> None:
        tokens, hierarchy = self.tokens, self.hierarchy
        claim, line = int(hierarchy.claim[row]), int(hierarchy.line[row])
        start, end = cell or (int(tokens.starts[row]), int(tokens.ends[row]))
        shift = int(tokens.shift[row])
        self.faults.append(
            SegmentFault(
                int(self.claim_keys[claim]) if claim >= 0 else None,
                int(self.line_keys[line]) if line >= 0 else None,
                start + shift,
                end + shift,
                int(tokens.numbers[row]),
                kind,
                path,
                expected,
                found,
                repair,
            )
        )


def keyed(keys: npt.NDArray[np.uint64], index: Ints) -> pa.Array:
    """The key at each index, null where the index is negative."""
    present = index >= 0
    values = keys[np.where(present, index, 0)] if len(keys) else np.zeros(len(index), np.uint64)
    return numbers(values, present, pa.uint64())


def unread_segments(chunk: Chunk, cut: int | None) -> pl.DataFrame:
    """The segments table: all that no other table holds. `cut` is a segment the file ends within."""
    tokens, hierarchy, outline = chunk.tokens, chunk.hierarchy, chunk.guide.outline
    chunk.fresh(tokens.rows("ISA"))
    left = ~chunk.covered & (hierarchy.level != SKIPPED)
    left[: chunk.context] = False
    rows = np.flatnonzero(left)
    if not len(rows):
        return EMPTY["segments"]
    known = outline.known[hierarchy.form[rows], hierarchy.loop[rows], tokens.ids[rows]]
    for row in rows[~known].tolist():
        if row == cut:
            chunk.fault("envelope", row, "a segment with its terminator", "a segment cut off")
        else:
            chunk.fault("unknown_segment", row, "a segment the guide allows here", "another")
    if not chunk.is_wanted("segments"):
        return EMPTY["segments"]
    name = Cells(rows, tokens.starts[rows], np.minimum(tokens.marks[tokens.first[rows]], tokens.ends[rows]), 0, 0)
    columns = {
        "claim.key": chunk.claim_key(rows),
        **chunk.place(rows),
        "segment.id": chunk.texts.column(name, upper=True),
        "segment.loop": chosen(outline.loop_names, hierarchy.loop[rows]),
        "segment.is_known": known,
    }
    return chunk.frame("segments", columns)
