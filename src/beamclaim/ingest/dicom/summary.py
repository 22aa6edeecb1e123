"""RT Treatment Summary Records (PS3.3 C.8.8.23) → assertions of plans and fractions: what the machine's own system counted.

A check on the sessions counted from records, never their replacement.

| subject, key | name | value |
|---|---|---|
| `plan`, SOP Instance UID of the plan | `current_treatment_status` | not_started, on_treatment, on_break, suspended, stopped, completed |
| | `first_treated_on`, `last_treated_on` | days |
| `plan`, `PLAN/GROUP` | `fractions_planned`, `fractions_delivered` | of the fraction group that `reason` names |
| `fraction`, `PLAN/GROUP/NUMBER` | `fraction` | its number |
| | `started_at` | its day, with its time where one is said |
| | `termination` | normal, operator, machine, unknown |

A summary without a plan keys by its own SOP Instance UID and has the subject `course`.
"""

from beamclaim.ingest.assertions import Subject
from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.ingest.dicom.object import SOP_INSTANCE, DicomObject
from beamclaim.ingest.dicom.record import DAMAGED, TERMINATIONS, plan_of, words

STATUS, GROUPS = 0x30080200, 0x30080220
STATUSES = words("NOT_STARTED", "ON_TREATMENT", "ON_BREAK", "SUSPENDED", "STOPPED", "COMPLETED")
GROUP_TYPES = words("EXTERNAL_BEAM", "BRACHY")
_FRACTIONS, _TYPE = 0x30080240, 0x30080224
_NUMBER, _DAY, _TIME, _TERMINATION = 0x30080223, 0x30080250, 0x30080251, 0x3008002A


def read_summary(record: DicomObject) -> None:
    """Adds what a summary record says to its rows."""
    record.recorder.source = "dicom_summary"
    top = record.top
    plan = plan_of(top)
    record.subject = Subject("plan", plan) if plan else Subject("course", top.uid(SOP_INSTANCE) or "")
    for tag, name in ((0x30080054, "first_treated_on"), (0x30080056, "last_treated_on")):
        day = top.day(tag)
        if day:
            record.add(name, day.isoformat(), at=top.at(tag))
    for group in top.items(GROUPS):
        number = group.whole(0x300C0022)
        reason = "fraction group not numbered" if number is None else f"fraction group {number}"
        about = Subject("plan", f"{plan}/{number}") if plan and number is not None else record.subject
        if group.word(_TYPE, GROUP_TYPES) == "brachy":
            reason = "a fraction group of brachytherapy in a summary: it says nothing of external beams"
            record.add("brachytherapy", "fraction group", at=group.at(_TYPE), reason=reason)
            continue
        for tag, name in ((0x300A0078, "fractions_planned"), (0x3008005A, "fractions_delivered")):
            count = group.whole(tag)
            if count is not None:
                record.add(name, str(count), at=group.at(tag), reason=reason, about=about)
        for fraction in group.items(_FRACTIONS):
            _fraction(record, fraction, f"{record.subject.key}/{'' if number is None else number}")
    _status(record)


def _status(record: DicomObject) -> None:
    """The status, said last: of a file that turned out cut or broken it confirms nothing."""
    status, at = record.top.word(STATUS, STATUSES), record.top.at(STATUS)
    if status and record.is_damaged:
        record.add("current_treatment_status", None, at=at, reason=DAMAGED, settled_by="records")
    elif status:
        record.add("current_treatment_status", status, at=at)


def _fraction(record: DicomObject, fraction: DicomItem, group: str) -> None:
    number = fraction.whole(_NUMBER)
    if number is None:
        return
    about = Subject("fraction", f"{group}/{number}")
    record.add("fraction", str(number), at=fraction.at(_NUMBER), about=about)
    day, time = fraction.day(_DAY), fraction.time(_TIME)
    if day:
        moment = f"{day}T{time.isoformat()}" if time else day.isoformat()
        record.add("started_at", moment, at=fraction.at(_DAY), about=about)
    termination = fraction.word(_TERMINATION, TERMINATIONS)
    if termination:
        record.add("termination", termination, at=fraction.at(_TERMINATION), about=about)
