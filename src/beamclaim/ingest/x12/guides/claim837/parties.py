"""Who a claim names: providers, subscribers and patients, payers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from beamclaim.ingest.x12.cells import chosen, day_series, days, money
from beamclaim.ingest.x12.chunk import EMPTY, Chunk
from beamclaim.ingest.x12.guides.claim837.outline import (
    BILLING,
    OTHER_PAYER,
    OUTLINE,
)
from beamclaim.ingest.x12.hierarchy import carried
from beamclaim.ingest.x12.segments import packed
from beamclaim.ingest.x12.tokens import Flags, Ints

_PROVIDERS = OUTLINE.among_loops("2010AA 2010AB 2310* 2420*")
_NOT_PROVIDERS = (packed("PW"), packed("45"))  # places of an ambulance trip
_PERSONS = OUTLINE.among_loops("2010BA 2010CA 2330A")


@dataclass(slots=True)
class Parties:
    """The NM1 segments of a chunk and what was read from them, by position in ``rows``.

    ``at`` finds the position of a segment (-1: no NM1). ``birth`` and ``sex_row`` are those of the DMG
    that follows.
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
    def read(cls, chunk: Chunk) -> "Parties":
        """All NM1 of the chunk, context included."""
        tokens, hierarchy = chunk.tokens, chunk.hierarchy
        rows = hierarchy.names
        at = np.full(len(tokens), -1, np.int64)
        at[rows] = np.arange(len(rows))
        loop = hierarchy.loop[rows]
        has_npi = np.zeros(len(rows), np.bool_)
        npi_ok = np.zeros(len(rows), np.bool_)
        some = np.flatnonzero(_PROVIDERS[loop])
        has_npi[some], npi_ok[some] = chunk.npis(tokens.element(rows[some], 9), tokens.element(rows[some], 8))
        dmg = tokens.rows("DMG")
        dmg = dmg[_PERSONS[hierarchy.loop[dmg]]]
        cells = tokens.element(dmg, 2)
        birth, good = days(tokens, cells.start, cells.end)
        chunk.refuse(cells, ~good & (cells.end > cells.start), "a day, CCYYMMDD")
        of_name = hierarchy.first(at[hierarchy.anchor[dmg]], np.arange(len(dmg)), len(rows))
        found = of_name >= 0
        pick = np.where(found, of_name, 0)
        if not len(dmg):
            nothing = np.zeros(len(rows), np.int32)
            return cls(rows, at, hierarchy.name_code, loop, has_npi, npi_ok, of_name, nothing, found)
        return cls(
            rows, at, hierarchy.name_code, loop, has_npi, npi_ok,
            np.where(found, dmg[pick], -1), birth[pick], found & good[pick],
        )  # fmt: skip

    def first(self, chunk: Chunk, level: int, roles: str) -> Ints:
        """For each unit, the first NM1 of these roles at a level above or at the claim; -1 none."""
        keep = np.isin(self.code, [packed(r) for r in roles.split()]) & (chunk.hierarchy.level[self.rows] == level)
        rows = self.rows[keep]
        return chunk.hierarchy.first(chunk.hierarchy.unit[rows], rows, len(chunk.hierarchy.units))

    def npi(self, chunk: Chunk, rows: Ints, *, none: bool) -> pa.Array:
        """The NPI of some NM1 segments (-1: not named); null where it is not right, ``""`` if `none` where not said."""
        where = np.where(rows >= 0, self.at[rows], 0)
        said = (rows >= 0) & (self.has_npi[where] if len(self.rows) else False)
        good = said & (self.npi_ok[where] if len(self.rows) else False)
        cells = chunk.tokens.element(np.where(said, rows, -1), 9)
        return chunk.texts.column(cells, present=good | ~said if none else good, none=none)


