"""Our rows against copies of the CMS files, both ways."""

import json
import shutil
from pathlib import Path

import pytest

from beamclaim.cli.main import main
from beamclaim.errors import InputError, PolicyError
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.policy.verify import Compared, opposite_pairs, verify
from beamclaim.policy.verify.checks import CHECKS, NOT_COMPARED
from beamclaim.policy.verify.files import path_of
from beamclaim.policy.verify.report import verification_text

CMS = Path(__file__).parents[2] / "fixtures" / "cms"


def of(compared: tuple[Compared, ...], table: str, part: str = "") -> Compared:
    return next(c for c in compared if (c.table, c.part) == (table, part))


def test_every_row_agrees_with_its_file_both_ways(policy: PolicyAnswers) -> None:
    done = verify(policy.tables, CMS)
    assert [m for c in done.compared for m in c.mismatches] == []
    assert [(c.table, c.there, c.here) for c in done.compared if not c.equal == c.there == c.here > 0] == []
    assert [(c.table, c.part) for c in done.compared] == [(c.table, c.part) for c in CHECKS]
    assert done.agrees


def test_every_row_of_a_table_is_compared_or_left_out_with_a_reason(policy: PolicyAnswers) -> None:
    done = verify(policy.tables, CMS)
    for name in (
        "mpfs.rates",
        "mpfs.indicators",
        "mpfs.gpci",
        "opps.status",
        "opps.rates",
        "radonc.known",
        "modifiers",
        "mue",
        "rarc",
    ):
        assert of(done.compared, name).here == policy.table(name).stated.height
    for name in ("radonc.codes", "imrt.plan_bundle", "modifier_conflicts"):
        one = of(done.compared, name)
        assert one.here + sum(left.rows or 0 for left in one.left_out_here) == policy.table(name).stated.height
    parts = [of(done.compared, "ncci", part).here for part in ("to June 2026", "October to December 2026")]
    assert (parts, sum(parts)) == ([7505, 226], policy.table("ncci").stated.height)
    left_out = [left for c in done.compared for left in (*c.left_out_there, *c.left_out_here)]
    assert all(left.why and left.what for left in (*left_out, *done.files_left_out, *done.tables_left_out))


def test_every_table_is_compared_or_named_as_one_of_pages(policy: PolicyAnswers) -> None:
    done = verify(policy.tables, CMS)
    (pages,) = done.tables_left_out
    named = {*pages.what.split(", "), *(c.table for c in done.compared), "icd10cm"}
    assert {name for name in policy.tables.names if not policy.table(name).declared.whole} <= named


def test_what_the_files_say_in_numbers(policy: PolicyAnswers) -> None:
    done = verify(policy.tables, CMS)
    assert {(c.table, c.part): c.there for c in done.compared if c.table in ("dx.age", "dx.principal", "icd10cm", "dx.code_first")} == {
        ("dx.age", ""): 6070, ("dx.principal", ""): 9771, ("icd10cm", ""): 98186, ("dx.code_first", ""): 146,
    }  # fmt: skip
    (no_life,) = of(done.compared, "radonc.codes").left_out_here
    assert no_life.rows == 1  # G0562: no file lists it


