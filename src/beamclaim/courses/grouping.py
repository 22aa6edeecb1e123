"""The evidence of one patient → groups, one a course of treatment, and what belongs to none.

What refers to another thing belongs with it: a plan to its predecessor, a fraction to its plan, a phase
to its course, all that share a frame of reference. What nothing links belongs together when no more than
a gap of days (`thresholds.csv`) lies between, unless both are courses by name. Called by `join.py`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from beamclaim.courses.disjoint_sets import DisjointSets
from beamclaim.courses.naming import EvidenceNames, Node
from beamclaim.model.tables.evidence import Assertion, Beam, Delivery

OF_THE_PATIENT = ("patient", "coverage", "message")
"""Subjects that belong to no course but to all of a patient's."""
MAKES_A_COURSE = (
    "plan", "course", "phase", "prescription", "record", "charge", "procedure", "document", "authorization", "order",
)  # fmt: skip
_UNDATED = ("birth_date", "ended_before", "told_at")
_FRAME = "frame_of_reference"
_RELATED = (
    "predecessor", "concurrent", "alternative", "verified_plan", "related_plan", "structure_set", "dicom_plan", "dicom_record",
    "part_of", "based_on", "uid",
)  # fmt: skip
_ELSEWHERE = ("patient", "prior")
"""References that join no course: a plan delivered before belongs to an earlier one."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(slots=True)
class EvidenceGroup:
    """What belongs to one course: its nodes, and the days it is known to cover."""

    nodes: set[Node] = field(default_factory=set)
    days: list[date] = field(default_factory=list)

    @property
    def is_named(self) -> bool:
        """Whether a treated course of the record is in it."""
        return any(kind == "course" and key.startswith("Procedure/") for kind, key in self.nodes)

    @property
    def is_course(self) -> bool:
        """Whether there is anything in it that makes a course."""
        return any(kind in MAKES_A_COURSE for kind, _ in self.nodes)

    def reaches(self, other: "EvidenceGroup", gap: timedelta) -> bool:
        """Whether no more than the gap lies between the two."""
        if not (self.days and other.days):
            return False
        return max(min(self.days), min(other.days)) - min(max(self.days), max(other.days)) <= gap

    def take(self, other: "EvidenceGroup") -> None:
        """Makes the other's nodes and days its own."""
        self.nodes |= other.nodes
        self.days += other.days


def groups(
    assertions: list[Assertion],
    beams: Iterable[Beam],
    deliveries: list[Delivery],
    names: EvidenceNames,
    *,
    gap: timedelta,
    is_named: bool = True,
) -> tuple[list[EvidenceGroup], list[EvidenceGroup]]:
    """The courses of one patient, and what belongs to none or could belong to several of them.

    `gap`: what nothing links is one course when no more lies between.
    `is_named` False: nobody knows whose evidence it is, so nearness in time joins nothing.
    """
    linked = _linked([s for s in assertions if s.subject not in OF_THE_PATIENT], beams, deliveries, names)
    out: list[EvidenceGroup] = []
    loose: list[EvidenceGroup] = []
    dated = sorted((g for g in linked if g.days), key=lambda g: (not g.is_named, min(g.days), sorted(g.nodes)))
    undated = sorted((g for g in linked if not g.days), key=lambda g: sorted(g.nodes))
    for group in [*dated, *undated]:
        near = [g for g in out if g.reaches(group, gap) and not (g.is_named and group.is_named)] if is_named else []
        if not group.days and is_named and len(out) == 1:
            near = out
        if len(near) == 1:
            near[0].take(group)
        elif group.is_course and (not near or any(kind in ("plan", "record") for kind, _ in group.nodes)):
            out.append(group)
        else:
            loose.append(group)
    # What stood before its course in time finds it now.
    for group in [*loose]:
        near = [g for g in out if g.reaches(group, gap)] if is_named else []
        if len(near) == 1:
            near[0].take(group)
            loose.remove(group)
    return out, loose


def _linked(
    assertions: list[Assertion], beams: Iterable[Beam], deliveries: list[Delivery], names: EvidenceNames
) -> list[EvidenceGroup]:
    """Nodes that refer to one another, directly or over others."""
    by_key = {s.key: names.node(s) for s in assertions}
    number: dict[Node, int] = {}
    days: dict[Node, list[date]] = {}
    links: list[tuple[Node, Node]] = []
    for s in assertions:
        node = names.node(s)
        number.setdefault(node, len(number))
        if (whole := s.key.split("/")[0]) in by_key:  # `PLAN/GROUP/NUMBER`, `MESSAGE/FT1-1`
            links.append((node, by_key[whole]))
        for value in (s.value or "").split(";"):
            if s.name in _ELSEWHERE:
                continue
            if value in by_key:
                links.append((node, by_key[value]))
            elif value and s.name == _FRAME:
                links.append((node, ("frame", value)))
            elif value and s.name in _RELATED:
                links.append((node, ("absent", value)))
        if s.value and s.name not in _UNDATED and _DAY.match(s.value):
            days.setdefault(node, []).extend(_day(s.value))
    for beam in beams:
        number.setdefault(("plan", names.plan(beam.plan)), len(number))
    for d in deliveries:
        node = names.node(d)
        number.setdefault(node, len(number))
        if d.plan is not None:
            links.append((node, ("plan", names.whole(node[1]))))
        if d.record in by_key:
            links.append((node, by_key[d.record]))
        if d.frame:
            links.append((node, ("frame", d.frame)))
        if d.day is not None:
            days.setdefault(node, []).append(d.day)
    for pair in links:
        for node in pair:
            number.setdefault(node, len(number))
    sets = DisjointSets(len(number))
    for a, b in links:
        sets.join(number[a], number[b])
    by_root: dict[int, EvidenceGroup] = {}
    for node, n in number.items():
        group = by_root.setdefault(sets.root(n), EvidenceGroup())
        if node[0] not in ("frame", "absent"):
            group.nodes.add(node)
            group.days += days.get(node, [])
    # The days of what was given say when a course was; those of its papers only where nothing was given.
    treated = {names.node(d) for d in deliveries if d.day is not None}
    for group in by_root.values():
        if days_treated := [day for node in group.nodes & treated for day in days[node]]:
            group.days = days_treated
    return [g for g in by_root.values() if g.nodes]


def _day(text: str) -> list[date]:
    try:
        return [date.fromisoformat(text[:10])]
    except ValueError:
        return []
