"""SCH and its resources of SIU^S12 to S26 (chapter 10) → appointments: what was planned, never what was delivered."""

from collections.abc import Sequence

from beamclaim.ingest.hl7v2 import datatypes
from beamclaim.ingest.hl7v2.message_recorder import FieldPlace, MessageRecorder, MessageSubject, place_of
from beamclaim.ingest.hl7v2.tokens import Segment

_BY_TRIGGER = {"S15": "cancelled", "S16": "discontinued", "S17": "deleted", "S26": "no_show"}

_BOOKS = ("S12", "S13")
"""Triggers that book an appointment, or book it anew at another time, where SCH-25 says no more."""

_STATUS = {
    "BOOKED": "booked", "OVERBOOK": "booked", "PENDING": "pending", "WAITLIST": "pending", "BLOCKED": "blocked",
    "STARTED": "started", "COMPLETE": "completed", "CANCELLED": "cancelled", "DC": "discontinued", "DELETED": "deleted",
    "NOSHOW": "no_show",
}  # fmt: skip
"""Filler status (table 0278)."""


def read_sch(recorder: MessageRecorder, sch: Segment, following: Sequence[Segment]) -> None:
    """One appointment: when, what for, on which machine, in which room, and what became of it."""
    number = place_of(sch, 2, 1)
    if not number.part.raw:
        number = place_of(sch, 1, 1)
    subject = recorder.subject("session", recorder.text(number) or recorder.key(sch))
    subject.take("appointment", number)
    _status(recorder, sch, subject)
    services = [s for s in following if s.name == "AIS"]
    starts = [place_of(sch, 11, 4), *(place_of(s, 4, 1) for s in services)]
    starts += [place_of(s, 8, 1) for s in following if s.name == "AIG"]
    first = next((place for place in starts if place.part.raw), starts[0])
    subject.take("planned_at", first, datatypes.moment)
    subject.take("planned_until", place_of(sch, 11, 5), datatypes.moment)
    _kind(recorder, subject, [*(place_of(s, 3, 1) for s in services), place_of(sch, 8, 1)])
    for segment in following:
        match segment.name:
            case "AIG":
                subject.take("resource", place_of(segment, 3, 1), reason=_type(recorder, place_of(segment, 4, 1)))
            case "AIL":
                subject.take("location", place_of(segment, 3, 1))


def _status(recorder: MessageRecorder, sch: Segment, subject: MessageSubject) -> None:
    """What became of it: the trigger decides, then SCH-25."""
    msh = recorder.message.segments[0]
    if word := _BY_TRIGGER.get(recorder.message.header.trigger):
        subject.add("planned_status", word, at=place_of(msh, 9, 2))
        return
    place = place_of(sch, 25, 1)
    written = recorder.text(place)
    if written is None and recorder.message.header.trigger in _BOOKS:
        subject.add("planned_status", "booked", at=place_of(msh, 9, 2))
    elif written is not None:
        word = _STATUS.get(written.upper())
        reason = None if word else "a status the standard's table does not have"
        subject.add("planned_status", word, at=place, reason=reason, settled_by="records")


def _kind(recorder: MessageRecorder, subject: MessageSubject, places: list[FieldPlace]) -> None:
    """The appointment's type as the sender names it and, place_of the mapping knows it, what it is for."""
    place = next((p for p in places if p.part.raw), None)
    if place is None:
        return
    written = subject.take("type", place)
    if written is not None and (kind := recorder.sender.appointments.get(written)):
        subject.add("planned_kind", kind, at=place, reason=recorder.sender.reason)


def _type(recorder: MessageRecorder, place: FieldPlace) -> str | None:
    """What sort of resource it is, as the sender says."""
    return f"{place.path} says of which sort it is" if recorder.text(place) else None
