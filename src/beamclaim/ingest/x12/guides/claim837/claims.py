"""Claims: CLM and the segments that speak for each → the claims table."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from beamclaim.ingest.x12.cells import blank, chosen, day_series, days, money, series
from beamclaim.ingest.x12.chunk import EMPTY, Chunk
from beamclaim.ingest.x12.dates import Days
from beamclaim.ingest.x12.guides.claim837.details import References, among, picked
from beamclaim.ingest.x12.guides.claim837.outline import (
    BILLING,
    CLAIM,
    OUTLINE,
    OUTPATIENT,
    PATIENT,
    PRINCIPAL,
    PROFESSIONAL,
    SUBSCRIBER,
)
from beamclaim.ingest.x12.names import Names
from beamclaim.ingest.x12.segments import packed
from beamclaim.ingest.x12.tokens import Cells, Flags, Ints

_FORMS = ("", *OUTLINE.forms)
_HEADER = OUTLINE.among_loops("2300")


@dataclass(slots=True)
class Claims:
    """CLM segments of a chunk and the NM1, SBR and REF segments that speak for each (-1: none)."""

    rows: Ints
    units: Ints
    form: npt.NDArray[np.uint8]
    people: Names
    rendering: Ints
    attending: Ints
    references: References
    authorization: Ints
    facility: Cells
    kind: Cells
    frequency: Cells

    @classmethod
    def read(cls, chunk: Chunk, people: Names) -> "Claims":
        """The claims of a chunk, context included."""
        tokens, hierarchy = chunk.tokens, chunk.hierarchy
        rows = hierarchy.claims
        units = hierarchy.unit[rows]
        composite = tokens.element(rows, 5)
        references = References.read(chunk, _HEADER, hierarchy.claim, len(rows))
        return cls(
            rows,
            units,
            hierarchy.form[rows],
            people,
            people.first(chunk, CLAIM, "82")[units],
            people.first(chunk, CLAIM, "71")[units],
            references,
            references.first(chunk, "G1"),
            tokens.component(composite, 1),
            tokens.component(composite, 2),
            tokens.component(composite, 3),
        )

    def frame(  # long: a column of the table a line
        self,
        chunk: Chunk,
        dated: Days,
        qualifier: npt.NDArray[np.int32],
        versions: Mapping[int, str],
        *,
        diagnoses: pa.Array,
        conditions: pa.Array,
    ) -> pl.DataFrame:
        """The claims table: one row per CLM that is new in the chunk."""
        tokens, hierarchy, rows, people = chunk.tokens, chunk.hierarchy, self.rows, self.people
        if not len(rows):
            return EMPTY["claims"]
        chunk.covered[rows] = True
        count, units = len(rows), self.units
        subscriber, patient, header = (
            hierarchy.in_force["subscriber"][units],
            hierarchy.in_force["patient"][units],
            hierarchy.header[units],
        )
        insured = picked(people.first(chunk, SUBSCRIBER, "IL"), subscriber)
        dependent = picked(people.first(chunk, PATIENT, "QC"), patient)
        payer = picked(people.first(chunk, SUBSCRIBER, "PR"), subscriber)
        billing = picked(people.first(chunk, BILLING, "85"), hierarchy.in_force["billing"][units])
        sick = np.where(patient >= 0, dependent, insured)
        named = np.where(sick >= 0, people.at[sick], -1)
        birth = picked(people.birth.astype(np.int64), named)
        birth_ok = picked(people.birth_ok.astype(np.int64), named) == 1
        sbr = tokens.rows("SBR")
        sbr = picked(hierarchy.first(hierarchy.unit[sbr], sbr, len(hierarchy.units)), subscriber)
        bht = tokens.rows("BHT")
        bht = picked(hierarchy.first(hierarchy.unit[bht], bht, len(hierarchy.units)), header)
        sent = tokens.element(bht, 4)
        sent_on, sent_ok = days(tokens, sent.start, sent.end)
        period = np.flatnonzero((qualifier == packed("434")) & (hierarchy.level[dated.rows] == CLAIM))
        first_day, last_day = dated.columns(hierarchy.first(hierarchy.claim[dated.rows[period]], period, count))
        charge = tokens.element(rows, 2)
        cents, cents_ok = chunk.amounts(charge)
        place, bill = self._place_and_bill(chunk)
        original = self.references.first(chunk, "F8")
        record = self.references.first(chunk, "EA")
        self._missing(chunk, charge, billing, insured, diagnoses)
        ends = np.append(hierarchy.units[1:], len(tokens))[units] - 1
        headers, of_claim = np.unique(hierarchy.units[header], return_inverse=True)
        starts = (tokens.starts[headers] + tokens.shift[headers]).tolist()
        columns = {
            "claim.key": chunk.claim_keys,
            **chunk.place(rows),
            "loop_end": tokens.ends[ends] + tokens.shift[ends],
            "claim.number": chunk.text(rows, 1),
            "claim.form": chosen(_FORMS, self.form),
            "claim.version": chosen([versions[s] for s in starts], of_claim),
            "claim.charge": money(cents, cents_ok),
            "claim.setting": blank(count),
            "claim.place_of_service": place,
            "claim.bill_type": bill,
            "claim.frequency": chunk.texts.column(self.frequency, upper=True),
            "claim.submitted_on": day_series(sent_on, sent_ok),
            "claim.first_day": first_day,
            "claim.last_day": last_day,
            "claim.payer": chunk.text(payer, 9),
            "claim.payer_name": chunk.text(payer, 3),
            "claim.filing_code": chunk.text(sbr, 9, upper=True),
            "claim.payer_line": blank(count),
            "claim.payer_sequence": chunk.text(sbr, 1, upper=True),
            "claim.mac": blank(count),
            "claim.patient": chunk.text(record, 2),
            "claim.member": chunk.text(insured, 9),
            "claim.first_name": chunk.text(sick, 4),
            "claim.birth_date": day_series(birth.astype(np.int32), birth_ok),
            "claim.sex": chunk.text(picked(people.demographics, named), 3, upper=True),
            "claim.billing_npi": people.npi(chunk, billing, none=False),
            "claim.rendering_npi": people.npi(chunk, self.rendering, none=True),
            "claim.attending_npi": people.npi(chunk, self.attending, none=True),
            "claim.authorization": chunk.text(self.authorization, 2, none=True),
            "claim.original_claim": chunk.text(original, 2, none=True),
            "claim.condition_codes": conditions,
            "claim.diagnoses": diagnoses,
        }
        return chunk.frame("claims", columns)

    def _place_and_bill(self, chunk: Chunk) -> tuple[pa.Array, pa.Array]:
        """Place of service (CLM05-2 B) and bill type (CLM05-2 A)."""
        tokens = chunk.tokens
        kind = tokens.code(self.kind)
        chunk.qualified(self.kind, frozenset("AB"))
        is_place = (kind == packed("B")) & (self.form == PROFESSIONAL)
        is_bill = kind == packed("A")
        good = chunk.shaped(self.facility, "XX", 2, "two letters or digits")
        single = chunk.shaped(self.frequency, "X", 1, "one letter or digit")
        filled = (self.facility.end > self.facility.start) & good
        place = chunk.texts.column(self.facility, present=is_place & filled, upper=True)
        both = is_bill & filled & single & (self.frequency.end > self.frequency.start)
        bill = series(chunk.texts.column(self.facility, present=both, upper=True))
        return place, (bill + series(chunk.texts.column(self.frequency, upper=True))).to_arrow()

    def outpatient(self, chunk: Chunk) -> Flags:
        """Which claims are institutional of an outpatient bill type: each line must carry its date."""
        code = chunk.tokens.code(self.facility)
        is_outpatient: Flags = np.isin(code, [packed(t) for t in OUTPATIENT]) & (self.form != PROFESSIONAL)
        return is_outpatient

    def _missing(self, chunk: Chunk, charge: Cells, billing: Ints, insured: Ints, diagnoses: pa.Array) -> None:
        tokens, rows = chunk.tokens, self.rows
        number = tokens.element(rows, 1)
        chunk.lacks(rows, number.end == number.start, "CLM01", "a claim number")
        chunk.lacks(rows, charge.end == charge.start, "CLM02", "the total charge")
        frequency = self.frequency
        chunk.lacks(rows, frequency.end == frequency.start, "CLM05-3", "the claim frequency code")
        npi = np.where(billing >= 0, self.people.at[billing], -1)
        chunk.lacks(
            rows, picked(self.people.has_npi.astype(np.int64), npi) != 1, "2010AA NM109", "the billing provider's NPI"
        )
        member = tokens.element(insured, 9)
        # An organisation as subscriber (an employer) has no member id.
        is_group = tokens.code(tokens.element(insured, 2)) == packed("2")
        chunk.lacks(rows, (member.end == member.start) & ~is_group, "2010BA NM109", "the subscriber's id")
        chunk.lacks(rows, ~self._has_principal(chunk), "2300 HI01-2", "a principal diagnosis")

    def _has_principal(self, chunk: Chunk) -> Flags:
        tokens = chunk.tokens
        hi = among(chunk, "HI", _HEADER)
        first = tokens.component(tokens.element(hi, 1), 1)
        principal = np.isin(tokens.code(first), [packed(p) for p in PRINCIPAL])
        has_principal = np.zeros(len(self.rows), np.bool_)
        has_principal[chunk.hierarchy.claim[hi[principal]]] = True
        return has_principal
