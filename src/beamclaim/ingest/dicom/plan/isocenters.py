"""Isocenters of a plan: the positions of its treatment beams, counted where two distances agree.

Only control point 0 counts: helical plans move the isocenter in every one. PS3.3 C.8.8.14: Isocenter Position, mm
in the patient's coordinates.
"""

from collections.abc import Sequence

import numpy as np

from beamclaim.model.thresholds import Thresholds

Position = tuple[float, float, float]


def isocenters(positions: Sequence[Position | None], thresholds: Thresholds) -> tuple[int | None, str]:
    """How many isocenters beams have, and how that was told; None where it cannot be."""
    known = sorted({position for position in positions if position is not None})
    if not known:
        return None, "no treatment beam has an isocenter position"
    near, far = (_clusters(known, mm) for mm in (thresholds.isocenter_near_mm, thresholds.isocenter_far_mm))
    if near != far:
        return None, (
            f"isocenters {thresholds.isocenter_near_mm:g} to {thresholds.isocenter_far_mm:g} mm apart: a couch shift, "
            "or two targets"
        )
    if any(position is None for position in positions):
        return None, "not every treatment beam has an isocenter position"
    return near, f"positions of {len(positions)} treatment beams at their first control point"


def _clusters(positions: Sequence[Position], distance: float) -> int:
    """Groups of positions in which each has a neighbor within the distance, mm."""
    points = np.array(positions)
    free = np.ones(len(points), dtype=bool)
    count = 0
    while free.any():
        count += 1
        reach = [int(np.argmax(free))]
        free[reach[0]] = False
        while reach:
            near = free & (np.linalg.norm(points - points[reach.pop()], axis=1) <= distance)
            reach += np.flatnonzero(near).tolist()
            free &= ~near
    return count
