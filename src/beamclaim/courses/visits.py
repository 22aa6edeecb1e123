"""Treatment records → fractions and visits: what a patient came to the machine once for.

Fractions that carry one session id, or begin soon after another ends, are one visit; where a day leaves a doubt, none of its
fractions is given a session (`model/visits.py` holds the rule). Called by `join.py`, patient by patient.
"""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise

from beamclaim.courses.course_record import Observation
from beamclaim.courses.disjoint_sets import DisjointSets
from beamclaim.courses.fraction_status import judge
from beamclaim.courses.numbers import JoiningNumbers
from beamclaim.courses.prescribed import PrescribedBeams
from beamclaim.courses.treated_fractions import TreatedFraction, end_of, treated_fractions
from beamclaim.model.tables.evidence import Delivery
from beamclaim.model.visits import begins_visit, is_doubtful


def visits(
    deliveries: Iterable[Delivery], prescribed: PrescribedBeams, numbers: JoiningNumbers
) -> tuple[list[TreatedFraction], list[Observation]]:
    """The fractions of one patient in the order of time, with their visits; and observations on what was left out."""
    treated, left_out = treated_fractions(deliveries, prescribed, numbers)
    judge(treated, prescribed, numbers)
    _number_visits([t for t in treated if t.has_dose], numbers)
    return treated, left_out


def _number_visits(treated: list[TreatedFraction], numbers: JoiningNumbers) -> None:
    """Which fractions were one visit; where a day leaves a doubt, none of its fractions is given a session."""
    sets = DisjointSets(len(treated))
    times = sorted((p.started_at, end_of(p, numbers), n) for n, t in enumerate(treated) for p in _timed(t))
    doubts: dict[date, str] = {}
    named: dict[str, int] = {}
    for n, t in enumerate(treated):
        for name in {r.session for r in t.rows if r.session}:
            sets.join(n, named.setdefault(name, n))
    last: tuple[datetime, datetime, int] | None = None
    for start, end, n in times:
        if last is not None and not begins_visit(start - last[1], same_visit=numbers.same_visit):
            sets.join(n, last[2])
        last = (start, max(end, last[1]) if last else end, n)
    for (_, until, m), (start, _, n) in pairwise(times):
        if sets.root(m) == sets.root(n) or treated[m].day != treated[n].day:
            continue
        before, after = _names(treated[m]), _names(treated[n])
        is_told_apart = bool(before and after and not before & after)
        interval = _start(treated[n]) - _start(treated[m])
        if is_doubtful(
            start - until, interval, is_told_apart, same_visit=numbers.same_visit, distinct_after=numbers.distinct_after
        ):
            minutes = int((start - until).total_seconds() // 60)
            doubts[treated[n].day] = f"{minutes // 60} h {minutes % 60:02} min lie between the fractions"  # type: ignore[index]
    days: dict[date, set[int]] = {}
    for n, t in enumerate(treated):
        t.visit = sets.root(n)
        if t.day is not None:
            days.setdefault(t.day, set()).add(n)
    names_of: dict[int, set[str]] = {}
    for t in treated:
        names_of.setdefault(t.visit, set()).update(_names(t))
    for day, members in days.items():
        if len(members) > 1 and any(not _timed(treated[n]) and not _names(treated[n]) for n in members):
            doubts.setdefault(day, "a fraction of the day has no time")
        if any(len(names_of[treated[n].visit]) > 1 for n in members):
            doubts.setdefault(day, "fractions under an hour apart carry different session ids")
        _label(day, [treated[n] for n in sorted(members)], doubts.get(day))


def _label(day: date, treated: list[TreatedFraction], doubt: str | None) -> None:
    """Names the visits of a day that has more than one fraction."""
    if doubt is not None:
        for t in treated:
            t.doubt = doubt
    elif len(treated) > 1:
        first = list(dict.fromkeys(t.visit for t in treated))
        for t in treated:
            t.session = f"{day}/{first.index(t.visit) + 1}"


def _start(t: TreatedFraction) -> datetime:
    times: list[datetime] = [r.started_at for r in _timed(t)]
    return min(times)


def _timed(t: TreatedFraction) -> list[Delivery]:
    return [r for r in (t.parts or t.clinic_records) if r.started_at is not None]


def _names(t: TreatedFraction) -> set[str]:
    return {r.session for r in t.rows if r.session}
