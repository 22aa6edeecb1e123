"""Writes treatment records of synthetic plans: each beam of the plan given, as much of it as is asked for."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import generate_uid

from beamclaim.synthetic.dicom.plan_parts import of
from beamclaim.synthetic.dicom.records import Session, session_record

MINUTE = timedelta(minutes=1)


def treatment(
    plan: Dataset,
    at: datetime,
    fraction: int,
    *,
    beams: Collection[int] = (),
    share: float = 1.0,
    export: int = 1,
    is_held: bool = False,
    **elements: Any,
) -> Dataset:
    """A record of a fraction of a plan, two minutes a beam; `beams` the numbers given (all), `share` of their meterset.

    `export` tells exports of one delivery apart: other UIDs, the same content. `is_held`: the gating system held the beam.
    """
    (group,) = plan.FractionGroupSequence
    metersets = {r.ReferencedBeamNumber: float(r.BeamMeterset) for r in group.ReferencedBeamSequence}
    beams_given = [b for b in plan.BeamSequence if b.BeamNumber in (beams or metersets)]
    session = Session(
        beams=len(beams_given), began=at, fraction=fraction, fractions_planned=int(group.NumberOfFractionsPlanned)
    )
    record = session_record(session)
    record.SOPInstanceUID = generate_uid(entropy_srcs=[plan.SOPInstanceUID, str(at), str(fraction), str(export)])
    record.ReferencedRTPlanSequence[0].ReferencedSOPInstanceUID = plan.SOPInstanceUID
    for name in ("PatientID", "PatientBirthDate", "PatientSex", "FrameOfReferenceUID"):
        setattr(record, name, plan[name].value)
    record.TreatmentMachineSequence[0].TreatmentMachineName = beams_given[0].TreatmentMachineName
    for row, beam in zip(record.TreatmentSessionBeamSequence, beams_given, strict=True):
        row.ReferencedBeamNumber, row.BeamName = beam.BeamNumber, beam.BeamName
        row.RadiationType, row.BeamType = beam.RadiationType, beam.BeamType
        row.SpecifiedPrimaryMeterset = metersets[beam.BeamNumber]
        row.DeliveredPrimaryMeterset = round(metersets[beam.BeamNumber] * share, 3)
        if share < 1:
            row.TreatmentTerminationStatus = "OPERATOR"
        if is_held:
            stop = of(BeamHoldTransition="HOLD", BeamHoldTransitionDateTime=at.strftime("%Y%m%d%H%M%S"))
            row.GatingBeamHoldTransitionSequence = Sequence([stop])
    for keyword, value in elements.items():
        setattr(record, keyword, value)
    return record
