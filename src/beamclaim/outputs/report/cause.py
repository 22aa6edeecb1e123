"""Causes: findings that one fix settles, the gravest and dearest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from beamclaim.findings.finding import Finding, Result, Undecided
from beamclaim.findings.questions import Questions

_GRAVITY = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Cause:
    """Findings of one rule with one cause, in the order of the run; never empty."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The finding that stands for the others."""
        return self.findings[0]

    @property
    def severity(self) -> str:
        """The gravest severity among them: a rule may grade its findings apart."""
        return min((f.severity for f in self.findings), key=lambda s: _GRAVITY[s])

    @property
    def lines(self) -> int:
        """Service lines named."""
        return len({(_file(f), f.claim, f.line) for f in self.findings if f.line is not None})

    @property
    def claims(self) -> int:
        """Claims named."""
        return len({(_file(f), f.claim) for f in self.findings if f.claim is not None})

    @property
    def charge(self) -> Decimal:
        """Charges behind the findings, each line once."""
        lines = {key: charge for f in self.findings for key, charge in f.charged_lines}
        return sum(lines.values(), Decimal("0.00"))


def _file(finding: Finding) -> str:
    return finding.where.file if finding.where else ""


def causes(result: Result) -> list[Cause]:
    """The causes of a run: by severity, then charge, then how many findings, then rule."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in result.findings:
        groups.setdefault((finding.rule, finding.cause), []).append(finding)
    found = [Cause(tuple(group)) for group in groups.values()]
    return sorted(found, key=lambda c: (_GRAVITY[c.severity], -c.charge, -len(c.findings), c.first.rule, c.first.cause))


@dataclass(frozen=True, slots=True)
class Gap:
    """A missing fact: how many questions it leaves open, in how many claims, for which rules."""

    missing: str
    questions: int
    claims: int
    rules: tuple[str, ...]


def gaps(undecided: Iterable[Undecided]) -> list[Gap]:
    """The missing facts, the one that would answer most questions first."""
    frame = (
        Questions.of(undecided)
        .frame.cast({"rule": pl.String, "missing": pl.String})
        .with_columns(
            pl.when(pl.col("missing") == "")
            .then(pl.lit("not said"))
            .otherwise("missing")
            .str.split("\x1f")
            .alias("missing")
        )
    )
    groups = (
        frame.explode("missing")
        .group_by("missing")
        .agg(
            pl.len().alias("questions"),
            pl.col("claim").drop_nulls().n_unique().alias("claims"),
            pl.col("rule").unique().sort(),
        )
    )
    found = [Gap(missing, questions, claims, tuple(rules)) for missing, questions, claims, rules in groups.iter_rows()]
    return sorted(found, key=lambda g: (-g.questions, g.missing))


def severities(result: Result) -> dict[str, int]:
    """Findings per severity, the gravest first; every severity is there."""
    counts = dict.fromkeys(_GRAVITY, 0)
    for finding in result.findings:
        counts[finding.severity] += 1
    return counts
