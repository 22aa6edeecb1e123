"""A message → what its segments behind MSH assert: which of them are read by whom, and for which patient.

One reader a segment (`charge`, `document`, `patient` …). Called by `reader.read_one`.
"""

from collections.abc import Iterator, Sequence

from beamclaim.ingest.hl7v2 import charge, diagnosis, document, order, patient, schedule
from beamclaim.ingest.hl7v2.cases import NO_GROUP, NO_PATIENT
from beamclaim.ingest.hl7v2.message_recorder import FieldPlace, MessageRecorder
from beamclaim.ingest.hl7v2.tokens import FieldBytes, Segment
from beamclaim.model.persona import Persona

_OWNED = frozenset({"FT1", "TXA", "OBR", "PR1", "DG1", "ORC"})
"""Segments that belong to the patient of the PID before them."""

_REQUIRED = {"DFT": "FT1", "MDM": "TXA", "SIU": "SCH", "ORU": "OBR", "ORM": "ORC", "OMG": "ORC"}
"""Message type → the segment it is sent for (HL7 v2.8.2 chapters 4, 6, 7, 9, 10: required in each of them)."""

_REQUIRED_BY_TRIGGER = {
    **dict.fromkeys(
        (
            "A18",
            "A30",
            "A34",
            "A35",
            "A36",
            "A39",
            "A40",
            "A41",
            "A42",
            "A43",
            "A44",
            "A45",
            "A46",
            "A47",
            "A48",
            "A49",
            "A50",
            "A51",
        ),
        "MRG",
    ),
    **dict.fromkeys(("A01", "A02", "A03", "A06", "A07", "A11", "A12", "A13"), "PV1"),
}
"""Trigger of ADT (chapter 3) → the segment it is sent for: whom a merge is about, which stay began, ended or never was."""

_MANY_PATIENTS = frozenset({"ADT", "BAR", "ORU"})


def read_body(recorder: MessageRecorder) -> None:
    """The segments of a message, patient by patient; one that names no patient where it must is a fault."""
    message = recorder.message
    kind = message.header.type
    pids = message.named("PID")
    if not pids and kind != "SIU":
        msh = message.segments[0]
        recorder.reject(NO_PATIENT, FieldPlace(msh, msh.part, "PID"), expected="a segment PID", found="none")
    if kind == "SIU":
        _appointment(recorder, pids)
    else:
        is_late = False
        for group in _groups(message.segments[1:], pids if kind in _MANY_PATIENTS else pids[:1]):
            _group(recorder, group, is_late)
            is_late = all(segment.name != "PID" for segment in group)
    _missing_group(recorder)
    layout = recorder.sender
    known = {a.segment for a in (layout.code, layout.modifiers, layout.plan, layout.fraction) if a}
    for segment in message.segments:
        if segment.name.startswith("Z") and segment.name not in known:
            name = FieldBytes(segment.part.raw[:3], segment.part.start)
            place = FieldPlace(segment, name, segment.path())
            recorder.subject("message", message.key).add(
                "not_read", segment.name, at=place, reason="a segment of the sender's own"
            )


def _missing_group(recorder: MessageRecorder) -> None:
    """A message without the segment it is sent for, as one that was cut: a fault, for nothing else would be said of it."""
    message, header = recorder.message, recorder.message.header
    name = _REQUIRED.get(header.type) or (_REQUIRED_BY_TRIGGER.get(header.trigger) if header.type == "ADT" else None)
    if name is not None and not message.named(name):
        place = FieldPlace(message.segments[0], message.segments[0].part, name)
        expected = f"a segment {name}: a message {header.type} is sent for it"
        recorder.reject(NO_GROUP, place, expected=expected, found="none; was the message cut?")


def _groups(segments: Sequence[Segment], pids: Sequence[Segment]) -> Iterator[Sequence[Segment]]:
    """The segments from one PID to the next; what stands before the first belongs to it, unless it is owned."""
    heads = {id(pid) for pid in pids}
    starts = [at for at, segment in enumerate(segments) if id(segment) in heads]
    if starts and not any(s.name in _OWNED for s in segments[: starts[0]]):
        starts[0] = 0
    elif not starts or starts[0]:
        starts.insert(0, 0)
    for start, end in zip(starts, [*starts[1:], len(segments)], strict=True):
        yield segments[start:end]


def _appointment(recorder: MessageRecorder, pids: Sequence[Segment]) -> None:
    """SIU: the appointment stands before its patient; one of several patients is nobody's own."""
    for pid in pids:
        patient.read_pid(recorder, pid)
    if len(pids) > 1:
        recorder.patient = None
    segments = recorder.message.segments
    for at, segment in enumerate(segments):
        if segment.name == "SCH":
            schedule.read_sch(recorder, segment, _until(segments, at, "SCH"))


def _group(recorder: MessageRecorder, segments: Sequence[Segment], is_owned: bool) -> None:
    """The segments of one patient; `is_owned`: some that need a patient came before any PID."""
    header = recorder.message.header
    own_diagnoses = header.type == "DFT" and header.trigger == "P11"
    common, last_charge = list[Segment](), None
    for at, segment in enumerate(segments):
        is_owned = is_owned or segment.name in _OWNED
        match header.type, segment.name:
            case _, "PID":
                if is_owned:
                    patient.late(recorder, segment)
                patient.read_pid(recorder, segment)
            case _, "MRG":
                patient.read_mrg(recorder, segment)
            case _, "PV1":
                patient.read_pv1(recorder, segment)
            case _, "IN1":
                patient.read_in1(recorder, segment)
            case "DFT", "FT1":
                following = _until(segments, at, "FT1")
                own_dg1 = [s for s in following if s.name == "DG1"] if own_diagnoses else []
                last_charge = charge.read_ft1(recorder, segment, following, own_dg1)
            case (("DFT" | "BAR" | "ADT"), "DG1"):
                if not (own_diagnoses and last_charge):
                    common.append(segment)
            case (("DFT" | "BAR" | "ADT"), "PR1"):
                diagnosis.read_pr1(recorder, segment, last_charge)
            case "MDM", "TXA":
                document.read_txa(recorder, segment)
            case "ORU", "OBR":
                document.read_obr(recorder, segment, [s for s in _until(segments, at, "OBR") if s.name == "OBX"])
            case (("ORM" | "OMG"), "ORC"):
                behind = _until(segments, at, "ORC")
                order.read_orc(recorder, segment, next((s for s in behind if s.name == "OBR"), None))
    if common:
        named = Persona.read(recorder.patient).name if recorder.patient else None
        subject = recorder.subject("patient", named or recorder.message.key)
        diagnosis.read_dg1(recorder, subject, common)


def _until(segments: Sequence[Segment], at: int, name: str) -> Sequence[Segment]:
    """The segments behind one, up to the next of a name."""
    end = next((place for place in range(at + 1, len(segments)) if segments[place].name == name), len(segments))
    return segments[at + 1 : end]
