"""`policy show` and `policy diff` print what the tables say, as words and as JSON."""

import json
import shutil
from pathlib import Path

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


def test_a_setting_counts_in_the_editions_too(capsys: pytest.CaptureFixture[str]) -> None:
    days = ["policy", "diff", "2026-06-30", "2026-07-01", "--format", "json"]
    assert beam(days) == 0
    every = {(e["table"], e["kind"]): e["rows"] for e in json.loads(capsys.readouterr().out)["editions"]}
    assert beam([*days, "--setting", "freestanding"]) == 0
    some = {(e["table"], e["kind"]): e["rows"] for e in json.loads(capsys.readouterr().out)["editions"]}
    assert ("ncci", "ends") in every
    assert ("ncci", "ends") not in some  # hospital pairs only
    assert all(some[k] <= every[k] for k in some)


def test_list_names_tables_and_gives_rows(capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["policy", "list", "--format", "json"]) == 0
    tables = {t["name"]: t for t in json.loads(capsys.readouterr().out)}
    assert tables["radonc.weekly_physics"]["rows"] == 1
    assert all(t["doc"] for t in tables.values())
    assert beam(["policy", "list", "dx.groups", "c79.51", "--format", "json"]) == 0
    assert {r["code_from"] for r in json.loads(capsys.readouterr().out)} == {"C77", "C7951"}
    assert beam(["policy", "list", "stereotactic", "77373"]) == 0
    assert "sessions 5" in capsys.readouterr().out
    assert beam(["policy", "list", "no.such"]) == 2


def test_coverage_says_through_which_day_and_by_whom(capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["policy", "coverage", "mue"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "2026-10-01 to 2026-12-31, medicare_ffs, codes listed; verified 2026-11-23 by Beamclaim against" in told
    assert beam(["policy", "coverage", "--format", "json"]) == 0
    assert {"ncci", "icd10cm"} <= {e["table"] for e in json.loads(capsys.readouterr().out)}
    assert beam(["policy", "coverage", "no.such"]) == 2


def test_verify_compares_and_tells_by_its_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(Path(__file__).parents[2] / "fixtures" / "cms", tmp_path / "cms")
    command = ["policy", "verify", "mpfs.gpci", "opps.rates", "--against", str(tmp_path / "cms")]
    assert beam(command) == 0
    assert (
        "mpfs.gpci with mpfs/GPCI2025.csv\n  109 rows there, 109 here: 109 equal, 0 differ, 0 only there, 0 only here"
        in capsys.readouterr().out
    )
    file = tmp_path / "cms/mpfs/GPCI2025.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("10112,AL,00,ALABAMA,1,", "10112,AL,00,ALABAMA,1.1,"))
    assert beam(command) == 1
    assert "10112 00: work 1, in the file 1.1" in capsys.readouterr().out
    file.unlink()
    assert beam(command) == 2
    assert "mpfs/GPCI2025.csv" in capsys.readouterr().err


def test_import_writes_a_folder_that_the_settings_bring_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    head = "Column 1\tColumn 2\t*\tEffective Date\tDeletion Date\tModifier\tRationale\n"
    Path("ccipra-v323r0-f1.txt").write_text(head + "77412\t77402\t\t20260101\t*\t1\twords\n")
    show = [
        "policy",
        "show",
        "77402",
        "--on",
        "2026-10-05",
        "--setting",
        "professional",
        "--payer-line",
        "medicare_ffs",
    ]
    assert beam(["policy", "import", "ccipra-v323r0-f1.txt"]) == 0
    assert "1 rows of ncci for 2026-10-01 to 2026-12-31" in capsys.readouterr().out
    assert beam([*show, "--policy", "beamclaim-policy"]) == 0
    assert "indicator 1 with 77412" in capsys.readouterr().out
    assert beam(show) == 0
    assert "indicator 1 with 77412" not in capsys.readouterr().out
    Path("beamclaim.toml").write_text('[policy]\nfolder = "beamclaim-policy"\n')
    assert beam(show) == 0
    assert "indicator 1 with 77412" in capsys.readouterr().out
    assert beam(["policy", "import", "beamclaim.toml"]) == 2


def test_coverage_on_a_day_names_what_ends_before_it_and_the_file_that_would_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert beam(["policy", "coverage", "--on", "2027-01-02", "--as-of", "2027-01-02", "--format", "json"]) == 1
    ended = {e["table"]: e for e in json.loads(capsys.readouterr().out)}
    wanted = {"radonc.codes", "mpfs.indicators", "opps.status", "mue", "ncci", "icd10cm", "dx.groups"}
    assert wanted <= ended.keys()
    assert ended["ncci"]["answered_by"] == "the January 2027 release of the NCCI procedure pairs (PTP)"
    assert (ended["icd10cm"]["last_day"], ended["icd10cm"]["can_import"]) == ("2026-09-30", True)
    assert "imrt.class_by_site" not in ended, "its codes ended; nobody releases more of them"
    assert "filing_limits" not in ended, "a statute needs no yearly edition"
    assert beam(["policy", "coverage", "--on", "2027-01-02"]) == 1
    assert "The January 2027 release of OPPS Addendum B (beamclaim policy import)" in capsys.readouterr().out


def test_coverage_on_a_day_on_which_nothing_has_ended(capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["policy", "coverage", "radonc.delivery", "--on", "2026-12-31"]) == 0
    assert capsys.readouterr().out == "No table ends before 2026-12-31.\n"
