"""One fraction group of a plan, or a plan of one → what its treatment beams are together: technique, isocenters, machine.

A group is a phase of its own: which beams give dose, and to how much, is said by it alone (PS3.3 C.8.8.13). Called by
`read_plan` for each; what it states is of the subject the plan reader has set.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from beamclaim.ingest.assertions import ValuePlace
from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.ingest.dicom.object import SOP_INSTANCE
from beamclaim.ingest.dicom.plan.beam import TreatmentBeam
from beamclaim.ingest.dicom.plan.header import GEOMETRY, read_setups
from beamclaim.ingest.dicom.plan.isocenters import isocenters
from beamclaim.ingest.dicom.plan.machine import is_kilovoltage, state_beams
from beamclaim.ingest.dicom.plan.plan_technique import BeamReading, PlanTechnique, plan_technique
from beamclaim.ingest.dicom.plan.prescription import BRACHY_COUNT, Prescription, state_prescription
from beamclaim.ingest.dicom.plan.technique import Technique
from beamclaim.model.thresholds import Thresholds

BRACHY_SETUPS = 0x300A0230
_MAY_BE_IMAGES = (
    "a beam has neither type nor meterset, or kilovolts beside megavolts: it may be an image and no treatment"
)


@dataclass(frozen=True, slots=True)
class PlanBeams:
    """The beams of a plan's file: the sequence they stand in, their techniques by identity, why they may not be all (`gap`)."""

    tag: int
    is_ion: bool
    beams: tuple[TreatmentBeam, ...]
    techniques: dict[int, Technique]
    gap: str | None


def state_phase(root: DicomItem, plan: PlanBeams, phase: Prescription, thresholds: Thresholds) -> None:
    """States what one phase prescribes and all that follows from its beams."""
    state_prescription(root, phase, thresholds)
    is_brachytherapy = _state_brachytherapy(root, phase)
    if is_brachytherapy and not (plan.beams and any(group.metersets for group in phase.groups or ())):
        return
    _PhaseBeams(root, plan, phase, thresholds).state()


def _state_brachytherapy(root: DicomItem, phase: Prescription) -> bool:
    """Whether sources are applied: the group counts setups, or there are setups and it names no beam."""
    counted = [group.item for group in phase.groups if group.item.integer(BRACHY_COUNT)]
    has_setups = root.first(BRACHY_SETUPS) is not None and not any(group.metersets for group in phase.groups)
    if not counted and not has_setups:
        return False
    at = root.at(BRACHY_SETUPS) if root.has(BRACHY_SETUPS) else counted[0].at(BRACHY_COUNT)
    root.object.add("out_of_scope", "brachytherapy", at=at, reason="sources in the body are no external delivery")
    return True


def is_doubtful(beam: TreatmentBeam, meterset: float | None, others: Sequence[TreatmentBeam]) -> bool:
    """Whether nothing calls a beam a treatment: neither type nor meterset, or kilovolts beside beams of megavolts.

    Treatment Delivery Type and Beam Meterset are both optional (PS3.3 C.8.8.14, C.8.8.13).
    """
    is_unnamed = beam.delivery is None and meterset is None
    is_image = is_kilovoltage(beam) and any(not is_kilovoltage(other) and not other.is_imaging for other in others)
    return not beam.is_imaging and (is_unnamed or is_image)


