"""A rule that finds money lost and money owed says of each line which it is."""

from datetime import date
from pathlib import Path

import pytest

from beamclaim.app.check import CheckOptions, check
from beamclaim.rules import registry
from beamclaim.testing.cases import PageCase, cases, place


def written(title: str) -> PageCase:
    (rule,) = registry.find("COD105")
    return next(c for c in cases(rule.page, rule.code) if c.title == title)


@pytest.mark.parametrize(
    ("title", "risks"),
    [
        ("IMRT at one isocentre is level 2", {"77412": "repayment", "77402": "underpayment"}),
        ("Two isocentres are level 3", {"77407": "underpayment", "77402": "underpayment"}),
    ],
)
def test_a_level_too_high_is_owed_and_one_too_low_is_lost(title: str, risks: dict[str, str], tmp_path: Path) -> None:
    given = place(written(title), tmp_path)
    result = check(CheckOptions(given["paths"], given["course"], as_of=date(2026, 11, 23), select=("COD105",))).result
    assert {f.code: f.risk for f in result.findings} == risks
