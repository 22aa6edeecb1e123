"""FT1-19, DG1 and PR1 (chapter 6) → diagnoses and procedures, as far as they are ICD-10-CM, CPT or HCPCS."""

from collections.abc import Sequence

from beamclaim.ingest.hl7v2 import datatypes
from beamclaim.ingest.hl7v2.message_recorder import FieldPlace, MessageRecorder, MessageSubject, place_inside, place_of
from beamclaim.ingest.hl7v2.tokens import FieldBytes, Segment
from beamclaim.ingest.values import Unfit

_ORDER = 15  # DG1-15, diagnosis priority
_ACTION = 21  # DG1-21: D takes the diagnosis back


def read_dg1(recorder: MessageRecorder, subject: MessageSubject, segments: Sequence[Segment]) -> None:
    """The diagnoses of several DG1 as one list: by their priority where each has its own, else as they stand."""
    active = [s for s in segments if (recorder.text(place_of(s, _ACTION)) or "").upper() != "D"]
    if not active:
        return
    ranks = [recorder.read(place_of(s, _ORDER), datatypes.rank) for s in active]
    if None not in ranks and len(set(ranks)) == len(ranks):
        active = [s for _, s in sorted(zip(ranks, active, strict=True), key=lambda pair: pair[0] or 0)]
    codes = [
        (_place(s, 3, s.field(3)), (recorder.text(place_of(s, 3, 3)) or recorder.text(place_of(s, 2)) or ""))
        for s in active
    ]
    whole = codes[0][0]
    if (
        len(active) > 1
    ):  # a list over several segments has no place of its own: it runs from the first of them to the last
        ends = sorted((s.part for s in active), key=lambda part: part.start)
        whole = FieldPlace(active[0], ends[0], "DG1-3", ends[-1])
    _say(recorder, subject, codes, whole)


def read_field(recorder: MessageRecorder, subject: MessageSubject, segment: Segment, field: int) -> None:
    """The diagnoses of a field that repeats, in its order."""
    codes = [
        (_place(segment, field, r), recorder.text(place_inside(segment, field, r, 3)) or "")
        for r in segment.repetitions(field)
    ]
    if any(place.part.raw for place, _ in codes):
        _say(recorder, subject, codes, place_of(segment, field))


def is_coded(recorder: MessageRecorder, segment: Segment, field: int) -> bool:
    """Whether any of a field's diagnoses is said to be ICD-10-CM, or looks it and is not said to be anything."""
    for repetition in segment.repetitions(field):
        code = recorder.text(place_inside(segment, field, repetition, 1))
        if (
            code is not None
            and _code(code, recorder.text(place_inside(segment, field, repetition, 3)) or "") is not None
        ):
            return True
    return False


def read_pr1(recorder: MessageRecorder, pr1: Segment, charge: str | None) -> None:
    """PR1: a procedure, its day, its modifiers, who did it, and the charge it stands behind."""
    subject = recorder.subject("procedure", recorder.key(pr1))
    coded = datatypes.system(recorder.text(place_of(pr1, 3, 3)) or "")
    place = place_of(pr1, 3, 1)
    if coded in datatypes.PROCEDURE_SYSTEMS:
        subject.take("code", place, datatypes.code, reason=f"coded as {coded}", settled_by="coder")
    elif recorder.text(place) is not None:
        subject.add("code", None, at=place, reason="PR1-3 is not said to be CPT or HCPCS", settled_by="coder")
    subject.take("date", place_of(pr1, 5, 1), datatypes.day_text)
    read_modifiers(recorder, subject, pr1, 16)
    read_person(recorder, subject, "performed_by", place_of(pr1, 11, 1))
    if charge is not None:
        subject.add("part_of", charge, at=FieldPlace(pr1, pr1.part, pr1.path()), reason="the charge it stands behind")


def read_modifiers(recorder: MessageRecorder, subject: MessageSubject, segment: Segment, field: int) -> None:
    """A field of modifiers as one list joined with `;`; one that does not fit makes the list unknown."""
    places = [place_inside(segment, field, repetition, 1) for repetition in segment.repetitions(field)]
    modifiers = [recorder.read(place, datatypes.modifier) for place in places if place.part.raw]
    known = [value for value in modifiers if value is not None]
    if len(known) < len(modifiers):
        subject.add(
            "modifiers",
            None,
            at=place_of(segment, field),
            reason="an entry is no modifier of two letters or digits",
            settled_by="biller",
        )
    elif known:
        subject.add("modifiers", ";".join(known), at=place_of(segment, field))


def read_person(recorder: MessageRecorder, subject: MessageSubject, name: str, place: FieldPlace) -> None:
    """A person's NPI (XCN-1); another kind of number leaves it unknown."""
    text = recorder.text(place)
    if text is None:
        return
    try:
        subject.add(name, datatypes.npi(text), at=place)
    except Unfit:
        subject.add(name, None, at=place, reason="the number given is no NPI", settled_by="biller")


def _place(segment: Segment, field: int, repetition: FieldBytes) -> FieldPlace:
    return place_inside(segment, field, repetition, 1)


def _code(text: str, system: str) -> str | None:
    """The ICD-10-CM code, None where it is none or another system's."""
    name = datatypes.system(system)
    if name and name not in datatypes.DIAGNOSIS_SYSTEMS:
        return None
    try:
        return datatypes.diagnosis(text)
    except Unfit:
        return None


def _say(
    recorder: MessageRecorder, subject: MessageSubject, codes: Sequence[tuple[FieldPlace, str]], whole: FieldPlace
) -> None:
    """A list of diagnoses; codes of other systems beside ICD-10-CM are left out and counted."""
    written = [(recorder.text(place), system) for place, system in codes]
    taken = [_code(text, system) for text, system in written if text is not None]
    own = [code for code in taken if code is not None]
    left = len(taken) - len(own)
    if not taken:
        return
    if not own:
        subject.add("diagnoses", None, at=whole, reason="no code of ICD-10-CM among them", settled_by="coder")
        return
    unnamed = any(not system for _, system in written)
    reasons = [f"{left} of another coding system left out"] if left else []
    reasons += ["taken for ICD-10-CM by their form: no coding system is named"] if unnamed else []
    subject.add("diagnoses", ";".join(dict.fromkeys(own)), at=whole, reason="; ".join(reasons) or None)
