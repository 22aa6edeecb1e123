"""Who a message is about, and the stay it tells of: PID, MRG, PV1 (chapter 3) and IN1 (chapter 6)."""

from beamclaim.ingest.hl7v2 import values
from beamclaim.ingest.hl7v2.cases import LATE_PATIENT, NO_PATIENT
from beamclaim.ingest.hl7v2.saying import Saying, Where, where, within
from beamclaim.ingest.hl7v2.tokens import Segment

_KINDS = {"MR": "the medical record number", "PI": "the sender's own number", "PT": "the sender's own number"}
"""Kinds of patient id (table 0203), the preferred one first."""


def read_pid(saying: Saying, pid: Segment) -> None:
    """PID: the patient id (PID-3, medical record number first), birth date and sex."""
    saying.patient = None
    kind, place = _best_id(saying, pid, 3)
    patient = saying.text(place)
    if patient is None:
        saying.fault(NO_PATIENT, where(pid, 3), "a patient id", "none")
        return
    saying.patient = patient
    about = saying.about("patient", patient)
    about.state("id", patient, place, _KINDS.get(kind, "the first id given"))
    about.say("birth_date", where(pid, 7, 1), values.day_text)
    about.say("sex", where(pid, 8, 1), values.sex)


def read_mrg(saying: Saying, mrg: Segment) -> None:
    """MRG: the id that the patient of the PID before had until now."""
    if saying.patient is not None:
        saying.about("patient", saying.patient).say("merged_from", _best_id(saying, mrg, 1)[1])


def read_pv1(saying: Saying, pv1: Segment) -> None:
    """PV1: an inpatient stay with its days. Other classes say nothing of the billing setting and are left alone."""
    if (saying.text(where(pv1, 2, 1)) or "").upper() != "I":
        return
    key = saying.text(where(pv1, 19, 1)) or saying.key(pv1)
    about = saying.about("stay", key)
    about.state("kind", "inpatient", where(pv1, 2), "patient class I")
    about.say("first_day", where(pv1, 44, 1), values.day_text)
    about.say("last_day", where(pv1, 45, 1), values.day_text)


def read_in1(saying: Saying, in1: Segment) -> None:
    """IN1: the payer, and the number of an authorization with its day."""
    key = saying.key(in1)
    payer = saying.about("coverage", key)
    payer.say("payer", where(in1, 3, 1))
    payer.say("payer_name", where(in1, 4, 1))
    allowed = saying.about("authorization", key)
    allowed.say("number", where(in1, 14, 1))
    allowed.say("first_day", where(in1, 14, 2), values.day_text)


def late(saying: Saying, pid: Segment) -> None:
    """A PID behind a charge, a document or a procedure: whose those are is not known any more."""
    saying.fault(
        LATE_PATIENT, Where(pid, pid.part, pid.path()), "PID before what belongs to the patient", "PID behind it"
    )


def _best_id(saying: Saying, segment: Segment, field: int) -> tuple[str, Where]:
    """The id of the kind that is preferred, of those in a field; the first where none is of such a kind."""
    filled = []
    for repetition in segment.repetitions(field):
        place = within(segment, field, repetition, 1)
        if place.part.raw not in (b"", b'""'):
            filled.append(((saying.text(within(segment, field, repetition, 5)) or "").upper(), place))
    preferred = (found for kind in _KINDS for found in filled if found[0] == kind)
    return next(preferred, filled[0] if filled else ("", where(segment, field, 1)))