class _PhaseBeams:
    """The treatment beams of one phase."""

    def __init__(self, root: DicomItem, plan: PlanBeams, phase: Prescription, thresholds: Thresholds) -> None:
        self._root, self._planning, self._thresholds = root, root.object, thresholds
        self._plan, self._phase, self._place = plan, phase, root.at(plan.tag)
        numbers = {beam.number for beam in plan.beams}
        lacks = any(not group.metersets.keys() <= numbers for group in phase.groups)
        self._gap = plan.gap or ("the plan names beams that the file does not hold" if lacks else None)
        """Why the beams are not all of the phase's."""
        self._treating = [beam for beam in plan.beams if self._treats(beam)]
        self._sure = [b for b in self._treating if not is_doubtful(b, self._meterset(b), plan.beams)]

    def state(self) -> None:
        """States everything that follows from the beams."""
        if not self._plan.beams:
            self._root.fault(self._plan.tag, expected="a beam", found="none", kind="missing")
        reads = [BeamReading(b, self._plan.techniques[id(b)], self._meterset(b)) for b in self._treating]
        used = frozenset(beam.setup for beam in self._treating if beam.setup is not None)
        setups = read_setups(self._root, used)
        state_beams(self._planning, self._treating, at=self._place, doubt=self._doubt, gap=self._gap)
        for read in reads:
            measures = f"beam={read.beam.number};technique={read.technique.word};{read.technique.measures}".rstrip(";")
            self._planning.add("technique_measures", measures, at=read.beam.item.place, reason=read.technique.reason)
            if any(layer.is_reordered for layer in read.beam.collimator.layers):
                reason = "leaves were written pair by pair and are put into the standard's order"
                self._planning.add("leaf_order", "pairwise", at=read.beam.item.place, reason=reason)
        self._isocenters()
        self._technique(reads, setups)

    @property
    def _doubt(self) -> str | None:
        """Why what the treatment beams share is not what one fraction has."""
        if not self._gap and len(self._sure) < len(self._treating):
            return _MAY_BE_IMAGES
        is_mixed = len({frozenset(group.metersets) for group in self._phase.groups}) > 1
        return self._gap or ("fraction groups without numbers of their own have different beams" if is_mixed else None)

    def _metersets(self, beam: TreatmentBeam) -> list[float | None]:
        return [g.metersets[beam.number] for g in self._phase.groups if beam.number in g.metersets]

    def _meterset(self, beam: TreatmentBeam) -> float | None:
        metersets = [meterset for meterset in self._metersets(beam) if meterset is not None]
        return sum(metersets) if metersets else None

    def _treats(self, beam: TreatmentBeam) -> bool:
        """True for beams that give dose: no setup beam, no port film, no meterset of 0."""
        metersets = self._metersets(beam)
        is_named = bool(metersets) or not self._phase.groups
        return is_named and not beam.is_imaging and (not metersets or any(meterset != 0 for meterset in metersets))

    def _isocenters(self) -> None:
        if not self._treating:
            return
        count, reason = isocenters([beam.isocenter for beam in self._treating], self._thresholds)
        is_known = not self._sure or count == isocenters([b.isocenter for b in self._sure], self._thresholds)[0]
        if len(self._sure) < len(self._treating) and count and (not is_known or (not self._sure and count > 1)):
            count, reason = None, _MAY_BE_IMAGES
        elif (doubt := self._doubt) and (count != 1 or self._gap):
            count, reason = None, doubt
        who = None if count else "physicist"
        value = str(count) if count else None
        self._planning.add("isocenters", value, at=self._place, reason=reason, settled_by=who)

    def _technique(self, reads: list[BeamReading], setups: frozenset[str]) -> None:
        planning = self._planning
        if self._plan.is_ion:
            words = {read.technique.word for read in reads}
            if len(words) == 1 and words != {"unknown"}:
                reason = "Scan Mode of every treatment beam"
                planning.add("technique_family", words.pop(), at=self._place, reason=reason)
            return
        technique = self._told(reads, setups)
        sure_beams = {id(beam) for beam in self._sure}
        sure = [read for read in reads if id(read.beam) in sure_beams]
        if len(sure) < len(reads) and technique.value is not None:
            # Every part of the beams that may be the treatment must say the same.
            others = [self._told(part, setups) for part in ([sure] if sure else [[read] for read in reads])]
            if any(other.value != technique.value for other in others):
                technique = PlanTechnique(None, _MAY_BE_IMAGES, "physicist", technique.family)
        at: ValuePlace = self._place if self._plan.beams else self._root.at(SOP_INSTANCE)
        planning.add("technique", technique.value, at=at, reason=technique.reason, settled_by=technique.who)
        for name, value in (
            ("technique_family", technique.family),
            ("technique_if_targets", technique.if_targets),
            ("technique_if_not_stereotactic", technique.if_not_stereotactic),
        ):
            if value is not None:
                planning.add(name, value, at=at, reason=technique.reason)

    def _told(self, reads: Sequence[BeamReading], setups: frozenset[str]) -> PlanTechnique:
        return plan_technique(
            reads,
            self._thresholds,
            gap=self._gap,
            has_patient_geometry=self._root.term(GEOMETRY) == "patient",
            may_be_stereotactic=self._phase.may_be_stereotactic(self._thresholds),
            setups=setups,
        )
