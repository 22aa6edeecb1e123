"""Of one pair of codes one rule speaks, whatever the claims: never two about one line, never both lines to go."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given
from test_invariants import SLOW, asked
from test_order import checked, spoiled

from beamclaim.app.check import CheckOptions, check
from beamclaim.findings.finding import Finding
from beamclaim.rules import registry
from beamclaim.testing.random_tables import Row, courses, rows

EXAMPLE = Path(__file__).parents[2] / "examples" / "hospital-2026-01.837"
RULES = {rule.code: rule for rule in registry.rules() if rule.pair}
Day = tuple[str, date | None]


def told_twice(findings: Sequence[Finding], patients: dict[str, set[str]]) -> list[str]:
    """Findings each of whose pairs another rule tells of, on their line or on the other line of the pair that day."""
    told = [
        (f, {frozenset((f.code or "", other)) for other in others(f)} - {frozenset((f.code or "",))})
        for f in findings
        if f.rule in RULES
    ]
    out = []
    for f, pairs in told:
        tellers = [(g, theirs) for g, theirs in told if g.rule != f.rule and theirs <= pairs and meet(f, g, patients)]
        if pairs and all(any(pair in theirs for _, theirs in tellers) for pair in pairs):
            out.append(f"{f.rule} on {f.claim} line {f.line}: {sorted(map(sorted, pairs))}")
    return out


def others(finding: Finding) -> list[str]:
    """The other codes of the pairs a finding tells of."""
    return next((fact.value.split(";") for fact in finding.facts if fact.name == RULES[finding.rule].pair), [])


def meet(one: Finding, other: Finding, patients: dict[str, set[str]]) -> bool:
    """Whether they stand on one line, or on two of one patient and day that bill different codes."""
    if (one.claim, one.line) == (other.claim, other.line):
        return True
    whose = patients.get(one.claim or "", set()) | patients.get(other.claim or "", set())
    return len(whose) == 1 and one.date == other.date and one.code != other.code


def patients_of(table: list[Row]) -> dict[str, set[str]]:
    whose: dict[str, set[str]] = {}
    for row in table:
        whose.setdefault(row["claim"], set()).add(row["patient"])
    return whose


@SLOW
@given(rows(), courses())
def test_in_random_tables_no_pair_is_told_twice(world: list[Row], course: dict[str, Any]) -> None:
    assert told_twice(asked(world, course).findings, patients_of(world)) == []


def test_in_a_clinic_with_every_mistake_no_pair_is_told_twice() -> None:
    table = spoiled()
    findings = checked([table]).findings
    assert {f.rule for f in findings} >= {"BND101", "BND102", "BND103", "BND104", "COD106"}
    assert told_twice(findings, patients_of(table)) == []


def test_a_pair_that_two_rules_tell_of_is_seen() -> None:
    def by(rule: str) -> list[Finding]:
        return list(check(CheckOptions((str(EXAMPLE),), as_of=date(2026, 11, 23), select=(rule,))).result.findings)

    both = told_twice([*by("BND101"), *by("BND104")], {})
    assert "BND101 on H-2607 line 2: [['77373', '77387']]" in both
    assert "BND104 on H-2607 line 2: [['77373', '77387']]" in both
