"""Orders: ORC and OBR of ORM^O01 and OMG^O19 (chapter 4): that something was asked for, by whom and when."""

from beamclaim.ingest.hl7v2 import values
from beamclaim.ingest.hl7v2.diagnosis import read_person
from beamclaim.ingest.hl7v2.saying import Saying, where
from beamclaim.ingest.hl7v2.tokens import Segment

_CONTROL = {
    "NW": "new", "XO": "changed", "RO": "replaced", "RP": "replaced", "CA": "cancelled", "OC": "cancelled", "CR": "cancelled",
    "DC": "discontinued", "OD": "discontinued", "DR": "discontinued", "HD": "held", "OH": "held", "RL": "released",
    "OE": "released", "SC": "changed", "SN": "new", "NA": "new", "OK": "accepted", "UA": "refused", "SR": "changed",
    "SS": "changed", "RE": "performed",
}  # fmt: skip
"""Order control (table 0119), as far as it says what became of the order."""


def read_orc(saying: Saying, orc: Segment, obr: Segment | None) -> None:
    """ORC with its OBR: one order. It shows intent, not that anything was done."""
    numbers = [where(orc, 2, 1), where(orc, 3, 1)]
    if obr is not None:
        numbers += [where(obr, 2, 1), where(obr, 3, 1)]
    number = next((place for place in numbers if place.part.raw), numbers[0])
    about = saying.about("order", saying.text(number) or saying.key(orc))
    about.say("order", number)
    place = where(orc, 1)
    written = saying.text(place)
    if written is not None:
        word = _CONTROL.get(written.upper())
        reason = None if word else "an order control that does not say what became of the order"
        about.state("status", word, place, reason, "records")
    about.say("ordered_on", where(orc, 9, 1), values.moment)
    read_person(saying, about, "ordered_by", where(orc, 12, 1))
    if obr is None:
        return
    service = where(obr, 4, 1)
    kind = about.say("type", service)
    if kind is not None and (procedure := saying.sender.orders.get(kind)):
        about.state("kind", procedure, service, saying.sender.reason)
