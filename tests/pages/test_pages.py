"""Every case of every rule page, as a claims table and as written 837s."""

import pytest

from beamclaim.rules import registry
from beamclaim.testing.cases import PageCase, cases, run

# A rule without a page fails in tests/health, where it says so.
ALL = [case for rule in registry.rules() if rule.page.is_file() for case in cases(rule.page, rule.code)]


def _name(case: PageCase) -> str:
    return f"{case.rule}-{case.title}".replace(" ", "-")[:90]


@pytest.mark.parametrize("case", ALL, ids=_name)
def test_case_holds(case: PageCase) -> None:
    assert run(case) == []


@pytest.mark.parametrize("case", [c for c in ALL if c.x12 is None and c.only != "table"], ids=_name)
def test_case_holds_as_837(case: PageCase) -> None:
    assert run(case, as_x12=True) == []
