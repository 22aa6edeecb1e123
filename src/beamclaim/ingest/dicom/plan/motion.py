"""Motion during meterset: gantry travel, moving leaves, moving jaws, evenness of MU per degree.

Technique follows from what moves while meterset flows, not from Beam Type: step-and-shoot beams are STATIC in a
plan, a dynamic wedge is DYNAMIC (PS3.3 C.8.8.14).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from beamclaim.ingest.dicom.plan.beam import TreatmentBeam
from beamclaim.ingest.dicom.plan.collimator import Floats
from beamclaim.model.thresholds import Thresholds

Mask = npt.NDArray[np.bool_]

_NOTHING = 1e-6
"""Millimeters that are no step but rounding."""
_FULL = 359.5
"""Degrees from which one step of many is an angle that was rounded backwards, not a turn."""


@dataclass(frozen=True, slots=True)
class Motion:
    """Motion of a beam while meterset flows: degrees, and shares of its meterset.

    `resting`: share given while the gantry stands; `variation`: standard deviation over mean of meterset per degree,
    weighted by degrees, None without travel; `pieces`: stretches of even meterset per degree. `is_sweep`: one jaw moves,
    and never back, as that of a dynamic wedge does.
    """

    travel: float
    resting: float
    variation: float | None
    pieces: int
    leaves: float
    jaws: float
    is_sweep: bool


def motion_of(beam: TreatmentBeam, intervals: Floats, thresholds: Thresholds) -> Motion:
    """What moves in a beam whose share of meterset by interval is known."""
    flowing = intervals > 0
    degrees = travel(beam.gantry, beam.turns, flowing)
    turning = flowing & (degrees > 0)
    steps = np.diff(beam.collimator.jaws, axis=0)
    return Motion(
        travel=float(degrees[turning].sum()),
        resting=float(intervals[flowing & ~turning].sum()),
        variation=_variation(intervals[turning], degrees[turning]),
        pieces=_pieces(intervals[turning], degrees[turning], thresholds),
        leaves=float(intervals[_leaves_move(beam, flowing, thresholds)].sum()),
        jaws=float(intervals[(np.abs(steps) > thresholds.leaf_motion_mm).any(axis=1)].sum()),
        is_sweep=_is_sweep(steps, thresholds),
    )


def travel(gantry: Floats, turns: Floats, flowing: Mask) -> Floats:
    """Degrees of each interval in the direction of the point before it, modulo 360 (PS3.3 C.8.8.14.8).

    Equal angles with a direction are a full turn when no other interval turns, else a rest. An angle that changes
    without a direction is taken the short way.
    """
    if np.isnan(gantry).any():
        return np.zeros(len(gantry) - 1)
    change, turn = np.diff(gantry), turns[:-1]
    degrees = np.where(turn == 0, np.abs((change + 180) % 360 - 180), (change * turn) % 360)
    is_full = (turn != 0) & ((degrees < 1e-6) | (degrees > _FULL))
    if is_full.any():
        others = degrees[~is_full & flowing].sum()
        degrees[is_full] = 360.0 if others == 0 and is_full[flowing].sum() == 1 else 0.0
    return degrees


def _variation(given: Floats, degrees: Floats) -> float | None:
    if not len(degrees):
        return None
    rate = given / degrees
    mean = np.average(rate, weights=degrees)
    return float(np.sqrt(np.average((rate - mean) ** 2, weights=degrees)) / mean)


def _pieces(given: Floats, degrees: Floats, thresholds: Thresholds) -> int:
    """Stretches of an arc in which meterset per degree does not change from point to point by what tells a modulated arc."""
    rate = given / degrees
    if not len(rate):
        return 0
    return 1 + int((np.abs(np.diff(rate)) > thresholds.arc_modulated_cv * rate.mean()).sum())


def _goes_on(ends: Floats, flowing: Mask, thresholds: Thresholds) -> Mask:
    """Intervals (intervals, leaves) in a run of one direction that goes farther than a leaf comes back from; others tremble.

    A run ends where the leaf turns, and where meterset begins or stops to flow.
    """
    steps = np.diff(ends, axis=0)
    direction = np.sign(np.where(np.abs(steps) < _NOTHING, 0.0, steps))
    for place in range(1, len(direction)):
        direction[place] = np.where(direction[place] == 0, direction[place - 1], direction[place])
    begins = np.ones(steps.shape, dtype=bool)
    begins[1:] = (direction[1:] != direction[:-1]) | (flowing[1:] != flowing[:-1])[:, None]
    run = np.cumsum(begins.ravel(order="F")) - 1  # leaf after leaf
    reach = np.abs(np.bincount(run, weights=steps.ravel(order="F")))
    goes: Mask = (reach[run] > thresholds.leaf_return_mm).reshape(steps.shape, order="F")
    return goes


def _leaves_move(beam: TreatmentBeam, flowing: Mask, thresholds: Thresholds) -> Mask:
    """Intervals in which an open leaf end moves, seen inside the jaws, and does not soon turn back; jaws alone move nothing."""
    moves = np.zeros(len(beam.gantry) - 1, dtype=bool)
    for layer in beam.collimator.layers:
        along, across = beam.collimator.limits(layer.axis), beam.collimator.limits(1 - layer.axis)
        low, high = (_both(along[0], np.minimum), _both(along[1], np.maximum))
        bottom, top = (_both(across[0], np.minimum), _both(across[1], np.maximum))
        in_view = (layer.bounds[:-1] < top) & (layer.bounds[1:] > bottom)
        ends = [
            np.clip(bank[s], low, high)
            for s in (slice(None, -1), slice(1, None))
            for bank in (layer.first, layer.second)
        ]
        first_before, second_before, first_after, second_after = ends
        gap = np.maximum(second_before - first_before, second_after - first_after)
        first_goes, second_goes = (_goes_on(bank, flowing, thresholds) for bank in (layer.first, layer.second))
        shift = np.maximum(
            np.abs(first_after - first_before) * first_goes, np.abs(second_after - second_before) * second_goes
        )
        moves |= (in_view & (gap >= thresholds.closed_gap_mm) & (shift > thresholds.leaf_motion_mm)).any(axis=1)
    return moves


def _is_sweep(steps: Floats, thresholds: Thresholds) -> bool:
    moving = np.abs(steps).sum(axis=0) > thresholds.leaf_motion_mm
    one = steps[:, moving]
    return one.shape[1] == 1 and bool((one >= 0).all() or (one <= 0).all())


def _both(limit: Floats, widest: np.ufunc) -> Floats:
    """The wider of the limits at both ends of each interval, as a column."""
    wide: Floats = widest(limit[:-1], limit[1:])[:, None]
    return wide
