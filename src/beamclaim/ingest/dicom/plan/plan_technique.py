"""Technique of a plan, from the techniques of its beams: a word of the course form, or unknown and who can settle it.

There is no wrong answer here, only right or unknown: what two techniques share, and what a plan alone cannot show,
is left to a person or to other files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from beamclaim.ingest.dicom.plan.beam import TreatmentBeam
from beamclaim.ingest.dicom.plan.electrons import signs_of_other_than_a_field
from beamclaim.ingest.dicom.plan.technique import Technique
from beamclaim.model.thresholds import Thresholds

IMRT = {"vmat": "vmat", "sliding_window": "imrt_dynamic", "helical": "helical"}
"""Beam words that make a plan IMRT, in words of the course form."""
STILL = frozenset({"static", "field_in_field", "dynamic_wedge", "conformal_arc"})
"""Beam words of 3D conformal plans, and of 2D ones."""


@dataclass(frozen=True, slots=True)
class BeamReading:
    """A treatment beam with its technique and meterset."""

    beam: TreatmentBeam
    technique: Technique
    meterset: float | None


@dataclass(frozen=True, slots=True)
class PlanTechnique:
    """The technique of a plan; `value` None is unknown, settled by `who`.

    `family`: imrt, 3d_or_2d, electron or None. `if_targets`: what it is once a structure set with targets and a dose
    of this plan are there. `if_not_stereotactic`: what it is once stereotactic treatment is excluded.
    """

    value: str | None
    reason: str
    who: str | None = None
    family: str | None = None
    if_targets: str | None = None
    if_not_stereotactic: str | None = None


def plan_technique(
    reads: Sequence[BeamReading],
    thresholds: Thresholds,
    *,
    gap: str | None,
    has_patient_geometry: bool,
    may_be_stereotactic: bool,
    setups: frozenset[str],
) -> PlanTechnique:
    """The technique of photon and electron plans; `setups` are their Setup Techniques, in lower case."""
    by_motion = _by_motion(reads, thresholds, gap, has_patient_geometry, setups)
    is_total_body = "tbi" in setups or any(read.beam.high_dose_technique == "tbi" for read in reads)
    if is_total_body and by_motion.family != "imrt":
        reason = "set up for total body irradiation, for which the course form has no word"
        return PlanTechnique(None, reason, "physicist", by_motion.family)
    if may_be_stereotactic and by_motion.family in ("imrt", "3d_or_2d"):
        few = f"{thresholds.high_dose_fractions:g} fractions or fewer of {thresholds.high_dose_gy:g} Gy or more"
        reason = (
            f"{few}, or it cannot be excluded: stereotactic, hypofractionated or a short course; {by_motion.reason}"
        )
        return PlanTechnique(None, reason, "physician", by_motion.family, None, by_motion.value)
    return by_motion


def _by_motion(
    reads: Sequence[BeamReading], thresholds: Thresholds, gap: str | None, has_patient: bool, setups: frozenset[str]
) -> PlanTechnique:
    if not reads:
        return PlanTechnique(None, "the file holds no treatment beam", "physicist")
    words = {read.technique.word for read in reads}
    if "compensator" in words:
        reason = "a compensator: intensity modulation or missing tissue; the file describes the plate, not its purpose"
        return PlanTechnique(None, reason, "physicist")
    photons = [read for read in reads if read.technique.word != "electron"]
    if not photons:
        return _electron(reads, thresholds, gap, setups)
    imrt = sorted({IMRT[word] for word in words if word in IMRT})
    beams = "beams" if len(photons) > 1 else "beam"
    if len(imrt) == 1:
        sure = next(read for read in photons if IMRT.get(read.technique.word) == imrt[0])
        return PlanTechnique(imrt[0], f"of {len(photons)} photon {beams}: {sure.technique.reason}", family="imrt")
    if imrt:
        return PlanTechnique(None, f"beams of several techniques: {', '.join(imrt)}", "physicist", "imrt")
    doubtful = [read for read in photons if read.technique.word == "unknown"]
    if doubtful:
        return PlanTechnique(None, f"beam {doubtful[0].beam.number}: {doubtful[0].technique.reason}", "physicist")
    if gap:
        return PlanTechnique(None, gap, "records")
    if "segmented" in words:
        return _segmented(photons, thresholds)
    reason = "still apertures: 3D conformal once targets and a dose grid are shown, else 2D"
    if not has_patient:
        reason = "still apertures, planned without patient structures: 2D, or 3D whose structures are elsewhere"
    return PlanTechnique(None, reason, "dosimetrist", "3d_or_2d", "3d_conformal" if has_patient else None)


def _segmented(photons: Sequence[BeamReading], thresholds: Thresholds) -> PlanTechnique:
    """Step-and-shoot IMRT only when number, nesting and evenness of the plan's apertures all say so."""
    measured = [read.technique.apertures for read in photons if read.technique.apertures]
    weights = np.array([read.meterset or 0.0 for read in photons if read.technique.apertures])
    evenness = [each.mean_peak for each in measured if each.mean_peak is not None]
    human = PlanTechnique(None, "segments that field-in-field and step-and-shoot IMRT share", "physicist")
    if len(measured) < len(photons) or len(evenness) < len(measured) or weights.sum() <= 0:
        return human
    count = sum(each.count for each in measured)
    nesting = float(np.average([each.nesting for each in measured], weights=weights))
    mean_peak = float(np.average(evenness, weights=weights))
    if (
        count >= thresholds.segments_fewest
        and nesting < thresholds.segments_nesting
        and mean_peak <= thresholds.segments_mean_peak
    ):
        reason = f"{count} apertures, nesting {nesting:.2f}, mean over peak fluence {mean_peak:.2f}: step and shoot"
        return PlanTechnique("imrt_static", reason, family="imrt")
    return human


def _electron(
    reads: Sequence[BeamReading], thresholds: Thresholds, gap: str | None, setups: frozenset[str]
) -> PlanTechnique:
    """Electron fields, unless any sign of another treatment is there: none of them is a proof of it either."""
    signs = signs_of_other_than_a_field([read.beam for read in reads], thresholds, setups)
    if signs:
        reason = f"electron fields, or another treatment by electrons: {', '.join(signs)}; a plan alone never proves it"
        return PlanTechnique(None, reason, "physicist", "electron")
    if gap:
        return PlanTechnique(None, gap, "records", "electron")
    return PlanTechnique("electron_field", "electron beams without a sign of another treatment", family="electron")
