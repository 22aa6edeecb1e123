"""The public sample messages give the facts counted by hand, and every span is the bytes it says."""

import csv
from pathlib import Path

import pytest
from hl7v2_written import ALL, read, said, written

from beamclaim.model.tables.evidence import Evidence

FOLDER = Path(__file__).parents[3] / "fixtures" / "hl7v2"
SAMPLES = sorted((FOLDER / "fhir-converter").glob("*.hl7"))


def expected() -> list[dict[str, str]]:
    with (FOLDER / "expected.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def column(evidence: Evidence, subject: str, name: str) -> str:
    """The values of a name in order, joined; unknown ones are said."""
    values = [s.value for s in evidence.assertions if s.subject == subject and s.name == name]
    return ";".join("unknown" if value is None else value for value in values)


def test_every_sample_has_its_row() -> None:
    assert [row["file"] for row in expected()] == [path.name for path in SAMPLES]


@pytest.mark.parametrize("row", expected(), ids=lambda row: row["file"])
def test_a_sample_says_what_was_counted_by_hand(row: dict[str, str]) -> None:
    evidence = read((FOLDER / "fhir-converter" / row["file"]).read_bytes())
    assert {
        "type": column(evidence, "message", "type"),
        "patients": column(evidence, "patient", "id"),
        "birth_date": column(evidence, "patient", "birth_date"),
        "sex": column(evidence, "patient", "sex"),
        "charge_codes": column(evidence, "charge", "code"),
        "units": column(evidence, "charge", "units"),
        "amounts": column(evidence, "charge", "amount"),
        "modifiers": column(evidence, "charge", "modifiers"),
        "charge_dates": column(evidence, "charge", "date"),
        "charge_diagnoses": column(evidence, "charge", "diagnoses"),
        "procedure_codes": column(evidence, "procedure", "code"),
        "stay_first_day": column(evidence, "stay", "first_day"),
        "payers": str(len(said(evidence, "coverage"))),
    } == {name: value for name, value in row.items() if name != "file"}


def shown(written_value: str) -> str:
    """A value as it may be written: without the marks of dates and codes."""
    return "".join(c for c in written_value.replace("T", "") if c.isalnum())


#: Names whose value is worked out from the bytes rather than being them.
WORKED_OUT = {
    "digest", "sender", "kind", "part_of", "not_read", "status", "availability", "planned_status", "diagnoses", "signed_by", "type",
    "units", "sex", "told_at", "event",
}  # fmt: skip


@pytest.mark.parametrize("data", [*(p.read_bytes() for p in SAMPLES), *(written(m) for m in ALL.values())])
def test_every_span_slices_the_value(data: bytes) -> None:
    evidence = read(data)
    assert evidence.assertions
    for s in evidence.assertions:
        raw = data[s.start : s.end].decode()
        assert raw and "\n" not in raw[:1], s.path
        if s.value and s.name not in WORKED_OUT:
            assert shown(raw).startswith(shown(s.value)) or shown(s.value).startswith(shown(raw)), (s.name, s.path)
        if s.name == "diagnoses" and s.value:
            assert all(code in shown(raw) for code in s.value.split(";"))
    for f in evidence.faults:
        assert 0 <= f.start <= f.end <= len(data)
    assert {s.segment for s in evidence.assertions} <= {*range(1, data.count(b"\n") + data.count(b"\r") + 2)}


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_the_line_ends_change_places_alone(end: str) -> None:
    plain = read(written(ALL["DFT"]))
    other = read(written(ALL["DFT"], end))
    assert [(s.path, s.value, s.segment) for s in other.assertions] == [
        (s.path, s.value, s.segment) for s in plain.assertions
    ]
