"""Appointments: SCH and its resources of SIU^S12 to S26 (chapter 10). What was planned, never what was delivered."""

from collections.abc import Sequence

from beamclaim.ingest.hl7v2 import values
from beamclaim.ingest.hl7v2.saying import About, Saying, Where, where
from beamclaim.ingest.hl7v2.tokens import Segment

_BY_TRIGGER = {"S15": "cancelled", "S16": "discontinued", "S17": "deleted", "S26": "no_show"}

_STATUS = {
    "BOOKED": "booked", "OVERBOOK": "booked", "PENDING": "pending", "WAITLIST": "pending", "BLOCKED": "blocked",
    "STARTED": "started", "COMPLETE": "completed", "CANCELLED": "cancelled", "DC": "discontinued", "DELETED": "deleted",
    "NOSHOW": "no_show",
}  # fmt: skip
"""Filler status (table 0278)."""


def read_sch(saying: Saying, sch: Segment, following: Sequence[Segment]) -> None:
    """One appointment: when, what for, on which machine, in which room, and what became of it."""
    number = where(sch, 2, 1)
    if not number.part.raw:
        number = where(sch, 1, 1)
    about = saying.about("session", saying.text(number) or saying.key(sch))
    about.say("appointment", number)
    _status(saying, sch, about)
    services = [s for s in following if s.name == "AIS"]
    starts = [where(sch, 11, 4), *(where(s, 4, 1) for s in services)]
    starts += [where(s, 8, 1) for s in following if s.name == "AIG"]
    first = next((place for place in starts if place.part.raw), starts[0])
    about.say("planned_at", first, values.moment)
    about.say("planned_until", where(sch, 11, 5), values.moment)
    _kind(saying, about, [*(where(s, 3, 1) for s in services), where(sch, 8, 1)])
    for segment in following:
        match segment.name:
            case "AIG":
                about.say("resource", where(segment, 3, 1), reason=_type(saying, where(segment, 4, 1)))
            case "AIL":
                about.say("location", where(segment, 3, 1))


def _status(saying: Saying, sch: Segment, about: About) -> None:
    """What became of it: the trigger decides, then SCH-25."""
    msh = saying.message.segments[0]
    if word := _BY_TRIGGER.get(saying.message.header.trigger):
        about.state("planned_status", word, where(msh, 9, 2))
        return
    place = where(sch, 25, 1)
    written = saying.text(place)
    if written is not None:
        word = _STATUS.get(written.upper())
        reason = None if word else "a status the standard's table does not have"
        about.state("planned_status", word, place, reason, "records")


def _kind(saying: Saying, about: About, places: list[Where]) -> None:
    """The appointment's type as the sender names it and, where the mapping knows it, what it is for."""
    place = next((p for p in places if p.part.raw), None)
    if place is None:
        return
    written = about.say("type", place)
    if written is not None and (kind := saying.sender.appointments.get(written)):
        about.state("planned_kind", kind, place, saying.sender.reason)


def _type(saying: Saying, place: Where) -> str | None:
    """What sort of resource it is, as the sender says."""
    return f"{place.path} says of which sort it is" if saying.text(place) else None
