"""The evidence of one patient → one name for one thing: a plan that several sources speak of, a visit, the plan of a record.

A record that names no plan takes the only plan its beams and machine fit. Called by `join.py`, before evidence is grouped.
"""

from collections.abc import Iterable, Iterator, Sequence

from beamclaim.courses.course_record import EvidencePlace, Observation
from beamclaim.courses.disjoint_sets import DisjointSets
from beamclaim.courses.treated_fractions import order
from beamclaim.model.tables.evidence import Assertion, Beam, Delivery

Node = tuple[str, str]
"""A subject and its name; a plan or phase goes by its one name of all sources."""

_SHARED = ("plan", "phase")
"""Subjects that several sources speak of, planned and treated, under names of their own."""


class EvidenceNames:
    """The names of the plans, phases and visits of a patient."""

    def __init__(self, assertions: Sequence[Assertion]) -> None:
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
        """The name of the plan or phase with this key."""
        return self._name.get(key, key)

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
        return row._replace(plan=None if plan is None else self.plan(plan), session=session)


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


def inferred(deliveries: Iterable[Delivery], beams: Sequence[Beam]) -> tuple[list[Delivery], list[Observation]]:
    """The records in the order of time, those that name no plan with the only plan their beams and machine fit."""
    of: dict[str, dict[tuple[int | None, str | None], Beam]] = {}
    for b in beams:
        of.setdefault(b.plan, {})[b.number, b.name] = b
    nameless: dict[str, list[Delivery]] = {}
    out: list[Delivery] = []
    notes: list[Observation] = []
    for d in deliveries:
        if d.plan is None and d.source != "fhir":
            nameless.setdefault(d.record, []).append(d)
        else:
            out.append(d)
    for rows in nameless.values():
        fitting = [plan for plan, known in of.items() if all(_fits(d, known) for d in rows)]
        if len(fitting) == 1:
            text = "the record names no plan; its beams and machine fit only one, which was taken (inferred)"
            notes.append(Observation("plan_inferred", text, EvidencePlace.of(rows[0])))
        out += [d._replace(plan=fitting[0]) if len(fitting) == 1 else d for d in rows]
    return sorted(out, key=order), notes


def _fits(row: Delivery, known: dict[tuple[int | None, str | None], Beam]) -> bool:
    beam = known.get((row.beam, row.beam_name))
    return beam is not None and (row.machine is None or beam.machine is None or row.machine == beam.machine)
