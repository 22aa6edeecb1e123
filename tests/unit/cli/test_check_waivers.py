"""`check --waivers`: what is waived stands apart in every format, counts in no status, and an idle waiver is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from beamclaim.cli.main import main as beam
from beamclaim.synthetic.claims837 import InterchangeWriter
from beamclaim.testing.cases import sample


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    """One claim, two lines with a code that had ended."""
    rows = [{**row, "code": "77386"} for row in sample("837I")]
    path = tmp_path / "claims.837"
    path.write_bytes(InterchangeWriter("837I", day="2026-02-10").write([rows]))
    return path


def waivers(claims: Path, *entries: str) -> Path:
    path = claims.parent / "waivers.yaml"
    common = "reason: decided, who: R. Lead, until: 2026-12-31"
    path.write_text("".join(f"- {{{entry}, {common}}}\n" for entry in entries))
    return path


def ask(*words: object) -> int:
    return beam(["check", *(str(w) for w in words), "--as-of", "2026-03-01", "--select", "COD101,WVR"])


def report(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(capsys.readouterr().out)
    return read


def test_waived_findings_do_not_make_the_run_fail(claims: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(claims) == 1
    capsys.readouterr()
    assert ask(claims, "--waivers", waivers(claims, "rule: COD101, claim: A"), "--format", "json") == 0
    told = report(capsys)
    assert told["findings"] == []
    assert [(w["finding"]["line"], w["waiver"]["who"]) for w in told["waived"]] == [(1, "R. Lead"), (2, "R. Lead")]
    assert told["summary"]["claims_with_errors"] == 0 and told["summary"]["charge_at_risk"] == "0.00"
    assert told["coverage"][0] == {"rule": "COD101", "fires": 2, "clear": 0, "cannot_tell": 0, "not_applicable": 0}


def test_one_line_can_be_waived(claims: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(claims, "--waivers", waivers(claims, "rule: COD101, claim: A, line: 2"), "--format", "json") == 1
    assert [f["line"] for f in report(capsys)["findings"]] == [1]


def test_an_837_says_who_pays_and_where_it_was_done(claims: Path, capsys: pytest.CaptureFixture[str]) -> None:
    by_all = "rule: COD101, payer: M100, scope: medicare_ffs"
    assert ask(claims, "--waivers", waivers(claims, by_all), "--format", "json") == 0
    assert len(report(capsys)["waived"]) == 2


def test_an_idle_waiver_is_a_note_that_points_into_the_file(claims: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = waivers(claims, "rule: COD101, claim: A", "rule: COD101, code: 77385")
    assert ask(claims, "--waivers", path, "--format", "json", "--fail-on", "warning") == 0
    told = report(capsys)
    assert [(f["rule"], f["severity"], f["where"]["path"], f["where"]["segment"]) for f in told["findings"]] == [
        ("WVR101", "info", "waiver 2", 2)
    ]
    where = told["findings"][0]["where"]
    assert path.read_bytes()[where["start"] : where["end"]].startswith(b"{rule: COD101, code: 77385")
    assert {c["rule"]: c["fires"] for c in told["coverage"]} == {"COD101": 2, "WVR101": 1}


@pytest.mark.parametrize("form", ["text", "csv", "html"])
def test_every_format_tells_who_waived_it(claims: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    path = waivers(claims, "rule: COD101, claim: A")
    assert ask(claims, "--waivers", path, "--format", form, "--output", claims.parent / "report") == 0
    assert "R. Lead" in (claims.parent / "report").read_text()


def test_a_waiver_that_is_wrong_stops_the_run(claims: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(claims, "--waivers", waivers(claims, "rule: COD101, claims: A")) == 2
    told = capsys.readouterr()
    assert told.out == "" and "waivers.yaml line 1: unknown key 'claims'" in told.err


def test_the_page_of_the_rule_about_waivers(capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["rule", "WVR101"]) == 0
    assert "# WVR101: Waiver that waives nothing" in capsys.readouterr().out