@pytest.mark.parametrize(
    ("table", "change", "says"),
    [
        ("mpfs.rates", ("mpfs/PPRRVU2025_Oct_radonc.csv", "77014,,,A,,0.85,", "77014,,,A,,0.86,"),
         "work 0.85, in the file 0.86"),
        ("opps.rates", ("opps-ioce/apc_radonc.csv", ",564.51", ",564.52"),
         "payment 564.51, in the file 564.52"),
        ("imrt.plan_bundle", ("opps-ioce/imrt_planning_bundle.csv", "77301,77370,76,103\n", ""),
         "is in the table and not in the file"),
        ("lcd", ("lcd-index/radonc_lcd_article_index_2025-08.csv", ",12/19/2024,Intensity", ",12/20/2024,Intensity"),
         "last_day 2024-12-19, in the file 2024-12-20"),
        ("rarc", ("x12-code-values/remark_code.csv", "M1\n", "M1\nM999\n"),
         "is in the file and not in the table"),
        ("mue", ("ncci/mue_radonc_2026Q4.csv", "77300,hospital,10", "77300,hospital,12"),
         "limit 10, in the file 12"),
        ("addons", ("opps-ioce/addon_radonc.csv", "1,77293,77295,76,103\n", ""),
         "primaries 77295;77301, in the file 77301"),
        ("radonc.codes", ("opps-ioce/hcpcs_radonc.csv", "0394T,76,101,20190701,20251231", "0394T,76,101,20190701,20250930"),
         "last_day 2025-12-31, in the file 2025-09-30"),
        ("technical", ("mpfs/PPRRVU2026_Jul_nonQPP_radonc.csv", "77261,,A,1.27,0.75,0.75,,0.07,2.09,2.09,2,",
                       "77261,,A,1.27,0.75,0.75,,0.07,2.09,2.09,3,"), "is in the file and not in the table"),
        ("setting.not_payable", ("opps-ioce/hcpcs_radonc.csv", "77427,92,103,20230701,,B,", "77427,92,103,20230701,,S,"),
         "status B, in the file S"),
        ("form.statuses", ("opps-ioce/status_indicators.csv", "E1\n", ""), "is in the table and not in the file"),
        ("revenue_codes", ("opps-ioce/revenue_codes.csv", "\n333,76", "\n444,76"), "is in the table and not in the file"),
        ("claim.places", ("place-of-service/pos_names.csv", "\n22\n", "\n"), "is in the table and not in the file"),
        ("modifiers", ("opps-ioce/modifiers.csv", "\nXE,76,103,ncci\n", "\nXE,76,103,\n"), "opens_pair True, in the file False"),
    ],
)  # fmt: skip
def test_a_row_that_differs_is_named(
    policy: PolicyAnswers, tmp_path: Path, table: str, change: tuple[str, str, str], says: str
) -> None:
    shutil.copytree(CMS, tmp_path / "cms")
    file, old, new = change
    path = tmp_path / "cms" / file
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    done = verify(policy.tables, tmp_path / "cms", (table,))
    assert not done.agrees
    assert says in {m.says for c in done.compared for m in c.mismatches}
    assert says in verification_text(done)


def test_a_missing_file_and_a_table_without_one_are_said(policy: PolicyAnswers, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no mpfs/GPCI2025\.csv"):
        verify(policy.tables, tmp_path, ("mpfs.gpci",))
    with pytest.raises(PolicyError, match="sites has no rows that came from a CMS file"):
        verify(policy.tables, CMS, ("sites",))


def test_a_folder_without_an_extract_says_that_its_table_is_not_compared(policy: PolicyAnswers, tmp_path: Path) -> None:
    done = verify(policy.tables, tmp_path, ("mue",))
    assert done.compared == ()
    assert [(left.what, left.why) for left in done.tables_left_out] == [
        ("mue", "the folder has no ncci/mue_radonc_2026Q4.csv")
    ]


def test_a_file_nobody_compares_is_named_with_the_reason(policy: PolicyAnswers, tmp_path: Path) -> None:
    shutil.copytree(CMS, tmp_path / "cms")
    (tmp_path / "cms/opps-ioce/edits.csv").write_text("edit\n1\n")
    (tmp_path / "cms/opps-ioce/new.csv").write_text("a\n1\n")
    done = verify(policy.tables, tmp_path / "cms")
    assert {left.what: left.why for left in done.files_left_out} == {
        "opps-ioce/edits.csv": NOT_COMPARED["opps-ioce/edits.csv"], "opps-ioce/new.csv": "no table of ours is made of it",
    }  # fmt: skip
    assert "Files that are not compared" in verification_text(done)


def test_every_file_of_a_check_lies_in_the_folder_of_the_tests() -> None:
    assert [f for c in CHECKS for f in c.files if path_of(CMS, f) is None] == []


def test_a_pair_two_tables_hold_in_opposite_order_is_said_and_is_no_agreement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "edits/cpt.pairs.csv"
    path.parent.mkdir()
    header = "column1,column2,component,reason,scope,setting,first_day,last_day,source,at,confidence,observed_on"
    path.write_text(f"{header}\n77386,77371,all,,us,any,2020-01-01,2020-12-31,,our own,low,\n", encoding="utf-8")
    tables = load_policy(tmp_path)
    done = verify(tables, CMS)
    assert done.opposite_pairs == tuple(opposite_pairs(tables)) != ()
    assert not done.agrees
    assert "77386 77371 stand in cpt.pairs, and in ncci the other way round" in verification_text(done)


def test_the_command_gives_counts_reasons_and_opposite_pairs_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "verify", "--against", str(CMS), "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == ["compared", "files_left_out", "tables_left_out", "opposite_pairs"]
    (modifiers,) = [c for c in answer["compared"] if c["table"] == "modifiers"]
    assert {k: modifiers[k] for k in ("there", "here", "equal", "differ", "only_there", "only_here")} == {
        "there": 421, "here": 421, "equal": 421, "differ": 0, "only_there": 0, "only_here": 0,
    }  # fmt: skip
    assert modifiers["left_out_there"][0]["rows"] == 36
