"""ORC and OBR of ORM^O01 and OMG^O19 (chapter 4) → orders: that something was asked for, by whom and when."""

from beamclaim.ingest.hl7v2 import datatypes
from beamclaim.ingest.hl7v2.diagnosis import read_person
from beamclaim.ingest.hl7v2.message_recorder import MessageRecorder, place_of
from beamclaim.ingest.hl7v2.tokens import Segment

_CONTROL = {
    "NW": "new", "XO": "changed", "RO": "replaced", "RP": "replaced", "CA": "cancelled", "OC": "cancelled", "CR": "cancelled",
    "DC": "discontinued", "OD": "discontinued", "DR": "discontinued", "HD": "held", "OH": "held", "RL": "released",
    "OE": "released", "SC": "changed", "SN": "new", "NA": "new", "OK": "accepted", "UA": "refused", "SR": "changed",
    "SS": "changed", "RE": "performed",
}  # fmt: skip
"""Order control (table 0119), as far as it says what became of the order."""


def read_orc(recorder: MessageRecorder, orc: Segment, obr: Segment | None) -> None:
    """ORC with its OBR: one order. It shows intent, not that anything was done."""
    numbers = [place_of(orc, 2, 1), place_of(orc, 3, 1)]
    if obr is not None:
        numbers += [place_of(obr, 2, 1), place_of(obr, 3, 1)]
    number = next((place for place in numbers if place.part.raw), numbers[0])
    subject = recorder.subject("order", recorder.text(number) or recorder.key(orc))
    subject.take("order", number)
    place = place_of(orc, 1)
    written = recorder.text(place)
    if written is not None:
        word = _CONTROL.get(written.upper())
        reason = None if word else "an order control that does not say what became of the order"
        subject.add("status", word, at=place, reason=reason, settled_by="records")
    subject.take("ordered_on", place_of(orc, 9, 1), datatypes.moment)
    read_person(recorder, subject, "ordered_by", place_of(orc, 12, 1))
    if obr is None:
        return
    service = place_of(obr, 4, 1)
    kind = subject.take("type", service)
    if kind is not None and (procedure := recorder.sender.orders.get(kind)):
        subject.add("kind", procedure, at=service, reason=recorder.sender.reason)
