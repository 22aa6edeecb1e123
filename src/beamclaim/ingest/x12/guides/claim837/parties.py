"""Who a claim names: providers, subscribers and patients, payers."""

import numpy as np
import polars as pl

from beamclaim.ingest.x12.cells import chosen, day_series, money
from beamclaim.ingest.x12.chunk import EMPTY, Chunk
from beamclaim.ingest.x12.guides.claim837.outline import (
    BILLING,
    OTHER_PAYER,
    OUTLINE,
)
from beamclaim.ingest.x12.hierarchy import carried
from beamclaim.ingest.x12.names import Names
from beamclaim.ingest.x12.segments import packed

_PROVIDERS = OUTLINE.among_loops("2010AA 2010AB 2310* 2420*")
_NOT_PROVIDERS = (packed("PW"), packed("45"))  # places of an ambulance trip
_PERSONS = OUTLINE.among_loops("2010BA 2010CA 2330A")


def read_names(chunk: Chunk) -> Names:
    """All NM1 of the chunk, with the NPI of providers and the birth date of persons."""
    return Names.read(chunk, providers=_PROVIDERS, persons=_PERSONS)


def providers(chunk: Chunk, names: Names) -> pl.DataFrame:
    """The providers table: NM1 of billing, claim and line level that name a provider."""
    tokens, hierarchy = chunk.tokens, chunk.hierarchy
    keep = _PROVIDERS[names.loop] & ~np.isin(names.code, _NOT_PROVIDERS)
    rows = chunk.fresh(names.rows[keep])
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
        "provider.npi": names.npi(chunk, rows, none=True),
        "provider.name": chunk.text(rows, 3),
        "provider.taxonomy": chunk.text(specialty, 3, none=True),
    }
    return chunk.frame("providers", columns)


def subscribers(chunk: Chunk, names: Names) -> pl.DataFrame:
    """The subscribers table: NM1 IL and QC with the DMG that follows."""
    rows = chunk.fresh(names.rows[_PERSONS[names.loop]])
    if not (len(rows) and chunk.is_wanted("subscribers")):
        return EMPTY["subscribers"]
    at = names.at[rows]
    columns = {
        "claim.key": chunk.claim_key(rows),
        **chunk.place(rows),
        "subscriber.role": chunk.text(rows, 1, upper=True),
        "subscriber.member": chunk.text(rows, 9),
        "subscriber.last_name": chunk.text(rows, 3),
        "subscriber.first_name": chunk.text(rows, 4),
        "subscriber.birth_date": day_series(names.birth[at], names.birth_ok[at]),
        "subscriber.sex": chunk.text(names.demographics[at], 3, upper=True),
    }
    return chunk.frame("subscribers", columns)


def payers(chunk: Chunk, names: Names) -> pl.DataFrame:
    """The payers table: the NM1 PR of 2010BB and of each 2330B, with their SBR and AMT D."""
    tokens, hierarchy = chunk.tokens, chunk.hierarchy
    named = names.rows[np.isin(names.loop, [OUTLINE.loop_numbers["2010BB"], OUTLINE.loop_numbers["2330B"]])]
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
