"""What a plan's treatment beams share: modality, energy, number of fields, blocks, machine.

Energies are MV for photons and MeV for particles (PS3.3 C.8.8.14, Nominal Beam Energy).
"""

from collections.abc import Sequence

from beamclaim.ingest.assertions import ValuePlace
from beamclaim.ingest.dicom.object import DicomObject
from beamclaim.ingest.dicom.plan.beam import TreatmentBeam
from beamclaim.ingest.dicom.plan.header import MANUFACTURER, MODEL
from beamclaim.model.value_sets import BEAM_MODALITIES, MIXED_OF

KINDS = {"cyberknife": "robotic_linac", "gamma knife": "multi_source_cobalt", "gammaknife": "multi_source_cobalt"}
"""Names of machines that make nothing else, in words of the course form."""

_LOWEST_MV, _HIGHEST_MV = 1.0, 50.0


def modality_of(beam: TreatmentBeam) -> str | None:
    """The modality of a beam; None for photons of an energy that may be kilovolts."""
    if is_kilovoltage(beam):
        return None
    return beam.radiation if beam.radiation in BEAM_MODALITIES else None


def is_kilovoltage(beam: TreatmentBeam) -> bool:
    """Photons of an energy that may be kilovolts."""
    return beam.radiation == "photon" and beam.energy is not None and not _LOWEST_MV <= beam.energy <= _HIGHEST_MV


def state_beams(
    planning: DicomObject, beams: Sequence[TreatmentBeam], *, at: ValuePlace, doubt: str | None, gap: str | None
) -> None:
    """States modality, energy, fields, blocks, compensator and machine kind of the treatment beams at a path.

    `doubt`: why they are not the beams of one fraction; what only one fraction can say is unknown then.
    `gap`: why they are not all of the plan's; what every beam must share is unknown then.
    """
    if not beams:
        return
    kinds = {modality_of(beam) for beam in beams}
    if doubt:
        planning.add("fields", None, at=at, reason=doubt, settled_by="dosimetrist")
    else:
        planning.add("fields", str(len(beams)), at=at, reason="treatment beams of the plan")
    if len(kinds) == 1 and None not in kinds and not gap:
        (kind,) = kinds
        planning.add("modality", kind, at=at, reason="Radiation Type of every treatment beam")
    elif kinds == MIXED_OF and not doubt:
        planning.add("modality", "mixed", at=at, reason="photon and electron beams in one plan")
    else:
        reason = doubt or "not every treatment beam says a radiation type and energy that are known"
        planning.add("modality", None, at=at, reason=reason, settled_by="physicist")
    for modality, name in (("photon", "energy_mv"), ("electron", "energy_mev")):
        energies = sorted({beam.energy for beam in beams if modality_of(beam) == modality and beam.energy})
        if len(energies) == 1:
            planning.add(name, f"{energies[0]:g}", at=at, reason=f"Nominal Beam Energy of every {modality} beam")
        elif energies:
            listed = ", ".join(f"{energy:g}" for energy in energies)
            planning.add(name, None, at=at, reason=f"beams of several energies: {listed}", settled_by="physicist")
    _devices(planning, beams, at, gap)
    if "proton" in kinds:
        planning.add("machine_kind", "proton", at=at, reason="proton beams")
        planning.add(
            "proton_level",
            None,
            at=at,
            reason="the level of proton delivery is no part of a plan",
            settled_by="physician",
        )
        return
    for beam in beams:
        makers = f"{beam.item.long_text(MANUFACTURER) or ''} {beam.item.long_text(MODEL) or ''}".lower()
        for name, machine in KINDS.items():
            if name in makers:
                planning.add("machine_kind", machine, at=beam.item.at(MODEL), reason="the machine's own name")
                return


def _devices(planning: DicomObject, beams: Sequence[TreatmentBeam], at: ValuePlace, gap: str | None) -> None:
    compensators = [beam.has_compensator for beam in beams]
    if any(compensators):
        planning.add("compensator", "true", at=at, reason="a treatment beam has a compensator")
    elif None not in compensators and not gap:
        planning.add("compensator", "false", at=at, reason="Number of Compensators is 0 on every treatment beam")
    blocks = [beam.blocks for beam in beams]
    if any(blocks):
        planning.add(
            "blocks",
            None,
            at=at,
            reason="blocks are there; simple or custom is not in the file",
            settled_by="physicist",
        )
    elif None not in blocks:
        if gap:
            planning.add("blocks", None, at=at, reason=gap, settled_by="physicist")
        elif any(beam.collimator.layers for beam in beams):
            reason = "no blocks, but leaves shape the fields; what they count as is the payer's to say"
            planning.add("blocks", None, at=at, reason=reason, settled_by="coder")
        else:
            planning.add(
                "blocks", "none", at=at, reason="Number of Blocks is 0 on every treatment beam and there are no leaves"
            )
