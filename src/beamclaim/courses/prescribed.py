"""Beams of plans, and records → what a fraction is due to deliver: the meterset of every treatment beam of its group.

The plan is the denominator (a beam that was never started leaves no record); where it is not there,
the beams that its records show take its place, and the answer says so.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from beamclaim.courses.course_record import EvidencePlace, Observation
from beamclaim.courses.due_metersets import BeamKey, DueBeam, DueMetersets, beam_key
from beamclaim.courses.treatments import COUNTED
from beamclaim.model.tables.evidence import Beam, Delivery


class PrescribedBeams:
    """The fraction groups of the plans of a patient, and what the records show of plans that are not there."""

    def __init__(
        self,
        beams: Iterable[Beam],
        deliveries: Iterable[Delivery],
        frames: Mapping[str, str] | None = None,
        groups_of: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """`groups_of`: plan → the names of its fraction groups, of those that have several."""
        self._groups_of = groups_of or {}
        self._whole = {name: plan for plan, names in self._groups_of.items() for name in names}
        self._frames = frames or {}
        self._groups: dict[str, dict[int | None, list[Beam]]] = {}
        for beam in beams:
            self._groups.setdefault(beam.plan, {}).setdefault(beam.group, []).append(beam)
        self._specified: dict[str | None, dict[BeamKey, dict[str | None, float]]] = {}
        for row in deliveries:
            key = beam_key(row)
            if key is not None and row.specified is not None and row.kind in COUNTED:
                by_unit = self._specified.setdefault(row.plan, {}).setdefault(key, {})
                by_unit[row.unit] = max(by_unit.get(row.unit, 0.0), row.specified)

    def has(self, plan: str | None) -> bool:
        """Whether the beams of the plan are there."""
        return plan in self._groups or any(name in self._groups for name in self.groups_of(plan))

    def groups_of(self, plan: str | None) -> Sequence[str]:
        """The names of the fraction groups of a plan that has several."""
        return self._groups_of.get(plan or "", ())

    def frame(self, plan: str | None) -> str | None:
        """The frame of reference a plan says it is in."""
        return self._frames.get(self._whole.get(plan or "", plan or ""))

    def machines(self, plan: str | None) -> set[str]:
        """The machines the plan was made for."""
        return {b.machine for b in self._beams(plan) if b.machine}

    def beam(self, plan: str | None, number: int | None) -> Beam | None:
        """A beam of a plan by its number."""
        return next((b for b in self._beams(plan) if number is not None and b.number == number), None)

    def _beams(self, plan: str | None) -> Iterator[Beam]:
        for name in (plan or "", *self.groups_of(plan)):
            for beams in self._groups.get(name, {}).values():
                yield from beams

    def of(self, parts: list[Delivery]) -> DueMetersets | None:
        """What the fraction these records belong to is due; None where it cannot be told."""
        plan = parts[0].plan
        if self.groups_of(plan):
            return None  # it is one of several fraction groups, and nobody says which
        groups = {g: beams for g, beams in self._groups.get(plan or "", {}).items() if g is not None}
        if not groups:
            return self._shown(plan, parts)
        groups_named = Counter(p.group for p in parts if p.group in groups)
        numbers = {p.beam for p in parts}
        fitting = [g for g, beams in groups.items() if numbers <= {b.number for b in beams}]
        group = groups_named.most_common(1)[0][0] if groups_named else fitting[0] if len(fitting) == 1 else None
        if group is None:
            return None
        delivered = {p.beam for p in parts}
        due = [b for b in groups[group] if b.is_treatment is not False and b.number is not None]
        # A setup field or a beam without meterset that was recorded is due nothing.
        others = {b.number for b in groups[group]} - {b.number for b in due}
        if not due or not delivered <= {b.number for b in due} | others:
            return None
        specified = self._specified.get(plan, {})
        metersets: dict[BeamKey, DueBeam] = {
            b.number: DueBeam(b.meterset, b.unit, specified.get(b.number, {}), is_planned=True)
            for b in due
            if b.number is not None and b.meterset is not None
        }
        return DueMetersets(metersets, True) if len(metersets) == len(due) else None

    def _shown(self, plan: str | None, parts: list[Delivery]) -> DueMetersets | None:
        """The beams that the records of a plan show, where the plan is not there; each in a unit that all of them have."""
        by_beam = self._specified.get(plan)
        if not by_beam or any(beam_key(p) not in by_beam for p in parts):
            return None
        shared = set.intersection(*(set(by_unit) for by_unit in by_beam.values()))
        beams: dict[BeamKey, DueBeam] = {}
        for key, by_unit in by_beam.items():
            unit = min(shared or by_unit, key=str)
            beams[key] = DueBeam(by_unit[unit], unit, by_unit, is_planned=False)
        return DueMetersets(beams, False)


def with_beam_numbers(rows: Iterable[Delivery], beams: Iterable[Beam]) -> tuple[list[Delivery], list[Observation]]:
    """The rows, those that only name their beam (its number is type 3) with the number of the one beam of that name.

    The plan says which number a name has; where it is not there, the plan's records that say both do.
    """
    rows = list(rows)
    of_plans: dict[str | None, dict[str, set[int]]] = {}
    for b in beams:
        if b.name and b.number is not None:
            of_plans.setdefault(b.plan, {}).setdefault(b.name.strip(), set()).add(b.number)
    of_records: dict[str | None, dict[str, set[int]]] = {}
    for r in rows:
        if r.beam_name and r.beam is not None and r.plan not in of_plans:
            of_records.setdefault(r.plan, {}).setdefault(r.beam_name.strip(), set()).add(r.beam)
    numbers_of = of_records | of_plans
    out: list[Delivery] = []
    named: list[Delivery] = []
    for row in rows:
        fitting: set[int] = set()
        if row.beam is None and row.beam_name and row.source != "fhir":
            fitting = numbers_of.get(row.plan, {}).get(row.beam_name.strip(), set())
        if len(fitting) == 1:
            named.append(row)
        out.append(row._replace(beam=min(fitting)) if len(fitting) == 1 else row)
    if not named:
        return out, []
    text = f"{len(named)} beams of records say no beam number; the name fits one beam of the plan, which was taken"
    return out, [Observation("beams_by_name", text, EvidencePlace.of(named[0]))]
