"""RT Structure Sets (PS3.3 A.19): whether targets were drawn, in which frame of reference, approved by whom.

Statements about the structure set (key: its SOP Instance UID):

| name | meaning |
| --- | --- |
| label, drawn_on | Structure Set Label; Date and Time |
| frame_of_reference | each frame its regions are drawn in |
| has_targets | true: a region interpreted as GTV, CTV or PTV has contours; false: none is even named so; null: by name only |
| targets | interpreted types of target regions with contours, joined with `;` |
| approval_status, approved_by, approved_on, approved_at | as in plans |

About the patient: id, birth_date, sex. Names of regions are free text: read to look for targets, never stated.
"""

import re

from beamclaim.ingest.dicom.dataset import quiet
from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.ingest.dicom.object import PlanningObject
from beamclaim.ingest.dicom.plan.approval import read_approval
from beamclaim.ingest.dicom.plan.header import FRAME, read_patient
from beamclaim.model.tables.evidence import Evidence

LABEL, DATE, FRAMES = 0x30060002, 0x30060008, 0x30060010
REGIONS, REGION_NUMBER, REGION_FRAME, REGION_NAME = 0x30060020, 0x30060022, 0x30060024, 0x30060026
CONTOURS, CONTOUR, REFERENCED_REGION = 0x30060039, 0x30060040, 0x30060084
OBSERVATIONS, INTERPRETED = 0x30060080, 0x300600A4

TARGETS = frozenset({"gtv", "ctv", "ptv"})

_NAMED = re.compile(r"[a-z]?(gtv|ctv|ptv)")


def read_structure_set(data: bytes, file: int) -> Evidence:
    """The structure set of a file.

    Raises InputError when the bytes are no DICOM dataset; all else that is wrong is a fault.
    """
    with quiet():
        planning = PlanningObject(data, file, "dicom_structure_set", "structure_set")
        root = planning.top
        read_patient(root)
        planning.add_text("label", root, LABEL)
        if (drawn := root.day(DATE)) is not None:
            planning.add("drawn_on", drawn.isoformat(), at=root.at(DATE))
        _frames(root)
        _targets(root)
        read_approval(root)
        return planning.recorder.evidence


def _frames(root: DicomItem) -> None:
    frames = set()
    places = [(item, FRAME) for item in root.items(FRAMES)]
    places += [(item, REGION_FRAME) for item in root.items(REGIONS)]
    for item, tag in places:
        frame = item.uid(tag)
        if frame and frame not in frames:
            root.object.add("frame_of_reference", frame, at=item.at(tag))
            frames.add(frame)


def _targets(root: DicomItem) -> None:
    regions, planning = [*root.items(REGIONS)], root.object
    if not regions:
        root.fault(REGIONS, expected="a region of interest", found="none", kind="missing")
        return
    drawn = {item.integer(REFERENCED_REGION) for item in root.items(CONTOURS) if item.is_filled(CONTOUR)}
    kinds = {item.integer(REFERENCED_REGION): item.term(INTERPRETED) for item in root.items(OBSERVATIONS)}
    meant = [number for item in regions if kinds.get(number := item.integer(REGION_NUMBER)) in TARGETS]
    contoured = sorted({str(kinds[number]).upper() for number in meant if number in drawn})
    named = [item for item in regions if _NAMED.match((item.long_text(REGION_NAME) or "").lower())]
    at = root.at(OBSERVATIONS) if root.has(OBSERVATIONS) else root.at(REGIONS)
    is_cut = root.is_cut or planning.broken_items > 0
    if contoured:
        planning.add("has_targets", "true", at=at, reason="regions interpreted as targets have contours")
        planning.add("targets", ";".join(contoured), at=at, reason="interpreted types of target regions with contours")
    elif meant:
        reason = "regions interpreted as targets have no contours"
        planning.add("has_targets", None, at=at, reason=reason, settled_by="dosimetrist")
    elif named:
        reason = "regions are named as targets, but none is interpreted as one"
        planning.add("has_targets", None, at=root.at(REGIONS), reason=reason, settled_by="dosimetrist")
    elif is_cut:
        reason = "no region is named as a target, but the file is cut or broken"
        planning.add("has_targets", None, at=root.at(REGIONS), reason=reason, settled_by="records")
    else:
        reason = "no region is interpreted or named as a target"
        planning.add("has_targets", "false", at=root.at(REGIONS), reason=reason)
