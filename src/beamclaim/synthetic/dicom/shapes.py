"""Apertures and control points that synthetic plans are made of: ellipses, sweeps and segments of a leaf collimator.

Positions are millimeters at the isocenter plane; leaves are 5 mm wide, 40 pairs, the field 200 mm.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

PAIRS = 40
BOUNDS = np.linspace(-100.0, 100.0, PAIRS + 1)
_CENTERS = (BOUNDS[:-1] + BOUNDS[1:]) / 2


@dataclass(frozen=True, slots=True)
class Point:
    """A control point: cumulative weight (None: left empty), gantry and its turn, positions by device type."""

    weight: float | None
    gantry: float = 0.0
    turn: str = "NONE"
    positions: dict[str, list[float]] = field(default_factory=dict)
    isocenter: tuple[float, float, float] = (0.0, 0.0, 0.0)


def ellipse(across: float, along: float, x: float = 0.0, y: float = 0.0) -> list[float]:
    """Leaf positions, one bank after the other, around an ellipse of these half axes; closed outside of it."""
    inside = 1 - ((_CENTERS - y) / along) ** 2
    half = np.where(inside > 0, across * np.sqrt(np.maximum(inside, 0)), 0.0)
    return [*np.round(x - half, 1), *np.round(x + half, 1)]


def window(left: Floats | float, right: Floats | float, rows: npt.NDArray[np.bool_]) -> list[float]:
    """Leaf positions of a window in some rows (truth by row); the other pairs are closed at the left."""
    low = np.where(rows, left, -60.0)
    return [*np.round(low, 1), *np.round(np.where(rows, np.maximum(right, low), -60.0), 1)]


def jaws(half: float = 60.0) -> dict[str, list[float]]:
    """A square jaw opening."""
    return {"ASYMX": [-half, half], "ASYMY": [-half, half]}


def still(aperture: list[float], gantry: float, half: float = 60.0) -> list[Point]:
    """A static field: everything at control point 0, nothing but the weight at control point 1."""
    first = Point(0.0, gantry, positions={**jaws(half), "MLCX": aperture})
    return [first, replace(first, weight=1.0)]


def segments(apertures: list[list[float]], shares: list[float], gantry: float, half: float = 60.0) -> list[Point]:
    """Step and shoot: two control points a segment, leaves moving while no meterset flows."""
    points, weight = [], 0.0
    for aperture, share in zip(apertures, shares, strict=True):
        point_held = Point(weight, gantry, positions={**jaws(half), "MLCX": aperture})
        weight += share / sum(shares)
        points += [point_held, replace(point_held, weight=weight)]
    return points


def sweep(random: Random, gantry: float, count: int) -> list[Point]:
    """A sliding window: a gap of changing width moves over the field, each row at its own pace."""
    rows = np.abs(_CENTERS) < random.uniform(35, 50)
    pace = np.array([random.uniform(-6, 6) for _ in range(PAIRS)])
    gap = random.uniform(12, 25)
    points = []
    for step in range(count):
        at = -45 + 90 * step / (count - 1)
        width = gap * (1 + 0.5 * np.sin(step / 7 + pace))
        left = at + pace * np.sin(step / 11) - width / 2
        positions = {**jaws(), "MLCX": window(left, left + width, rows)}
        points.append(Point(step / (count - 1), gantry, positions=positions))
    return points


def arc(
    random: Random, start: float, stop: float, count: int, modulation: float, *, fixed: bool = False
) -> list[Point]:
    """An arc from one angle to another (clockwise when it rises), its meterset per degree varying by `modulation`."""
    turn = "CW" if stop > start else "CC"
    rates = np.array([max(0.05, 1 + modulation * random.uniform(-1, 1)) for _ in range(count - 1)])
    weights = np.concatenate([[0.0], np.cumsum(rates) / rates.sum()])
    points = []
    for step in range(count):
        angle = (start + (stop - start) * step / (count - 1)) % 360
        swing = 0.0 if fixed else np.sin(np.radians(angle))
        aperture = ellipse(30 + 12 * swing, 38, x=6 * swing)
        if modulation and not fixed:
            shift = np.array([random.uniform(0, 14) for _ in range(PAIRS)])
            width = np.maximum(np.array(aperture[PAIRS:]) - np.array(aperture[:PAIRS]) - shift, 0)
            aperture = [*aperture[:PAIRS], *np.round(np.array(aperture[:PAIRS]) + width, 1)]
        last = step == count - 1
        positions = {**jaws(), "MLCX": aperture}
        points.append(Point(float(weights[step]), round(angle, 1), "NONE" if last else turn, positions))
    return points


def subfields(random: Random, count: int) -> Iterator[list[float]]:
    """Segments of an inversely planned beam: windows of some rows each, hardly nested."""
    for _ in range(count):
        low, height = random.uniform(-45, 10), random.uniform(15, 40)
        left, width = random.uniform(-40, 10), random.uniform(12, 35)
        rows = (low < _CENTERS) & (low + height > _CENTERS)
        yield window(left, left + width, rows)
