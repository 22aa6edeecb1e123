"""How a treatment is given, as CodeX RT codes it: intent, modality, technique, energy, motion management, guidance."""

from dataclasses import dataclass, field

from beamclaim.ingest.fhir.part import Part
from beamclaim.ingest.fhir.telling import Telling
from beamclaim.ingest.fhir.value import Coded, look_up, plain, quantity

ACTIVE = frozenset({"breath_hold", "gating", "tracking"})
"""Motion management in which the beam follows the breath (CodeX RT 2.0.0; billing pages of the 2026 delivery codes)."""

_ENERGY = {"MV": "energy_mv", "MeV": "energy_mev", "kV": "energy_kv"}
_UNSAID = {
    "imrt": "IMRT, kind not said: fixed or moving leaves, or an arc",
    "uncoded": "the technique is given in words only",
}


@dataclass(slots=True)
class Manner:
    """How it is given, in words of the course form; null: not said, or not one thing."""

    modalities: list[str] = field(default_factory=list)
    guidance: list[str] = field(default_factory=list)
    motion: str | None = None

    @property
    def modality(self) -> str | None:
        """The one modality."""
        return self.modalities[0] if len(set(self.modalities)) == 1 else None


def manner(telling: Telling) -> Manner:
    """States how a treatment is prescribed, planned or given, and sums it up."""
    found = Manner()
    intent = telling.part.extension("procedure-intent", "treatment-intent")
    _word(telling, "intent", intent, "intent", "physician")
    for beam in telling.part.extensions("modality-and-technique"):
        _beam(telling, beam, found)
    for imaging in telling.part.extensions("image-guided-radiotherapy-modality"):
        code = look_up("guidance", _concept(imaging.extension("modality")))
        word = _said(telling, "guidance", code, "therapist")
        if word:
            found.guidance.append(word)
    for verification in telling.part.extensions("intrafraction-verification"):
        _said(
            telling,
            "intrafraction_verification",
            look_up("verification", _concept(verification.extension("procedure"))),
            "physicist",
            "verification",
        )
    found.motion = _motion(telling)
    return found


def _concept(extension: Part | None) -> Part | None:
    return extension.one("valueCodeableConcept") if extension else None


def _word(telling: Telling, table: str, extension: Part | None, name: str, who: str) -> str | None:
    return _said(telling, name, look_up(table, _concept(extension)), who, table)


def _said(telling: Telling, name: str, code: Coded | None, who: str, table: str | None = None) -> str | None:
    """States the word of a code, or that its code has none."""
    if code is None:
        return None
    meaning = code.meaning
    if meaning is None:
        telling.say(code.part, name, None, f"{code.shown} is not one of the {table or name} codes that are read", who)
        return None
    if not meaning.word:
        telling.say(
            code.part, name, None, f"{meaning.family.replace('_', ' ')}: no word of the course form is certain", who
        )
        return None
    telling.say(code.part, name, meaning.word)
    return meaning.word


def _beam(telling: Telling, beam: Part, found: Manner) -> None:
    of = look_up("modality", _concept(beam.extension("modality")))
    modality = _said(telling, "modality", of, "physicist")
    if modality:
        found.modalities.append(modality)
    techniques = [code for e in beam.extensions("technique") if (code := look_up("technique", _concept(e)))]
    words = {code.meaning.word for code in techniques if code.meaning}
    for code in techniques:
        meaning = code.meaning
        if meaning and meaning.family:
            telling.say(code.part, "technique_family", meaning.family)
        if meaning and meaning.word and of and modality != "photon":
            why = f"said of {modality or 'other'} beams; the words of the form are of photons"
            telling.say(code.part, "technique", None, why, "physicist")
        elif meaning and not meaning.word and meaning.family in _UNSAID:
            if not (meaning.family == "imrt" and "vmat" in words):  # an arc is the kind that was missing
                telling.say(code.part, "technique", None, _UNSAID[meaning.family], "physicist")
        else:
            _said(telling, "technique", code, "physicist")
    for energy in beam.extensions("energy-or-isotope"):
        measure = quantity(energy.one("valueQuantity"))
        if measure is not None:
            name = _ENERGY.get(measure.unit or "", "energy")
            known = name != "energy" and measure.number > 0 and not measure.reason
            value = plain(measure.number) if known else None
            telling.say(
                measure.part,
                name,
                value,
                None if known else measure.reason or "the unit is none of MV, MeV, kV",
                None if known else "physicist",
            )
        _said(telling, "isotope", look_up("isotope", energy.one("valueCodeableConcept")), "physicist")


def _motion(telling: Telling) -> str | None:
    """States motion management as the two extensions give it; a combination the profile forbids is unknown.

    Source: CodeX RT 2.0.0, invariants of the two extensions: none excludes all others; a technique asks for free breathing.
    """
    ways = [
        c for e in telling.part.extensions("respiratory-motion-management") if (c := look_up("motion", _concept(e)))
    ]
    techniques = [
        c
        for e in telling.part.extensions("free-breathing-motion-mgmt-technique")
        if (c := look_up("breathing", _concept(e)))
    ]
    words = {code.meaning.word if code.meaning else "" for code in ways}
    forbidden = None
    if "none" in words and (len(words) > 1 or techniques):
        forbidden = "none beside another way: they exclude each other"
    elif techniques and "free_breathing" not in words:
        forbidden = "a technique of free breathing, and free breathing is not said"
    if forbidden:
        code = (ways or techniques)[0]
        code.part.fault("invariant", "motion management as the profile allows it", forbidden)
        telling.say(code.part, "motion_management", None, forbidden, "physicist")
        return None
    said: set[str | None] = set()
    for code in ways:
        if code.meaning and code.meaning.word == "free_breathing":
            if not techniques:
                telling.say(code.part, "motion_management", None, "free breathing, its technique not said", "physicist")
                said.add(None)
        else:
            said.add(_said(telling, "motion_management", code, "physicist"))
    for code in techniques:
        if code.meaning and code.meaning.word == "internal_target_volume":
            telling.say(
                code.part,
                "motion_management",
                None,
                "free breathing in an internal target volume: planned for, not managed by the beam",
                "physicist",
            )
            said.add(None)
        else:
            said.add(_said(telling, "motion_management", code, "physicist"))
    active = said & ACTIVE
    if len(active) == 1:
        return active.pop()
    return said.pop() if len(said) == 1 else None
