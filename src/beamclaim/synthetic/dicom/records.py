"""Writes synthetic treatment records, sessions and summaries: seeded, conformant, of no patient.

The datasets are complete objects of PS3.3 A.29, A.31 and A.50; `written` gives their bytes in any
of the five encodings, with defined or undefined lengths.
"""

import random
import zlib
from datetime import date, datetime, timedelta
from typing import NamedTuple

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset, write_file_meta_info
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RTBeamsTreatmentRecordStorage,
    RTIonBeamsTreatmentRecordStorage,
    RTTreatmentSummaryRecordStorage,
    generate_uid,
)

SYNTAXES = (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
"""The transfer syntaxes of objects without pixels."""


class Session(NamedTuple):
    """What is treated in one visit, and how much of it the record writes down."""

    seed: int = 0
    beams: int = 1
    control_points: int = 2
    leaf_pairs: int = 0
    is_ion: bool = False
    fraction: int = 1
    began: datetime = datetime(2026, 1, 5, 9, 0)
    patient: str = "SYN0001"
    fractions_planned: int = 30


def session_record(session: Session) -> Dataset:
    """A treatment record of one session: every beam given whole, a minute each, a minute apart."""
    kind = RTIonBeamsTreatmentRecordStorage if session.is_ion else RTBeamsTreatmentRecordStorage
    record = _common(session, kind, f"record {session.fraction} {session.began}")
    record.NumberOfFractionsPlanned = session.fractions_planned
    record.ReferencedFractionGroupNumber = 1
    record.PrimaryDosimeterUnit = "MU"
    record.TreatmentMachineSequence = Sequence([_machine()])
    chance = random.Random(session.seed)
    beams = Sequence([_beam(session, number, chance) for number in range(1, session.beams + 1)])
    if session.is_ion:
        record.TreatmentSessionIonBeamSequence = beams
    else:
        record.TreatmentSessionBeamSequence = beams
    return record


def summary_record(session: Session, *, fractions: int, status: str = "ON_TREATMENT") -> Dataset:
    """A treatment summary record: so many fractions delivered, one a day, none broken off."""
    record = _common(session, RTTreatmentSummaryRecordStorage, "summary")
    days = [session.began.date() + timedelta(days=number) for number in range(fractions)]
    record.CurrentTreatmentStatus = status
    record.FirstTreatmentDate = _day(days[0]) if days else ""
    record.MostRecentTreatmentDate = _day(days[-1]) if days else ""
    group = Dataset()
    group.ReferencedFractionGroupNumber = 1
    group.FractionGroupType = "EXTERNAL_BEAM"
    group.NumberOfFractionsPlanned = session.fractions_planned
    group.NumberOfFractionsDelivered = fractions
    group.FractionStatusSummarySequence = Sequence([_status(n, day) for n, day in enumerate(days, 1)])
    record.FractionGroupSummarySequence = Sequence([group])
    return record


def written(
    dataset: Dataset, syntax: UID = ExplicitVRLittleEndian, *, undefined_lengths: bool = False, meta: bool = True
) -> bytes:
    """The bytes of a file; without `meta`, of a dataset alone, as old archives keep it."""
    for holder in (dataset, *_items(dataset)):
        holder.is_undefined_length_sequence_item = undefined_lengths
        for tag in _sequences(holder):
            holder[tag].is_undefined_length = undefined_lengths
    body = DicomBytesIO()
    body.is_implicit_VR, body.is_little_endian = syntax.is_implicit_VR, syntax.is_little_endian
    write_dataset(body, dataset)
    content: bytes = body.getvalue()
    if not meta:
        return content
    head = FileMetaDataset()
    head.MediaStorageSOPClassUID = dataset.SOPClassUID
    head.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["beamclaim"])
    head.TransferSyntaxUID = syntax
    stream = DicomBytesIO()
    write_file_meta_info(stream, head)
    if syntax.is_deflated:
        squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        content = squeeze.compress(content) + squeeze.flush()
    return b"\0" * 128 + b"DICM" + stream.getvalue() + content


def _sequences(holder: Dataset) -> list[BaseTag]:
    """Tags of the sequences; iterating over the dataset itself would decode elements set as raw bytes."""
    return [tag for tag in sorted(holder.keys()) if getattr(holder.get_item(tag), "VR", None) == "SQ"]


def _items(dataset: Dataset) -> list[Dataset]:
    own = [item for tag in _sequences(dataset) for item in dataset[tag].value]
    return own + [inner for item in own for inner in _items(item)]


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


def _uid(session: Session, name: str) -> str:
    return generate_uid(entropy_srcs=["beamclaim", str(session.seed), name])


