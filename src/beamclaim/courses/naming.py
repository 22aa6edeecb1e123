"""The evidence of one patient → one name for one thing: a plan that several sources speak of, a visit, the plan of a record.

A record that names no plan takes the only plan its beams and machine fit; one that names no fraction group of a plan with
several, the only group that has its beams. Called by `join.py`, before evidence is grouped.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from beamclaim.courses.course_record import EvidencePlace, Observation
from beamclaim.courses.disjoint_sets import DisjointSets
from beamclaim.courses.fraction_groups import FractionGroups, fitting_groups
from beamclaim.courses.treated_fractions import order
from beamclaim.model.tables.evidence import Assertion, Beam, Delivery

Node = tuple[str, str]
"""A subject and its name; a plan or phase goes by its one name of all sources."""

_SHARED = ("plan", "phase")
"""Subjects that several sources speak of, planned and treated, under names of their own."""


class EvidenceNames:
    """The names of the plans, phases and visits of a patient."""

    def __init__(self, assertions: Sequence[Assertion], deliveries: Iterable[Delivery] = ()) -> None:
        self.groups = FractionGroups(assertions, deliveries)
        asserted = [s for s in assertions if s.subject in _SHARED]
        subject = {s.key: s.subject for s in asserted}
        plans = {key for key, kind in subject.items() if kind == "plan"}
        of_fractions = [
            s for s in assertions if s.subject == "fraction" and s.name in ("part_of", "based_on") and s.value in plans
        ]
        first: dict[str, str] = {}
        # The plan a fraction was based on and the treated plan it is a part of are one.
        pairs = [(first.setdefault(s.key, s.value), s.value) for s in of_fractions if s.value]
        pairs += _same(asserted, subject)
        names = sorted({*subject, *(value for _, value in pairs)})
        number = {name: n for n, name in enumerate(names)}
        sets = DisjointSets(len(names))
        for key, value in pairs:
            sets.join(number[key], number[value])
        self._name = {name: names[sets.root(n)] for name, n in number.items()}
        self.groups_of = {self.plan(plan): names for plan, names in self.groups.by_plan().items()}
        """Plan → its fraction groups, of those that have several."""
        self._visit = {s.key: s.value for s in assertions if s.subject == "session" and s.name == "uid" and s.value}
        self._of_fraction: dict[str, set[str]] = {}
        key_of = {
            s.value: s.key for s in assertions if s.subject == "fraction" and s.name == "dicom_record" and s.value
        }
        for s in of_fractions:
            if s.value:
                self._of_fraction.setdefault(s.key, set()).add(self.plan(s.value))
        self._of_fraction |= {
            record: self._of_fraction[key] for record, key in key_of.items() if key in self._of_fraction
        }

    def plan(self, key: str) -> str:
        """The name of the plan or phase with this key; of a fraction group of several, its own."""
        key = self.groups.of_key(key)
        return self._name.get(key, key)

    def beam(self, row: Beam) -> Beam:
        """The beam with the name of its plan, or of its fraction group where the plan has several."""
        name = self.groups.name(row.plan, row.group)
        return row._replace(plan=name if name != row.plan else self.plan(name))

    def whole(self, name: str) -> str:
        """The plan a fraction group is of; of any other plan, its name."""
        whole = self.groups.whole(name)
        return self._name.get(whole, whole)

    def node(self, row: Assertion | Delivery) -> Node:
        """The node a row belongs to; a record that names no plan is one of its own."""
        if isinstance(row, Delivery):
            return ("plan", self.plan(row.plan)) if row.plan is not None else ("record", row.record)
        return (row.subject, self.plan(row.key) if row.subject in _SHARED else row.key)

    def delivery(self, row: Delivery) -> Delivery:
        """The delivery with the names of its plan and its visit."""
        plan = row.plan
        if plan is None and len(plans_named := self._of_fraction.get(row.record, set())) == 1:
            plan = min(plans_named)
        session = self._visit.get(row.session, row.session) if row.session else None
        if plan is not None:
            group = self.groups.name(plan, row.group)
            plan = group if group != plan else self.plan(plan)
        return row._replace(plan=plan, session=session)


def _same(asserted: Sequence[Assertion], subject: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of names of one thing: a plan and its DICOM object, what was planned and what was treated by it."""
    called = {s.key: s.value for s in asserted if s.name == "label"}
    first: dict[tuple[str | None, str, str], str] = {}
    for s in asserted:
        if not s.value:
            continue
        if (
            (s.subject == "plan" and s.name == "dicom_plan")
            or (s.name == "based_on" and subject.get(s.value) == s.subject)
            or (s.name == "uid" and s.value in subject)
        ):
            yield s.key, s.value
        elif s.name in ("uid", "based_on") and s.key in called:
            # Copied UIDs and orders of several plans are common: only together with the label do they name one thing.
            yield s.key, first.setdefault((called[s.key], s.name, s.value), s.key)


