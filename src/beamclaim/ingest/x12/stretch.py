"""A part of a file, cut and checked → its tables, made by the guides of the transactions in it."""

from dataclasses import dataclass

import polars as pl

from beamclaim.ingest.x12 import faults, interchanges
from beamclaim.ingest.x12.chunk import EMPTY, Chunk, unread_segments
from beamclaim.ingest.x12.faults import SegmentFault
from beamclaim.ingest.x12.guide import Guides
from beamclaim.ingest.x12.interchanges import Interchange
from beamclaim.model.tables import TABLES

Frames = dict[str, pl.DataFrame]


@dataclass(slots=True)
class Stretch:
    """A part of a file whose tables are still to be made."""

    file: int
    guides: Guides
    chunks: list[Chunk]
    versions: dict[int, str]
    """The implementation version of each transaction, by the offset of its ST."""

    cut: int | None
    """The segment the file ends within."""

    faults: list[SegmentFault]
    interchanges: list[Interchange]
    too_long: list[tuple[int, int, int]]
    """Start, end and number of segments that are too long to be read."""

    began: list[tuple[int, int]]
    """Offset and segment number of each ISA in it."""

    forms: list[tuple[int, str]]
    """Offset and form of each transaction that is read and begins in it."""

    def tables(self) -> Frames:
        """Every table that any guide makes; those without rows too."""
        names = dict.fromkeys(name for guide in self.guides.all for name in guide.makes)
        parts: dict[str, list[pl.DataFrame]] = {name: [] for name in (*names, "segments")}
        faults_of_all = list(self.faults)
        for chunk in self.chunks:
            of_chunk = chunk.guide.tables(chunk, self.versions)
            of_chunk["segments"] = unread_segments(chunk, self.cut)
            for name, frame in of_chunk.items():
                parts[name].append(frame)
            faults_of_all += chunk.faults
        if self.too_long:
            rows = [(None, self.file, *place, "", "", False) for place in self.too_long]
            parts["segments"].append(pl.DataFrame(rows, schema=TABLES["segments"].schema, orient="row"))
        out = {
            name: pl.concat(part) if len(part) > 1 else part[0] if part else EMPTY[name] for name, part in parts.items()
        }
        out["interchanges"] = interchanges.frame(self.interchanges, self.file)
        out["faults"] = faults.frame(faults_of_all, self.file)
        return out
