"""RT Plans and RT Ion Plans (PS3.3 A.20, A.49): what is planned, by which technique, approved by whom.

Statements about the plan (key: its SOP Instance UID; paths as `(300A,0070)[0].(300A,0078)`):

| name | meaning |
| --- | --- |
| technique | word of the course form; null: unknown, with reason and who can settle it |
| technique_family | imrt, 3d_or_2d, electron; ion plans: pencil_beam, uniform_scanning, scattering |
| technique_if_targets | the technique once a structure set with targets and a dose grid of this plan are shown |
| technique_if_not_stereotactic | the technique once stereotactic treatment is excluded |
| technique_measures | one for each treatment beam: what it alone is and the numbers that told it |
| modality, energy_mv, energy_mev, fields, compensator, blocks, machine_kind, proton_level | of the treatment beams |
| isocenters | counted at two distances that must agree |
| fractions_planned, fractions_planned_of_group | of one group; of each of several, never summed |
| fractions_per_day | most in a day of the fraction pattern |
| dose_gy, dose_per_fraction_gy, target_dose_gy, beam_dose_gy, dose_reference | total of the plan; of each target … |
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

from beamclaim.ingest.dicom.dataset import quiet
from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.ingest.dicom.object import SOP_INSTANCE, PlanningObject
from beamclaim.ingest.dicom.plan import beam as beams
from beamclaim.ingest.dicom.plan.approval import read_approval
from beamclaim.ingest.dicom.plan.beam import TreatmentBeam, read_beam
from beamclaim.ingest.dicom.plan.header import GEOMETRY, read_header, read_patient, read_references, read_setups
from beamclaim.ingest.dicom.plan.isocenters import isocenters
from beamclaim.ingest.dicom.plan.machine import modality_of, state_beams
from beamclaim.ingest.dicom.plan.plan_technique import BeamReading, plan_technique
from beamclaim.ingest.dicom.plan.prescription import BRACHY_COUNT, Prescription, read_prescription
from beamclaim.ingest.dicom.plan.technique import Technique, technique_of
from beamclaim.model.tables.evidence import Beam, Evidence
from beamclaim.model.thresholds import Thresholds

MOST_BEAMS = 500
"""Beams of a plan that are read."""
MOST_POSITIONS = 4_000_000
"""Collimator positions of a plan that are kept, those carried forward included; a large plan has a million."""
BRACHY_SETUPS = 0x300A0230


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
        prescription = read_prescription(root, thresholds)
        _Beams(root, prescription, thresholds).state()
        return planning.recorder.evidence


class _Beams:
    """The beams of a plan against its fraction groups."""

    def __init__(self, root: DicomItem, prescription: Prescription, thresholds: Thresholds) -> None:
        self._root, self._prescription, self._thresholds = root, prescription, thresholds
        self._planning = root.object
        self._is_ion = not root.has(beams.BEAMS) and root.has(beams.ION_BEAMS)
        tag = beams.ION_BEAMS if self._is_ion else beams.BEAMS
        self._tag, self._place = tag, root.at(tag)
        items = [*root.items(tag)]
        if len(items) > MOST_BEAMS:
            root.fault(tag, expected=f"at most {MOST_BEAMS} beams", found=f"{len(items)} beams", kind="count")
        self._beams: list[TreatmentBeam] = []
        room = MOST_POSITIONS
        for item in items[:MOST_BEAMS]:
            beam = read_beam(item, thresholds, is_ion=self._is_ion, room=room)
            room -= beam.collimator.positions
            self._beams.append(beam)
        numbers = [beam.number for beam in self._beams]
        named = {number for group in prescription.groups for number in group.metersets}
        self._gap: str | None = None
        """Why the beams are not all of the plan's."""
        if not named <= set(numbers) or len(items) > MOST_BEAMS or None in numbers:
            self._gap = "the plan names beams that the file does not hold"
        elif root.object.broken_items or ((sequence := root.elements.get(tag)) and sequence.is_cut):
            self._gap = "the beams of the file, or what names them, are broken"
        if len(set(numbers)) < len(numbers):
            root.fault(tag, expected="beams of different numbers", found="a number twice or none")
            self._gap = self._gap or "the plan names beams that the file does not hold"
        for number in sorted(named - set(numbers)):
            expected = f"beam {number}, which a fraction group names"
            root.fault(tag, expected=expected, found="no such beam", kind="missing")

    def state(self) -> None:
        """States everything that follows from the beams."""
        if self._is_brachytherapy():
            return
        if not self._beams:
            self._root.fault(self._tag, expected="a beam", found="none", kind="missing")
        techniques = {id(beam): technique_of(beam, self._thresholds, is_ion=self._is_ion) for beam in self._beams}
        treating = [beam for beam in self._beams if self._treats(beam)]
        for beam in self._beams:
            self._need(beam.item)
            self._rows(beam, techniques[id(beam)])
        reads = [BeamReading(beam, techniques[id(beam)], self._meterset(beam)) for beam in treating]
        setups = read_setups(self._root, frozenset(beam.setup for beam in treating if beam.setup is not None))
        state_beams(self._planning, treating, at=self._place, doubt=self._doubt(treating), gap=self._gap)
        for read in reads:
            measures = f"beam={read.beam.number};technique={read.technique.word};{read.technique.measures}".rstrip(";")
            self._planning.add("technique_measures", measures, at=read.beam.item.place, reason=read.technique.reason)
            if any(layer.is_reordered for layer in read.beam.collimator.layers):
                reason = "leaves were written pair by pair and are put into the standard's order"
                self._planning.add("leaf_order", "pairwise", at=read.beam.item.place, reason=reason)
        self._isocenters(treating)
        self._technique(reads, setups)

    def _doubt(self, treating: list[TreatmentBeam]) -> str | None:
        """Why what the treatment beams share is not what one fraction has."""
        if self._gap:
            return self._gap
        numbers = {beam.number for beam in treating}
        groups = {frozenset(numbers & set(group.metersets)) for group in self._prescription.groups}
        return "fraction groups have different beams" if len(groups) > 1 else None

    def _is_brachytherapy(self) -> bool:
        groups = [group.item for group in self._prescription.groups if group.item.integer(BRACHY_COUNT)]
        if self._root.first(BRACHY_SETUPS) is None and not groups:
            return False
        at = self._root.at(BRACHY_SETUPS) if self._root.has(BRACHY_SETUPS) else groups[0].at(BRACHY_COUNT)
        self._planning.add(
            "out_of_scope", "brachytherapy", at=at, reason="sources in the body are no external delivery"
        )
        return not self._beams

    def _need(self, item: DicomItem) -> None:
        """Type 1 elements a beam must have (PS3.3 C.8.8.14)."""
        item.need(beams.NUMBER, "a beam number")
        item.need(beams.TYPE, "STATIC or DYNAMIC")

    def _metersets(self, beam: TreatmentBeam) -> list[tuple[int | None, float | None]]:
        """Group number and meterset in each group that refers to the beam."""
        groups = self._prescription.groups
        return [(g.number, g.metersets[beam.number]) for g in groups if beam.number in g.metersets]

    def _meterset(self, beam: TreatmentBeam) -> float | None:
        metersets = [meterset for _, meterset in self._metersets(beam) if meterset is not None]
        return sum(metersets) if metersets else None

    def _treats(self, beam: TreatmentBeam) -> bool:
        """True for beams that give dose in a group: no setup beam, no port film, no meterset of 0."""
        metersets = self._metersets(beam)
        is_named = bool(metersets) or not self._prescription.groups
        return is_named and not beam.is_imaging and (not metersets or any(meterset != 0 for _, meterset in metersets))

    def _rows(self, beam: TreatmentBeam, technique: Technique) -> None:
        at = beam.item.place
        x, y, z = beam.isocenter or (None, None, None)
        groups = self._metersets(beam)
        if not groups and self._prescription.groups and not beam.is_imaging:
            expected = "a fraction group that names the beam"
            self._planning.fault("missing", at=at, expected=expected, found="none")
        for group, meterset in groups or [(None, None)]:
            does = not beam.is_imaging and meterset != 0
            self._planning.recorder.evidence.beams.append(
                Beam(
                    self._planning.recorder.file, at.start, at.end, None, at.path, self._planning.subject.key, group, beam.number,
                    beam.item.long_text(beams.NAME), does if groups or beam.is_imaging else None, meterset,
                    modality_of(beam), technique.word, x, y, z, beam.item.long_text(beams.MACHINE),
                )
            )  # fmt: skip

    def _isocenters(self, treating: list[TreatmentBeam]) -> None:
        if not treating:
            return
        count, reason = isocenters([beam.isocenter for beam in treating], self._thresholds)
        if (doubt := self._doubt(treating)) and (count != 1 or self._gap):
            count, reason = None, doubt
        self._planning.add(
            "isocenters",
            str(count) if count else None,
            at=self._place,
            reason=reason,
            settled_by=None if count else "physicist",
        )

    def _technique(self, reads: list[BeamReading], setups: frozenset[str]) -> None:
        planning = self._planning
        if self._is_ion:
            words = {read.technique.word for read in reads}
            if len(words) == 1 and words != {"unknown"}:
                planning.add(
                    "technique_family", words.pop(), at=self._place, reason="Scan Mode of every treatment beam"
                )
            return
        technique = plan_technique(
            reads,
            self._thresholds,
            gap=self._gap,
            has_patient_geometry=self._root.term(GEOMETRY) == "patient",
            may_be_stereotactic=self._prescription.may_be_stereotactic(self._thresholds),
            setups=setups,
        )
        at = self._place if self._beams else self._root.at(SOP_INSTANCE)
        planning.add("technique", technique.value, at=at, reason=technique.reason, settled_by=technique.who)
        for name, value in (
            ("technique_family", technique.family),
            ("technique_if_targets", technique.if_targets),
            ("technique_if_not_stereotactic", technique.if_not_stereotactic),
        ):
            if value is not None:
                planning.add(name, value, at=at, reason=technique.reason)
