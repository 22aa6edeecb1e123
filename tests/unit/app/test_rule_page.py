"""The page of a rule: what it reads and what it asks, in words."""

from datetime import date

import pytest

from beamclaim.app import rule_page
from beamclaim.policy import load_policy
from beamclaim.rules import registry
from beamclaim.rules.declaration import Rule

POLICY, TODAY = load_policy(), date(2026, 11, 23)


def section(code: str) -> str:
    (rule,) = registry.find(code)
    page = rule_page.page(rule, POLICY, TODAY)
    return page.partition("## In words\n")[2].partition("\n## ")[0]


def test_a_page_says_when_its_question_is_asked_and_when_it_fires() -> None:
    said = section("SEQ103")
    assert "It is asked where all of this holds:\n\n- `line.counts`\n" in said
    fires = "- `line.date_to` is more than `claim.made_on` or `line.date_to` is more than `today`"
    assert f"It fires where all of this holds as well:\n\n{fires}" in said


def test_a_part_that_is_said_twice_stands_below_under_its_letter() -> None:
    said = section("UNT101")
    assert said.count("the sum of `line.units`, up to this row, over the rows that count") == 1
    assert "Here\n\n- **A**: the sum of `line.units`" in said


@pytest.mark.parametrize("rule", registry.rules(), ids=lambda r: r.code)
def test_no_page_shows_a_name_the_program_makes(rule: Rule) -> None:
    page = rule_page.page(rule, POLICY, TODAY)
    assert not [name for name in rule.reads if ":" in name and name in page]
    assert "## In words\n" in page
