"""RT Doses (PS3.3 A.18): that a dose was calculated, of what, for which plan. Doses themselves are never read.

Statements about the dose (key: its SOP Instance UID):

| name | meaning |
| --- | --- |
| dicom_plan | SOP Instance UID of the plan it was calculated for |
| fraction_group | number of the one fraction group it is the dose of |
| has_dose_grid | true: a grid of several planes; false: one plane; null: it cannot be told |
| dose_kind | physical, effective or error (Dose Type) |
| dose_summation | plan, fraction, beam … (Dose Summation Type): only `plan` and `multi_plan` are whole plans |
| has_dvh | true: dose-volume histograms are there |
| frame_of_reference, structure_set | UIDs |

About the patient: id, birth_date, sex.
"""

from beamclaim.ingest.dicom.dataset import quiet
from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.ingest.dicom.object import PlanningObject
from beamclaim.ingest.dicom.plan.header import FRAME, PLANS, REFERENCED_UID, STRUCTURE_SETS, read_patient
from beamclaim.model.tables.evidence import Evidence

REFERENCED_GROUPS, REFERENCED_GROUP = 0x300C0020, 0x300C0022
KIND, SUMMATION, DVH = 0x30040004, 0x3004000A, 0x30040050
FRAMES, ROWS, COLUMNS, OFFSETS, PIXELS = 0x00280008, 0x00280010, 0x00280011, 0x3004000C, 0x7FE00010


def read_dose(data: bytes, file: int) -> Evidence:
    """The header of the dose of a file.

    Raises InputError when the bytes are no DICOM dataset; all else that is wrong is a fault.
    """
    with quiet():
        planning = PlanningObject(data, file, "dicom_dose", "dose")
        root = planning.top
        read_patient(root)
        if frame := root.uid(FRAME):
            planning.add("frame_of_reference", frame, at=root.at(FRAME))
        for tag, name in ((PLANS, "dicom_plan"), (STRUCTURE_SETS, "structure_set")):
            for item in root.items(tag):
                if uid := item.uid(REFERENCED_UID):
                    planning.add(name, uid, at=item.at(REFERENCED_UID))
        for item in root.items(PLANS):
            for group in item.items(REFERENCED_GROUPS):
                if (number := group.integer(REFERENCED_GROUP)) is not None:
                    planning.add("fraction_group", str(number), at=group.at(REFERENCED_GROUP))
        for tag, name in ((KIND, "dose_kind"), (SUMMATION, "dose_summation")):
            if term := root.term(tag):
                planning.add(name, term, at=root.at(tag))
        if root.is_filled(DVH):
            planning.add("has_dvh", "true", at=root.at(DVH), reason="dose-volume histograms are there")
        _grid(root)
        return planning.recorder.evidence


def _grid(root: DicomItem) -> None:
    """States has_dose_grid: several frames that fit their offsets, one a plane (PS3.3 C.8.8.3)."""
    if not root.has(ROWS) or not root.has(COLUMNS):
        return
    planning = root.object
    offsets = root.numbers(OFFSETS) or []
    planes = root.integer(FRAMES) if root.has(FRAMES) else 1
    where = root.at(FRAMES) if root.has(FRAMES) else root.at(ROWS)
    if not root.has(PIXELS):
        planning.add("has_dose_grid", None, at=where, reason="the file ends before its dose grid", settled_by="records")
    elif planes is None or (len(offsets) > 1 and len(offsets) != planes):
        planning.add(
            "has_dose_grid",
            None,
            at=where,
            reason="number of frames and plane offsets disagree",
            settled_by="physicist",
        )
    elif planes > 1:
        planning.add("has_dose_grid", "true", at=where, reason="several planes of dose")
    else:
        planning.add("has_dose_grid", "false", at=where, reason="one plane of dose is no grid")
