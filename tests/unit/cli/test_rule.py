"""`rule` prints a page under a header made from the rule, or the catalogue."""

import json

import pytest

from beamclaim.cli.main import main as beam


def test_a_page_begins_with_what_the_rule_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["rule", "COD101"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("# COD101: ")
    for row in (
        "**Name**: `code-not-in-force`",
        "**Severity**: error",
        "**Risk**: rejection",
        "**Status**: stable, since",
    ):
        assert f"- {row}" in told
    assert told.count("\n# ") == 0
    assert "`line.code`" in told


def test_a_rule_answers_to_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["rule", "code-not-in-force"]) == 0
    assert capsys.readouterr().out.startswith("# COD101: ")


def test_the_catalogue_has_every_rule_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["rule", "--all"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["code", "name", "severity", "risk", "status", "title"]
    codes = [row.split()[0] for row in rows]
    assert codes == sorted(set(codes))
    assert beam(["rule", "--all", "--format", "json"]) == 0
    assert [r["code"] for r in json.loads(capsys.readouterr().out)] == codes


def test_a_family_gives_its_own_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["rule", "FMT"]) == 0
    rows = capsys.readouterr().out.splitlines()[1:]
    assert rows and all(row.startswith("FMT") for row in rows)


def test_json_of_one_rule_holds_its_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["rule", "COD101", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["code"], told["name"], told["severity"]) == ("COD101", "code-not-in-force", "error")
    assert "line.code" in told["reads"] and told["page"]


def test_an_unknown_rule_is_a_refusal_that_says_how_to_list_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["rule", "XYZ999"]) == 2
    assert "`beamclaim rule --all` lists them" in capsys.readouterr().err
