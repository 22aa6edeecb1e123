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
from beamclaim.ingest.dicom.plan.approval import read_approval
from beamclaim.ingest.dicom.plan.header import FRAME, read_patient
from beamclaim.ingest.dicom.witness import Item, Witness
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
        witness = Witness(data, file, "dicom_structure_set", "structure_set")
        root = witness.root
        read_patient(root)
        witness.tell("label", root, LABEL)
        if (drawn := root.day(DATE)) is not None:
            witness.say("drawn_on", drawn.isoformat(), root.at(DATE))
        _frames(root)
        _targets(root)
        read_approval(root)
        return witness.evidence


def _frames(root: Item) -> None:
    seen = set()
    places = [(item, FRAME) for item in root.items(FRAMES)]
    places += [(item, REGION_FRAME) for item in root.items(REGIONS)]
    for item, tag in places:
        frame = item.uid(tag)
        if frame and frame not in seen:
            root.witness.say("frame_of_reference", frame, item.at(tag))
            seen.add(frame)


def _targets(root: Item) -> None:
    regions, witness = root.items(REGIONS), root.witness
    if not regions:
        witness.fault(root.at(REGIONS), "a region of interest", "none", "missing")
        return
    drawn = {item.whole(REFERENCED_REGION) for item in root.items(CONTOURS) if item.filled(CONTOUR)}
    kinds = {item.whole(REFERENCED_REGION): item.term(INTERPRETED) for item in root.items(OBSERVATIONS)}
    meant = [number for item in regions if kinds.get(number := item.whole(REGION_NUMBER)) in TARGETS]
    contoured = sorted({str(kinds[number]).upper() for number in meant if number in drawn})
    named = [item for item in regions if _NAMED.match((item.text(REGION_NAME) or "").lower())]
    path = root.at(OBSERVATIONS) if root.has(OBSERVATIONS) else root.at(REGIONS)
    if contoured:
        witness.say("has_targets", "true", path, "regions interpreted as targets have contours")
        witness.say("targets", ";".join(contoured), path, "interpreted types of target regions with contours")
    elif meant:
        witness.say("has_targets", None, path, "regions interpreted as targets have no contours", "dosimetrist")
    elif named:
        reason = "regions are named as targets, but none is interpreted as one"
        witness.say("has_targets", None, root.at(REGIONS), reason, "dosimetrist")
    else:
        witness.say("has_targets", "false", root.at(REGIONS), "no region is interpreted or named as a target")
