"""Approval of a plan as its file was written: one reviewer's, or none shown.

Approval Status is that of the moment the file was made (PS3.3 C.8.8.16): UNAPPROVED never proves that a plan was
not approved later; APPROVED with reviewer and date is positive evidence of one reviewer.
"""

from datetime import datetime

from beamclaim.ingest.dicom.item import DicomItem

STATUS, DATE, TIME, REVIEWER = 0x300E0002, 0x300E0004, 0x300E0005, 0x300E0008


def read_approval(root: DicomItem) -> None:
    """States approval_status, and approved_by, approved_on, approved_at where all of it is there."""
    planning, status = root.object, root.term(STATUS)
    if status is None:
        return
    if status not in ("approved", "unapproved", "rejected"):
        root.fault(STATUS, expected="APPROVED, UNAPPROVED or REJECTED", found="another word")
        return
    planning.add("approval_status", status, at=root.at(STATUS), reason="status when the file was made")
    if status != "approved":
        return
    by, on, at = root.long_text(REVIEWER), root.day(DATE), root.time(TIME)
    if by is None or on is None:
        reason = "approved, but the file names no reviewer or no date"
        for name in ("approved_by", "approved_on"):
            planning.add(name, None, at=root.at(STATUS), reason=reason, settled_by="physician")
        return
    planning.add("approved_by", by, at=root.at(REVIEWER), reason="one reviewer; the role is not in the file")
    planning.add("approved_on", on.isoformat(), at=root.at(DATE))
    if at is not None:
        planning.add("approved_at", datetime.combine(on, at).isoformat(), at=root.at(TIME))
