"""Technique of one beam, from what moves while meterset flows; unknown where two techniques look alike.

Beam words: static, field_in_field, dynamic_wedge, segmented, sliding_window, conformal_arc, vmat, helical,
compensator, electron, pencil_beam, scattering, uniform_scanning, unknown.
"""

from dataclasses import dataclass

import numpy as np

from beamclaim.ingest.dicom.plan.apertures import Apertures, apertures_of, is_one_way
from beamclaim.ingest.dicom.plan.beam import TreatmentBeam
from beamclaim.ingest.dicom.plan.collimator import Floats
from beamclaim.ingest.dicom.plan.motion import Motion, motion_of
from beamclaim.model.thresholds import Thresholds

SCANS = {
    "modulated": "pencil_beam",
    "modulated_spec": "pencil_beam",
    "uniform": "uniform_scanning",
    "none": "scattering",
}
"""Scan Mode (300A,0308) in words of beams."""


@dataclass(frozen=True, slots=True)
class Technique:
    """What a beam alone is, how it was told, and the measures it was told by (None: not measured)."""

    word: str
    reason: str
    motion: Motion | None = None
    apertures: Apertures | None = None

    @property
    def measures(self) -> str:
        """The numbers for a person: `moving_share=0.920;gantry_travel=0.0;…`, those not measured left out."""
        motion, apertures = self.motion, self.apertures
        numbers: dict[str, str] = {}
        if motion:
            numbers |= {"moving_share": f"{motion.leaves:.3f}", "jaw_share": f"{motion.jaws:.3f}"}
            numbers |= {"gantry_travel": f"{motion.travel:.1f}"}
            if motion.variation is not None:
                numbers |= {"mu_per_degree_cv": f"{motion.variation:.4f}", "arc_pieces": f"{motion.pieces}"}
        if apertures:
            numbers |= {"apertures": f"{apertures.count}", "heaviest_share": f"{apertures.heaviest:.3f}"}
            numbers |= {"nesting": f"{apertures.nesting:.3f}"}
            if apertures.mean_peak is not None:
                numbers["mean_peak"] = f"{apertures.mean_peak:.3f}"
        return ";".join(f"{name}={value}" for name, value in numbers.items())


def technique_of(beam: TreatmentBeam, thresholds: Thresholds, *, is_ion: bool) -> Technique:
    """The technique of a treatment beam."""
    if is_ion:
        word = SCANS.get(beam.scan_mode or "")
        return Technique(word or "unknown", "Scan Mode of the ion beam" if word else "no Scan Mode that is known")
    if beam.radiation == "electron":
        return Technique("electron", "Radiation Type")
    if beam.has_sinogram:
        # Direct tomotherapy has the same sinogram at a standing gantry, and no word of its own.
        is_turning = not np.isnan(beam.gantry).any() and np.ptp(beam.gantry) >= thresholds.arc_degrees
        if is_turning:
            return Technique("helical", "leaf-open times of a helical machine at the control points")
        return Technique("unknown", "leaf-open times of a helical machine at a standing gantry")
    if beam.has_compensator:
        return Technique("compensator", "the file describes the plate, not its purpose")
    if beam.doubt:
        return Technique("unknown", beam.doubt)
    if beam.intervals is None:
        return _without_weights(beam, thresholds)
    if np.isnan(beam.gantry).any():
        return Technique("unknown", "no gantry angle at the first control point")
    if beam.couch_travel > thresholds.isocenter_far_mm:
        return Technique("unknown", "the isocenter moves during the beam and no leaf-open times are read")
    motion = motion_of(beam, beam.intervals, thresholds)
    apertures = apertures_of(beam, beam.intervals, thresholds)
    word, reason = (_arc if motion.travel >= thresholds.arc_degrees else _fixed)(beam, motion, apertures, thresholds)
    return Technique(word, reason, motion, apertures)


def _arc(beam: TreatmentBeam, motion: Motion, apertures: Apertures | None, thresholds: Thresholds) -> tuple[str, str]:
    """An arc: gantry travel with meterset."""
    variation = motion.variation or 0.0
    if motion.resting >= thresholds.arc_still_share:
        return "unknown", "an arc that gives part of its meterset at a standing gantry"
    if motion.leaves < thresholds.arc_still_share and motion.jaws >= thresholds.jaw_sweep_share:
        return "unknown", "an arc whose jaws move and whose leaves stand still"
    if motion.leaves < thresholds.arc_still_share:
        return "conformal_arc", "the gantry turns and the leaves stand still"
    if variation < thresholds.arc_uniform_cv:
        return "conformal_arc", "the gantry turns, the leaves move, meterset per degree is even"
    if variation < thresholds.arc_modulated_cv:
        return "unknown", "an arc whose meterset per degree varies too little to tell a modulated from a conformal one"
    if motion.pieces <= thresholds.arc_pieces_most:
        return "unknown", "an arc of few pieces, even in each: a weighted conformal arc as well as a modulated one"
    return "vmat", "the gantry turns, the leaves move, meterset per degree varies"


def _fixed(beam: TreatmentBeam, motion: Motion, apertures: Apertures | None, thresholds: Thresholds) -> tuple[str, str]:
    """A beam of a fixed gantry."""
    if motion.leaves >= thresholds.sliding_share and beam.intervals is not None:
        if is_one_way(beam, beam.intervals, thresholds):
            return (
                "unknown",
                "the leaves move all alike: a wedge or a compensated field made by leaves, or a sliding window",
            )
        return "sliding_window", "leaves move during most of the meterset at a fixed gantry"
    if motion.leaves >= thresholds.arc_still_share:
        return "unknown", "leaves move during part of the meterset: neither still nor a sliding window"
    if motion.jaws >= thresholds.jaw_sweep_share and not motion.is_sweep:
        return "unknown", "jaws move as those of no dynamic wedge do"
    if motion.jaws >= thresholds.jaw_sweep_share or "dynamic" in beam.wedges:
        return "dynamic_wedge", "a jaw sweeps or the wedge is dynamic, and the leaves stand still"
    if apertures is None:
        still = not beam.collimator.layers and motion.jaws == 0
        return ("static", "nothing moves") if still else ("unknown", "the apertures cannot be compared")
    if apertures.mean_peak is None:
        return "unknown", "the collimator leaves nothing open"
    if apertures.count == 1:
        return "static", "one aperture"
    is_few = apertures.count <= thresholds.subfields_most and apertures.nested
    if is_few:
        is_sure = (
            apertures.heaviest >= thresholds.open_share and apertures.mean_peak >= thresholds.field_in_field_mean_peak
        )
        if is_sure:
            return "field_in_field", "few apertures inside a heaviest one that gives most of the meterset"
    return "segmented", "several apertures, the leaves still while meterset flows"


def _without_weights(beam: TreatmentBeam, thresholds: Thresholds) -> Technique:
    """A beam with meterset weights left empty: static when nothing changes at all, whatever the weights."""
    even: Floats = np.full(max(len(beam.gantry) - 1, 1), 1 / max(len(beam.gantry) - 1, 1))
    unknown = Technique("unknown", "cumulative meterset weights are empty")
    if len(beam.gantry) < 2 or np.isnan(beam.gantry).any():
        return unknown
    motion = motion_of(beam, even, thresholds)
    apertures = apertures_of(beam, even, thresholds)
    is_still = motion.travel == 0 and motion.leaves == 0 and motion.jaws == 0 and "dynamic" not in beam.wedges
    if is_still and (apertures is None or apertures.count == 1):
        return Technique("static", "nothing changes between the control points")
    return unknown
