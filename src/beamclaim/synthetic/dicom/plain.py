"""What a treatment record says, read with pydicom alone and without haste: the judge of the fast reader.

The same facts as the rows of `deliveries`, of sound records only: no faults, no bytes.
"""

import io
from datetime import date, datetime, time
from typing import Any

import pydicom
from pydicom.dataset import Dataset

Row = dict[str, Any]


def deliveries(data: bytes) -> list[Row]:
    """A row per beam of the record, columns named as `Delivery` names them."""
    record = pydicom.dcmread(io.BytesIO(data), force=True)
    plans = record.get("ReferencedRTPlanSequence") or []
    machines = record.get("TreatmentMachineSequence") or []
    day = _day(record.get("TreatmentDate"))
    shared: Row = {
        "record": str(record.SOPInstanceUID),
        "patient": _text(record.get("PatientID")),
        "birth_date": _day(record.get("PatientBirthDate")),
        "sex": _text(record.get("PatientSex")),
        "plan": _text(plans[0].ReferencedSOPInstanceUID) if plans else None,
        "frame": _text(record.get("FrameOfReferenceUID")),
        "group": _whole(record.get("ReferencedFractionGroupNumber")),
        "fractions_planned": _whole(record.get("NumberOfFractionsPlanned")),
        "machine": _text(machines[0].get("TreatmentMachineName")) if machines else None,
        "operator": _text(record.get("OperatorsName")),
    }
    began = _moment(day, record.get("TreatmentTime"))
    unit = _text(record.get("PrimaryDosimeterUnit"))
    beams = record.get("TreatmentSessionBeamSequence") or record.get("TreatmentSessionIonBeamSequence") or []
    return [{**shared, **_beam(beam, day, began, unit)} for beam in beams]


def _beam(beam: Dataset, day: date | None, began: datetime | None, unit: str | None) -> Row:
    points = beam.get("ControlPointDeliverySequence") or beam.get("IonControlPointDeliverySequence") or []
    first = points[0] if points else Dataset()
    last = points[-1] if len(points) > 1 else Dataset()
    started = _moment(_day(first.get("TreatmentControlPointDate")) or day, first.get("TreatmentControlPointTime"))
    specified = _number(beam.get("SpecifiedPrimaryMeterset"))
    delivered = _number(beam.get("DeliveredPrimaryMeterset"))
    if delivered is None and len(points) > 1:
        delivered = round(float(last.DeliveredMeterset) - float(first.DeliveredMeterset), 6)
        if specified is None:
            specified = round(float(last.SpecifiedMeterset) - float(first.SpecifiedMeterset), 6)
    return {
        "beam": _whole(beam.get("ReferencedBeamNumber")),
        "beam_name": _text(beam.get("BeamName")),
        "fraction": _whole(beam.get("CurrentFractionNumber")),
        "day": day or (started and started.date()),
        "started_at": started or began,
        "ended_at": _moment(_day(last.get("TreatmentControlPointDate")) or day, last.get("TreatmentControlPointTime")),
        "kind": _lower(beam.get("TreatmentDeliveryType")),
        "termination": _lower(beam.get("TreatmentTerminationStatus")),
        "verification": _lower(beam.get("TreatmentVerificationStatus")),
        "specified": specified,
        "delivered": delivered,
        "unit": unit,
        "modality": _lower(beam.get("RadiationType")),
        "table_x": _number(first.get("TableTopLateralPosition")),
        "table_y": _number(first.get("TableTopVerticalPosition")),
        "table_z": _number(first.get("TableTopLongitudinalPosition")),
    }


def _text(value: Any) -> str | None:
    return str(value).strip() or None if value is not None else None


def _lower(value: Any) -> str | None:
    text = _text(value)
    return text.lower() if text else None


def _number(value: Any) -> float | None:
    return None if value in (None, "") else float(value)


def _whole(value: Any) -> int | None:
    return None if value in (None, "") else int(value)


def _day(value: Any) -> date | None:
    return datetime.strptime(str(value), "%Y%m%d").date() if value else None


def _moment(day: date | None, value: Any) -> datetime | None:
    if not day or not value:
        return None
    whole, _, fraction = str(value).strip().partition(".")
    hours, minutes, seconds = (int(whole[n : n + 2] or 0) for n in (0, 2, 4))
    return datetime.combine(day, time(hours, minutes, seconds, int(fraction.ljust(6, "0") or 0)))
