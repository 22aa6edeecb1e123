"""Electron beams of a plan → the signs that they are no plain electron fields: total skin, intraoperative, turning treatments.

None of the signs is a proof; without any, they are plain fields. PS3.3 C.8.8.14: Applicator Type ELECTRON_OPEN is an open
(dummy) applicator, which limits nothing.
"""

from collections.abc import Sequence

import numpy as np

from beamclaim.ingest.dicom.plan.beam import TreatmentBeam
from beamclaim.ingest.dicom.plan.motion import travel
from beamclaim.model.thresholds import Thresholds

APPLICATOR_TYPE = 0x300A0109
LIMITING = frozenset({"electron_square", "electron_rect", "electron_circ", "electron_short"})
"""Applicators that shape an electron field."""


def signs_of_other_than_a_field(
    beams: Sequence[TreatmentBeam], thresholds: Thresholds, setups: frozenset[str]
) -> list[str]:
    """What speaks against plain electron fields, in words; `setups` are Setup Techniques in lower case."""
    open_beams = [beam for beam in beams if not _is_limited(beam)]
    widest = thresholds.electron_field_mm
    signs = {
        "an intraoperative applicator": any("intraoperative" in _types(beam) for beam in beams),
        "several fields without a limiting applicator": len(open_beams) >= thresholds.total_skin_fields,
        "a field wider than the usual applicators": any(_width(beam) > widest for beam in beams),
        "a long distance to the skin": any(
            (beam.skin_distance or 0) >= thresholds.total_skin_distance_mm for beam in beams
        ),
        "skin apposition": "skin_apposition" in setups,
        "a high dose rate technique": any(beam.high_dose_technique == "hdr" for beam in beams),
        "a turning gantry": any(_turns(beam) >= thresholds.arc_degrees for beam in beams),
    }
    return [sign for sign, is_there in signs.items() if is_there]


def _types(beam: TreatmentBeam) -> set[str | None]:
    return {item.term(APPLICATOR_TYPE) for item in beam.applicators}


def _is_limited(beam: TreatmentBeam) -> bool:
    return bool(types := _types(beam)) and types <= LIMITING


def _width(beam: TreatmentBeam) -> float:
    """The wider opening of the jaws, mm; of a beam without jaws, unlimited. Behind a limiting applicator they shape nothing: 0."""
    jaws = beam.collimator.jaws
    return 0.0 if _is_limited(beam) else float(max((jaws[:, 1] - jaws[:, 0]).max(), (jaws[:, 3] - jaws[:, 2]).max()))


def _turns(beam: TreatmentBeam) -> float:
    """Degrees of gantry travel."""
    return float(travel(beam.gantry, beam.turns, np.ones(len(beam.gantry) - 1, dtype=bool)).sum())
