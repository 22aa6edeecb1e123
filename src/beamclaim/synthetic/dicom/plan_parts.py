"""Parts that synthetic RT Plans are put together from: datasets by keyword, beams, headers, files."""

import io
from collections.abc import Sequence
from typing import Any

from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence as Items
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

from beamclaim.synthetic.dicom.shapes import BOUNDS, PAIRS, Point

PLAN, ION_PLAN, STRUCTURE_SET = (f"1.2.840.10008.5.1.4.1.1.481.{last}" for last in (5, 8, 3))

Devices = tuple[tuple[str, int, list[float] | None], ...]
LEAVES: Devices = (("ASYMX", 1, None), ("ASYMY", 1, None), ("MLCX", PAIRS, BOUNDS.tolist()))
JAWS: Devices = (("ASYMX", 1, None), ("ASYMY", 1, None))


def of(**elements: Any) -> Dataset:
    """A dataset of elements by keyword; lists of datasets become sequences."""
    dataset = Dataset()
    for keyword, value in elements.items():
        setattr(dataset, keyword, Items(value) if isinstance(value, list) and _is_items(value) else value)
    return dataset


def _is_items(value: list[Any]) -> bool:
    return not value or isinstance(value[0], Dataset)


def beam(
    number: int,
    points: Sequence[Point],
    *,
    radiation: str = "PHOTON",
    kind: str = "STATIC",
    energy: float = 6.0,
    devices: Devices = LEAVES,
    delivery: str = "TREATMENT",
    **elements: Any,
) -> Dataset:
    """A beam of these control points; a point writes only what differs from the one before it."""
    items, before = [], None
    for index, point in enumerate(points):
        item = of(ControlPointIndex=index, CumulativeMetersetWeight=point.weight)
        changed = {d: p for d, p in point.positions.items() if before is None or before.positions.get(d) != p}
        if changed:
            item.BeamLimitingDevicePositionSequence = Items(
                of(RTBeamLimitingDeviceType=d.split("#")[0], LeafJawPositions=[float(each) for each in p])
                for d, p in changed.items()
            )
        if before is None:
            item.NominalBeamEnergy = energy
            for angle, direction in (
                ("BeamLimitingDeviceAngle", "BeamLimitingDeviceRotationDirection"),
                ("PatientSupportAngle", "PatientSupportRotationDirection"),
                ("TableTopEccentricAngle", "TableTopEccentricRotationDirection"),
            ):
                setattr(item, angle, 0.0)
                setattr(item, direction, "NONE")
            item.TableTopVerticalPosition = item.TableTopLongitudinalPosition = item.TableTopLateralPosition = None
        if before is None or point.gantry != before.gantry or point.turn != before.turn:
            item.GantryAngle, item.GantryRotationDirection = point.gantry, point.turn
        if before is None or point.isocenter != before.isocenter:
            item.IsocenterPosition = list(point.isocenter)
        items.append(item)
        before = point
    result = of(
        BeamNumber=number,
        BeamName=f"Field {number}",
        BeamType=kind,
        RadiationType=radiation,
        TreatmentMachineName="LINAC1",
        PrimaryDosimeterUnit="MU",
        SourceAxisDistance=1000.0,
        BeamLimitingDeviceSequence=[
            of(
                RTBeamLimitingDeviceType=d.split("#")[0],
                NumberOfLeafJawPairs=pairs,
                **({"LeafPositionBoundaries": bounds} if bounds else {}),
            )
            for d, pairs, bounds in devices
        ],
        TreatmentDeliveryType=delivery,
        NumberOfWedges=0,
        NumberOfCompensators=0,
        NumberOfBoli=0,
        NumberOfBlocks=0,
        NumberOfControlPoints=len(points),
        ReferencedPatientSetupNumber=1,
        ControlPointSequence=items,
    )
    if points[-1].weight is not None:
        result.FinalCumulativeMetersetWeight = points[-1].weight
    for keyword, value in elements.items():
        setattr(result, keyword, value)
    return result


def header(  # long: an element of the module a line
    beams: Sequence[Dataset],
    *,
    key: str,
    fractions: int = 25,
    dose: float = 50.0,
    geometry: str = "PATIENT",
    metersets: Sequence[float] | None = None,
    setup: str = "ISOCENTRIC",
) -> Dataset:
    """A plan of these beams: one fraction group, one target dose, one patient setup, approved by one reviewer."""
    metersets = metersets or [100.0] * len(beams)
    plan = of(
        SpecificCharacterSet="ISO_IR 100",
        SOPClassUID=PLAN,
        SOPInstanceUID=generate_uid(entropy_srcs=[key]),
        StudyDate="20250110",
        StudyTime="080000",
        AccessionNumber="",
        Modality="RTPLAN",
        Manufacturer="Beamclaim",
        ReferringPhysicianName="",
        OperatorsName="",
        PatientName="Synthetic^Plan",
        PatientID=f"P-{key}",
        PatientBirthDate="19600229",
        PatientSex="O",
        StudyInstanceUID=generate_uid(entropy_srcs=[key, "study"]),
        SeriesInstanceUID=generate_uid(entropy_srcs=[key, "series"]),
        StudyID="1",
        SeriesNumber=1,
        FrameOfReferenceUID=generate_uid(entropy_srcs=[key, "frame"]),
        PositionReferenceIndicator="",
        RTPlanLabel="PLAN 1",
        RTPlanDate="20250110",
        RTPlanTime="081500",
        PlanIntent="CURATIVE",
        RTPlanGeometry=geometry,
        DoseReferenceSequence=[
            of(
                DoseReferenceNumber=1,
                DoseReferenceStructureType="SITE",
                DoseReferenceType="TARGET",
                TargetPrescriptionDose=dose,
            )
        ],
        FractionGroupSequence=[
            of(
                FractionGroupNumber=1,
                NumberOfFractionsPlanned=fractions,
                NumberOfBeams=len(beams),
                NumberOfBrachyApplicationSetups=0,
                ReferencedBeamSequence=[
                    of(
                        BeamDose=round(dose / fractions / len(beams), 4),
                        BeamMeterset=each,
                        ReferencedBeamNumber=b.BeamNumber,
                    )
                    for b, each in zip(beams, metersets, strict=True)
                ],
            )
        ],
        BeamSequence=list(beams),
        PatientSetupSequence=[of(PatientPosition="HFS", PatientSetupNumber=1, SetupTechnique=setup)],
        ApprovalStatus="APPROVED",
        ReviewDate="20250112",
        ReviewTime="101500",
        ReviewerName="Reviewer^One",
    )
    if geometry == "PATIENT":
        plan.ReferencedStructureSetSequence = Items(
            [of(ReferencedSOPClassUID=STRUCTURE_SET, ReferencedSOPInstanceUID=generate_uid(entropy_srcs=[key, "set"]))]
        )
    return plan


def written(dataset: Dataset, *, syntax: UID = ExplicitVRLittleEndian, is_undefined: bool = False) -> bytes:
    """A dataset as a file of a transfer syntax, its sequences of defined or undefined length."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = dataset.SOPClassUID, dataset.SOPInstanceUID
    meta.TransferSyntaxUID = syntax
    dataset.file_meta = meta
    _lengths(dataset, is_undefined)
    stream = io.BytesIO()
    dcmwrite(stream, dataset, enforce_file_format=True)
    return stream.getvalue()


def _lengths(dataset: Dataset, is_undefined: bool) -> None:
    for element in dataset:
        if element.VR == "SQ":
            element.is_undefined_length = is_undefined
            for item in element.value:
                item.is_undefined_length_sequence_item = is_undefined
                _lengths(item, is_undefined)
