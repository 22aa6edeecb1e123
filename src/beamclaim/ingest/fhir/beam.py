"""A radiotherapy resource of CodeX RT → how the treatment is given: intent, modality, technique, energy, motion, guidance.

Codes become words of the course form by `codes.csv`; one that has no word is unknown, with who can settle it.
"""

from dataclasses import dataclass

from beamclaim.ingest.fhir.datatypes import Coded, look_up, plain, quantity
from beamclaim.ingest.fhir.element import FhirElement
from beamclaim.ingest.fhir.resource_recorder import ResourceRecorder

_ENERGY = {"MV": "energy_mv", "MeV": "energy_mev", "kV": "energy_kv"}
_UNSAID = {
    "imrt": "IMRT, kind not said: fixed or moving leaves, or an arc",
    "uncoded": "the technique is given in words only",
}


@dataclass(frozen=True, slots=True)
class Manner:
    """How it is given, in words of the course form; `motion` null: unknown, or not one thing."""

    modalities: list[str]
    guidance: list[str]
    motion: str | None

    @property
    def modality(self) -> str | None:
        """The one modality; null where there is none, or several."""
        return self.modalities[0] if len(set(self.modalities)) == 1 else None


def manner(recorder: ResourceRecorder) -> Manner:
    """A radiotherapy resource → how the treatment is prescribed, planned or given; each part of it is asserted."""
    element = recorder.element
    intent = element.extension("procedure-intent", "treatment-intent")
    _add_word(recorder, "intent", look_up("intent", _concept(intent)), settled_by="physician")
    modalities = [_beam(recorder, beam) for beam in element.extensions("modality-and-technique")]
    guidance = []
    for imaging in element.extensions("image-guided-radiotherapy-modality"):
        code = look_up("guidance", _concept(imaging.extension("modality")))
        guidance.append(_add_word(recorder, "guidance", code, settled_by="therapist"))
    for verification in element.extensions("intrafraction-verification"):
        code = look_up("verification", _concept(verification.extension("procedure")))
        name = "intrafraction_verification"
        _add_word(recorder, name, code, settled_by="physicist", table="verification")
    return Manner([word for word in modalities if word], [word for word in guidance if word], _motion(recorder))


def _concept(extension: FhirElement | None) -> FhirElement | None:
    return extension.one("valueCodeableConcept") if extension else None


def _add_word(
    recorder: ResourceRecorder, name: str, code: Coded | None, *, settled_by: str, table: str | None = None
) -> str | None:
    """Asserts the word of a code → the word; null, with the reason, where the code has none."""
    if code is None:
        return None
    meaning = code.meaning
    if meaning is not None and meaning.word:
        recorder.add(name, meaning.word, at=code.element)
        return meaning.word
    if meaning is None:
        reason = f"{code.printable} is not one of the {table or name} codes that are read"
    else:
        reason = f"{meaning.family.replace('_', ' ')}: no word of the course form is certain"
    recorder.add(name, None, at=code.element, reason=reason, settled_by=settled_by)
    return None


def _beam(recorder: ResourceRecorder, beam: FhirElement) -> str | None:
    """Asserts modality, techniques, energy or isotope of a kind of beam → its modality."""
    of = look_up("modality", _concept(beam.extension("modality")))
    modality = _add_word(recorder, "modality", of, settled_by="physicist")
    techniques = [code for e in beam.extensions("technique") if (code := look_up("technique", _concept(e)))]
    words = {code.meaning.word for code in techniques if code.meaning}
    for code in techniques:
        meaning, reason = code.meaning, None
        if meaning and meaning.family:
            recorder.add("technique_family", meaning.family, at=code.element)
        if meaning and meaning.word and of and modality != "photon":
            reason = f"said of {modality or 'other'} beams; the words of the form are of photons"
        elif meaning and not meaning.word and meaning.family in _UNSAID:
            if meaning.family == "imrt" and "vmat" in words:
                continue  # an arc is the kind that was missing
            reason = _UNSAID[meaning.family]
        if reason is None:
            _add_word(recorder, "technique", code, settled_by="physicist")
        else:
            recorder.add("technique", None, at=code.element, reason=reason, settled_by="physicist")
    for energy in beam.extensions("energy-or-isotope"):
        measure = quantity(energy.one("valueQuantity"))
        if measure is not None:
            name = _ENERGY.get(measure.unit or "", "energy")
            is_known = name != "energy" and measure.number > 0 and not measure.reason
            value = plain(measure.number) if is_known else None
            reason = None if is_known else measure.reason or "the unit is none of MV, MeV, kV"
            recorder.add(name, value, at=measure.element, reason=reason, settled_by="physicist")
        isotope = look_up("isotope", energy.one("valueCodeableConcept"))
        _add_word(recorder, "isotope", isotope, settled_by="physicist")
    return modality


def _motion(recorder: ResourceRecorder) -> str | None:
    """Asserts motion management as the two extensions give it → the one word of it; a combination the profile forbids is unknown.

    Source: CodeX RT 2.0.0, invariants of the two extensions: none excludes all others; a technique asks for free breathing.
    """
    ways = _codes(recorder, "respiratory-motion-management", "motion")
    techniques = _codes(recorder, "free-breathing-motion-mgmt-technique", "breathing")
    words = {code.meaning.word if code.meaning else "" for code in ways}
    forbidden = None
    if "none" in words and (len(words) > 1 or techniques):
        forbidden = "none beside another way: they exclude each other"
    elif techniques and "free_breathing" not in words:
        forbidden = "a technique of free breathing, and free breathing is not said"
    if forbidden:
        element = (ways or techniques)[0].element
        element.fault("invariant", expected="motion management as the profile allows it", found=forbidden)
        _unknown_motion(recorder, element, forbidden)
        return None
    answers: set[str | None] = set()
    active: set[str] = set()
    for code in (*ways, *techniques):
        word = code.meaning.word if code.meaning else None
        if word == "free_breathing":
            if not techniques:
                _unknown_motion(recorder, code.element, "free breathing, its technique not said")
                answers.add(None)
        elif word == "internal_target_volume":
            reason = "free breathing in an internal target volume: planned for, not managed by the beam"
            _unknown_motion(recorder, code.element, reason)
            answers.add(None)
        else:
            answers.add(_add_word(recorder, "motion_management", code, settled_by="physicist"))
            if code.meaning and code.meaning.family == "active":  # the beam follows the breath
                active.add(code.meaning.word)
    if len(active) == 1:
        return active.pop()
    return answers.pop() if len(answers) == 1 else None


def _codes(recorder: ResourceRecorder, extension: str, table: str) -> list[Coded]:
    concepts = map(_concept, recorder.element.extensions(extension))
    return [code for concept in concepts if (code := look_up(table, concept))]


def _unknown_motion(recorder: ResourceRecorder, element: FhirElement, reason: str) -> None:
    recorder.add("motion_management", None, at=element, reason=reason, settled_by="physicist")
