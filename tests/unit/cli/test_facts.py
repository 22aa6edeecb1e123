"""`facts` from the command line: records in, courses out, course files that `check` takes, an exit status."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from beamclaim.cli.main import main as beam

FIXTURES = Path(__file__).parents[2] / "fixtures"
COURSE = FIXTURES / "dicom/records/course_2025"
HEAD = (
    "claim,payer,payer_line,setting,patient,birth_date,sex,diagnoses,line,date,code,modifiers,units,charge,"
    "place_of_service,revenue_code,rendering_npi,billing_npi,authorization,frequency,submitted_on"
)


def facts(*words: object) -> int:
    return beam(["facts", *(str(w) for w in words), "--as-of", "2026-03-01"])


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(capsys.readouterr().out)
    return read


def test_the_text_says_what_was_delivered_what_is_unknown_and_who_can_settle_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert facts(COURSE) == 0
    said = capsys.readouterr().out
    assert "7 fractions delivered on 6 days, 2025-11-03 to 2025-11-11; records not known to be complete" in said
    assert "2025-11-05 09:00" in said and "interrupted resumed" in said and "not delivered" in said
    assert "(physicist)" in said
    assert said.endswith("1 course, from 9 files of 9 read.\n")


def test_json_is_the_same_twice(capsys: pytest.CaptureFixture[str]) -> None:
    assert facts(COURSE, "--format", "json") == 0
    first = capsys.readouterr().out
    assert facts(*sorted(COURSE.iterdir(), reverse=True), "--format", "json") == 0
    assert capsys.readouterr().out == first


def test_what_the_files_never_say_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    words = (
        "--setting",
        "freestanding",
        "--payer-line",
        "commercial",
        "--payer",
        "00123",
        "--diagnosis",
        "c50.911,Z51.0",
    )
    assert facts(COURSE, "--format", "json", *words) == 0
    ((course),) = (c["course"] for c in document(capsys)["courses"])
    assert (course["setting"], course["payer"]) == ("freestanding", {"id": "00123", "line": "commercial"})
    assert course["diagnoses"] == ["C50911", "Z510"]


def test_course_files_are_what_check_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "courses"
    assert facts(COURSE, "--output", folder) == 0
    capsys.readouterr()
    (written,) = folder.iterdir()
    assert written.name.endswith(".course.json") and "123456" not in written.name
    claims = tmp_path / "claims.csv"
    row = "A,1,medicare_ffs,hospital_outpatient,123456,1961-04-02,F,C50911,1,2025-11-04,77386,,1,1450.00,,0333,,1234567893,,1,2025-12-01"
    claims.write_text(f"{HEAD}\n{row}\n")
    assert beam(["check", str(claims), "--course", str(folder), "--as-of", "2026-03-01", "--format", "json"]) in (0, 1)
    assert [f["error"] for f in document(capsys)["files"]] == [None, None]


def test_standard_input_is_read(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO((COURSE / "fx01.dcm").read_bytes())

    monkeypatch.setattr(sys, "stdin", Input())
    assert facts("-", "--format", "json") == 0
    assert document(capsys)["files"][0]["path"] == "-"


def test_a_file_that_cannot_be_read_is_two_and_the_others_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(b'{"resourceType": "Bundle"')
    assert facts(COURSE, bad) == 2
    said = capsys.readouterr().out
    assert "Files not read" in said and "1 course, from 9 files of 10 read" in said


def test_other_files_in_a_folder_are_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "fx01.dcm").write_bytes((COURSE / "fx01.dcm").read_bytes())
    (tmp_path / "readme.txt").write_text("of the export")
    assert facts(tmp_path) == 0
    assert "1 other file in the folders" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ("--diagnosis", "prostate"),
        ("--setting", "here"),
        ("--payer-line", "x"),
        ("--format", "xlsx"),
        ("--as-of", "soon"),
    ],
)
def test_bad_usage_is_refused_in_a_sentence(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["facts", str(COURSE), *words]) == 2
    assert capsys.readouterr().err.startswith("beamclaim: ")


def test_an_output_that_is_a_file_is_refused_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    assert facts(COURSE, "--output", taken) == 2
    assert taken.read_text() == "mine"
    assert capsys.readouterr().out == ""


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["facts", "--help"]) == 0
    assert "beamclaim facts treatments/ --output courses/" in capsys.readouterr().out
