"""Statements of RT Treatment Summary Records (PS3.3 C.8.8.23): what the machine's own system counted.

A check on the sessions counted from records, never their replacement.

| subject, key | name | value |
|---|---|---|
| `plan`, SOP Instance UID of the plan | `current_treatment_status` | not_started, on_treatment, on_break, suspended, stopped, completed |
| | `first_treated_on`, `last_treated_on` | days |
| | `fractions_planned`, `fractions_delivered` | of the fraction group that `reason` names |
| `fraction`, `PLAN/GROUP/NUMBER` | `fraction` | its number |
| | `started_at` | its day, with its time where one is said |
| | `termination` | normal, operator, machine, unknown |

A summary without a plan keys by its own SOP Instance UID and has the subject `course`.
"""

from beamclaim.ingest.dicom.entry import Entry, Source
from beamclaim.ingest.dicom.record import TERMINATIONS, plan_of, words

STATUS, GROUPS = 0x30080200, 0x30080220
_STATUSES = words("NOT_STARTED", "ON_TREATMENT", "ON_BREAK", "SUSPENDED", "STOPPED", "COMPLETED")
_FRACTIONS = 0x30080240
_NUMBER, _DAY, _TIME, _TERMINATION = 0x30080223, 0x30080250, 0x30080251, 0x3008002A


def read_summary(source: Source) -> None:
    """Adds what a summary record says to the evidence of its source."""
    source.kind = "dicom_summary"
    top = source.top
    plan = plan_of(top)
    subject, key = ("plan", plan) if plan else ("course", top.uid(0x00080018) or "")
    status = top.word(STATUS, _STATUSES)
    if status:
        source.state(top, STATUS, status, subject=subject, key=key, name="current_treatment_status")
    for tag, name in ((0x30080054, "first_treated_on"), (0x30080056, "last_treated_on")):
        day = top.day(tag)
        if day:
            source.state(top, tag, day.isoformat(), subject=subject, key=key, name=name)
    for group in top.items(GROUPS):
        number = group.whole(0x300C0022)
        reason = "fraction group not numbered" if number is None else f"fraction group {number}"
        for tag, name in ((0x300A0078, "fractions_planned"), (0x3008005A, "fractions_delivered")):
            count = group.whole(tag)
            if count is not None:
                source.state(group, tag, str(count), subject=subject, key=key, name=name, reason=reason)
        for fraction in group.items(_FRACTIONS):
            _fraction(source, fraction, f"{key}/{'' if number is None else number}")


def _fraction(source: Source, fraction: Entry, group: str) -> None:
    number = fraction.whole(_NUMBER)
    if number is None:
        return
    key = f"{group}/{number}"
    source.state(fraction, _NUMBER, str(number), subject="fraction", key=key, name="fraction")
    day, time = fraction.day(_DAY), fraction.time(_TIME)
    if day:
        moment = f"{day}T{time.isoformat()}" if time else day.isoformat()
        source.state(fraction, _DAY, moment, subject="fraction", key=key, name="started_at")
    termination = fraction.word(_TERMINATION, TERMINATIONS)
    if termination:
        source.state(fraction, _TERMINATION, termination, subject="fraction", key=key, name="termination")
