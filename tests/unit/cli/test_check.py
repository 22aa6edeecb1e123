"""`check` from the command line: files in, a report out, an exit status, nothing said that should not be."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from beamclaim.cli.main import main as beam

HEAD = (
    "claim,payer,payer_line,setting,patient,birth_date,sex,diagnoses,line,date,code,modifiers,units,charge,"
    "place_of_service,revenue_code,rendering_npi,billing_npi,authorization,frequency,submitted_on"
)
CANARY = "ZQCANARY"


def row(claim: str, line: int, code: str, day: str, charge: str = "1450.00") -> str:
    return (
        f"{claim},00123,medicare_ffs,hospital_outpatient,{CANARY},1961-04-02,M,C61,{line},{day},{code},,1,{charge},"
        ",0333,,1234567893,,1,2026-02-20"
    )


@pytest.fixture
def ended(tmp_path: Path) -> Path:
    """Two claims, three lines with a code that had ended."""
    path = tmp_path / "claims.csv"
    rows = [
        row("A1", 1, "77386", "2026-02-03"),
        row("A1", 2, "77386", "2026-02-04"),
        row("B2", 1, "77386", "2026-02-05"),
    ]
    path.write_text("\n".join([HEAD, *rows]) + "\n")
    return path


@pytest.fixture
def weekly(tmp_path: Path) -> Path:
    """A weekly management line, and no course to say how many sessions there were."""
    path = tmp_path / "weekly.csv"
    path.write_text(
        "\n".join([HEAD, row("W1", 1, "77427", "2026-02-06", "300.00").replace("hospital_outpatient", "professional")])
        + "\n"
    )
    return path


def ask(*words: object) -> int:
    return beam(["check", *(str(w) for w in words), "--as-of", "2026-03-01"])


def report(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(capsys.readouterr().out)
    return read


def test_findings_give_1_and_point_at_their_bytes(ended: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(ended, "--select", "COD101", "--format", "json") == 1
    told = report(capsys)
    assert [(f["claim"], f["line"], f["code"]) for f in told["findings"]] == [
        ("A1", 1, "77386"), ("A1", 2, "77386"), ("B2", 1, "77386"),
    ]  # fmt: skip
    where = told["findings"][0]["where"]
    assert ended.read_bytes()[where["start"] : where["end"]] == b"77386"
    assert [c["rule"] for c in told["coverage"]] == ["COD101"]
    assert told["summary"]["charge_at_risk"] == "4350.00"
    assert told["run"]["as_of"] == "2026-03-01"


def test_the_text_report_shows_the_value_in_its_row(ended: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(ended, "--select", "COD101") == 1
    lines = capsys.readouterr().out.splitlines()
    at = next(n for n, line in enumerate(lines) if "^" in line)
    start = lines[at].index("^")
    assert lines[at - 1][start : start + 5] == "77386"
    assert "3 lines in 2 claims, $4,350.00 at risk" in lines[1]


def test_fail_on_decides_the_status(ended: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(ended, "--select", "COD101", "--fail-on", "never") == 0
    assert "error[COD101]" in capsys.readouterr().out


def test_a_file_that_cannot_be_opened_gives_2_and_the_others_are_checked(
    ended: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(ended, ended.parent / "missing.837", "--select", "COD101", "--format", "json") == 2
    told = capsys.readouterr()
    read = json.loads(told.out)
    assert len(read["findings"]) == 3
    assert [f["error"] is None for f in read["files"]] == [True, False]
    assert "missing.837 was not read: " in told.err


def test_strict_gives_3_when_something_could_not_be_told(weekly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(weekly, "--select", "UNT101", "--strict") == 3
    told = capsys.readouterr().out
    assert "Could not be told" in told and "UNT101" in told
    assert "clean" not in told.lower()
    assert ask(weekly, "--select", "UNT101") == 0


def test_standard_input(ended: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ended.read_bytes())))
    assert ask("-", "--select", "COD101", "--format", "json") == 1
    assert [f["where"]["file"] for f in report(capsys)["findings"]] == ["-"] * 3


INTERRUPTED = """
import io, signal, sys
from beamclaim.cli.main import run

class Keyboard(io.RawIOBase):
    def readable(self):
        return True

    def readinto(self, block):
        signal.raise_signal(signal.SIGINT)
        return 0

sys.stdin = io.TextIOWrapper(io.BufferedReader(Keyboard()))
sys.argv = ["beamclaim", "check", "-"]
run()
"""


def test_an_interruption_is_quiet() -> None:
    ended = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


def test_an_unknown_selector_is_a_refusal(ended: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(ended, "--select", "XYZ999") == 2
    told = capsys.readouterr()
    assert "no rule answers to 'XYZ999'" in told.err
    assert told.out == ""


def test_html_goes_to_a_file_of_its_own_and_says_where(
    ended: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ended.parent)
    assert ask(ended, "--select", "COD101", "--format", "html") == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "report written to beamclaim-report.html. 3 findings" in told.err
    assert "<mark>77386</mark>" in (ended.parent / "beamclaim-report.html").read_text()


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "csv", "html", "xlsx"])
def test_g14_every_format_gives_the_same_bytes_again(ended: Path, tmp_path: Path, form: str) -> None:
    written = []
    for name in ("one", "two"):
        assert ask(ended, "--select", "COD,FMT", "--format", form, "--output", tmp_path / name) == 1
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]


def test_xlsx_goes_to_a_file_of_its_own(
    ended: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ended.parent)
    assert ask(ended, "--select", "COD101", "--format", "xlsx") == 1
    assert capsys.readouterr().out == ""
    sheet = openpyxl.load_workbook(ended.parent / "beamclaim-report.xlsx")["By line"]
    assert [row[4] for row in sheet.iter_rows(values_only=True)] == ["Claim", "A1", "A1", "B2"]


def test_csv_has_a_row_a_finding(ended: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(ended, "--select", "COD101", "--format", "csv") == 1
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(r["claim"], r["charge"]) for r in rows] == [("A1", "1450.00"), ("A1", "1450.00"), ("B2", "1450.00")]


def test_an_input_is_never_replaced(ended: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = ended.read_bytes()
    assert ask(ended, "--output", ended) == 2
    assert "is one of the inputs" in capsys.readouterr().err
    assert ended.read_bytes() == before


def test_g39_nothing_that_identifies_a_patient_reaches_standard_error(
    ended: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended.write_text(ended.read_text().replace("1961-04-02", f"{CANARY}-DATE").replace("C61", f"{CANARY}-CODE"))
    broken = tmp_path / "broken.csv"
    broken.write_text(f"claim,colour,line\n{CANARY},{CANARY},{CANARY}\n")
    assert ask(ended, broken, "--format", "json") == 2
    told = capsys.readouterr().err
    assert "broken.csv was not read: " in told
    assert CANARY not in told


def test_the_contractor_is_given_where_an_837_cannot_say_it(tmp_path: Path) -> None:
    from beamclaim.app.check import CheckOptions, check

    example = Path(__file__).parents[3] / "examples" / "hospital-2026-01.837"
    asked = [
        sum("claim.mac" in u.missing for u in check(CheckOptions((str(example),), mac=mac)).result.undecided)
        for mac in (None, "J15")
    ]
    assert asked[0] > 0
    assert asked[1] == 0
