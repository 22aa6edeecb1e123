"""Diagnoses and procedures: the codes of FT1-19, DG1 and PR1 (chapter 6), as far as they are ICD-10-CM, CPT or HCPCS."""

from collections.abc import Sequence

from beamclaim.ingest.hl7v2 import values
from beamclaim.ingest.hl7v2.saying import About, Saying, Where, where, within
from beamclaim.ingest.hl7v2.tokens import Part, Segment
from beamclaim.ingest.values import Unfit

_ORDER = 15  # DG1-15, diagnosis priority
_ACTION = 21  # DG1-21: D takes the diagnosis back


def read_dg1(saying: Saying, about: About, segments: Sequence[Segment]) -> None:
    """The diagnoses of several DG1 as one list: by their priority where each has its own, else as they stand."""
    kept = [s for s in segments if (saying.text(where(s, _ACTION)) or "").upper() != "D"]
    if not kept:
        return
    ranks = [saying.read(where(s, _ORDER), values.rank) for s in kept]
    if None not in ranks and len(set(ranks)) == len(ranks):
        kept = [s for _, s in sorted(zip(ranks, kept, strict=True), key=lambda pair: pair[0] or 0)]
    codes = [(_place(s, 3, s.field(3)), (saying.text(where(s, 3, 3)) or saying.text(where(s, 2)) or "")) for s in kept]
    whole = codes[0][0]
    if (
        len(kept) > 1
    ):  # a list over several segments has no place of its own: it runs from the first of them to the last
        ends = sorted((s.part for s in kept), key=lambda part: part.start)
        whole = Where(kept[0], ends[0], "DG1-3", ends[-1])
    _say(saying, about, codes, whole)


def read_field(saying: Saying, about: About, segment: Segment, field: int) -> None:
    """The diagnoses of a field that repeats, in its order."""
    codes = [
        (_place(segment, field, r), saying.text(within(segment, field, r, 3)) or "") for r in segment.repetitions(field)
    ]
    if any(place.part.raw for place, _ in codes):
        _say(saying, about, codes, where(segment, field))


def is_coded(saying: Saying, segment: Segment, field: int) -> bool:
    """Whether any of a field's diagnoses is said to be ICD-10-CM, or looks it and is not said to be anything."""
    for repetition in segment.repetitions(field):
        code = saying.text(within(segment, field, repetition, 1))
        if code is not None and _code(code, saying.text(within(segment, field, repetition, 3)) or "") is not None:
            return True
    return False


def read_pr1(saying: Saying, pr1: Segment, charge: str | None) -> None:
    """PR1: a procedure, its day, its modifiers, who did it, and the charge it stands behind."""
    about = saying.about("procedure", saying.key(pr1))
    coded = values.system(saying.text(where(pr1, 3, 3)) or "")
    place = where(pr1, 3, 1)
    if coded in values.PROCEDURE_SYSTEMS:
        about.say("code", place, values.code, f"coded as {coded}", "coder")
    elif saying.text(place) is not None:
        about.state("code", None, place, "PR1-3 is not said to be CPT or HCPCS", "coder")
    about.say("date", where(pr1, 5, 1), values.day_text)
    read_modifiers(saying, about, pr1, 16)
    read_person(saying, about, "performed_by", where(pr1, 11, 1))
    if charge is not None:
        about.state("part_of", charge, Where(pr1, pr1.part, pr1.path()), "the charge it stands behind")


def read_modifiers(saying: Saying, about: About, segment: Segment, field: int) -> None:
    """A field of modifiers as one list joined with `;`; one that does not fit makes the list unknown."""
    places = [within(segment, field, repetition, 1) for repetition in segment.repetitions(field)]
    given = [saying.read(place, values.modifier) for place in places if place.part.raw]
    known = [value for value in given if value is not None]
    if len(known) < len(given):
        about.state(
            "modifiers", None, where(segment, field), "an entry is no modifier of two letters or digits", "biller"
        )
    elif known:
        about.state("modifiers", ";".join(known), where(segment, field))


def read_person(saying: Saying, about: About, name: str, place: Where) -> None:
    """A person's NPI (XCN-1); another kind of number leaves it unknown."""
    text = saying.text(place)
    if text is None:
        return
    try:
        about.state(name, values.npi(text), place)
    except Unfit:
        about.state(name, None, place, "the number given is no NPI", "biller")


def _place(segment: Segment, field: int, repetition: Part) -> Where:
    return within(segment, field, repetition, 1)


def _code(text: str, system: str) -> str | None:
    """The ICD-10-CM code, None where it is none or another system's."""
    name = values.system(system)
    if name and name not in values.DIAGNOSIS_SYSTEMS:
        return None
    try:
        return values.diagnosis(text)
    except Unfit:
        return None


def _say(saying: Saying, about: About, codes: Sequence[tuple[Where, str]], whole: Where) -> None:
    """A list of diagnoses; codes of other systems beside ICD-10-CM are left out and counted."""
    given = [(saying.text(place), system) for place, system in codes]
    taken = [_code(text, system) for text, system in given if text is not None]
    own = [code for code in taken if code is not None]
    left = len(taken) - len(own)
    if not taken:
        return
    if not own:
        about.state("diagnoses", None, whole, "no code of ICD-10-CM among them", "coder")
        return
    unnamed = any(not system for _, system in given)
    reasons = [f"{left} of another coding system left out"] if left else []
    reasons += ["taken for ICD-10-CM by their form: no coding system is named"] if unnamed else []
    about.state("diagnoses", ";".join(dict.fromkeys(own)), whole, "; ".join(reasons) or None)
