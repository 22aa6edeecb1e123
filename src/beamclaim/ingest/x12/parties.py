"""Who a claim names: providers, subscribers and patients, payers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from beamclaim.ingest.x12 import guide
from beamclaim.ingest.x12.batch import EMPTY, Batch
from beamclaim.ingest.x12.guide import LOOPS, SEGMENTS, packed
from beamclaim.ingest.x12.loops import carried
from beamclaim.ingest.x12.tokens import Flags, Ints
from beamclaim.ingest.x12.values import chosen, day_series, days, money

_PROVIDERS = guide.loops("2010AA 2010AB 2310* 2420*")
_NOT_PROVIDERS = (packed("PW"), packed("45"))  # places of an ambulance trip
_PERSONS = guide.loops("2010BA 2010CA 2330A")


@dataclass(slots=True)
class Parties:
    """The NM1 segments of a batch and what was read from them, by position in ``rows``.

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
    def read(cls, batch: Batch) -> "Parties":
        """All NM1 of the batch, context included."""
        tokens, loops = batch.tokens, batch.loops
        rows = loops.names
        at = np.full(len(tokens), -1, np.int64)
        at[rows] = np.arange(len(rows))
        loop = loops.loop[rows]
        has_npi = np.zeros(len(rows), np.bool_)
        npi_ok = np.zeros(len(rows), np.bool_)
        some = np.flatnonzero(_PROVIDERS[loop])
        has_npi[some], npi_ok[some] = batch.npis(tokens.element(rows[some], 9), tokens.element(rows[some], 8))
        dmg = tokens.rows(SEGMENTS["DMG"])
        dmg = dmg[_PERSONS[loops.loop[dmg]]]
        cells = tokens.element(dmg, 2)
        birth, good = days(tokens, cells.start, cells.end)
        batch.refuse(cells, ~good & (cells.end > cells.start), "a day, CCYYMMDD")
        of_name = loops.first(at[loops.anchor[dmg]], np.arange(len(dmg)), len(rows))
        found = of_name >= 0
        pick = np.where(found, of_name, 0)
        if not len(dmg):
            nothing = np.zeros(len(rows), np.int32)
            return cls(rows, at, loops.name_code, loop, has_npi, npi_ok, of_name, nothing, found)
        return cls(
            rows, at, loops.name_code, loop, has_npi, npi_ok,
            np.where(found, dmg[pick], -1), birth[pick], found & good[pick],
        )  # fmt: skip

    def first(self, batch: Batch, level: int, roles: str) -> Ints:
        """For each unit, the first NM1 of these roles at a level above or at the claim; -1 none."""
        keep = np.isin(self.code, [packed(r) for r in roles.split()]) & (batch.loops.level[self.rows] == level)
        rows = self.rows[keep]
        return batch.loops.first(batch.loops.unit[rows], rows, len(batch.loops.units))

    def npi(self, batch: Batch, rows: Ints, *, none: bool) -> pa.Array:
        """The NPI of some NM1 segments (-1: not named); null where it is not right, ``""`` if `none` where not said."""
        where = np.where(rows >= 0, self.at[rows], 0)
        said = (rows >= 0) & (self.has_npi[where] if len(self.rows) else False)
        good = said & (self.npi_ok[where] if len(self.rows) else False)
        cells = batch.tokens.element(np.where(said, rows, -1), 9)
        return batch.texts.column(cells, present=good | ~said if none else good, none=none)


def providers(batch: Batch, parties: Parties) -> pl.DataFrame:
    """The providers table: NM1 of billing, claim and line level that name a provider."""
    tokens, loops = batch.tokens, batch.loops
    keep = _PROVIDERS[parties.loop] & ~np.isin(parties.code, _NOT_PROVIDERS)
    rows = batch.fresh(parties.rows[keep])
    if not (len(rows) and batch.is_wanted("providers")):
        return EMPTY["providers"]
    prv = tokens.rows(SEGMENTS["PRV"])
    following = loops.first(loops.anchor[prv], prv, len(tokens))[rows]
    # The billing provider's PRV stands before its NM1, right behind the HL.
    of_unit = loops.first(loops.unit[prv], prv, len(loops.units))[loops.unit[rows]]
    billing = tokens.code(tokens.element(rows, 1)) == packed("85")
    specialty = np.where(billing & (loops.level[rows] == guide.BILLING), of_unit, following)
    columns = {
        "claim.key": batch.claim_key(rows),
        "line.key": batch.line_key(rows),
        **batch.place(rows),
        "provider.role": batch.text(rows, 1, upper=True),
        "provider.loop": chosen(LOOPS, loops.loop[rows]),
        "provider.npi": parties.npi(batch, rows, none=True),
        "provider.name": batch.text(rows, 3),
        "provider.taxonomy": batch.text(specialty, 3, none=True),
    }
    return batch.frame("providers", columns)


def subscribers(batch: Batch, parties: Parties) -> pl.DataFrame:
    """The subscribers table: NM1 IL and QC with the DMG that follows."""
    rows = batch.fresh(parties.rows[_PERSONS[parties.loop]])
    if not (len(rows) and batch.is_wanted("subscribers")):
        return EMPTY["subscribers"]
    at = parties.at[rows]
    columns = {
        "claim.key": batch.claim_key(rows),
        **batch.place(rows),
        "subscriber.role": batch.text(rows, 1, upper=True),
        "subscriber.member": batch.text(rows, 9),
        "subscriber.last_name": batch.text(rows, 3),
        "subscriber.first_name": batch.text(rows, 4),
        "subscriber.birth_date": day_series(parties.birth[at], parties.birth_ok[at]),
        "subscriber.sex": batch.text(parties.demographics[at], 3, upper=True),
    }
    return batch.frame("subscribers", columns)


def payers(batch: Batch, parties: Parties) -> pl.DataFrame:
    """The payers table: the NM1 PR of 2010BB and of each 2330B, with their SBR and AMT D."""
    tokens, loops = batch.tokens, batch.loops
    named = parties.rows[np.isin(parties.loop, [guide.LOOP_CODES["2010BB"], guide.LOOP_CODES["2330B"]])]
    rows = batch.fresh(named)
    if not len(rows):
        return EMPTY["payers"]
    sbr = tokens.rows(SEGMENTS["SBR"])
    # The last SBR before it in the same unit is its own.
    is_sbr = np.zeros(len(tokens), np.bool_)
    is_sbr[sbr] = True
    last = carried(is_sbr)[rows]
    own = np.where(last >= loops.units[loops.unit[rows]], last, -1)
    amt = tokens.rows(SEGMENTS["AMT"])
    amt = amt[loops.loop[amt] == guide.LOOP_CODES["2320"]]
    amt = amt[tokens.code(tokens.element(amt, 1)) == packed("D")]
    paid_row = loops.first(loops.anchor[amt], amt, len(tokens))
    other = (loops.level[rows] == guide.OTHER_PAYER) & (own >= 0)
    paid = np.where(other, paid_row[np.where(other, own, 0)], -1)
    values, good = batch.amounts(tokens.element(paid, 2))
    if not batch.is_wanted("payers"):
        return EMPTY["payers"]
    columns = {
        "claim.key": batch.claim_key(rows),
        **batch.place(rows),
        "payer.sequence": batch.text(own, 1, upper=True),
        "payer.filing_code": batch.text(own, 9, upper=True),
        "payer.id": batch.text(rows, 9),
        "payer.name": batch.text(rows, 3),
        "payer.paid": money(values, good),
    }
    return batch.frame("payers", columns)
