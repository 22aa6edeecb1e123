"""NM1 segments, and the DMG behind them → who is named: role, NPI, birth date; whatever the guide calls the roles."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from beamclaim.ingest.x12.cells import days
from beamclaim.ingest.x12.chunk import Chunk
from beamclaim.ingest.x12.segments import packed
from beamclaim.ingest.x12.tokens import Flags, Ints


@dataclass(slots=True)
class Names:
    """The NM1 segments of a chunk and what was read from them, by position in ``rows``.

    ``at`` finds the position of a segment (-1: no NM1). ``demographics`` is the DMG that
    follows (-1: none), ``birth`` its day.
    """

    rows: Ints
    at: Ints
    code: npt.NDArray[np.int32]
    loop: npt.NDArray[np.uint8]
    has_npi: Flags
    npi_ok: Flags
    demographics: Ints
    birth: npt.NDArray[np.int32]
    birth_ok: Flags

    @classmethod
    def read(cls, chunk: Chunk, *, providers: Flags, persons: Flags) -> "Names":
        """All NM1 of the chunk, context included. `providers`, `persons`: by loop number, whose NPI and DMG are read."""
        tokens, hierarchy = chunk.tokens, chunk.hierarchy
        rows = hierarchy.names
        at = np.full(len(tokens), -1, np.int64)
        at[rows] = np.arange(len(rows))
        loop = hierarchy.loop[rows]
        has_npi = np.zeros(len(rows), np.bool_)
        npi_ok = np.zeros(len(rows), np.bool_)
        some = np.flatnonzero(providers[loop])
        has_npi[some], npi_ok[some] = chunk.npis(tokens.element(rows[some], 9), tokens.element(rows[some], 8))
        dmg = tokens.rows("DMG")
        dmg = dmg[persons[hierarchy.loop[dmg]]]
        cells = tokens.element(dmg, 2)
        birth, good = days(tokens, cells.start, cells.end)
        chunk.refuse(cells, ~good & (cells.end > cells.start), "a day, CCYYMMDD")
        of_name = hierarchy.first(at[hierarchy.anchor[dmg]], np.arange(len(dmg)), len(rows))
        has_dmg = of_name >= 0
        pick = np.where(has_dmg, of_name, 0)
        if not len(dmg):
            nothing = np.zeros(len(rows), np.int32)
            return cls(rows, at, hierarchy.name_code, loop, has_npi, npi_ok, of_name, nothing, has_dmg)
        return cls(
            rows, at, hierarchy.name_code, loop, has_npi, npi_ok,
            np.where(has_dmg, dmg[pick], -1), birth[pick], has_dmg & good[pick],
        )  # fmt: skip

    def first(self, chunk: Chunk, level: int, roles: str) -> Ints:
        """For each unit, the first NM1 of these roles at a level above or at the claim; -1 none."""
        keep = np.isin(self.code, [packed(r) for r in roles.split()]) & (chunk.hierarchy.level[self.rows] == level)
        rows = self.rows[keep]
        return chunk.hierarchy.first(chunk.hierarchy.unit[rows], rows, len(chunk.hierarchy.units))

    def npi(self, chunk: Chunk, rows: Ints, *, none: bool) -> pa.Array:
        """The NPI of some NM1 segments (-1: not named); null where it is not right, ``""`` if `none` where not said."""
        where = np.where(rows >= 0, self.at[rows], 0)
        is_named = (rows >= 0) & (self.has_npi[where] if len(self.rows) else False)
        good = is_named & (self.npi_ok[where] if len(self.rows) else False)
        cells = chunk.tokens.element(np.where(is_named, rows, -1), 9)
        return chunk.texts.column(cells, present=good | ~is_named if none else good, none=none)
