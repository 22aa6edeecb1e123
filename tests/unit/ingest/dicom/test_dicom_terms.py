"""Lists of words the readers of records take: each is that of the standard, and another word is never the usual one."""

import ast
from collections.abc import Mapping
from inspect import getsource
from types import ModuleType

import pytest
from dicom_files import put, remove
from dicom_judge import terms
from pydicom.uid import ImplicitVRLittleEndian
from shipped import evidence_of

from beamclaim.ingest.dicom import record, summary
from beamclaim.model.value_sets import (
    BEAM_MODALITIES,
    DELIVERY_KINDS,
    PREPARATION_KINDS,
    TERMINATIONS,
    TREATMENT_KINDS,
    VERIFICATIONS,
)
from beamclaim.synthetic.dicom.records import Session, session_record, written

PHOTONS, IONS, SUMMARY = "rt-beams-session-record", "rt-ion-beams-session-record", "rt-treatment-summary-record"


def of_beams(tag: str) -> frozenset[str]:
    return terms(PHOTONS, f"30080020:{tag}") | terms(IONS, f"30080021:{tag}")


STANDARD: dict[str, frozenset[str]] = {
    "SEXES": terms("patient", "00100040"),
    "UNITS": terms(PHOTONS, "300a00b3") | terms(IONS, "300a00b3"),
    "KINDS": of_beams("300a00ce"),
    "TERMINATIONS": of_beams("3008002a") | terms(SUMMARY, "30080220:30080240:3008002a"),
    "VERIFICATIONS": of_beams("3008002c"),
    "RADIATIONS": of_beams("300a00c6"),
    "GROUP_TYPES": terms(SUMMARY, "30080220:30080224"),
    "STATUSES": terms(SUMMARY, "30080200"),
}
"""The lists of the readers by name, as the standard has them."""


def word_lists(module: ModuleType) -> set[str]:
    """The names of the lists a reader asks `item.word(tag, list)` with."""
    calls = (node for node in ast.walk(ast.parse(getsource(module))) if isinstance(node, ast.Call))
    asked = (call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "word")
    return {name.id for call in asked if isinstance(name := call.args[1], ast.Name)}


@pytest.mark.parametrize("name", STANDARD)
def test_a_list_of_the_readers_is_that_of_the_standard(name: str) -> None:
    words: Mapping[bytes, str] = getattr(record, name, None) or getattr(summary, name)
    assert {word.decode() for word in words} == STANDARD[name]
    assert STANDARD[name]


def test_no_list_of_the_readers_is_left_out() -> None:
    assert word_lists(record) | word_lists(summary) == set(STANDARD)


def test_the_words_of_the_tables_are_those_of_the_readers() -> None:
    assert set(record.KINDS.values()) == set(DELIVERY_KINDS) - {"other"}
    assert {"treatment", "continuation"} == set(TREATMENT_KINDS)
    assert {"setup", "open_portfilm", "trmt_portfilm"} == set(PREPARATION_KINDS)
    assert set(record.TERMINATIONS.values()) == set(TERMINATIONS)
    assert set(record.VERIFICATIONS.values()) == set(VERIFICATIONS)
    assert set(record.RADIATIONS.values()) == set(BEAM_MODALITIES)


@pytest.mark.parametrize("word", sorted(STANDARD["KINDS"]))
def test_each_kind_of_the_standard_is_itself(word: str) -> None:
    whole = session_record(Session())
    whole.TreatmentSessionBeamSequence[0].TreatmentDeliveryType = word
    (delivery,) = evidence_of(written(whole, ImplicitVRLittleEndian), 0).deliveries
    assert delivery.kind == word.lower()


@pytest.mark.parametrize("word", [b"IMAGING", b"treatment", b"TREATMENTS", b"TREATMENT\\SETUP"])
def test_a_kind_that_is_no_term_is_never_treatment(word: bytes) -> None:
    whole = session_record(Session())
    put(whole.TreatmentSessionBeamSequence[0], 0x300A00CE, word)
    (delivery,) = evidence_of(written(whole, ImplicitVRLittleEndian), 0).deliveries
    assert delivery.kind == "other"


def test_an_empty_kind_is_not_said_and_none_at_all_is_a_fault() -> None:
    whole = session_record(Session())
    put(whole.TreatmentSessionBeamSequence[0], 0x300A00CE, b"")
    found = evidence_of(written(whole, ImplicitVRLittleEndian), 0)
    assert (found.deliveries[0].kind, found.faults) == (None, [])
    remove(whole.TreatmentSessionBeamSequence[0], 0x300A00CE)
    found = evidence_of(written(whole, ImplicitVRLittleEndian), 0)
    assert (found.deliveries[0].kind, [f.kind for f in found.faults]) == ("other", ["missing"])
