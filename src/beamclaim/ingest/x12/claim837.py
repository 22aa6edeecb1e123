"""The 837P and 837I: one batch of segments as the tables of the model."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from beamclaim.ingest.x12 import details, guide, health, parties
from beamclaim.ingest.x12.batch import EMPTY, Batch
from beamclaim.ingest.x12.details import Days
from beamclaim.ingest.x12.guide import SEGMENTS, packed
from beamclaim.ingest.x12.parties import Parties
from beamclaim.ingest.x12.tokens import Cells, Flags, Ints
from beamclaim.ingest.x12.values import blank, chosen, day_series, days, fixed, matches, money, numbers, series

_PROFESSIONAL = 1
_FORMS = ("", "837P", "837I")
_HEADER = guide.loops("2300")
_LINE = guide.loops("2400")


def tables(batch: Batch, versions: dict[int, str], cut: int | None) -> dict[str, pl.DataFrame]:
    """Every table of the batch but files, interchanges and faults; faults gather in the batch.

    `versions` gives the implementation version of each transaction by the offset of its ST.
    """
    people = Parties.read(batch)
    found, qualifier = details.service_days(batch)
    codes = health.Health.read(batch)
    diagnoses, ordered = health.diagnoses(batch, codes)
    claims = _Claims.read(batch, people)
    service = _Services.read(batch, found, qualifier, claims)
    out = {
        "claims": claims.frame(
            batch, found, qualifier, versions, diagnoses=ordered, conditions=health.conditions(batch, codes)
        ),
        "lines": service.frame(batch, people, claims),
        "diagnoses": diagnoses,
        "health_codes": health.health_codes(batch, codes),
        "providers": parties.providers(batch, people),
        "subscribers": parties.subscribers(batch, people),
        "payers": parties.payers(batch, people),
        "adjustments": details.adjustments(batch),
        "adjudications": details.adjudications(batch),
        "references": details.references(batch),
        "dates": details.dates(batch, found),
        "notes": details.notes(batch),
    }
    out["segments"] = details.segments(batch, cut)
    return out


def _pick(found: Ints, index: Ints) -> Ints:
    """``found[index]``, -1 where the index is negative."""
    return np.where(index >= 0, found[np.maximum(index, 0)], -1) if len(found) else np.full(len(index), -1, np.int64)


@dataclass(slots=True)
class _References:
    """REF segments at claim or line level: their qualifiers, and the claim or line (`owner`) of each."""

    rows: Ints
    code: npt.NDArray[np.int32]
    owner: Ints
    count: int

    @classmethod
    def read(cls, batch: Batch, loops: Flags, owner: Ints, count: int) -> "_References":
        """Those of some loops; what REF04 gives to another payer is left out."""
        tokens = batch.tokens
        rows = details.among(batch, "REF", loops)
        fourth = tokens.element(rows, 4)
        rows = rows[fourth.end == fourth.start]
        return cls(rows, tokens.code(tokens.element(rows, 1)), owner[rows], count)

    def first(self, batch: Batch, name: str) -> Ints:
        """For each claim or line, its first REF of a qualifier; -1 none."""
        keep = self.code == packed(name)
        return batch.loops.first(self.owner[keep], self.rows[keep], self.count)


def _lacks(batch: Batch, rows: Ints, missing: Flags, paths: tuple[str, str], expected: str) -> None:
    """A `missing` fault where the path differs between the professional and the institutional form."""
    professional = batch.loops.form[rows] == _PROFESSIONAL
    batch.lacks(rows, missing & professional, paths[0], expected)
    batch.lacks(rows, missing & ~professional, paths[1], expected)


@dataclass(slots=True)
class _Claims:
    """CLM segments of a batch and the NM1, SBR and REF segments that speak for each (-1: none)."""

    rows: Ints
    units: Ints
    form: npt.NDArray[np.uint8]
    people: Parties
    rendering: Ints
    references: _References
    authorization: Ints
    facility: Cells
    kind: Cells
    frequency: Cells

    @classmethod
    def read(cls, batch: Batch, people: Parties) -> "_Claims":
        tokens, loops = batch.tokens, batch.loops
        rows = loops.claims
        units = loops.unit[rows]
        composite = tokens.element(rows, 5)
        references = _References.read(batch, _HEADER, loops.claim, len(rows))
        return cls(
            rows,
            units,
            loops.form[rows],
            people,
            people.first(batch, guide.CLAIM, "82")[units],
            references,
            references.first(batch, "G1"),
            tokens.component(composite, 1),
            tokens.component(composite, 2),
            tokens.component(composite, 3),
        )

    def frame(
        self,
        batch: Batch,
        found: Days,
        qualifier: npt.NDArray[np.int32],
        versions: dict[int, str],
        *,
        diagnoses: pa.Array,
        conditions: pa.Array,
    ) -> pl.DataFrame:
        tokens, loops, rows, people = batch.tokens, batch.loops, self.rows, self.people
        if not len(rows):
            return EMPTY["claims"]
        batch.covered[rows] = True
        count, units = len(rows), self.units
        subscriber, patient, header = loops.subscriber[units], loops.patient[units], loops.header[units]
        insured = _pick(people.first(batch, guide.SUBSCRIBER, "IL"), subscriber)
        dependent = _pick(people.first(batch, guide.PATIENT, "QC"), patient)
        payer = _pick(people.first(batch, guide.SUBSCRIBER, "PR"), subscriber)
        billing = _pick(people.first(batch, guide.BILLING, "85"), loops.billing[units])
        sick = np.where(patient >= 0, dependent, insured)
        named = np.where(sick >= 0, people.at[sick], -1)
        birth = _pick(people.birth.astype(np.int64), named)
        birth_ok = _pick(people.birth_ok.astype(np.int64), named) == 1
        sbr = tokens.rows(SEGMENTS["SBR"])
        sbr = _pick(loops.first(loops.unit[sbr], sbr, len(loops.units)), subscriber)
        bht = tokens.rows(SEGMENTS["BHT"])
        bht = _pick(loops.first(loops.unit[bht], bht, len(loops.units)), header)
        made = tokens.element(bht, 4)
        sent_on, sent_ok = days(tokens, made.start, made.end)
        period = np.flatnonzero((qualifier == packed("434")) & (loops.level[found.rows] == guide.CLAIM))
        first_day, last_day = found.columns(loops.first(loops.claim[found.rows[period]], period, count))
        charge = tokens.element(rows, 2)
        cents, cents_ok = batch.amounts(charge)
        place, bill = self._place_and_bill(batch)
        original = self.references.first(batch, "F8")
        record = self.references.first(batch, "EA")
        self._missing(batch, charge, billing, insured, diagnoses)
        ends = np.append(loops.units[1:], len(tokens))[units] - 1
        headers, of_claim = np.unique(loops.units[header], return_inverse=True)
        starts = (tokens.starts[headers] + tokens.shift[headers]).tolist()
        columns = {
            "claim.key": batch.claim_keys,
            **batch.place(rows),
            "loop_end": tokens.ends[ends] + tokens.shift[ends],
            "claim.number": batch.text(rows, 1),
            "claim.form": chosen(_FORMS, self.form),
            "claim.version": chosen([versions[s] for s in starts], of_claim),
            "claim.charge": money(cents, cents_ok),
            "claim.setting": blank(count),
            "claim.place_of_service": place,
            "claim.bill_type": bill,
            "claim.frequency": batch.texts.column(self.frequency, upper=True),
            "claim.submitted_on": day_series(sent_on, sent_ok),
            "claim.first_day": first_day,
            "claim.last_day": last_day,
            "claim.payer": batch.text(payer, 9),
            "claim.payer_name": batch.text(payer, 3),
            "claim.filing_code": batch.text(sbr, 9, upper=True),
            "claim.payer_line": blank(count),
            "claim.payer_sequence": batch.text(sbr, 1, upper=True),
            "claim.mac": blank(count),
            "claim.patient": batch.text(record, 2),
            "claim.member": batch.text(insured, 9),
            "claim.first_name": batch.text(sick, 4),
            "claim.birth_date": day_series(birth.astype(np.int32), birth_ok),
            "claim.sex": batch.text(_pick(people.demographics, named), 3, upper=True),
            "claim.billing_npi": people.npi(batch, billing, none=False),
            "claim.rendering_npi": people.npi(batch, self.rendering, none=True),
            "claim.authorization": batch.text(self.authorization, 2, none=True),
            "claim.original_claim": batch.text(original, 2, none=True),
            "claim.condition_codes": conditions,
            "claim.diagnoses": diagnoses,
        }
        return batch.frame("claims", columns)

    def _place_and_bill(self, batch: Batch) -> tuple[pa.Array, pa.Array]:
        """Place of service (CLM05-2 B) and bill type (CLM05-2 A)."""
        tokens = batch.tokens
        kind = tokens.code(self.kind)
        batch.qualified(self.kind, frozenset("AB"))
        is_place = (kind == packed("B")) & (self.form == _PROFESSIONAL)
        is_bill = kind == packed("A")
        good = batch.shaped(self.facility, "XX", 2, "two letters or digits")
        single = batch.shaped(self.frequency, "X", 1, "one letter or digit")
        filled = (self.facility.end > self.facility.start) & good
        place = batch.texts.column(self.facility, present=is_place & filled, upper=True)
        both = is_bill & filled & single & (self.frequency.end > self.frequency.start)
        bill = series(batch.texts.column(self.facility, present=both, upper=True))
        return place, (bill + series(batch.texts.column(self.frequency, upper=True))).to_arrow()

    def outpatient(self, batch: Batch) -> Flags:
        """Which claims are institutional of an outpatient bill type: each line must carry its date."""
        code = batch.tokens.code(self.facility)
        found: Flags = np.isin(code, [packed(t) for t in guide.OUTPATIENT]) & (self.form != _PROFESSIONAL)
        return found

    def _missing(self, batch: Batch, charge: Cells, billing: Ints, insured: Ints, diagnoses: pa.Array) -> None:
        tokens, rows = batch.tokens, self.rows
        number = tokens.element(rows, 1)
        batch.lacks(rows, number.end == number.start, "CLM01", "a claim number")
        batch.lacks(rows, charge.end == charge.start, "CLM02", "the total charge")
        frequency = self.frequency
        batch.lacks(rows, frequency.end == frequency.start, "CLM05-3", "the claim frequency code")
        npi = np.where(billing >= 0, self.people.at[billing], -1)
        batch.lacks(
            rows, _pick(self.people.has_npi.astype(np.int64), npi) != 1, "2010AA NM109", "the billing provider's NPI"
        )
        member = tokens.element(insured, 9)
        # An organisation as subscriber (an employer) has no member id.
        is_group = tokens.code(tokens.element(insured, 2)) == packed("2")
        batch.lacks(rows, (member.end == member.start) & ~is_group, "2010BA NM109", "the subscriber's id")
        batch.lacks(rows, ~self._has_principal(batch), "2300 HI01-2", "a principal diagnosis")

    def _has_principal(self, batch: Batch) -> Flags:
        tokens = batch.tokens
        hi = details.among(batch, "HI", _HEADER)
        first = tokens.component(tokens.element(hi, 1), 1)
        principal = np.isin(tokens.code(first), [packed(p) for p in guide.PRINCIPAL])
        found = np.zeros(len(self.rows), np.bool_)
        found[batch.loops.claim[hi[principal]]] = True
        return found


@dataclass(slots=True)
class _Services:
    """Service lines of a batch: the line index and the SV1 or SV2 segment of each."""

    line: Ints
    rows: Ints
    professional: Flags
    days: Days
    day: Ints

    @classmethod
    def read(cls, batch: Batch, found: Days, qualifier: npt.NDArray[np.int32], claims: _Claims) -> "_Services":
        loops = batch.loops
        first = loops.first(loops.line[loops.services], loops.services, len(loops.lines))
        _lacks(batch, loops.lines, first < 0, ("SV1", "SV2"), "the service of this line")
        line = np.flatnonzero(first >= 0)
        rows = first[line]
        on = np.flatnonzero((qualifier == packed("472")) & (_LINE[loops.loop[found.rows]]))
        day = loops.first(loops.line[found.rows[on]], on, len(loops.lines))[line]
        professional = loops.form[rows] == _PROFESSIONAL
        needed = professional | claims.outpatient(batch)[loops.claim[rows]]
        batch.lacks(rows, (day < 0) & needed, "DTP03", "a date of service (DTP 472)")
        return cls(line, rows, professional, found, day)

    def _element(self, batch: Batch, professional: int, institutional: int) -> Cells:
        """An element of SV1, or its counterpart in SV2; 0 where the form has none."""
        if self.professional.all() and professional:
            return batch.tokens.element(self.rows, professional)
        number = np.where(self.professional, professional, institutional)
        none = number == 0
        cells = batch.tokens.element(self.rows, np.where(none, 1, number))
        return cells._replace(start=np.where(none, cells.end, cells.start))

    def frame(self, batch: Batch, people: Parties, claims: _Claims) -> pl.DataFrame:
        tokens, loops, rows = batch.tokens, batch.loops, self.rows
        if not len(rows):
            return EMPTY["lines"]
        batch.covered[rows] = True
        heads = loops.lines[self.line]
        claim = loops.claim[rows]
        after = np.append(loops.lines[1:], len(tokens))[self.line]
        last = np.minimum(after, np.append(loops.units[1:], len(tokens))[loops.unit[rows]]) - 1
        number, number_ok = self._number(batch, heads)
        composite = self._element(batch, 1, 2)
        code, code_ok = self._code(batch, composite)
        charge = self._element(batch, 2, 3)
        cents, cents_ok = batch.amounts(charge)
        _lacks(batch, rows, charge.end == charge.start, ("SV102", "SV203"), "the line's charge")
        units, units_ok, basis = self._units(batch)
        first_day, last_day = self.days.columns(self.day)
        place, place_ok = self._place(batch, claims)
        revenue = self._element(batch, 0, 1)
        revenue_ok = batch.shaped(revenue, "XXXX", 3, "a revenue code of four digits")
        own = people.rows[(people.code == packed("82")) & (loops.level[people.rows] == guide.LINE)]
        own = loops.first(loops.line[own], own, len(loops.lines))[self.line]
        rendering = np.where(own >= 0, own, claims.rendering[claim])
        references = _References.read(batch, _LINE, loops.line, len(loops.lines))
        said = references.first(batch, "G1")[self.line]
        authorization = np.where(said >= 0, said, claims.authorization[claim])
        control = references.first(batch, "6R")[self.line]
        columns = {
            "line.key": batch.line_keys[self.line],
            "claim.key": batch.claim_key(rows),
            **batch.place(rows),
            "loop_start": tokens.starts[heads] + tokens.shift[heads],
            "loop_end": tokens.ends[last] + tokens.shift[last],
            "line.number": numbers(number, number_ok, pa.uint32()),
            "line.date": first_day,
            "line.date_to": last_day,
            "line.code": batch.texts.column(code, present=code_ok, none=True, upper=True),
            "line.modifiers": self._modifiers(batch, composite),
            "line.units": money(units, units_ok, precision=15, scale=3),
            "line.unit_basis": batch.texts.column(basis, upper=True),
            "line.charge": money(cents, cents_ok),
            "line.place_of_service": batch.texts.column(place, present=place_ok, upper=True),
            "line.revenue_code": batch.texts.column(revenue, present=revenue_ok, upper=True),
            "line.pointers": self._pointers(batch),
            "line.rendering_npi": people.npi(batch, rendering, none=True),
            "line.authorization": batch.text(authorization, 2, none=True),
            "line.control": batch.text(control, 2, none=True),
        }
        return batch.frame("lines", columns)

    def _number(self, batch: Batch, heads: Ints) -> tuple[Ints, Flags]:
        cells = batch.tokens.element(np.where(batch.tokens.ids[heads] == SEGMENTS["LX"], heads, -1), 1)
        values, good = fixed(batch.tokens, cells, 6, 0)
        good &= values >= 0
        batch.refuse(cells, ~good & (cells.end > cells.start), "a line number, digits only")
        batch.lacks(self.rows, cells.end == cells.start, "LX01", "a line number")
        return values, good

    def _code(self, batch: Batch, composite: Cells) -> tuple[Cells, Flags]:
        tokens = batch.tokens
        kind = tokens.component(composite, 1)
        batch.qualified(kind, guide.PROCEDURE_KINDS)
        code = tokens.component(composite, 2)
        is_hcpcs = tokens.code(kind) == packed("HC")
        good = batch.shaped(code, "X999X", 5, "a HCPCS code: 5 characters, digits in places 2 to 4", is_hcpcs)
        return code, good

    def _modifiers(self, batch: Batch, composite: Cells) -> pa.Array:
        tokens = batch.tokens
        parts = [tokens.component(composite, n) for n in (3, 4, 5, 6)]
        good = np.ones(len(self.rows), np.bool_)
        for part in parts:
            good &= batch.shaped(part, "XX", 2, "a modifier of two letters or digits")
        end = parts[0].end
        for part in parts[1:]:
            end = np.where(part.end > part.start, part.end, end)
        whole = Cells(composite.rows, parts[0].start, end, composite.element, 3)
        return batch.texts.joined(whole, present=good, upper=True)

    def _units(self, batch: Batch) -> tuple[Ints, Flags, Cells]:
        basis = self._element(batch, 3, 4)
        batch.qualified(basis, guide.UNIT_BASES)
        cells = self._element(batch, 4, 5)
        values, good = batch.quantities(cells)
        part = good & (batch.tokens.code(basis) == packed("UN")) & (values % 1000 != 0)
        batch.refuse(cells, part, "a whole number of units", "a fraction of a unit")
        negative, nothing = good & (values < 0), good & (values == 0)
        batch.refuse(cells, negative, "a number of units above zero", "a negative number")
        batch.refuse(cells, nothing, "a number of units above zero", "zero")
        return values, good & ~part & ~negative & ~nothing, basis

    def _place(self, batch: Batch, claims: _Claims) -> tuple[Cells, Flags]:
        """SV105, else the claim's place of service."""
        own = self._element(batch, 5, 0)
        own_ok = batch.shaped(own, "XX", 2, "two letters or digits")
        claim = batch.loops.claim[self.rows]
        said = own.end > own.start
        facility = claims.facility.take(claim)
        is_place = (batch.tokens.code(claims.kind) == packed("B"))[claim]
        facility_ok = is_place & matches(batch.tokens, facility, "XX", 2)
        start = np.where(said, own.start, facility.start)
        end = np.where(said, own.end, facility.end)
        return Cells(own.rows, start, end, 5, 0), np.where(said, own_ok, facility_ok) & self.professional

    def _pointers(self, batch: Batch) -> pa.Array:
        tokens = batch.tokens
        cells = self._element(batch, 7, 0)
        good = np.ones(len(self.rows), np.bool_)
        for number in (1, 2, 3, 4):
            part = tokens.component(cells, number)
            zero = np.isin(tokens.code(part), [packed("0"), packed("00")])
            batch.refuse(part, zero, "a diagnosis pointer, 1 to 12", "zero")
            good &= batch.shaped(part, "99", 1, "a diagnosis pointer, 1 to 12") & ~zero
        filled = cells.end > cells.start
        return batch.texts.joined(cells, present=(good & filled) | ~self.professional)
