"""Beams of a plan as arrays: control points carried forward, meterset of each interval, collimator.

PS3.3 C.8.8.14 (RT Beams) and C.8.8.25 (RT Ion Beams): an attribute a control point leaves out is unchanged.
"""

from dataclasses import dataclass

import numpy as np

from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.ingest.dicom.plan.collimator import (
    BEAM_LIMITING_DEVICES,
    ION_BEAM_LIMITING_DEVICES,
    Collimator,
    Floats,
    read_collimator,
)
from beamclaim.model.thresholds import Thresholds
from beamclaim.model.value_sets import PREPARATION_KINDS

BEAMS, ION_BEAMS = 0x300A00B0, 0x300A03A2
NUMBER, NAME, MACHINE, TYPE, RADIATION = 0x300A00C0, 0x300A00C2, 0x300A00B2, 0x300A00C4, 0x300A00C6
DELIVERY, UNIT, SCAN_MODE, FINAL_WEIGHT, POINT_COUNT = 0x300A00CE, 0x300A00B3, 0x300A0308, 0x300A010E, 0x300A0110
POINTS, ION_POINTS, WEIGHT, GANTRY, DIRECTION = 0x300A0111, 0x300A03A8, 0x300A0134, 0x300A011E, 0x300A011F
ENERGY, ISOCENTER, SKIN_DISTANCE, SETUP = 0x300A0114, 0x300A012C, 0x300A0130, 0x300C006A
WEDGES, WEDGE_TYPE, HIGH_DOSE = 0x300A00D1, 0x300A00D3, 0x300A00C7
COMPENSATOR_COUNT, COMPENSATORS, BLOCK_COUNT, APPLICATORS = 0x300A00E0, 0x300A00E3, 0x300A00F0, 0x300A0107

NOT_TREATMENT = frozenset(PREPARATION_KINDS)
MOST_POINTS = 10_000
"""Control points of a beam that are read; a beam has a few hundred."""

_ROUNDING = 1e-4
"""Share of the final weight by which a rounded weight may fall behind the one before."""
_TURNS = {"cw": 1, "cc": -1, "none": 0}


@dataclass(frozen=True, slots=True)
class TreatmentBeam:
    """A beam read: numbers and names as the plan has them, arrays over its control points (degrees, mm, weights).

    `intervals` (points - 1): share of the beam's meterset given between two control points; None where the weights
    do not tell. `turns`: 1 clockwise, -1 counter-clockwise, 0 none, of the segment after the point; NaN gantry where
    no angle was ever given. `doubt`: why the control points cannot be relied on.
    """

    item: DicomItem
    number: int | None
    radiation: str | None
    delivery: str | None
    energy: float | None
    isocenter: tuple[float, float, float] | None
    intervals: Floats | None
    gantry: Floats
    turns: Floats
    collimator: Collimator
    wedges: frozenset[str]
    has_compensator: bool | None
    blocks: int | None
    applicators: tuple[DicomItem, ...]
    high_dose_technique: str | None
    skin_distance: float | None
    scan_mode: str | None
    setup: int | None
    couch_travel: float
    has_sinogram: bool
    doubt: str | None

    @property
    def is_imaging(self) -> bool:
        """True for setup beams and port films, by Treatment Delivery Type."""
        return self.delivery in NOT_TREATMENT


def read_beam(item: DicomItem, thresholds: Thresholds, *, is_ion: bool, room: int) -> TreatmentBeam:
    """A beam of the plan, of at most `room` collimator positions; damage becomes a `doubt` and faults."""
    broken_items = item.object.broken_items
    points = [*item.items(ION_POINTS if is_ion else POINTS)]
    doubt = _complete(item, points)
    points = points[:MOST_POINTS]
    first = points[0] if points else None
    gantry, turns, turn_doubt = _turning(points)
    collimator = read_collimator(
        item, points, thresholds, ION_BEAM_LIMITING_DEVICES if is_ion else BEAM_LIMITING_DEVICES, room
    )
    intervals, weight_doubt = _intervals(item, points)
    compensators = item.integer(COMPENSATOR_COUNT)
    has_compensator = bool(compensators) or item.first(COMPENSATORS) is not None
    isocenters = [each for point in points if (each := _position(point)) is not None]
    is_broken = item.is_cut or item.object.broken_items > broken_items
    doubt = doubt or turn_doubt or weight_doubt or collimator.doubt
    return TreatmentBeam(
        item=item,
        number=item.integer(NUMBER),
        radiation=item.term(RADIATION),
        delivery=item.term(DELIVERY),
        energy=first.measure(ENERGY) if first else None,
        isocenter=_position(first) if first else None,
        intervals=intervals,
        gantry=gantry,
        turns=turns,
        collimator=collimator,
        wedges=frozenset(filter(None, (wedge.term(WEDGE_TYPE) for wedge in item.items(WEDGES)))),
        has_compensator=None if compensators is None and not has_compensator else has_compensator,
        blocks=item.integer(BLOCK_COUNT),
        applicators=tuple(item.items(APPLICATORS)),
        high_dose_technique=item.term(HIGH_DOSE),
        skin_distance=first.measure(SKIN_DISTANCE) if first else None,
        scan_mode=item.term(SCAN_MODE),
        setup=item.integer(SETUP),
        couch_travel=float(np.ptp(isocenters, axis=0).max()) if len(isocenters) > 1 else 0.0,
        has_sinogram=any(_has_sinogram(point) for point in points),
        doubt=doubt or ("a part of the beam is broken in the file" if is_broken else None),
    )


