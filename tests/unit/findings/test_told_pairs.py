"""Of one pair of codes one rule speaks: the graver finding, else the rule the other yields to."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from beamclaim.engine.verdicts import Verdicts
from beamclaim.findings.pairs import one_finding_a_pair
from beamclaim.findings.policy_rows import PolicyRows
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.rules import registry

MONDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 4)


@pytest.fixture(scope="module")
def policy_rows() -> PolicyRows:
    return PolicyRows(PolicyAnswers(load_policy()))


def tells(code: str, line: int, own: str, other: str, *, grade: str = "error", **more: Any) -> Verdicts:
    """One row of a rule that fires on a line with this code about a pair with that one (`;`: with several)."""
    (rule,) = registry.find(code)
    row = {
        "line.key": line, "patient.key": 1, "line.code": own, "line.date": MONDAY, "line.first_day": MONDAY,
        "line.date_to": MONDAY, f"answer:{rule.pair}": other, "answer:grade": grade, **more,
    }  # fmt: skip
    fires = pl.DataFrame([row], schema_overrides={"patient.key": pl.UInt64, "line.key": pl.UInt64})
    return Verdicts(rule, fires, fires.clear())


def speaking(policy_rows: PolicyRows, *verdicts: Verdicts) -> list[str]:
    out = one_finding_a_pair(verdicts, policy_rows)
    assert [v.fires.height + v.not_applicable for v in out] == [1] * len(out)
    return [v.rule.code for v in out if v.fires.height]


def test_of_two_findings_of_one_line_about_one_partner_the_graver_speaks(policy_rows: PolicyRows) -> None:
    inside = tells("BND101", 2, "77387", "77373")
    packaged = tells("BND104", 2, "77387", "77373", grade="info")
    assert speaking(policy_rows, inside, packaged) == ["BND101"]


def test_of_two_alike_the_rule_speaks_that_the_other_yields_to(policy_rows: PolicyRows) -> None:
    assert speaking(policy_rows, tells("BND101", 2, "77290", "77301"), tells("BND103", 2, "77290", "77301")) == [
        "BND103"
    ]


def test_the_two_lines_of_a_pair_are_never_both_to_go(policy_rows: PolicyRows) -> None:
    assert speaking(policy_rows, tells("BND102", 1, "77407", "77412"), tells("BND101", 2, "77412", "77407")) == [
        "BND101"
    ]


def test_a_line_and_its_range_meet_on_any_day_of_it(policy_rows: PolicyRows) -> None:
    week: dict[str, Any] = {"line.first_day": MONDAY, "line.date_to": date(2026, 3, 6)}
    day: dict[str, Any] = {"line.date": WEDNESDAY, "line.first_day": WEDNESDAY, "line.date_to": WEDNESDAY}
    pair = (tells("BND102", 1, "77407", "77412", **week), tells("BND101", 2, "77412", "77407", **day))
    assert speaking(policy_rows, *pair) == ["BND101"]


@pytest.mark.parametrize(
    "other",
    [
        {"own": "77387", "other": "77407"},
        {"own": "77387", "other": "77373", "line": 3},
        {"own": "77373", "other": "77387", "line": 3, "line.date": WEDNESDAY, "line.first_day": WEDNESDAY, "line.date_to": WEDNESDAY},
        {"own": "77373", "other": "77387", "line": 3, "patient.key": 2},
    ],
    ids=["another partner", "another line", "another day", "another patient"],
)  # fmt: skip
def test_another_pair_is_told_for_itself(policy_rows: PolicyRows, other: dict[str, Any]) -> None:
    two = tells("BND104", **{"line": 2, "grade": "info", **other})
    assert speaking(policy_rows, tells("BND101", 2, "77387", "77373"), two) == ["BND101", "BND104"]


def test_lines_of_nobody_are_no_pair_but_of_themselves(policy_rows: PolicyRows) -> None:
    unnamed: dict[str, Any] = {"patient.key": None}
    turned = (tells("BND101", 1, "77387", "77373", **unnamed), tells("BND102", 2, "77373", "77387", **unnamed))
    assert speaking(policy_rows, *turned) == ["BND101", "BND102"]


def test_a_finding_about_several_pairs_is_silent_where_each_is_told(policy_rows: PolicyRows) -> None:
    levels = tells("BND105", 1, "77407", "77407;77412;G6009")
    one, two = tells("COD106", 2, "G6009", "77407"), tells("BND101", 3, "77412", "77407", grade="error")
    assert speaking(policy_rows, levels, one) == ["BND105", "COD106"]
    assert speaking(policy_rows, tells("BND105", 1, "77407", "77407;77412", grade="warning"), two) == ["BND101"]
