"""What a plan's treatment beams share: modality, energy, number of fields, blocks, machine.

Energies are MV for photons and MeV for particles (PS3.3 C.8.8.14, Nominal Beam Energy).
"""

from collections.abc import Sequence

from beamclaim.ingest.dicom.plan.beam import TreatmentBeam
from beamclaim.ingest.dicom.plan.header import MANUFACTURER, MODEL
from beamclaim.ingest.dicom.witness import Witness

MODALITIES = frozenset({"photon", "electron", "proton", "neutron", "ion"})
KINDS = {"cyberknife": "robotic_linac", "gamma knife": "multi_source_cobalt", "gammaknife": "multi_source_cobalt"}
"""Names of machines that make nothing else, in words of the course form."""

_LOWEST_MV, _HIGHEST_MV = 1.0, 50.0


def modality_of(beam: TreatmentBeam) -> str | None:
    """The modality of a beam; None for photons of an energy that may be kilovolts."""
    if beam.radiation == "photon" and beam.energy is not None and not _LOWEST_MV <= beam.energy <= _HIGHEST_MV:
        return None
    return beam.radiation if beam.radiation in MODALITIES else None


def state_beams(witness: Witness, beams: Sequence[TreatmentBeam], *, path: str, doubt: str | None) -> None:
    """States modality, energy, fields, blocks, compensator and machine kind of the treatment beams at a path.

    `doubt`: why they are not the beams of one fraction; what only one fraction can say is unknown then.
    """
    if not beams:
        return
    kinds = {modality_of(beam) for beam in beams}
    if doubt:
        witness.say("fields", None, path, doubt, "dosimetrist")
    else:
        witness.say("fields", str(len(beams)), path, "treatment beams of the plan")
    if len(kinds) == 1 and None not in kinds:
        (kind,) = kinds
        witness.say("modality", kind, path, "Radiation Type of every treatment beam")
    elif kinds == {"photon", "electron"} and not doubt:
        witness.say("modality", "mixed", path, "photon and electron beams in one plan")
    else:
        reason = doubt or "not every treatment beam says a radiation type and energy that are known"
        witness.say("modality", None, path, reason, "physicist")
    for modality, name in (("photon", "energy_mv"), ("electron", "energy_mev")):
        energies = sorted({beam.energy for beam in beams if modality_of(beam) == modality and beam.energy})
        if len(energies) == 1:
            witness.say(name, f"{energies[0]:g}", path, f"Nominal Beam Energy of every {modality} beam")
        elif energies:
            said = ", ".join(f"{energy:g}" for energy in energies)
            witness.say(name, None, path, f"beams of several energies: {said}", "physicist")
    _devices(witness, beams, path)
    if "proton" in kinds:
        witness.say("machine_kind", "proton", path, "proton beams")
        witness.say("proton_level", None, path, "the level of proton delivery is no part of a plan", "physician")
        return
    for beam in beams:
        makers = f"{beam.item.text(MANUFACTURER) or ''} {beam.item.text(MODEL) or ''}".lower()
        for name, machine in KINDS.items():
            if name in makers:
                witness.say("machine_kind", machine, beam.item.at(MODEL), "the machine's own name")
                return


def _devices(witness: Witness, beams: Sequence[TreatmentBeam], path: str) -> None:
    given = [beam.has_compensator for beam in beams]
    if any(given):
        witness.say("compensator", "true", path, "a treatment beam has a compensator")
    elif None not in given:
        witness.say("compensator", "false", path, "Number of Compensators is 0 on every treatment beam")
    blocks = [beam.blocks for beam in beams]
    if any(blocks):
        witness.say("blocks", None, path, "blocks are there; simple or custom is not in the file", "physicist")
    elif None not in blocks:
        if any(beam.collimator.layers for beam in beams):
            reason = "no blocks, but leaves shape the fields; what they count as is the payer's to say"
            witness.say("blocks", None, path, reason, "coder")
        else:
            witness.say("blocks", "none", path, "Number of Blocks is 0 on every treatment beam and there are no leaves")
