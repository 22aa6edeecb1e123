"""The figures: what every rule says of careful claims, and which planted mistakes were seen."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from beamclaim.app.check import CheckOptions, check
from beamclaim.findings.finding import Finding
from beamclaim.synthetic.clinic.chart import AS_OF, Chart, Row
from beamclaim.synthetic.clinic.planting import Planted
from beamclaim.synthetic.clinic.reasons import reason
from beamclaim.synthetic.clinic.world import World


@dataclass(slots=True)
class Honest:
    """What was said of a clinic that made no mistake. `open` counts (rule, missing fact); `untrue` has no true reason."""

    claims: int
    lines: int
    findings: list[Finding]
    open: Counter[tuple[str, str]] = field(default_factory=Counter)
    untrue: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], tuple[str, int | None]] = field(default_factory=dict)

    @property
    def wrong(self) -> list[Finding]:
        """Errors and warnings: there must be none."""
        return [f for f in self.findings if f.severity != "info"]


def honest(world: World, select: tuple[str, ...] = ()) -> Honest:
    """Asks the rules (all, or those selected) of a clinic that made no mistake."""
    with tempfile.TemporaryDirectory() as folder:
        given = world.place(Path(folder))
        result = check(
            CheckOptions(given["paths"], given["course"], given["history"], as_of=AS_OF, select=select)
        ).result
    told = Honest(result.claims, result.lines, list(result.findings))
    owners: dict[str, Chart] = {row["claim"]: chart for chart in world.charts for row in chart.rows}
    rows: dict[tuple[str, int], list[Row]] = {}
    for row in (r for c in world.charts for r in c.rows):
        rows.setdefault((row["claim"], int(row["line"])), []).append(row)
    for question in result.undecided:
        claim = question.claim or ""
        chart = owners.get(claim)
        # A claim and its copy to a second payer share a number: the question is of one of them.
        asked_of = rows.get((claim, question.line or 1), [])
        known = [(fact, reason(fact)) for fact in question.missing or ("nothing named",)]
        true = [fact for fact, why in known if why and chart and any(why.holds(chart, r) for r in asked_of)]
        # One true reason is enough: the other facts are what would help instead.
        key = (question.rule, true[0] if true else known[0][0])
        told.open[key] += 1
        if not true:
            told.untrue[key] += 1
            told.examples.setdefault(key, (claim, question.line))
    return told


def of_honest(told: Honest) -> str:
    """The honest biller as text: tables of findings and of open questions."""
    found = Counter((f.rule, f.severity) for f in told.findings)
    parts = [
        f"{told.claims:,} careful claims, {told.lines:,} lines: {len(told.wrong)} errors or warnings",
        *(f"  {rule} {severity}: {many}" for (rule, severity), many in sorted(found.items())),
        "", "| rule | cannot tell | missing | why |", "|---|---:|---|---|",
    ]  # fmt: skip
    for (rule, fact), many in sorted(told.open.items()):
        why = reason(fact)
        said = why.why if why and (rule, fact) not in told.untrue else "NO TRUE REASON"
        parts.append(f"| {rule} | {many:,} | `{fact}` | {said} |")
    return "\n".join(parts)


def of_planted(entries: Sequence[Planted]) -> str:
    """The planted mistakes as text: one row per mistake."""
    groups: dict[tuple[str, str], list[Planted]] = {}
    for entry in entries:
        groups.setdefault((entry.mistake.rule, entry.mistake.name), []).append(entry)
    exact = sum(e.caught and not e.others for e in entries)
    share = f"{100 * exact / len(entries):.1f} %" if entries else "nothing to catch"
    parts = [
        f"{len(entries)} planted mistakes of {len(groups)} kinds: {exact} caught by exactly their rule ({share})", "",
        "| rule | mistake | planted | caught | by exactly its rule |", "|---|---|---:|---:|---:|",
    ]  # fmt: skip
    for (rule, name), mine in sorted(groups.items()):
        caught, only = sum(e.caught for e in mine), sum(e.caught and not e.others for e in mine)
        parts.append(f"| {rule} | {name} | {len(mine)} | {caught} | {only} |")
    for entry in entries:
        if not entry.caught or entry.others:
            parts.append(
                f"  {entry.mistake.rule} on {entry.chart.patient}: caught {entry.caught}, others {sorted(entry.others)}"
            )
    return "\n".join(parts)
