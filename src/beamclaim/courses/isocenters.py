"""Positions of the beams of a visit → how many isocenters it had, and what each plan adds to them.

Positions are grouped twice, at the near and at the far distance of the thresholds (mm). The same number both times is the answer; another
one is a couch shift, an adaptive re-alignment or two targets, and a person has to say which.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import dist

from beamclaim.courses.disjoint_sets import DisjointSets
from beamclaim.model.thresholds import Thresholds

MOST = 400
"""So many different positions are looked at; a visit with more is not an ordinary one."""

Position = tuple[float, float, float]


def clusters(positions: Sequence[Position], reach: float) -> int:
    """The number of groups when positions no further apart than `reach` millimeters belong together."""
    sets = DisjointSets(len(positions))
    for (i, a), (j, b) in combinations(enumerate(positions), 2):
        if dist(a, b) <= reach:
            sets.join(i, j)
    return len({sets.root(i) for i in range(len(positions))})


def counted(positions: Sequence[Position], thresholds: Thresholds) -> int | None:
    """The number of isocenters; None where it depends on how far apart two may be, or there is none."""
    distinct = sorted(set(positions))
    if not distinct or len(distinct) > MOST:
        return None
    near = clusters(distinct, thresholds.isocenter_near_mm)
    return near if near == clusters(distinct, thresholds.isocenter_far_mm) else None


def added(by_plan: Mapping[str, Sequence[Position]], thresholds: Thresholds) -> dict[str, int] | None:
    """What each plan of a visit, in this order, adds to the isocenters of those before it; None where nobody can tell.

    The parts sum to the isocenters of the visit: a boost at the isocenter of the first plan adds none.
    """
    out: dict[str, int] = {}
    positions_so_far: list[Position] = []
    for plan, positions in by_plan.items():
        before = counted(positions_so_far, thresholds) if positions_so_far else 0
        positions_so_far += positions
        now = counted(positions_so_far, thresholds)
        if now is None or before is None or now < before:
            return None
        out[plan] = now - before
    return out


def table_moved_mm(pairs: Sequence[tuple[Position, Position]], thresholds: Thresholds) -> float | None:
    """How far the table moved between beams of one planned isocenter; None where no farther than one isocenter allows.

    `pairs`: isocenter and table position of each beam with dose, mm. Two groups of table positions speak against one isocenter.
    """
    farthest = 0.0
    for (a, table_a), (b, table_b) in combinations(sorted(set(pairs))[:MOST], 2):
        if dist(a, b) <= thresholds.isocenter_near_mm:
            farthest = max(farthest, dist(table_a, table_b))
    return farthest if farthest > thresholds.isocenter_far_mm else None
