"""Every case of every rule page, as claims table and as 837."""

import pytest

from beamclaim.rules import registry
from beamclaim.testing.pages import Case, cases, run

ALL = [case for rule in registry.rules() for case in cases(rule.page, rule.code)]


def _name(case: Case) -> str:
    return f"{case.rule}-{case.title}".replace(" ", "-")[:90]


@pytest.mark.parametrize("case", ALL, ids=_name)
def test_case_holds(case: Case) -> None:
    assert run(case) == []
