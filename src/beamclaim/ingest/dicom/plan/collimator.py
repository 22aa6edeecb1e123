"""Collimators of a beam: jaws and leaf layers at every control point, put into the standard's order.

Positions are millimeters at the isocenter plane (PS3.3 C.8.8.14.3, C.8.8.14.5). A layer's leaves move along one
axis and lie side by side along the other: the *rows*, between `bounds`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.model.thresholds import Thresholds

Floats = npt.NDArray[np.float64]

BEAM_LIMITING_DEVICES, ION_BEAM_LIMITING_DEVICES = 0x300A00B6, 0x300A03A4
DEVICE_TYPE, LEAF_PAIRS, LEAF_BOUNDS = 0x300A00B8, 0x300A00BC, 0x300A00BE
POSITIONS, LEAF_JAW_POSITIONS = 0x300A011A, 0x300A011C
ENHANCED_DEVICES, ENHANCED_FLAG = 0x300800A1, 0x300800A3

_WIDEST = 1000.0
"""Half width of a field without a jaw of that axis, mm: farther than any collimator reaches."""
MOST_PAIRS = 500
MOST_DEVICES = 12
"""Devices of a beam that are read; a beam has three or four."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Leaf pairs that move along `axis` (0: X, 1: Y): `bounds` (pairs + 1), `first` and `second` (points, pairs), mm.

    `first` is the bank on the negative side. `is_reordered`: the file had them pair by pair. `is_crossed`: opposing
    leaves overlap in either order, so that nothing can be said about the aperture.
    """

    axis: int
    bounds: Floats
    first: Floats
    second: Floats
    is_reordered: bool
    is_crossed: bool


@dataclass(frozen=True, slots=True)
class Collimator:
    """Jaws (points, 4: x1 x2 y1 y2) and layers of a beam; `doubt` says why they cannot be relied on."""

    jaws: Floats
    has_jaws: bool
    layers: tuple[Layer, ...]
    doubt: str | None

    @property
    def positions(self) -> int:
        """Numbers it holds."""
        return sum(2 * layer.first.size for layer in self.layers)

    def limits(self, axis: int) -> tuple[Floats, Floats]:
        """Lower and upper jaw along an axis at each control point, mm."""
        return self.jaws[:, 2 * axis], self.jaws[:, 2 * axis + 1]


@dataclass(slots=True)
class _Device:
    kind: str
    pairs: int
    bounds: Floats
    positions: Floats


def read_collimator(
    beam: DicomItem, points: list[DicomItem], thresholds: Thresholds, devices_tag: int, room: int
) -> Collimator:
    """The collimator of a beam at its control points; what a point leaves out is as it was before.

    `room`: positions there may be, left-out ones included; a beam with more is in doubt and has no leaves.
    """
    doubt = None
    if beam.has(ENHANCED_DEVICES) or beam.term(ENHANCED_FLAG) == "yes":
        doubt = "the collimator is described by enhanced devices, which are not read"
    items = [*beam.items(devices_tag)]
    devices = [device for item in items[:MOST_DEVICES] if (device := _device(item))]
    if len(devices) < len(items):
        doubt = doubt or "a collimator device cannot be read"
    jaws, has_jaws = np.tile([-_WIDEST, _WIDEST, -_WIDEST, _WIDEST], (max(len(points), 1), 1)), False
    if 2 * len(points) * sum(device.pairs for device in devices) > room:
        beam.object.fault("count", at=beam.place, expected=f"at most {room} collimator positions", found="more")
        return Collimator(jaws, has_jaws, (), "more collimator positions than are read")
    for device in devices:
        device.positions = np.full((max(len(points), 1), 2 * device.pairs), np.nan)
    for place, point in enumerate(points):
        if not _move(devices, point, place):
            doubt = doubt or "collimator positions do not fit the devices of the beam"
    layers: list[Layer] = []
    for device in devices:
        _carry(device.positions)
        if np.isnan(device.positions).any():
            doubt = doubt or "a collimator device has no position at the first control point"
            continue
        axis = 0 if "x" in device.kind.removeprefix("mlc") else 1
        if device.kind.startswith("mlc"):
            layer = _layer(axis, device, thresholds)
            doubt = doubt or ("opposing leaves overlap in any known order" if layer.is_crossed else None)
            layers.append(layer)
        else:
            has_jaws = True
            jaws[:, 2 * axis] = np.maximum(jaws[:, 2 * axis], device.positions[:, 0])
            jaws[:, 2 * axis + 1] = np.minimum(jaws[:, 2 * axis + 1], device.positions[:, 1])
    return Collimator(jaws, has_jaws, tuple(layers), doubt)


def _device(item: DicomItem) -> _Device | None:
    kind = item.term(DEVICE_TYPE) or ""
    if kind not in ("x", "y", "asymx", "asymy", "mlcx", "mlcy", "mlcx1", "mlcx2", "mlcy1", "mlcy2"):
        item.fault(DEVICE_TYPE, expected="X, Y, ASYMX, ASYMY, MLCX or MLCY", found="none" if not kind else "another")
        return None
    pairs = (item.integer(LEAF_PAIRS) or 0) if kind.startswith("mlc") else 1
    bounds = np.array(item.numbers(LEAF_BOUNDS) or []) if kind.startswith("mlc") else np.array([-_WIDEST, _WIDEST])
    if not 1 <= pairs <= MOST_PAIRS or len(bounds) != pairs + 1 or (np.diff(bounds) <= 0).any():
        item.fault(LEAF_BOUNDS, expected="one rising bound more than leaf pairs", found=f"{len(bounds)} bounds")
        return None
    return _Device(kind, pairs, bounds, np.empty((0, 0)))


def _move(devices: list[_Device], point: DicomItem, place: int) -> bool:
    """Sets the positions a control point gives; two devices of one type are told apart by their order and size."""
    free, fits = list(devices), True
    for item in point.items(POSITIONS):
        kind, positions = item.term(DEVICE_TYPE), item.numbers(LEAF_JAW_POSITIONS) or []
        device = next((d for d in free if d.kind == kind and 2 * d.pairs == len(positions)), None)
        if device is None:
            item.fault(LEAF_JAW_POSITIONS, expected="positions of a device", found=f"{len(positions)} positions")
            fits = False
            continue
        free.remove(device)
        device.positions[place] = positions
    return fits


def _carry(positions: Floats) -> None:
    """Fills what control points leave out with what stood before (PS3.3 C.8.8.14.5)."""
    for place in range(1, len(positions)):
        if np.isnan(positions[place, 0]):
            positions[place] = positions[place - 1]


def _layer(axis: int, device: _Device, thresholds: Thresholds) -> Layer:
    """The leaves in the standard's order: all of one bank, then all of the other.

    One maker writes them pair by pair. BeamReading as the standard says, such leaves overlap; read pair by pair, none does
    and some are open.
    """
    most = thresholds.leaf_overlap_mm
    first, second = device.positions[:, : device.pairs], device.positions[:, device.pairs :]
    if not (second < first - most).any():
        return Layer(axis, device.bounds, first, second, False, False)
    odd, even = device.positions[:, 0::2], device.positions[:, 1::2]
    if not (even < odd - most).any() and (even - odd > thresholds.closed_gap_mm).any():
        return Layer(axis, device.bounds, odd, even, True, False)
    return Layer(axis, device.bounds, first, second, False, True)
