"""Plans of a course → lineages: plans whose fractions are counted on in one row, so that their planned numbers are not added up.

A plan names its PREDECESSOR, or an ALTERNATIVE to it (PS3.3 C.8.8.9); copies for another machine have the label and the frame
of reference of the first. Along these the fraction numbers go on and the planned number is that of the last plan. Where the
numbers begin again nobody says whether the planned number is the whole or what was left: it is unknown. Called by `join.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from beamclaim.courses.course_record import CourseRecord, EvidencePlace, SourcedValue
from beamclaim.courses.disjoint_sets import DisjointSets
from beamclaim.courses.plans import PlanRecord
from beamclaim.courses.treated_fractions import TreatedFraction
from beamclaim.model.tables.evidence import Assertion, Delivery

_LINKS = ("predecessor", "alternative")
Numbers = Mapping[str, frozenset[int]]
"""Plan → numbers of its fractions that were delivered."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """Plans that stand for one another, the one that counts, and the fractions planned in all (None: nobody says).

    `is_one_row`: no fraction number was delivered by two of them.
    """

    plans: tuple[PlanRecord, ...]
    last: PlanRecord
    planned: int | None
    is_one_row: bool = True


def linked(plans: Sequence[PlanRecord]) -> list[list[PlanRecord]]:
    """The plans that name one another, or share label and frame of reference; fraction groups with those of their number."""
    sets = DisjointSets(len(plans))
    first: dict[tuple[str | None, ...], int] = {}
    for n, plan in enumerate(plans):
        tokens = [("plan", uid, plan.group) for uid in plan.uids]
        tokens += [("plan", s.value, plan.group) for name in _LINKS for s in plan.about(name) if s.value]
        if plan.label and (frame := plan.value("frame_of_reference")):
            tokens.append((plan.label, frame, plan.group))
        for token in tokens:
            sets.join(n, first.setdefault(token, n))
    by_root: dict[int, list[PlanRecord]] = {}
    for n, plan in enumerate(plans):
        by_root.setdefault(sets.root(n), []).append(plan)
    return list(by_root.values())


def lineages(
    plans: Sequence[PlanRecord], planned: Mapping[str, int | None], treated: Iterable[TreatedFraction]
) -> list[Lineage]:
    """The lineages of a course, in the order of its plans; most are of one plan. `planned`: fractions by name of the plan."""
    delivered: dict[str, set[int]] = {}
    for t in treated:
        if t.plan is not None and t.has_dose:
            delivered.setdefault(t.plan, set()).update([] if t.number is None else [t.number])
    numbers = {plan: frozenset(n) for plan, n in delivered.items()}
    return [lineage for members in linked(plans) for lineage in _split(members, planned, numbers)]


def _split(members: list[PlanRecord], planned: Mapping[str, int | None], numbers: Numbers) -> list[Lineage]:
    """The plans as one lineage; as one each where only their label joins them and their numbers are not one row."""
    if len(members) == 1:
        return [Lineage((members[0],), members[0], planned.get(members[0].name))]
    named = [s.value for plan in members for name in _LINKS for s in plan.about(name) if s.value]
    is_linked = len(set(named)) < len(named) or any(plan.uids & set(named) for plan in members)
    counts = {planned.get(plan.name) for plan in members}
    delivered = [n for plan in members for n in numbers.get(plan.name, ())]
    is_one_row = len(set(delivered)) == len(delivered)
    last = _last(members, numbers)
    total = planned.get(last.name)
    is_remainder = len(counts) > 1 and last.name not in numbers  # or the whole: a plan not yet delivered does not say
    if not is_one_row or is_remainder or (total is not None and max(delivered, default=0) > total):
        total = None
    if not is_linked and (total is None or not is_one_row):
        return [Lineage((plan,), plan, planned.get(plan.name)) for plan in members]
    return [Lineage(tuple(members), last, total, is_one_row)]


def _last(members: Sequence[PlanRecord], numbers: Numbers) -> PlanRecord:
    """The plan that counts: none goes before another that names it; of several the one delivered last, never an unused alternative."""
    replaced = {s.value for plan in members for s in plan.about("predecessor")}
    leaves = [plan for plan in members if not plan.uids & replaced] or list(members)
    given = [plan for plan in leaves if plan.name in numbers]
    used = [plan for plan in leaves if not plan.is_rejected and not any(s.value for s in plan.about("alternative"))]
    return given[-1] if given else (used or leaves)[-1]


def count_together(record: CourseRecord, lineages: Iterable[Lineage], plans: Sequence[PlanRecord]) -> None:
    """Says of each plan with which its fractions are counted; where nobody says what was planned in all, takes that back.

    The rows of the form stand in the order of `plans`.
    """
    rows: list[dict[str, object]] = record.form.get("plans", [])
    place = {plan.name: n for n, plan in enumerate(plans)}
    for lineage in lineages:
        for plan in lineage.plans if len(lineage.plans) > 1 else ():
            n = place[plan.name]
            known = f"plans[{n}].fractions_planned"
            if lineage.planned is not None and plan is not lineage.last:
                rows[n]["counted_with"] = lineage.last.id
                row: Assertion | Delivery = plan.asserted[0] if plan.asserted else plan.records[0]
                reason = f"its fractions are numbered in one row with those of {lineage.last.id}"
                value = SourcedValue(lineage.last.id, row.source, EvidencePlace.of(row), reason)
                record.sources.append((f"plans[{n}].counted_with", value))
            elif lineage.planned is None and rows[n].pop("fractions_planned", None) is not None:
                record.sources = [each for each in record.sources if each[0] != known]
                others = ", ".join(each.id for each in lineage.plans if each is not plan)
                reason = f"it and {others} stand for one another; whether each is planned for the whole is not said"
                record.missing(known, reason, "physician")
