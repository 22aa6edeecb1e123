"""Apertures of a beam: how many different ones, how they nest, how even the fluence is that they sum to.

An aperture is what jaws and all leaf layers leave open between two control points, taken midway; positions are
millimeters at the isocenter plane, areas are cells of a square grid.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from beamclaim.ingest.dicom.plan.beam import TreatmentBeam
from beamclaim.ingest.dicom.plan.collimator import Collimator, Floats
from beamclaim.model.thresholds import Thresholds

Mask = npt.NDArray[np.bool_]

_HALF_FIELD = 210.0
"""Half width of the grid, mm: the largest field of a linear accelerator is 400 mm."""
MOST_COMPARED = 500
"""Intervals that are compared with one another; more of them are a sweep, not apertures."""


@dataclass(frozen=True, slots=True)
class Apertures:
    """The apertures of a beam: their number, the heaviest one's share of meterset, nesting and evenness.

    `nested`: every other aperture lies inside the heaviest (at least `nested_inside` of its area). `nesting`: share of
    the others' area inside the heaviest, weighted by meterset; 1 with one aperture. `mean_peak`: mean over maximum of
    the summed fluence, over its support; 1 is flat. None where nothing is open.
    """

    count: int
    heaviest: float
    nested: bool
    nesting: float
    mean_peak: float | None


def apertures_of(beam: TreatmentBeam, intervals: Floats, thresholds: Thresholds) -> Apertures | None:
    """The apertures of a beam; None without a collimator or with too many intervals to compare."""
    collimator, flowing = beam.collimator, np.flatnonzero(intervals > 0)
    if (not collimator.has_jaws and not collimator.layers) or not 0 < len(flowing) <= MOST_COMPARED:
        return None
    edges, gaps = _edges(collimator, flowing)
    groups = _groups(edges, gaps, thresholds)
    shares = np.bincount(groups, weights=intervals[flowing])
    # Of those as heavy as the heaviest the first, so that rounding of weights changes nothing.
    heaviest = int(np.argmax(shares >= shares.max() * (1 - 1e-6)))
    firsts = [int(flowing[np.argmax(groups == group)]) for group in range(len(shares))]
    masks = [_mask(collimator, interval, thresholds.grid_mm) for interval in firsts]
    inside = [_share_inside(mask, masks[heaviest]) for mask in masks]
    others = [group for group in range(len(shares)) if group != heaviest]
    fluence: Floats = sum((share * mask for share, mask in zip(shares, masks, strict=True)), np.zeros(masks[0].shape))
    weight = sum(shares[group] for group in others)
    return Apertures(
        count=len(shares),
        heaviest=float(shares[heaviest] / shares.sum()),
        nested=all(inside[group] >= thresholds.nested_inside for group in others),
        nesting=float(sum(shares[g] * inside[g] for g in others) / weight) if weight > 0 else 1.0,
        mean_peak=float(fluence[fluence > 0].mean() / fluence.max()) if fluence.any() else None,
    )


def is_one_way(beam: TreatmentBeam, intervals: Floats, thresholds: Thresholds) -> bool:
    """Whether the fluence changes in one direction only, along the leaves or across them: its other lines are all alike.

    The measure is the mean distance of the fluence from the median of its line, over its support and its peak.
    """
    fluence: Floats = np.zeros(_mask(beam.collimator, 0, thresholds.grid_mm).shape)
    for interval in np.flatnonzero(intervals > 0):
        fluence += intervals[interval] * _mask(beam.collimator, int(interval), thresholds.grid_mm)
    if not fluence.any():
        return False
    given = np.where(fluence > 0, fluence, np.nan)
    lines = (given[:, ~np.isnan(given).all(axis=0)], given[~np.isnan(given).all(axis=1)].T)
    spreads = [np.nanmean(np.abs(each - np.nanmedian(each, axis=0))) / fluence.max() for each in lines]
    return bool(min(spreads) <= thresholds.one_way_share)


def _midway(values: Floats, intervals: npt.NDArray[np.intp]) -> Floats:
    middle: Floats = (values[intervals] + values[intervals + 1]) / 2
    return middle


def _edges(collimator: Collimator, intervals: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Open edges of each interval (intervals, edges) and the opening each edge belongs to, mm."""
    jaws = _midway(collimator.jaws, intervals)
    edges, gaps = [jaws], [np.repeat(jaws[:, 1::2] - jaws[:, 0::2], 2, axis=1)]
    for layer in collimator.layers:
        low, high = jaws[:, [2 * layer.axis]], jaws[:, [2 * layer.axis + 1]]
        bottom, top = jaws[:, [2 - 2 * layer.axis]], jaws[:, [3 - 2 * layer.axis]]
        first = np.clip(_midway(layer.first, intervals), low, high)
        second = np.clip(_midway(layer.second, intervals), low, high)
        in_view = (layer.bounds[:-1] < top) & (layer.bounds[1:] > bottom)
        gap = np.where(in_view, np.maximum(second - first, 0), 0.0)
        edges += [first, second]
        gaps += [gap, gap]
    return np.hstack(edges), np.hstack(gaps)


def _groups(edges: Floats, gaps: Floats, thresholds: Thresholds) -> npt.NDArray[np.intp]:
    """Number of the aperture each interval shows: the first one seen that no open edge tells it from."""
    groups = np.zeros(len(edges), dtype=np.intp)
    firsts: list[int] = []
    is_open = gaps >= thresholds.closed_gap_mm
    for place in range(len(edges)):
        if firsts:
            seen = np.array(firsts)
            both = is_open[seen] & is_open[place]
            differs = both & (np.abs(edges[seen] - edges[place]) > thresholds.edge_mm)
            # A pair open in one and closed in the other differs by its whole opening.
            differs |= (is_open[seen] ^ is_open[place]) & (np.maximum(gaps[seen], gaps[place]) > thresholds.edge_mm)
            same = np.flatnonzero(~differs.any(axis=1))
            if len(same):
                groups[place] = same[0]
                continue
        groups[place] = len(firsts)
        firsts.append(place)
    return groups


def _mask(collimator: Collimator, interval: int, cell: float) -> Mask:
    """Cells (y, x) that jaws and every layer leave open in an interval."""
    # A cell much finer than a leaf would only cost memory, whatever a site asks for.
    centers = np.arange(-_HALF_FIELD, _HALF_FIELD, max(cell, 0.5)) + max(cell, 0.5) / 2
    at = np.array([interval])
    x1, x2, y1, y2 = _midway(collimator.jaws, at)[0]
    mask: Mask = ((centers > y1) & (centers < y2))[:, None] & ((centers > x1) & (centers < x2))[None, :]
    for layer in collimator.layers:
        first, second = _midway(layer.first, at)[0], _midway(layer.second, at)[0]
        row = np.searchsorted(layer.bounds, centers) - 1
        is_row = (row >= 0) & (row < len(first))
        row = np.clip(row, 0, len(first) - 1)
        open_ = is_row[:, None] & (centers[None, :] > first[row][:, None]) & (centers[None, :] < second[row][:, None])
        mask &= open_ if layer.axis == 0 else open_.T
    return mask


def _share_inside(mask: Mask, other: Mask) -> float:
    area = mask.sum()
    return float((mask & other).sum() / area) if area else 1.0