def inferred(
    deliveries: Iterable[Delivery], beams: Sequence[Beam], names: EvidenceNames
) -> tuple[list[Delivery], list[Observation]]:
    """The records in the order of time, those that name no plan, or no fraction group, with the only one their beams fit."""
    of: dict[str, list[Beam]] = {}
    for b in beams:
        of.setdefault(b.plan, []).append(b)
    records: dict[str, list[Delivery]] = {}
    out: list[Delivery] = []
    notes: list[Observation] = []
    for d in deliveries:
        is_open = d.plan is None or d.plan in names.groups_of
        (records.setdefault(d.record, []) if is_open and d.source != "fhir" else out).append(d)
    notes += _of_no_group(out, of)
    for rows in records.values():
        plan, text = _plan_of(rows, of, names)
        if text:
            notes.append(Observation("plan_inferred", text, EvidencePlace.of(rows[0])))
        out += [d._replace(plan=plan) for d in rows]
    return sorted(out, key=order), notes


def _plan_of(
    rows: Sequence[Delivery], of: Mapping[str, Sequence[Beam]], names: EvidenceNames
) -> tuple[str | None, str]:
    """The plan or fraction group of a record that does not say it, as far as its beams tell, and how that was told."""
    plan, text = rows[0].plan, ""
    if plan is None:
        fitting = [name for name, beams in of.items() if all(_fits(d, beams) for d in rows)]
        if len(fitting) == 1:
            return fitting[
                0
            ], "the record names no plan; its beams and machine fit only one, which was taken (inferred)"
        plans = {names.whole(name) for name in fitting}
        if len(plans) != 1:
            return None, ""
        plan, text = (
            plans.pop(),
            "the record names no plan; its beams and machine fit only one, which was taken (inferred)",
        )
    if rows[0].group is not None:
        own = [name for name in names.groups_of.get(plan, ()) if names.groups.number(name) == str(rows[0].group)]
        return (own[0], text) if own else (plan, text or "the record names a fraction group its plan does not have")
    groups = fitting_groups(rows, names.groups_of.get(plan, ()), of)
    if len(groups) == 1:
        return groups[
            0
        ], text or "the record names no fraction group; its beams are in only one, which was taken (inferred)"
    return plan, text


def _of_no_group(rows: Iterable[Delivery], of: Mapping[str, Sequence[Beam]]) -> list[Observation]:
    """Records of a plan of one fraction group that name another: read as its only group's, and said once a plan."""
    numbers = {plan: {b.group for b in beams} - {None} for plan, beams in of.items()}
    strange: dict[str, list[Delivery]] = {}
    for row in rows:
        own = numbers.get(row.plan or "", set())
        if row.plan is not None and row.group is not None and len(own) == 1 and row.group not in own:
            strange.setdefault(row.plan, []).append(row)
    return [
        Observation(
            "other_group",
            f"{len(rows)} beam records name a fraction group their plan does not have; they were read as its only group's",
            EvidencePlace.of(rows[0]),
        )
        for rows in strange.values()
    ]


def _fits(row: Delivery, beams: Sequence[Beam]) -> bool:
    named = [b for b in reversed(beams) if b.name == row.beam_name and row.beam in (None, b.number)]
    beam = named[0] if named and (row.beam is not None or len({b.number for b in named}) == 1) else None
    return beam is not None and (row.machine is None or beam.machine is None or row.machine == beam.machine)
