"""Which rules a selector means, and what becomes of a name that was changed."""

from pathlib import Path

import pytest
from declared_rules import declared

from beamclaim.errors import RuleError, SettingError
from beamclaim.rules.registry import find, ordered, renamed, rules, select

ROOT = Path(__file__).parents[3]


def codes(*selectors: str, ignored: tuple[str, ...] = ()) -> list[str]:
    return [rule.code for rule in select(selectors, ignored)]


def test_a_code_a_family_and_a_name_select() -> None:
    assert codes("COD101") == codes("code-not-in-force") == codes("Code-Not-In-Force") == ["COD101"]
    assert codes("TIM,cod101") == ["COD101", "TIM101", "TIM102"]
    assert set(codes("FMT")) == {rule.code for rule in rules() if rule.family == "FMT"}


def test_without_a_selector_all_are_asked_but_those_ignored() -> None:
    assert len(codes(ignored=("FMT", "code-not-in-force"))) == len(rules()) - len(find("FMT")) - 1


def test_a_selector_nothing_answers_to_is_refused_with_how_to_list_them() -> None:
    with pytest.raises(SettingError, match=r"no rule answers to 'COD999'.*`beamclaim rule --all` lists them"):
        find("COD999")


def test_a_name_a_rule_had_before_selects_it_with_a_note() -> None:
    assert codes("delivery-level", "TIM101") == ["COD105", "TIM101"]
    assert renamed(["COD,Delivery-Level", "filing-limit-passed"]) == [
        "rule delivery-level is called delivery-level-not-supported now (COD105)"
    ]


def test_a_name_that_was_given_up_is_given_to_no_other_rule() -> None:
    before = declared(form="formerly=('old-name',)")
    with pytest.raises(RuleError, match="old-name is taken by some-rule"):
        ordered([before, declared(code="UNT198", name="old_name")])


def test_every_changed_name_stands_in_its_decision() -> None:
    page = (ROOT / "docs/decisions/0011-names-of-rules.md").read_text(encoding="utf-8")
    rows = [f"| {rule.code} | `{old}` | `{rule.name}` |" for rule in rules() for old in rule.formerly]
    assert rows and [row for row in rows if row not in page] == []
