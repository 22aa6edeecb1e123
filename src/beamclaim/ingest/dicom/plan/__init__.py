"""RT Plans and RT Ion Plans (PS3.3 A.20, A.49): what is planned, by which technique, approved by whom.

Statements about the plan (key: its SOP Instance UID; paths as `(300A,0070)[0].(300A,0078)`). Of a plan with several
fraction groups, what belongs to one of them has the key `UID/NUMBER`: each is a phase of its own.

| name | meaning |
| --- | --- |
| technique | word of the course form; null: unknown, with reason and who can settle it |
| technique_family | imrt, 3d_or_2d, electron; ion plans: pencil_beam, uniform_scanning, scattering |
| technique_if_targets | the technique once a structure set with targets and a dose grid of this plan are shown |
| technique_if_not_stereotactic | the technique once stereotactic treatment is excluded |
| technique_measures | one for each treatment beam: what it alone is and the numbers that told it |
| modality, energy_mv, energy_mev, fields, compensator, blocks, machine_kind, proton_level | of the treatment beams |
| isocenters | counted at two distances that must agree |
| fraction_group | its number; stated where there are several |
| fractions_planned | of one group |
| fractions_per_day | most in a day of the fraction pattern |
| dose_gy, dose_per_fraction_gy, target_dose_gy, beam_dose_gy, dose_reference | total of the plan or the group; of each target … |
| approval_status, approved_by, approved_on, approved_at | as the file was made; by, on and at only when approved |
| label, plan_name, planned_on, geometry, intent, is_clinical, site, treatment_protocols | header |
| prescription_description, manufacturer, model, frame_of_reference, private_sop_class | header |
| structure_set, predecessor, prior, alternative, verified_plan, concurrent, related_plan | UIDs of other objects |
| setup_technique, motion_management, motion_signal | patient setups of treatment beams: intent, never delivery |
| leaf_order | `pairwise`: the leaves were written in another order and put right |
| out_of_scope | `brachytherapy`: never an external delivery |

About the patient (key: patient id): id, birth_date, sex. Spans are those of the value, or of the sequence a fact was
worked out from; in deflated files, of the whole file.
"""

from collections.abc import Sequence

from beamclaim.ingest.assertions import Subject
from beamclaim.ingest.dicom.dataset import quiet
from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.ingest.dicom.object import PlanningObject
from beamclaim.ingest.dicom.plan import beam as beams
from beamclaim.ingest.dicom.plan.approval import read_approval
from beamclaim.ingest.dicom.plan.beam import TreatmentBeam, read_beam
from beamclaim.ingest.dicom.plan.header import read_header, read_patient, read_references
from beamclaim.ingest.dicom.plan.machine import modality_of
from beamclaim.ingest.dicom.plan.phase import PlanBeams, is_doubtful, state_phase
from beamclaim.ingest.dicom.plan.prescription import GROUP_NUMBER, Prescription, read_prescription
from beamclaim.ingest.dicom.plan.technique import Technique, technique_of
from beamclaim.ingest.dicom.record import UNITS
from beamclaim.model.tables.evidence import Beam, Evidence
from beamclaim.model.thresholds import Thresholds

MOST_BEAMS = 500
"""Beams of a plan that are read."""
MOST_POSITIONS = 4_000_000
"""Collimator positions of a plan that are kept, those carried forward included; a large plan has a million."""


def read_plan(data: bytes, file: int, thresholds: Thresholds) -> Evidence:
    """The plan of a file: assertions about it and its patient, a row of `beams` for each beam and fraction group.

    Raises InputError when the bytes are no DICOM dataset; all else that is wrong is a fault.
    """
    with quiet():
        planning = PlanningObject(data, file, "dicom_plan", "plan")
        root = planning.top
        read_patient(root)
        read_header(root)
        read_references(root)
        read_approval(root)
        prescription = read_prescription(root)
        plan_beams = _beams(root, prescription, thresholds)
        for beam in plan_beams.beams:
            _add_rows(root, beam, plan_beams.techniques[id(beam)], prescription, plan_beams.beams)
        plan = planning.subject
        for phase in prescription.phases():
            if prescription.is_phased:
                group = phase.groups[0]
                planning.subject = Subject("plan", f"{plan.key}/{group.number}")
                planning.add("fraction_group", str(group.number), at=group.item.at(GROUP_NUMBER))
            state_phase(root, plan_beams, phase, thresholds)
        planning.subject = plan
        return planning.recorder.evidence


def _beams(root: DicomItem, prescription: Prescription, thresholds: Thresholds) -> PlanBeams:
    """The beams of the file, each with its technique; what is wrong with them as a whole is a fault."""
    is_ion = not root.has(beams.BEAMS) and root.has(beams.ION_BEAMS)
    tag = beams.ION_BEAMS if is_ion else beams.BEAMS
    items = [*root.items(tag)]
    if len(items) > MOST_BEAMS:
        root.fault(tag, expected=f"at most {MOST_BEAMS} beams", found=f"{len(items)} beams", kind="count")
    read: list[TreatmentBeam] = []
    room = MOST_POSITIONS
    for item in items[:MOST_BEAMS]:
        beam = read_beam(item, thresholds, is_ion=is_ion, room=room)
        room -= beam.collimator.positions
        read.append(beam)
        item.need(beams.NUMBER, "a beam number")
        item.need(beams.TYPE, "STATIC or DYNAMIC")
    numbers = [beam.number for beam in read]
    gap: str | None = None
    if len(items) > MOST_BEAMS or None in numbers or len(set(numbers)) < len(numbers):
        gap = "the plan names beams that the file does not hold"
    elif root.object.broken_items or ((sequence := root.elements.get(tag)) and sequence.is_cut):
        gap = "the beams of the file, or what names them, are broken"
    if len(set(numbers)) < len(numbers):
        root.fault(tag, expected="beams of different numbers", found="a number twice or none")
    for number in sorted({n for group in prescription.groups for n in group.metersets} - set(numbers)):
        expected = f"beam {number}, which a fraction group names"
        root.fault(tag, expected=expected, found="no such beam", kind="missing")
    techniques = {id(beam): technique_of(beam, thresholds, is_ion=is_ion) for beam in read}
    return PlanBeams(tag, is_ion, tuple(read), techniques, gap)


def _add_rows(
    root: DicomItem,
    beam: TreatmentBeam,
    technique: Technique,
    prescription: Prescription,
    others: Sequence[TreatmentBeam],
) -> None:
    """A row of `beams` for each group that names the beam; one without a group where none does."""
    planning, at = root.object, beam.item.place
    x, y, z = beam.isocenter or (None, None, None)
    groups = [(g.number, g.metersets[beam.number]) for g in prescription.groups if beam.number in g.metersets]
    if not groups and prescription.groups and not beam.is_imaging:
        planning.fault("missing", at=at, expected="a fraction group that names the beam", found="none")
    for group, meterset in groups or [(None, None)]:
        does: bool | None = not beam.is_imaging and meterset != 0
        if does and is_doubtful(beam, meterset, others):
            does = None
        planning.recorder.evidence.beams.append(
            Beam(
                planning.recorder.file, at.start, at.end, None, at.path, planning.subject.key, group, beam.number,
                beam.item.long_text(beams.NAME), does if groups or beam.is_imaging else None, meterset,
                modality_of(beam), technique.word, x, y, z, beam.item.long_text(beams.MACHINE),
                beam.item.word(beams.UNIT, UNITS),
            )
        )  # fmt: skip
