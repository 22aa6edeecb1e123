"""PID, MRG, PV1 (chapter 3) and IN1 (chapter 6) → the patient of a message, stays, coverage, authorizations."""

from beamclaim.ingest.hl7v2 import datatypes
from beamclaim.ingest.hl7v2.cases import LATE_PATIENT, NO_PATIENT
from beamclaim.ingest.hl7v2.message_recorder import LONGEST, FieldPlace, MessageRecorder, place_inside, place_of
from beamclaim.ingest.hl7v2.tokens import Segment, decode
from beamclaim.ingest.values import Unfit
from beamclaim.model.persona import PatientNumber, Persona, issuer_name, numbered, universal
from beamclaim.model.value_sets import MEDICAL_RECORD_NUMBERS

MERGES = frozenset({"A18", "A30", "A34", "A36", "A39", "A40", "A46", "A47"})
"""Events (chapter 3) that end the number of MRG-1 for that of PID-3."""
_MOVES = frozenset({"A43", "A44", "A45"})
"""Events that move an account or a visit from the patient of MRG to that of PID: both patients stay."""

_EVENTS = {
    "A01": "admitted", "A02": "transferred", "A03": "discharged", "A06": "admitted", "A07": "outpatient", "A12": "transferred",
    "A11": "admission_cancelled", "A13": "discharge_cancelled", "A23": "visit_deleted",
    "A05": "expected", "A14": "expected", "A27": "expected", "A38": "expected",
}  # fmt: skip
"""Trigger of ADT (chapter 3) → what became of the stay its PV1 names."""

_OF_ANY_CLASS = ("outpatient", "admission_cancelled", "discharge_cancelled", "visit_deleted")
"""Events that tell of a stay whatever class their PV1 has now."""


def read_pid(recorder: MessageRecorder, pid: Segment) -> None:
    """PID: whose the message is, by all numbers of PID-3 with their issuers; birth date and sex."""
    recorder.patient = None
    numbers = _numbers(recorder, pid, 3)
    best = Persona.of([number for number, _ in numbers]).number
    if best is None:
        recorder.reject(NO_PATIENT, place_of(pid, 3), expected="a patient id", found="none")
        return
    rows = recorder.evidence.assertions
    start = len(rows)
    pool = recorder.sender.patient_issuer
    preferred = [n for n, _ in numbers if pool and issuer_name(pool) in n.issuer and n.rank < 4]
    best = Persona.of(preferred).number or best
    subject = recorder.subject("patient", best.number)
    place = next(place for number, place in numbers if number == best)
    if best.rank < 4:
        subject.add("id", best.number, at=place, reason=_reason(recorder, best, bool(preferred)))
    else:
        reason = f"a number of kind {best.kind or 'SS'} is no patient's record number"
        subject.add("id", None, at=place, reason=reason, settled_by="records")
    born = subject.take("birth_date", place_of(pid, 7, 1), datatypes.day_text)
    sex = subject.take("sex", place_of(pid, 8, 1), datatypes.sex)
    family, given = _compared(recorder, place_of(pid, 5, 1)), _compared(recorder, place_of(pid, 5, 2))
    persona = Persona.of([best], birth_date=born, sex=sex, family=family, given=given)
    recorder.patient = persona.with_others(number for number, _ in numbers).text
    rows[start:] = [row._replace(patient=recorder.patient) for row in rows[start:]]


def _reason(recorder: MessageRecorder, number: PatientNumber, is_of_pool: bool) -> str:
    if is_of_pool:
        return recorder.sender.reason
    if number.kind in MEDICAL_RECORD_NUMBERS:
        return "the medical record number"
    return "the sender's own number" if number.kind in ("PI", "PT") else "no number is called the medical record number"


def read_mrg(recorder: MessageRecorder, mrg: Segment) -> None:
    """MRG: the numbers that the patient of the PID before had until now, or from whom a visit was moved."""
    trigger = recorder.message.header.trigger
    if recorder.patient is None or trigger not in MERGES | _MOVES:
        return
    subject = recorder.subject("patient", Persona.read(recorder.patient).name or recorder.message.key)
    name = "merged_from" if trigger in MERGES else "moved_from"
    for number, place in _numbers(recorder, mrg, 1):
        if number.rank < 4:
            subject.add(name, number.written, at=place, reason=f"event {trigger}")


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


def _numbers(recorder: MessageRecorder, segment: Segment, field: int) -> list[tuple[PatientNumber, FieldPlace]]:
    """The numbers of a field of type CX, each with its kind (CX.5) and all names of its issuer (CX.4)."""
    out = []
    for repetition in segment.repetitions(field):
        place = place_inside(segment, field, repetition, 1)
        written = recorder.text(place) if place.part.raw not in (b"", b'""') else None
        if written is None:
            continue
        issuer = [_compared(recorder, place_inside(segment, field, repetition, 4, n)) for n in (1, 2, 3)]
        kind = _compared(recorder, place_inside(segment, field, repetition, 5)) or ""
        if (number := numbered(written, kind, (issuer[0], universal(*issuer[1:])))) is not None:
            out.append((number, place))
    return out


def _compared(recorder: MessageRecorder, place: FieldPlace) -> str | None:
    """A text that serves to compare only: null where it cannot be read, and no fault."""
    message = recorder.message
    try:
        text = decode(place.part.raw[:LONGEST], message.marks, message.encoding or "ascii").strip()
    except Unfit:
        return None
    return None if text == '""' else text or None
