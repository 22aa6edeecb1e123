"""What follows MSH: which segments of a message are read by whom, and for which patient."""

from collections.abc import Iterator, Sequence

from beamclaim.ingest.hl7v2 import charge, diagnosis, document, order, patient, schedule
from beamclaim.ingest.hl7v2.cases import NO_PATIENT
from beamclaim.ingest.hl7v2.saying import Saying, Where
from beamclaim.ingest.hl7v2.tokens import Part, Segment

_OWNED = frozenset({"FT1", "TXA", "OBR", "PR1", "DG1", "ORC"})
"""Segments that belong to the patient of the PID before them."""

_MANY_PATIENTS = frozenset({"ADT", "BAR", "ORU"})


def read_body(saying: Saying) -> None:
    """The segments of a message, patient by patient; one that names no patient where it must is a fault."""
    message = saying.message
    kind = message.header.type
    pids = message.named("PID")
    if not pids and kind != "SIU":
        msh = message.segments[0]
        saying.fault(NO_PATIENT, Where(msh, msh.part, "PID"), "a segment PID", "none")
    if kind == "SIU":
        _appointment(saying, pids)
    else:
        is_late = False
        for group in _groups(message.segments[1:], pids if kind in _MANY_PATIENTS else pids[:1]):
            _group(saying, group, is_late)
            is_late = all(segment.name != "PID" for segment in group)
    layout = saying.sender
    known = {a.segment for a in (layout.code, layout.modifiers, layout.plan, layout.fraction) if a}
    for segment in message.segments:
        if segment.name.startswith("Z") and segment.name not in known:
            name = Part(segment.part.raw[:3], segment.part.start)
            place = Where(segment, name, segment.path())
            saying.about("message", message.key).state("not_read", segment.name, place, "a segment of the sender's own")


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


def _appointment(saying: Saying, pids: Sequence[Segment]) -> None:
    """SIU: the appointment stands before its patient; one of several patients is nobody's own."""
    for pid in pids:
        patient.read_pid(saying, pid)
    if len(pids) > 1:
        saying.patient = None
    segments = saying.message.segments
    for at, segment in enumerate(segments):
        if segment.name == "SCH":
            schedule.read_sch(saying, segment, _until(segments, at, "SCH"))


def _group(saying: Saying, segments: Sequence[Segment], is_owned: bool) -> None:
    """The segments of one patient; `is_owned`: some that need a patient came before any PID."""
    header = saying.message.header
    own_diagnoses = header.type == "DFT" and header.trigger == "P11"
    common, last_charge = list[Segment](), None
    for at, segment in enumerate(segments):
        is_owned = is_owned or segment.name in _OWNED
        match header.type, segment.name:
            case _, "PID":
                if is_owned:
                    patient.late(saying, segment)
                patient.read_pid(saying, segment)
            case _, "MRG":
                patient.read_mrg(saying, segment)
            case _, "PV1":
                patient.read_pv1(saying, segment)
            case _, "IN1":
                patient.read_in1(saying, segment)
            case "DFT", "FT1":
                following = _until(segments, at, "FT1")
                mine = [s for s in following if s.name == "DG1"] if own_diagnoses else []
                last_charge = charge.read_ft1(saying, segment, following, mine)
            case (("DFT" | "BAR" | "ADT"), "DG1"):
                if not (own_diagnoses and last_charge):
                    common.append(segment)
            case (("DFT" | "BAR" | "ADT"), "PR1"):
                diagnosis.read_pr1(saying, segment, last_charge)
            case "MDM", "TXA":
                document.read_txa(saying, segment, header.trigger == "T11")
            case "ORU", "OBR":
                document.read_obr(saying, segment, [s for s in _until(segments, at, "OBR") if s.name == "OBX"])
            case (("ORM" | "OMG"), "ORC"):
                behind = _until(segments, at, "ORC")
                order.read_orc(saying, segment, next((s for s in behind if s.name == "OBR"), None))
    if common:
        about = saying.about("patient", saying.patient or saying.message.key)
        diagnosis.read_dg1(saying, about, common)


def _until(segments: Sequence[Segment], at: int, name: str) -> Sequence[Segment]:
    """The segments behind one, up to the next of a name."""
    end = next((place for place in range(at + 1, len(segments)) if segments[place].name == name), len(segments))
    return segments[at + 1 : end]
