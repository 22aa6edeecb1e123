"""Beams of plans, and records → what a fraction is due to deliver: the meterset of every treatment beam of its group.

The plan is the denominator (a beam that was never started leaves no record); where it is not there,
the beams that its records show take its place, and the answer says so.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from beamclaim.courses.treatments import COUNTED
from beamclaim.model.tables.evidence import Beam, Delivery

BeamKey = int | str
Meterset = Mapping[BeamKey, float]


def beam_key(row: Delivery) -> BeamKey | None:
    """How a delivered beam is told from others of its plan: by number, else by name."""
    return row.beam if row.beam is not None else row.beam_name


@dataclass(frozen=True, slots=True)
class DueMetersets:
    """The metersets due by beam; `is_planned` False where they are only what the records show."""

    beams: Meterset
    is_planned: bool


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
        self._shown: dict[str | None, dict[BeamKey, float]] = {}
        for row in deliveries:
            key = beam_key(row)
            if key is not None and row.specified is not None and row.kind in COUNTED:
                by_beam = self._shown.setdefault(row.plan, {})
                by_beam[key] = max(by_beam.get(key, 0.0), row.specified)

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
            by_beam = self._shown.get(plan)
            return DueMetersets(by_beam, False) if by_beam and all(beam_key(p) in by_beam for p in parts) else None
        groups_named = Counter(p.group for p in parts if p.group in groups)
        numbers = {p.beam for p in parts}
        fitting = [g for g, beams in groups.items() if numbers <= {b.number for b in beams}]
        group = groups_named.most_common(1)[0][0] if groups_named else fitting[0] if len(fitting) == 1 else None
        if group is None:
            return None
        metersets = {
            b.number: b.meterset for b in groups[group] if b.is_treatment is not False and b.number is not None
        }
        names = {b.name: b.number for b in groups[group] if b.name}
        beams: dict[BeamKey, float] = {n: m for n, m in metersets.items() if m is not None}
        if len(beams) < len(metersets) or not beams or any(_number(p, names) not in beams for p in parts):
            return None
        return DueMetersets(beams, True)


def _number(part: Delivery, names: Mapping[str, int | None]) -> int | None:
    return part.beam if part.beam is not None else names.get(part.beam_name or "")
