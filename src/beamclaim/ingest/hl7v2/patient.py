"""PID, MRG, PV1 (chapter 3) and IN1 (chapter 6) → the patient of a message, stays, coverage, authorizations."""

from beamclaim.ingest.hl7v2 import datatypes
from beamclaim.ingest.hl7v2.cases import LATE_PATIENT, NO_PATIENT
from beamclaim.ingest.hl7v2.message_recorder import FieldPlace, MessageRecorder, place_inside, place_of
from beamclaim.ingest.hl7v2.tokens import Segment

_KINDS = {"MR": "the medical record number", "PI": "the sender's own number", "PT": "the sender's own number"}
"""Kinds of patient id (table 0203), the preferred one first."""

_EVENTS = {
    "A01": "admitted", "A02": "transferred", "A03": "discharged", "A06": "admitted", "A07": "outpatient", "A12": "transferred",
    "A11": "admission_cancelled", "A13": "discharge_cancelled", "A23": "visit_deleted",
    "A05": "expected", "A14": "expected", "A27": "expected", "A38": "expected",
}  # fmt: skip
"""Trigger of ADT (chapter 3) → what became of the stay its PV1 names."""

_OF_ANY_CLASS = ("outpatient", "admission_cancelled", "discharge_cancelled", "visit_deleted")
"""Events that tell of a stay whatever class their PV1 has now."""


def read_pid(recorder: MessageRecorder, pid: Segment) -> None:
    """PID: the patient id (PID-3, medical record number first), birth date and sex."""
    recorder.patient = None
    kind, place = _best_id(recorder, pid, 3)
    patient = recorder.text(place)
    if patient is None:
        recorder.reject(NO_PATIENT, place_of(pid, 3), expected="a patient id", found="none")
        return
    recorder.patient = patient
    subject = recorder.subject("patient", patient)
    subject.add("id", patient, at=place, reason=_KINDS.get(kind, "the first id given"))
    subject.take("birth_date", place_of(pid, 7, 1), datatypes.day_text)
    subject.take("sex", place_of(pid, 8, 1), datatypes.sex)


def read_mrg(recorder: MessageRecorder, mrg: Segment) -> None:
    """MRG: the id that the patient of the PID before had until now."""
    if recorder.patient is not None:
        recorder.subject("patient", recorder.patient).take("merged_from", _best_id(recorder, mrg, 1)[1])


def read_pv1(recorder: MessageRecorder, pv1: Segment) -> None:
    """PV1: an inpatient stay with its days, and what an ADT event says of it: begun, ended, taken back.

    Other classes say nothing of the billing setting and are left alone, but where an event tells that a stay is none.
    """
    header = recorder.message.header
    trigger = header.trigger if header.type == "ADT" else ""
    word, is_inpatient = _EVENTS.get(trigger), (recorder.text(place_of(pv1, 2, 1)) or "").upper() == "I"
    if not is_inpatient and word not in _OF_ANY_CLASS:
        return
    number = recorder.text(place_of(pv1, 19, 1))
    subject = recorder.subject("stay", number or recorder.key(pv1))
    if word is not None:
        at = place_of(recorder.message.segments[0], 9, 2)
        subject.add("event", word, at=at, reason=None if number else "PV1-19 names no visit")
    if is_inpatient and word != "expected":
        subject.add("kind", "inpatient", at=place_of(pv1, 2), reason="patient class I")
    subject.take("first_day", place_of(pv1, 44, 1), datatypes.day_text)
    subject.take("last_day", place_of(pv1, 45, 1), datatypes.day_text)


def read_in1(recorder: MessageRecorder, in1: Segment) -> None:
    """IN1: the payer, and the number of an authorization with its day."""
    key = recorder.key(in1)
    payer = recorder.subject("coverage", key)
    payer.take("payer", place_of(in1, 3, 1))
    payer.take("payer_name", place_of(in1, 4, 1))
    allowed = recorder.subject("authorization", key)
    allowed.take("number", place_of(in1, 14, 1))
    allowed.take("first_day", place_of(in1, 14, 2), datatypes.day_text)


def late(recorder: MessageRecorder, pid: Segment) -> None:
    """A PID behind a charge, a document or a procedure: whose those are is not known any more."""
    recorder.reject(
        LATE_PATIENT,
        FieldPlace(pid, pid.part, pid.path()),
        expected="PID before what belongs to the patient",
        found="PID behind it",
    )


def _best_id(recorder: MessageRecorder, segment: Segment, field: int) -> tuple[str, FieldPlace]:
    """The id of the kind that is preferred, of those in a field; the first where none is of such a kind."""
    filled = []
    for repetition in segment.repetitions(field):
        place = place_inside(segment, field, repetition, 1)
        if place.part.raw not in (b"", b'""'):
            filled.append(((recorder.text(place_inside(segment, field, repetition, 5)) or "").upper(), place))
    preferred = (kind_and_place for kind in _KINDS for kind_and_place in filled if kind_and_place[0] == kind)
    return next(preferred, filled[0] if filled else ("", place_of(segment, field, 1)))