def _common(session: Session, kind: UID, name: str) -> Dataset:
    """Patient, study, series, equipment and the general treatment record."""
    record = Dataset()
    record.SpecificCharacterSet = "ISO_IR 192"
    record.InstanceCreationDate = _day(session.began)
    record.SOPClassUID = kind
    record.SOPInstanceUID = _uid(session, name)
    record.StudyDate = _day(session.began)
    record.StudyTime = session.began.strftime("%H%M%S")
    record.AccessionNumber = ""
    record.Modality = "RTRECORD"
    record.Manufacturer = "Beamclaim"
    record.ReferringPhysicianName = ""
    record.OperatorsName = "SYNTHETIC^THERAPIST"
    record.PatientName = "SYNTHETIC^PATIENT"
    record.PatientID = session.patient
    record.PatientBirthDate = "19610402"
    record.PatientSex = "O"
    record.StudyInstanceUID = _uid(session, "study")
    record.SeriesInstanceUID = _uid(session, "series")
    record.StudyID = "1"
    record.SeriesNumber = 1
    record.InstanceNumber = session.fraction
    record.FrameOfReferenceUID = _uid(session, "frame")
    record.PositionReferenceIndicator = ""
    record.TreatmentDate = _day(session.began)
    record.TreatmentTime = session.began.strftime("%H%M%S")
    plan = Dataset()
    plan.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.481.8" if session.is_ion else "1.2.840.10008.5.1.4.1.1.481.5"
    plan.ReferencedSOPInstanceUID = _uid(session, "plan")
    record.ReferencedRTPlanSequence = Sequence([plan])
    return record


def _machine() -> Dataset:
    machine = Dataset()
    machine.TreatmentMachineName = "SYNLINAC1"
    machine.Manufacturer = "Beamclaim"
    machine.InstitutionName = ""
    machine.ManufacturerModelName = ""
    machine.DeviceSerialNumber = ""
    return machine


def _status(number: int, day: date) -> Dataset:
    status = Dataset()
    status.ReferencedFractionNumber = number
    status.TreatmentDate = _day(day)
    status.TreatmentTime = "090000"
    status.TreatmentTerminationStatus = "NORMAL"
    return status


def _beam(session: Session, number: int, chance: random.Random) -> Dataset:
    beam = Dataset()
    beam.ReferencedBeamNumber = number
    beam.BeamName = f"F{number}"
    beam.BeamType = "DYNAMIC" if session.leaf_pairs else "STATIC"
    beam.RadiationType = "PROTON" if session.is_ion else "PHOTON"
    beam.NumberOfWedges = 0
    beam.NumberOfCompensators = 0
    beam.NumberOfBoli = 0
    beam.NumberOfBlocks = 0
    beam.CurrentFractionNumber = session.fraction
    beam.TreatmentDeliveryType = "TREATMENT"
    beam.TreatmentTerminationStatus = "NORMAL"
    beam.TreatmentVerificationStatus = "VERIFIED"
    meterset = round(chance.uniform(20, 200), 3)
    beam.SpecifiedPrimaryMeterset = str(meterset)
    beam.DeliveredPrimaryMeterset = str(meterset)
    beam.NumberOfControlPoints = session.control_points
    pairs = Dataset()
    pairs.RTBeamLimitingDeviceType = "MLCX" if session.leaf_pairs else "ASYMX"
    pairs.NumberOfLeafJawPairs = session.leaf_pairs or 1
    beam.BeamLimitingDeviceLeafPairsSequence = Sequence([pairs])
    points = Sequence([_point(session, number, index, meterset, chance) for index in range(session.control_points)])
    if session.is_ion:
        beam.ScanMode = "MODULATED"
        beam.NumberOfRangeShifters = 0
        beam.NumberOfLateralSpreadingDevices = 0
        beam.NumberOfRangeModulators = 0
        beam.PatientSupportType = "TABLE"
        beam.IonControlPointDeliverySequence = points
    else:
        beam.ControlPointDeliverySequence = points
    return beam


def _point(session: Session, number: int, index: int, meterset: float, chance: random.Random) -> Dataset:
    share = index / max(session.control_points - 1, 1)
    at = session.began + timedelta(minutes=2 * (number - 1), seconds=60 * share)
    point = Dataset()
    point.ReferencedControlPointIndex = index
    point.TreatmentControlPointDate = _day(at)
    point.TreatmentControlPointTime = at.strftime("%H%M%S.%f")
    point.SpecifiedMeterset = f"{meterset * share:.3f}"
    point.DeliveredMeterset = f"{meterset * share:.3f}"
    point.DoseRateSet = "600"
    point.DoseRateDelivered = "600"
    if index == 0:
        point.NominalBeamEnergy = "6"
        point.GantryAngle = str(30 * number)
        point.GantryRotationDirection = "NONE"
        point.BeamLimitingDeviceAngle = "0"
        point.BeamLimitingDeviceRotationDirection = "NONE"
        point.PatientSupportAngle = "0"
        point.PatientSupportRotationDirection = "NONE"
        point.TableTopVerticalPosition = "-120.5"
        point.TableTopLongitudinalPosition = "800"
        point.TableTopLateralPosition = "12.25"
    if session.leaf_pairs or index == 0:
        device = Dataset()
        device.RTBeamLimitingDeviceType = "MLCX" if session.leaf_pairs else "ASYMX"
        pairs = session.leaf_pairs or 1
        device.LeafJawPositions = [f"{side * chance.uniform(5, 50):.2f}" for side in (-1, 1) for _ in range(pairs)]
        point.BeamLimitingDevicePositionSequence = Sequence([device])
    return point
