"""Rule files are questions and nothing else, and every rule explains itself."""

import ast
import re
from pathlib import Path

import pytest

import beamclaim.rules as api
from beamclaim.engine.policy_answers import DIAGNOSIS_VALIDITY
from beamclaim.expressions.leaves import Parameter
from beamclaim.policy import load_policy
from beamclaim.rules import registry
from beamclaim.rules.declaration import Rule
from beamclaim.rules.pages import page_problems
from beamclaim.testing.cases import cases

RULES = registry.rules()
ALLOWED_CALLS = {*api.__all__, "dict"}


def source(rule: Rule) -> Path:
    return rule.page.with_suffix(".py")


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_a_rule_calls_nothing_but_the_rule_api(rule: Rule) -> None:
    tree = ast.parse(source(rule).read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name), (
                f"{source(rule).name}:{node.lineno} calls a method; use the rule API"
            )
            assert node.func.id in ALLOWED_CALLS, f"{source(rule).name}:{node.lineno} calls {node.func.id}"
        if isinstance(node, ast.ImportFrom):
            assert node.module == "beamclaim.rules", f"{source(rule).name} imports {node.module}"
        assert not isinstance(node, ast.Import), f"{source(rule).name} imports a module"


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_a_rule_has_a_whole_page(rule: Rule) -> None:
    assert page_problems(rule) == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_a_page_shows_the_rule_firing_and_not(rule: Rule) -> None:
    found = cases(rule.page, rule.code)
    fires = any(c.expect == rule.code or any(m.verdict == "fires" for m in c.marks.values()) for c in found)
    silent = any(c.expect == "none" or len(c.marks) < len(c.claims) for c in found)
    assert fires and silent


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_every_citation_and_table_exists(rule: Rule) -> None:
    policy = load_policy()
    assert set(rule.cites) <= set(policy.sources), f"{rule.code} cites {set(rule.cites) - set(policy.sources)}"
    for asked in rule.policy_reads:
        known = isinstance(asked, Parameter) or asked.table in (*policy.names, DIAGNOSIS_VALIDITY)
        assert known, f"{rule.code} reads table {asked.table}"


def test_codes_and_names_are_unique() -> None:
    assert len({r.code for r in RULES}) == len(RULES) == len({r.name for r in RULES})


def test_every_rule_is_told_in_the_changelog_or_in_a_fragment_of_it() -> None:
    log = "\n".join(p.read_text() for p in (Path("CHANGELOG.md"), *sorted(Path("changelog.d").glob("*.md"))))
    spans = re.findall(r"([A-Z]{3})(\d{3}) to [A-Z]{3}(\d{3})", log)
    named = set(re.findall(r"[A-Z]{3}\d{3}", log))
    for family, first, last in spans:
        named |= {f"{family}{n:03}" for n in range(int(first), int(last) + 1)}
    assert {r.code for r in RULES} <= named