def providers(chunk: Chunk, parties: Parties) -> pl.DataFrame:
    """The providers table: NM1 of billing, claim and line level that name a provider."""
    tokens, hierarchy = chunk.tokens, chunk.hierarchy
    keep = _PROVIDERS[parties.loop] & ~np.isin(parties.code, _NOT_PROVIDERS)
    rows = chunk.fresh(parties.rows[keep])
    if not (len(rows) and chunk.is_wanted("providers")):
        return EMPTY["providers"]
    prv = tokens.rows("PRV")
    following = hierarchy.first(hierarchy.anchor[prv], prv, len(tokens))[rows]
    # The billing provider's PRV stands before its NM1, right behind the HL.
    of_unit = hierarchy.first(hierarchy.unit[prv], prv, len(hierarchy.units))[hierarchy.unit[rows]]
    billing = tokens.code(tokens.element(rows, 1)) == packed("85")
    specialty = np.where(billing & (hierarchy.level[rows] == BILLING), of_unit, following)
    columns = {
        "claim.key": chunk.claim_key(rows),
        "line.key": chunk.line_key(rows),
        **chunk.place(rows),
        "provider.role": chunk.text(rows, 1, upper=True),
        "provider.loop": chosen(OUTLINE.loop_names, hierarchy.loop[rows]),
        "provider.npi": parties.npi(chunk, rows, none=True),
        "provider.name": chunk.text(rows, 3),
        "provider.taxonomy": chunk.text(specialty, 3, none=True),
    }
    return chunk.frame("providers", columns)


def subscribers(chunk: Chunk, parties: Parties) -> pl.DataFrame:
    """The subscribers table: NM1 IL and QC with the DMG that follows."""
    rows = chunk.fresh(parties.rows[_PERSONS[parties.loop]])
    if not (len(rows) and chunk.is_wanted("subscribers")):
        return EMPTY["subscribers"]
    at = parties.at[rows]
    columns = {
        "claim.key": chunk.claim_key(rows),
        **chunk.place(rows),
        "subscriber.role": chunk.text(rows, 1, upper=True),
        "subscriber.member": chunk.text(rows, 9),
        "subscriber.last_name": chunk.text(rows, 3),
        "subscriber.first_name": chunk.text(rows, 4),
        "subscriber.birth_date": day_series(parties.birth[at], parties.birth_ok[at]),
        "subscriber.sex": chunk.text(parties.demographics[at], 3, upper=True),
    }
    return chunk.frame("subscribers", columns)


def payers(chunk: Chunk, parties: Parties) -> pl.DataFrame:
    """The payers table: the NM1 PR of 2010BB and of each 2330B, with their SBR and AMT D."""
    tokens, hierarchy = chunk.tokens, chunk.hierarchy
    named = parties.rows[np.isin(parties.loop, [OUTLINE.loop_numbers["2010BB"], OUTLINE.loop_numbers["2330B"]])]
    rows = chunk.fresh(named)
    if not len(rows):
        return EMPTY["payers"]
    sbr = tokens.rows("SBR")
    # The last SBR before it in the same unit is its own.
    is_sbr = np.zeros(len(tokens), np.bool_)
    is_sbr[sbr] = True
    last = carried(is_sbr)[rows]
    own = np.where(last >= hierarchy.units[hierarchy.unit[rows]], last, -1)
    amt = tokens.rows("AMT")
    amt = amt[hierarchy.loop[amt] == OUTLINE.loop_numbers["2320"]]
    amt = amt[tokens.code(tokens.element(amt, 1)) == packed("D")]
    paid_row = hierarchy.first(hierarchy.anchor[amt], amt, len(tokens))
    other = (hierarchy.level[rows] == OTHER_PAYER) & (own >= 0)
    paid = np.where(other, paid_row[np.where(other, own, 0)], -1)
    values, good = chunk.amounts(tokens.element(paid, 2))
    if not chunk.is_wanted("payers"):
        return EMPTY["payers"]
    columns = {
        "claim.key": chunk.claim_key(rows),
        **chunk.place(rows),
        "payer.sequence": chunk.text(own, 1, upper=True),
        "payer.filing_code": chunk.text(own, 9, upper=True),
        "payer.id": chunk.text(rows, 9),
        "payer.name": chunk.text(rows, 3),
        "payer.paid": money(values, good),
    }
    return chunk.frame("payers", columns)