def _complete(item: DicomItem, points: list[DicomItem]) -> str | None:
    count = item.integer(POINT_COUNT)
    if count is None:
        item.need(POINT_COUNT, "the number of control points")
    elif count != len(points):
        item.fault(POINT_COUNT, expected=f"{len(points)} control points, as are there", found="another", kind="count")
        return "the number of control points does not agree with those that are there; the file may be cut"
    if len(points) > MOST_POINTS:
        item.fault(POINTS, expected=f"at most {MOST_POINTS} control points", found=f"{len(points)}", kind="count")
        return "more control points than are read"
    return None if len(points) > 1 else "fewer than two control points"


def _turning(points: list[DicomItem]) -> tuple[Floats, Floats, str | None]:
    gantry, turns = np.full(max(len(points), 1), np.nan), np.zeros(max(len(points), 1))
    angle, turn, doubt = np.nan, 0, None
    for place, point in enumerate(points):
        written_angle = point.measure(GANTRY)
        angle = written_angle % 360 if written_angle is not None else angle
        direction = point.term(DIRECTION)
        if direction is not None and direction not in _TURNS:
            point.fault(DIRECTION, expected="CW, CC or NONE", found="another word")
            doubt = "a gantry direction is no word of the standard"
        turn = _TURNS.get(direction, turn) if direction else turn
        gantry[place], turns[place] = angle, turn
    return gantry, turns, doubt


def _intervals(item: DicomItem, points: list[DicomItem]) -> tuple[Floats | None, str | None]:
    """Share of the meterset of each interval; the final weight may be 1, 100 or the meterset itself."""
    weights = [point.measure(WEIGHT) for point in points]
    final = item.measure(FINAL_WEIGHT)
    # An interval from 0 to the final weight is what two points must mean; between them nothing may be guessed.
    if weights and weights[0] is None:
        weights[0] = 0.0
    if len(weights) > 1 and weights[-1] is None:
        weights[-1] = final
    known = np.array([np.nan if each is None else each for each in weights])
    if np.isnan(known).any() or len(known) < 2:
        item.fault(POINTS, expected="a cumulative meterset weight at each control point", found="some are empty")
        return None, None
    steps = np.diff(known)
    if (steps < -_ROUNDING * abs(known[-1])).any() or known[-1] <= 0:
        item.fault(POINTS, expected="cumulative meterset weights that rise above 0", found="others")
        return None, "cumulative meterset weights do not rise"
    if final is not None and abs(final - known[-1]) > 0.01 * known[-1]:
        item.fault(FINAL_WEIGHT, expected="the weight of the last control point", found="another")
        return None, "the final meterset weight is not that of the last control point"
    steps = np.maximum(steps, 0.0)
    return steps / steps.sum(), None


def _position(point: DicomItem) -> tuple[float, float, float] | None:
    position = point.numbers(ISOCENTER)
    if position is None or len(position) == 0:
        return None
    if len(position) != 3:
        point.fault(ISOCENTER, expected="three coordinates", found=f"{len(position)}")
        return None
    return position[0], position[1], position[2]


def _has_sinogram(point: DicomItem) -> bool:
    """True when a control point holds the leaf-open times of helical machines: private group 300D of its maker."""
    for tag in point.elements:
        if tag >> 16 == 0x300D and tag & 0xFF == 0xA7 and tag & 0xFF00:
            creator = point.long_text((0x300D << 16) | ((tag & 0xFF00) >> 8))
            if creator == "TOMO_HA_01" and point.is_filled(tag):
                return True
    return False
