"""A run that reaches past the last day of its tables says so once, on top of every format."""

import json
from pathlib import Path

import pytest

from beamclaim.cli.main import main as beam

HEAD = "claim,payer,payer_line,setting,patient,diagnoses,line,date,code,units,charge\n"
ROW = "A-1,M100,medicare_ffs,hospital_outpatient,P-1,C34.11,1,{day},77407,1,100.00\n"
SENTENCE = "Services reach to 2027-01-11, and one table that was asked ends before"


@pytest.fixture
def past(tmp_path: Path) -> list[str]:
    path = tmp_path / "claims.csv"
    path.write_text(HEAD + ROW.format(day="2027-01-11"), encoding="utf-8")
    return ["check", str(path), "--as-of", "2027-01-20", "--select", "COD101"]


@pytest.mark.parametrize("format", ["text", "html"])
def test_it_is_said_once_on_top(past: list[str], format: str, tmp_path: Path) -> None:
    beam([*past, "--format", format, "--output", str(tmp_path / "report")])
    report = " ".join((tmp_path / "report").read_text(encoding="utf-8").split())
    assert report.count(SENTENCE) == 1
    assert "the 2027 release of the procedure codes" in report
    first = report.index(SENTENCE)
    assert first < report.index("Could not be told" if format == "text" else 'id="findings"')


def test_json_names_each_table_with_its_last_day(past: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    beam([*past, "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    assert report["run"]["last_service"] == "2027-01-11"
    assert {(e["table"], e["last_day"]) for e in report["run"]["ended_tables"]} == {
        ("radonc.codes", "2026-12-31"),
        ("radonc.codes", "2026-06-30"),
    }
    assert [(u["rule"], u["missing"]) for u in report["undecided"]] == [("COD101", ["policy.radonc.codes"])]


def test_csv_has_no_head_so_the_terminal_says_it(past: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    beam([*past, "--format", "csv"])
    printed = capsys.readouterr()
    assert SENTENCE in printed.err
    assert SENTENCE not in printed.out


def test_a_run_within_its_tables_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(HEAD + ROW.format(day="2026-06-01"), encoding="utf-8")
    beam(["check", str(path), "--as-of", "2026-11-23", "--select", "COD101"])
    assert "Services reach" not in capsys.readouterr().out
