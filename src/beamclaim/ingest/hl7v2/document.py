"""TXA of MDM (chapter 9), OBR and OBX of ORU (chapter 7) → documents: what they are and who signed; their text stays out."""

from collections.abc import Sequence

from beamclaim.ingest.hl7v2 import datatypes
from beamclaim.ingest.hl7v2.message_recorder import FieldPlace, MessageRecorder, MessageSubject, place_of
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

_OBSERVATION = {**_RESULT, "S": "partial", "D": "deleted", "W": "wrong", "I": "pending", "O": "ordered"}
"""Observation result status (table 0085): D takes the observation back, W says that it was posted in error."""

_PARENT = {"T05": "adds_to", "T06": "adds_to", "T09": "replaces", "T10": "replaces"}
"""Trigger → what a document is to that of TXA-13: an addendum or its replacement; of another trigger it is not said."""

_SIGNED = ("authenticated", "legally_authenticated", "final", "corrected")


def read_txa(recorder: MessageRecorder, txa: Segment) -> None:
    """TXA: one document. Signed is: authenticated (TXA-17), by whom and when (TXA-22); T11 cancels it."""
    trigger = recorder.message.header.trigger
    number = place_of(txa, 12, 1)
    subject = recorder.subject("document", recorder.text(number) or recorder.key(txa))
    _item(recorder, subject, place_of(txa, 2, 1))
    subject.take("reference", number)
    day = place_of(txa, 4, 1)
    subject.take("date", day if day.part.raw else place_of(txa, 6, 1), datatypes.day_text)
    subject.take(_PARENT.get(trigger, "parent"), place_of(txa, 13, 1))
    _word(recorder, subject, "availability", place_of(txa, 19), _AVAILABILITY)
    if trigger == "T11":
        subject.add("status", "cancelled", at=place_of(recorder.message.segments[0], 9), reason="a cancelling message")
        return
    status = _word(recorder, subject, "status", place_of(txa, 17), _COMPLETION)
    _signature(subject, status, place_of(txa, 17), _person(recorder, txa, 22), place_of(txa, 22, 15))


def read_obr(recorder: MessageRecorder, obr: Segment, observations: Sequence[Segment]) -> None:
    """OBR of ORU with its OBX: one report. Signed is: final (OBR-25), with its interpreter (OBR-32) and day (OBR-22)."""
    number = place_of(obr, 3, 1)
    subject = recorder.subject("document", recorder.text(number) or recorder.key(obr))
    _item(recorder, subject, place_of(obr, 4, 1))
    subject.take("reference", number)
    subject.take("date", place_of(obr, 7, 1), datatypes.day_text)
    status = _word(recorder, subject, "status", place_of(obr, 25), _RESULT)
    taken_back = next((obx for obx in observations if obx.at(11).raw.strip().upper() in (b"D", b"W")), None)
    if taken_back is not None and status in _SIGNED:
        reason = "an observation of the report was taken back (OBX-11)"
        subject.add("signed_by", None, at=place_of(taken_back, 11), reason=reason, settled_by="records")
    else:
        _signature(subject, status, place_of(obr, 25), _named(recorder, obr, 32), place_of(obr, 22, 1))
    for obx in observations:
        observation = recorder.subject("document", recorder.key(obx))
        observation.take("type", place_of(obx, 3, 1))
        _word(recorder, observation, "status", place_of(obx, 11), _OBSERVATION)
        observation.take("date", place_of(obx, 14, 1), datatypes.day_text)
        observation.add(
            "part_of", subject.key, at=FieldPlace(obx, obx.part, obx.path()), reason="it stands behind its OBR"
        )


def _item(recorder: MessageRecorder, subject: MessageSubject, place: FieldPlace) -> None:
    """The type as the sender names it and, place_of the mapping knows it, the documentation item."""
    written = subject.take("type", place)
    if written is not None and (item := recorder.sender.documents.get(written)):
        subject.add("item", item, at=place, reason=recorder.sender.reason)


def _word(
    recorder: MessageRecorder, subject: MessageSubject, name: str, place: FieldPlace, words: dict[str, str]
) -> str | None:
    """A code of a table in plain words; another one is unknown."""
    written = recorder.text(place)
    if written is None:
        return None
    word = words.get(written.upper())
    subject.add(
        name, word, at=place, reason=None if word else "a code the standard's table does not have", settled_by="records"
    )
    return word


def _signature(
    subject: MessageSubject, status: str | None, at: FieldPlace, signer: tuple[str | None, FieldPlace], when: FieldPlace
) -> None:
    """Who signed and when; `""` where the status says that nobody has."""
    name, place = signer
    if status is None and not at.part.raw:
        return
    if status is None:
        subject.add("signed_by", None, at=at, reason=f"{at.path} has a code of no meaning here", settled_by="records")
    elif status not in _SIGNED:
        subject.add("signed_by", "", at=at, reason=f"not signed: {status}")
    elif name is None:
        subject.add("signed_by", None, at=at, reason=f"{status}, but {place.path} names nobody", settled_by="records")
    else:
        subject.add("signed_by", name, at=place)
        subject.take("signed_on", when, datatypes.moment)


def _person(recorder: MessageRecorder, segment: Segment, field: int) -> tuple[str | None, FieldPlace]:
    """A person (XCN, PPN), by name, else by number."""
    number, family, given_name = (
        place_of(segment, field, 1),
        place_of(segment, field, 2, 1),
        place_of(segment, field, 3),
    )
    return _name(recorder, number, family, given_name), place_of(segment, field)


def _named(recorder: MessageRecorder, segment: Segment, field: int) -> tuple[str | None, FieldPlace]:
    """A person as NDL has them: number, family and given name inside the first component."""
    number, family, given_name = (place_of(segment, field, 1, n) for n in (1, 2, 3))
    return _name(recorder, number, family, given_name), place_of(segment, field)


def _name(recorder: MessageRecorder, number: FieldPlace, family: FieldPlace, given_name: FieldPlace) -> str | None:
    words = [word for word in (recorder.text(family), recorder.text(given_name)) if word is not None]
    return ", ".join(words) or recorder.text(number)
