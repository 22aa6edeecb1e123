"""Isocentres of a visit: over all beams with dose of all plans delivered in it, as long as coordinates can be compared.

Positions are grouped twice, at `NEAR` and at `FAR`. The same number both times is the answer; another
one is a couch shift, an adaptive re-alignment or two targets, and a person has to say which.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import dist

from beamclaim.courses.disjoint_sets import DisjointSets
from beamclaim.model.thresholds import DEFAULT

NEAR, FAR = DEFAULT.isocenter_near_mm, DEFAULT.isocenter_far_mm
MOST = 400
"""So many different positions are looked at; a visit with more is not an ordinary one."""

Position = tuple[float, float, float]


def clusters(positions: Sequence[Position], reach: float) -> int:
    """The number of groups when positions no further apart than `reach` millimetres belong together."""
    sets = DisjointSets(len(positions))
    for (i, a), (j, b) in combinations(enumerate(positions), 2):
        if dist(a, b) <= reach:
            sets.join(i, j)
    return len({sets.root(i) for i in range(len(positions))})


def counted(positions: Sequence[Position]) -> int | None:
    """The number of isocentres; None where it depends on how far apart two may be, or there is none."""
    distinct = sorted(set(positions))
    if not distinct or len(distinct) > MOST:
        return None
    near = clusters(distinct, NEAR)
    return near if near == clusters(distinct, FAR) else None


def added(by_plan: Mapping[str, Sequence[Position]]) -> dict[str, int] | None:
    """What each plan of a visit, in this order, adds to the isocentres of those before it; None where nobody can tell.

    The parts sum to the isocentres of the visit: a boost at the isocentre of the first plan adds none.
    """
    out: dict[str, int] = {}
    seen: list[Position] = []
    for plan, positions in by_plan.items():
        before = counted(seen) if seen else 0
        seen += positions
        now = counted(seen)
        if now is None or before is None or now < before:
            return None
        out[plan] = now - before
    return out
