"""One fraction group of a plan, or a plan of one → what its treatment beams are together: technique, isocenters, machine.

A group is a phase of its own: which beams give dose, and to how much, is said by it alone (PS3.3 C.8.8.13). Called by
`read_plan` for each; what it states is of the subject the plan reader has set.
"""

from dataclasses import dataclass

from beamclaim.ingest.assertions import ValuePlace
from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.ingest.dicom.object import SOP_INSTANCE
from beamclaim.ingest.dicom.plan.beam import TreatmentBeam
from beamclaim.ingest.dicom.plan.header import GEOMETRY, read_setups
from beamclaim.ingest.dicom.plan.isocenters import isocenters
from beamclaim.ingest.dicom.plan.machine import state_beams
from beamclaim.ingest.dicom.plan.plan_technique import BeamReading, plan_technique
from beamclaim.ingest.dicom.plan.prescription import BRACHY_COUNT, Prescription, state_prescription
from beamclaim.ingest.dicom.plan.technique import Technique
from beamclaim.model.thresholds import Thresholds

BRACHY_SETUPS = 0x300A0230


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
        if (doubt := self._doubt) and (count != 1 or self._gap):
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
        technique = plan_technique(
            reads,
            self._thresholds,
            gap=self._gap,
            has_patient_geometry=self._root.term(GEOMETRY) == "patient",
            may_be_stereotactic=self._phase.may_be_stereotactic(self._thresholds),
            setups=setups,
        )
        at: ValuePlace = self._place if self._plan.beams else self._root.at(SOP_INSTANCE)
        planning.add("technique", technique.value, at=at, reason=technique.reason, settled_by=technique.who)
        for name, value in (
            ("technique_family", technique.family),
            ("technique_if_targets", technique.if_targets),
            ("technique_if_not_stereotactic", technique.if_not_stereotactic),
        ):
            if value is not None:
                planning.add(name, value, at=at, reason=technique.reason)
