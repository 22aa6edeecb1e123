"""Documents: TXA of MDM (chapter 9) and the reports of ORU (chapter 7). What they are and who signed; their text stays out."""

from collections.abc import Sequence

from beamclaim.ingest.hl7v2 import values
from beamclaim.ingest.hl7v2.saying import About, Saying, Where, where
from beamclaim.ingest.hl7v2.tokens import Segment

_COMPLETION = {
    "DI": "dictated", "DO": "documented", "IP": "in_progress", "IN": "incomplete", "PA": "pre_authenticated",
    "AU": "authenticated", "LA": "legally_authenticated",
}  # fmt: skip
"""Document completion status (table 0271)."""

_AVAILABILITY = {"AV": "available", "CA": "deleted", "OB": "obsolete", "UN": "unavailable"}
"""Document availability status (table 0273)."""

_RESULT = {"F": "final", "C": "corrected", "P": "preliminary", "R": "unverified", "X": "cancelled", "A": "partial"}
"""Result status (table 0123)."""

_SIGNED = ("authenticated", "legally_authenticated", "final", "corrected")


def read_txa(saying: Saying, txa: Segment, is_cancelled: bool) -> None:
    """TXA: one document. Signed is: authenticated (TXA-17), by whom and when (TXA-22)."""
    number = where(txa, 12, 1)
    about = saying.about("document", saying.text(number) or saying.key(txa))
    _item(saying, about, where(txa, 2, 1))
    about.say("reference", number)
    day = where(txa, 4, 1)
    about.say("date", day if day.part.raw else where(txa, 6, 1), values.day_text)
    about.say("replaces", where(txa, 13, 1))
    _word(saying, about, "availability", where(txa, 19), _AVAILABILITY)
    if is_cancelled:
        about.state("status", "cancelled", where(saying.message.segments[0], 9), "a cancelling message")
        return
    status = _word(saying, about, "status", where(txa, 17), _COMPLETION)
    _signature(about, status, where(txa, 17), _person(saying, txa, 22), where(txa, 22, 15))


def read_obr(saying: Saying, obr: Segment, observations: Sequence[Segment]) -> None:
    """OBR of ORU with its OBX: one report. Signed is: final (OBR-25), with its interpreter (OBR-32) and day (OBR-22)."""
    number = where(obr, 3, 1)
    about = saying.about("document", saying.text(number) or saying.key(obr))
    _item(saying, about, where(obr, 4, 1))
    about.say("reference", number)
    about.say("date", where(obr, 7, 1), values.day_text)
    status = _word(saying, about, "status", where(obr, 25), _RESULT)
    _signature(about, status, where(obr, 25), _named(saying, obr, 32), where(obr, 22, 1))
    for obx in observations:
        mine = saying.about("document", saying.key(obx))
        mine.say("type", where(obx, 3, 1))
        _word(saying, mine, "status", where(obx, 11), _RESULT)
        mine.say("date", where(obx, 14, 1), values.day_text)
        mine.state("part_of", about.key, Where(obx, obx.part, obx.path()), "it stands behind its OBR")


def _item(saying: Saying, about: About, place: Where) -> None:
    """The type as the sender names it and, where the mapping knows it, the documentation item."""
    written = about.say("type", place)
    if written is not None and (item := saying.sender.documents.get(written)):
        about.state("item", item, place, saying.sender.reason)


def _word(saying: Saying, about: About, name: str, place: Where, words: dict[str, str]) -> str | None:
    """A code of a table in plain words; another one is unknown."""
    written = saying.text(place)
    if written is None:
        return None
    word = words.get(written.upper())
    about.state(name, word, place, None if word else "a code the standard's table does not have", "records")
    return word


def _signature(about: About, status: str | None, at: Where, signer: tuple[str | None, Where], when: Where) -> None:
    """Who signed and when; `""` where the status says that nobody has."""
    name, place = signer
    if status is None:
        return
    if status not in _SIGNED:
        about.state("signed_by", "", at, f"not signed: {status}")
    elif name is None:
        about.state("signed_by", None, at, f"{status}, but {place.path} names nobody", "records")
    else:
        about.state("signed_by", name, place)
        about.say("signed_on", when, values.moment)


def _person(saying: Saying, segment: Segment, field: int) -> tuple[str | None, Where]:
    """A person (XCN, PPN), by name, else by number."""
    number, family, given = where(segment, field, 1), where(segment, field, 2, 1), where(segment, field, 3)
    return _name(saying, number, family, given), where(segment, field)


def _named(saying: Saying, segment: Segment, field: int) -> tuple[str | None, Where]:
    """A person as NDL has them: number, family and given name inside the first component."""
    number, family, given = (where(segment, field, 1, n) for n in (1, 2, 3))
    return _name(saying, number, family, given), where(segment, field)


def _name(saying: Saying, number: Where, family: Where, given: Where) -> str | None:
    words = [word for word in (saying.text(family), saying.text(given)) if word is not None]
    return ", ".join(words) or saying.text(number)
