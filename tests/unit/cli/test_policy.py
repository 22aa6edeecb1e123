"""`policy show` and `policy diff` print what the tables say, as words and as JSON."""

import json

import pytest

from beamclaim.cli.main import main as beam


def test_show_gives_a_code_its_days_and_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["policy", "show", "77386", "--on", "2025-12-31", "--setting", "hospital_outpatient"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("77386 on 2025-12-31 (hospital_outpatient)\n")
    assert "2015-01-01 to 2025-12-31" in told


def test_show_as_json_is_the_same_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["policy", "show", "77386", "--on", "2025-12-31", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["code"], answer["day"]) == ("77386", "2025-12-31")
    assert "2025-12-31" in {entry["last_day"] for entry in answer["entries"]}


def test_diff_over_the_new_year_ends_and_begins_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["policy", "diff", "2025-12-31", "2026-01-01", "--format", "json"]) == 0
    changes = json.loads(capsys.readouterr().out)["changes"]
    kinds = {(c["kind"], *c["key"]) for c in changes if c["table"] == "radonc.codes"}
    assert {("ends", "77386"), ("begins", "77436")} <= kinds


def test_a_setting_leaves_out_what_holds_in_another(capsys: pytest.CaptureFixture[str]) -> None:
    days = ["policy", "diff", "2025-12-31", "2026-01-01", "--format", "json"]
    assert beam(days) == 0
    every = json.loads(capsys.readouterr().out)["changes"]
    assert beam([*days, "--setting", "freestanding"]) == 0
    some = json.loads(capsys.readouterr().out)["changes"]
    assert some == [c for c in every if c["setting"] in ("any", "freestanding")]
    assert 0 < len(some) < len(every)
