"""Concepts of body sites → sites in plain words, with their side."""

import re

from beamclaim.ingest.fhir.datatypes import codings, look_up
from beamclaim.ingest.fhir.element import FhirElement
from beamclaim.ingest.fhir.resource_recorder import ResourceRecorder

_TAG = re.compile(r" \([a-z /]{3,40}\)$")
_OF = re.compile(r"^(?:entire |structure of )?(.+?)(?: structure)?$")
LONGEST = 200


def sites(recorder: ResourceRecorder, member: str) -> None:
    """Asserts the body sites of a list or of one concept, each with its side before it."""
    listed = recorder.element.get(member)
    if listed is None:
        return
    for concept in [listed] if listed.node.kind == "an object" else recorder.element.items(member):
        site(recorder, concept, [e.one("valueCodeableConcept") for e in concept.extensions("laterality-qualifier")])


def site(recorder: ResourceRecorder, concept: FhirElement, qualifiers: list[FhirElement | None]) -> None:
    """Asserts one body site; a code without words is an unknown site, for codes are not translated here."""
    sides = [code for q in qualifiers if (code := look_up("laterality", q)) and code.meaning]
    for side in sides:
        recorder.add("laterality", side.meaning.word if side.meaning else None, at=side.element)
    words = _words(concept)
    if words is None:
        codes = codings(concept)
        if codes:
            recorder.add("site", None, at=codes[0].element, reason="a code without words", settled_by="coder")
        return
    plain = _OF.sub(r"\1", _TAG.sub("", words.written)).lower() if words.path.endswith("display") else words.written
    which = sides[0].meaning.word if len(sides) == 1 and sides[0].meaning else ""
    if which and which.split(" ", 1)[0] not in plain.lower():
        plain = f"{which} {plain}"
    recorder.add("site", plain[:LONGEST], at=words, reason="the side is coded beside it" if which else None)


def _words(concept: FhirElement) -> FhirElement | None:
    """The words of a concept: its text, else what its first coding displays."""
    text = concept.text("text")
    if text is not None:
        return text
    return next((d for coding in concept.items("coding") if (d := coding.text("display"))), None)
