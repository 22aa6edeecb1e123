"""Our rows against copies of the CMS files."""

import shutil
from pathlib import Path

import pytest

from beamclaim.errors import InputError, PolicyError
from beamclaim.policy import PolicyAnswers
from beamclaim.policy.verify import verify

CMS = Path(__file__).parents[2] / "fixtures" / "cms"
TABLES = (
    "mpfs.rates", "mpfs.indicators", "mpfs.gpci", "mpfs.localities", "opps.status", "opps.rates", "imrt.plan_bundle",
    "modifier_conflicts", "rarc", "lcd",
)  # fmt: skip


def test_every_row_agrees_with_its_file(policy: PolicyAnswers) -> None:
    done = verify(policy.tables, CMS, TABLES)
    assert [(c.table, c.mismatches) for c in done] == [(name, ()) for name in TABLES]
    assert {c.table: c.rows for c in done} == {
        name: policy.table(name).stated.height for name in TABLES if name not in ("imrt.plan_bundle", "modifier_conflicts", "lcd")
    } | {"imrt.plan_bundle": 13, "modifier_conflicts": 12, "lcd": 39}  # fmt: skip


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
    (done,) = verify(policy.tables, tmp_path / "cms", (table,))
    assert done.mismatches
    assert {m.says for m in done.mismatches} == {says}


def test_a_missing_file_and_a_table_without_one_are_said(policy: PolicyAnswers, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no mpfs/GPCI2025\.csv"):
        verify(policy.tables, tmp_path, ("mpfs.gpci",))
    with pytest.raises(PolicyError, match="sites has no rows that came from a CMS file"):
        verify(policy.tables, CMS, ("sites",))
