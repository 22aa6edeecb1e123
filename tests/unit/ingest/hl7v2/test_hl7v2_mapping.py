"""A mapping is taken whole or refused with its place and a remedy."""

from pathlib import Path

import pytest

from beamclaim.errors import PolicyError
from beamclaim.ingest.hl7v2 import load_mapping, mapping

GOOD = """
senders:
  - application: ARIA
    version: "2025-03"
    plan: ZPM-3.1
    charges: {"4401234": {code: "77412", modifiers: [TC]}}
  - application: ARIA
    facility: NORTH
    version: "2"
"""


def given(folder: Path, text: str) -> Path:
    path = folder / "senders.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_mapping_names_its_senders(tmp_path: Path) -> None:
    loaded = load_mapping(given(tmp_path, GOOD))
    own = loaded.of("ARIA", "SOUTH")
    assert own.plan == mapping.Address(segment="ZPM", field=3, component=1)
    assert own.charges["4401234"] == mapping.Charge(code="77412", modifiers=["TC"])
    assert own.reason == "by the mapping of ARIA, version 2025-03"
    assert loaded.of("ARIA", "NORTH").version == "2"
    assert loaded.of("MOSAIQ", "SOUTH") is mapping.STANDARD_LAYOUT


def test_the_example_of_its_page_is_a_mapping(tmp_path: Path) -> None:
    assert mapping.__doc__
    example = mapping.__doc__.partition("::")[2]
    assert load_mapping(given(tmp_path, example)).of("ARIA", "RADONC").orders == {"PHYS": "special_physics"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "dictionary"),
        ("senders: 3", "senders"),
        ("senders: [{application: A}]", "senders.0.version"),
        ('senders: [{application: "", version: "1"}]', "senders.0.application"),
        ('senders: [{application: A, version: "1", colour: red}]', "senders.0.colour"),
        ('senders: [{application: A, version: "1", plan: FT1}]', "write a place as FT1-25"),
        ('senders: [{application: A, version: "1", plan: ft1-2}]', "write a place as FT1-25"),
        ('senders: [{application: A, version: "1", plan: 3}]', "write a place as FT1-25"),
        ('senders: [{application: A, version: "1", charges: {"1": {code: "774"}}}]', "expected a procedure code"),
        (
            'senders: [{application: A, version: "1", charges: {"1": {code: "77412", modifiers: [X]}}}]',
            "expected modifiers",
        ),
        ('senders: [{application: A, version: "1", charges: {1: {code: "77412"}}}]', "string"),
        ('senders: [{application: A, version: "1"}, {application: A, version: "2"}]', "given twice"),
        ('senders: [{application: A, version: "1", version: "2"}]', "given twice"),
        ("senders: [&x {application: A}, *x]", "aliases"),
        ("senders: [" + "[" * 1000, "not YAML"),
        ("senders: !!python/object/apply:os.getcwd []", "not YAML"),
        ("a: [", "not YAML"),
    ],
)
def test_a_mapping_that_is_odd_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(PolicyError, match=r"senders\.yaml") as met:
        load_mapping(given(tmp_path, text))
    assert says in str(met.value)


def test_a_mapping_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError):
        load_mapping(tmp_path / "none.yaml")
