"""Approval of a plan as its file was written: one reviewer's, or none shown.

Approval Status is that of the moment the file was made (PS3.3 C.8.8.16): UNAPPROVED never proves that a plan was
not approved later; APPROVED with reviewer and date is positive evidence of one reviewer.
"""

from datetime import datetime

from beamclaim.ingest.dicom.witness import Item

STATUS, DATE, TIME, REVIEWER = 0x300E0002, 0x300E0004, 0x300E0005, 0x300E0008


def read_approval(root: Item) -> None:
    """States approval_status, and approved_by, approved_on, approved_at where all of it is there."""
    witness, status = root.witness, root.term(STATUS)
    if status is None:
        return
    if status not in ("approved", "unapproved", "rejected"):
        witness.fault(root.at(STATUS), "APPROVED, UNAPPROVED or REJECTED", "another word")
        return
    witness.say("approval_status", status, root.at(STATUS), "status when the file was made")
    if status != "approved":
        return
    by, on, at = root.text(REVIEWER), root.day(DATE), root.clock(TIME)
    if by is None or on is None:
        reason = "approved, but the file names no reviewer or no date"
        for name in ("approved_by", "approved_on"):
            witness.say(name, None, root.at(STATUS), reason, "physician")
        return
    witness.say("approved_by", by, root.at(REVIEWER), "one reviewer; the role is not in the file")
    witness.say("approved_on", on.isoformat(), root.at(DATE))
    if at is not None:
        witness.say("approved_at", datetime.combine(on, at).isoformat(), root.at(TIME))
