"""Service lines: SV1 and SV2 with what hangs on them → the lines table."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from beamclaim.ingest.x12.cells import fixed, matches, money, numbers
from beamclaim.ingest.x12.chunk import EMPTY, Chunk
from beamclaim.ingest.x12.dates import Days
from beamclaim.ingest.x12.guides.claim837.claims import Claims
from beamclaim.ingest.x12.guides.claim837.details import References, lacks_by_form
from beamclaim.ingest.x12.guides.claim837.outline import LINE, OUTLINE, PROCEDURE_KINDS, PROFESSIONAL, UNIT_BASES
from beamclaim.ingest.x12.names import Names
from beamclaim.ingest.x12.segments import number_of, packed
from beamclaim.ingest.x12.tokens import Cells, Flags, Ints

_LINE = OUTLINE.among_loops("2400")


@dataclass(slots=True)
class Services:
    """Service lines of a chunk: the line index and the SV1 or SV2 segment of each."""

    line: Ints
    rows: Ints
    professional: Flags
    days: Days
    day: Ints

    @classmethod
    def read(cls, chunk: Chunk, days: Days, qualifier: npt.NDArray[np.int32], claims: Claims) -> "Services":
        """The services of a chunk, with the day of each; a line without one, or without its day, is a fault."""
        hierarchy = chunk.hierarchy
        first = hierarchy.first(hierarchy.line[hierarchy.services], hierarchy.services, len(hierarchy.lines))
        lacks_by_form(chunk, hierarchy.lines, first < 0, ("SV1", "SV2"), "the service of this line")
        line = np.flatnonzero(first >= 0)
        rows = first[line]
        on = np.flatnonzero((qualifier == packed("472")) & (_LINE[hierarchy.loop[days.rows]]))
        day = hierarchy.first(hierarchy.line[days.rows[on]], on, len(hierarchy.lines))[line]
        professional = hierarchy.form[rows] == PROFESSIONAL
        needed = professional | claims.outpatient(chunk)[hierarchy.claim[rows]]
        chunk.lacks(rows, (day < 0) & needed, "DTP03", "a date of service (DTP 472)")
        return cls(line, rows, professional, days, day)

    def _element(self, chunk: Chunk, professional: int, institutional: int) -> Cells:
        """An element of SV1, or its counterpart in SV2; 0 where the form has none."""
        if self.professional.all() and professional:
            return chunk.tokens.element(self.rows, professional)
        number = np.where(self.professional, professional, institutional)
        none = number == 0
        cells = chunk.tokens.element(self.rows, np.where(none, 1, number))
        return cells._replace(start=np.where(none, cells.end, cells.start))

    def frame(self, chunk: Chunk, people: Names, claims: Claims) -> pl.DataFrame:
        """The lines table; what a line does not say itself (place, authorization, rendering provider) is its claim's."""
        tokens, hierarchy, rows = chunk.tokens, chunk.hierarchy, self.rows
        if not len(rows):
            return EMPTY["lines"]
        chunk.covered[rows] = True
        heads = hierarchy.lines[self.line]
        claim = hierarchy.claim[rows]
        after = np.append(hierarchy.lines[1:], len(tokens))[self.line]
        last = np.minimum(after, np.append(hierarchy.units[1:], len(tokens))[hierarchy.unit[rows]]) - 1
        number, number_ok = self._number(chunk, heads)
        composite = self._element(chunk, 1, 2)
        code, code_ok = self._code(chunk, composite)
        charge = self._element(chunk, 2, 3)
        cents, cents_ok = chunk.amounts(charge)
        lacks_by_form(chunk, rows, charge.end == charge.start, ("SV102", "SV203"), "the line's charge")
        units, units_ok, basis = self._units(chunk)
        first_day, last_day = self.days.columns(self.day)
        place, place_ok = self._place(chunk, claims)
        revenue = self._element(chunk, 0, 1)
        revenue_ok = chunk.shaped(revenue, "XXXX", 3, "a revenue code of four digits")
        own = people.rows[(people.code == packed("82")) & (hierarchy.level[people.rows] == LINE)]
        own = hierarchy.first(hierarchy.line[own], own, len(hierarchy.lines))[self.line]
        rendering = np.where(own >= 0, own, claims.rendering[claim])
        references = References.read(chunk, _LINE, hierarchy.line, len(hierarchy.lines))
        reference = references.first(chunk, "G1")[self.line]
        authorization = np.where(reference >= 0, reference, claims.authorization[claim])
        control = references.first(chunk, "6R")[self.line]
        columns = {
            "line.key": chunk.line_keys[self.line],
            "claim.key": chunk.claim_key(rows),
            **chunk.place(rows),
            "loop_start": tokens.starts[heads] + tokens.shift[heads],
            "loop_end": tokens.ends[last] + tokens.shift[last],
            "line.number": numbers(number, number_ok, pa.uint32()),
            "line.date": first_day,
            "line.date_to": last_day,
            "line.code": chunk.texts.column(code, present=code_ok, none=True, upper=True),
            "line.modifiers": self._modifiers(chunk, composite),
            "line.units": money(units, units_ok, precision=15, scale=3),
            "line.unit_basis": chunk.texts.column(basis, upper=True),
            "line.charge": money(cents, cents_ok),
            "line.place_of_service": chunk.texts.column(place, present=place_ok, upper=True),
            "line.revenue_code": chunk.texts.column(revenue, present=revenue_ok, upper=True),
            "line.pointers": self._pointers(chunk),
            "line.rendering_npi": people.npi(chunk, rendering, none=True),
            "line.authorization": chunk.text(authorization, 2, none=True),
            "line.control": chunk.text(control, 2, none=True),
        }
        return chunk.frame("lines", columns)

    def _number(self, chunk: Chunk, heads: Ints) -> tuple[Ints, Flags]:
        cells = chunk.tokens.element(np.where(chunk.tokens.ids[heads] == number_of("LX"), heads, -1), 1)
        values, good = fixed(chunk.tokens, cells, 6, 0)
        good &= values >= 0
        chunk.refuse(cells, ~good & (cells.end > cells.start), "a line number, digits only")
        chunk.lacks(self.rows, cells.end == cells.start, "LX01", "a line number")
        return values, good

    def _code(self, chunk: Chunk, composite: Cells) -> tuple[Cells, Flags]:
        tokens = chunk.tokens
        kind = tokens.component(composite, 1)
        chunk.qualified(kind, PROCEDURE_KINDS)
        code = tokens.component(composite, 2)
        is_hcpcs = tokens.code(kind) == packed("HC")
        good = chunk.shaped(code, "X999X", 5, "a HCPCS code: 5 characters, digits in places 2 to 4", is_hcpcs)
        return code, good

    def _modifiers(self, chunk: Chunk, composite: Cells) -> pa.Array:
        tokens = chunk.tokens
        parts = [tokens.component(composite, n) for n in (3, 4, 5, 6)]
        good = np.ones(len(self.rows), np.bool_)
        for part in parts:
            good &= chunk.shaped(part, "XX", 2, "a modifier of two letters or digits")
        end = parts[0].end
        for part in parts[1:]:
            end = np.where(part.end > part.start, part.end, end)
        whole = Cells(composite.rows, parts[0].start, end, composite.element, 3)
        return chunk.texts.joined(whole, present=good, upper=True)

    def _units(self, chunk: Chunk) -> tuple[Ints, Flags, Cells]:
        basis = self._element(chunk, 3, 4)
        chunk.qualified(basis, UNIT_BASES)
        cells = self._element(chunk, 4, 5)
        values, good = chunk.quantities(cells)
        part = good & (chunk.tokens.code(basis) == packed("UN")) & (values % 1000 != 0)
        chunk.refuse(cells, part, "a whole number of units", "a fraction of a unit")
        negative, nothing = good & (values < 0), good & (values == 0)
        chunk.refuse(cells, negative, "a number of units above zero", "a negative number")
        chunk.refuse(cells, nothing, "a number of units above zero", "zero")
        return values, good & ~part & ~negative & ~nothing, basis

    def _place(self, chunk: Chunk, claims: Claims) -> tuple[Cells, Flags]:
        """SV105, else the claim's place of service."""
        own = self._element(chunk, 5, 0)
        own_ok = chunk.shaped(own, "XX", 2, "two letters or digits")
        claim = chunk.hierarchy.claim[self.rows]
        is_own = own.end > own.start
        facility = claims.facility.take(claim)
        is_place = (chunk.tokens.code(claims.kind) == packed("B"))[claim]
        facility_ok = is_place & matches(chunk.tokens, facility, "XX", 2)
        start = np.where(is_own, own.start, facility.start)
        end = np.where(is_own, own.end, facility.end)
        return Cells(own.rows, start, end, 5, 0), np.where(is_own, own_ok, facility_ok) & self.professional

    def _pointers(self, chunk: Chunk) -> pa.Array:
        tokens = chunk.tokens
        cells = self._element(chunk, 7, 0)
        good = np.ones(len(self.rows), np.bool_)
        for number in (1, 2, 3, 4):
            part = tokens.component(cells, number)
            zero = np.isin(tokens.code(part), [packed("0"), packed("00")])
            chunk.refuse(part, zero, "a diagnosis pointer, 1 to 12", "zero")
            good &= chunk.shaped(part, "99", 1, "a diagnosis pointer, 1 to 12") & ~zero
        filled = cells.end > cells.start
        return chunk.texts.joined(cells, present=(good & filled) | ~self.professional)
