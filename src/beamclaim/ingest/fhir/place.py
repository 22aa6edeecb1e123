"""Where is treated: body sites and volumes in plain words, with their side."""

import re

from beamclaim.ingest.fhir.part import Part
from beamclaim.ingest.fhir.telling import Telling
from beamclaim.ingest.fhir.value import codings, look_up

_TAG = re.compile(r" \([a-z /]{3,40}\)$")
_OF = re.compile(r"^(?:entire |structure of )?(.+?)(?: structure)?$")
LONGEST = 200


def sites(telling: Telling, member: str) -> None:
    """States the body sites of a list or of one concept, each with its side before it."""
    listed = telling.part.get(member)
    if listed is None:
        return
    for concept in [listed] if listed.node.kind == "an object" else telling.part.items(member):
        site(telling, concept, [e.one("valueCodeableConcept") for e in concept.extensions("laterality-qualifier")])


def site(telling: Telling, concept: Part, qualifiers: list[Part | None]) -> None:
    """States one body site; a code without words is an unknown site, for codes are not translated here."""
    sides = [code for q in qualifiers if (code := look_up("laterality", q)) and code.meaning]
    for side in sides:
        telling.say(side.part, "laterality", side.meaning.word if side.meaning else None)
    words = _words(concept)
    if words is None:
        found = codings(concept)
        if found:
            telling.say(found[0].part, "site", None, "a code without words", "coder")
        return
    plain = _OF.sub(r"\1", _TAG.sub("", words.written)).lower() if words.path.endswith("display") else words.written
    which = sides[0].meaning.word if len(sides) == 1 and sides[0].meaning else ""
    if which and which.split(" ", 1)[0] not in plain.lower():
        plain = f"{which} {plain}"
    telling.say(words, "site", plain[:LONGEST], "the side is coded beside it" if which else None)


def _words(concept: Part) -> Part | None:
    """The words of a concept: its text, else what its first coding displays."""
    text = concept.text("text")
    if text is not None:
        return text
    return next((d for coding in concept.items("coding") if (d := coding.text("display"))), None)
