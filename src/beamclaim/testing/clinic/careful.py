"""A clinic that made no mistake + the rules → `CarefulAnswers`: findings, and open questions with their true reasons."""

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from beamclaim.app.check import CheckOptions, check
from beamclaim.findings.finding import Finding
from beamclaim.synthetic.clinic import Chart, World
from beamclaim.synthetic.clinic.chart import AS_OF, Row
from beamclaim.testing.clinic.reasons import reason

#: A rule, and the fact it names as missing.
OpenQuestion = tuple[str, str]


@dataclass(slots=True)
class CarefulAnswers:
    """What was said of careful claims. `open` counts every open question, `untrue` those no reason is true of."""

    claims: int
    lines: int
    findings: list[Finding]
    open: Counter[OpenQuestion] = field(default_factory=Counter)
    untrue: Counter[OpenQuestion] = field(default_factory=Counter)
    examples: dict[OpenQuestion, tuple[str, int | None]] = field(default_factory=dict)
    """Of each untrue question, the first claim and line."""

    @property
    def wrong(self) -> list[Finding]:
        """Errors and warnings: there must be none."""
        return [f for f in self.findings if f.severity != "info"]


def ask_careful(world: World, select: tuple[str, ...] = ()) -> CarefulAnswers:
    """Asks the rules (all, or those selected) of a clinic that made no mistake."""
    with tempfile.TemporaryDirectory() as folder:
        result = check(CheckOptions(*world.place(Path(folder)), as_of=AS_OF, select=select)).result
    answers = CarefulAnswers(result.claims, result.lines, list(result.findings))
    charts: dict[str, Chart] = {row["claim"]: chart for chart in world.charts for row in chart.rows}
    rows: dict[tuple[str, int], list[Row]] = {}
    for row in (r for chart in world.charts for r in chart.rows):
        rows.setdefault((row["claim"], int(row["line"])), []).append(row)
    for question in result.undecided:
        claim = question.claim or ""
        # A claim and its copy to a second payer share a number: the question is of one of them.
        lines = rows.get((claim, question.line or 1), [])
        facts = question.missing or ("nothing named",)
        explained = [fact for fact in facts if _is_explained(fact, charts.get(claim), lines)]
        # One true reason is enough: the other facts are what would help instead.
        key = (question.rule, (explained or facts)[0])
        answers.open[key] += 1
        if not explained:
            answers.untrue[key] += 1
            answers.examples.setdefault(key, (claim, question.line))
    return answers


def _is_explained(fact: str, chart: Chart | None, lines: list[Row]) -> bool:
    """Whether the reason for a missing fact is true of one of the lines."""
    why = reason(fact)
    return why is not None and chart is not None and any(why.holds(chart, line) for line in lines)
