"""`CarefulAnswers` and sightings → the tables of `docs/explanation/truth.md`, as text."""

from collections import Counter
from collections.abc import Sequence

from beamclaim.testing.clinic.careful import CarefulAnswers
from beamclaim.testing.clinic.reasons import reason
from beamclaim.testing.clinic.sightings import Sighting


def careful_text(answers: CarefulAnswers) -> str:
    """The honest biller: how many findings of each rule, and a row for each open question with its reason."""
    findings = Counter((f.rule, f.severity) for f in answers.findings)
    parts = [
        f"{answers.claims:,} careful claims, {answers.lines:,} lines: {len(answers.wrong)} errors or warnings",
        *(f"  {rule} {severity}: {count}" for (rule, severity), count in sorted(findings.items())),
        "",
        "| rule | cannot tell | missing | why |",
        "|---|---:|---|---|",
    ]
    for (rule, fact), count in sorted(answers.open.items()):
        explained = reason(fact) if (rule, fact) not in answers.untrue else None
        parts.append(f"| {rule} | {count:,} | `{fact}` | {explained.why if explained else 'NO TRUE REASON'} |")
    return "\n".join(parts)


def planted_text(sightings: Sequence[Sighting]) -> str:
    """The planted mistakes: a row for each kind, then a line for each that was missed or seen by others."""
    kinds: dict[tuple[str, str], list[Sighting]] = {}
    for sighting in sightings:
        mistake = sighting.planted.mistake
        kinds.setdefault((mistake.rule, mistake.name), []).append(sighting)
    exact = sum(sighting.is_exact for sighting in sightings)
    share = f"{100 * exact / len(sightings):.1f} %" if sightings else "nothing to catch"
    parts = [
        f"{len(sightings)} planted mistakes of {len(kinds)} kinds: {exact} caught by exactly their rule ({share})",
        "",
        "| rule | mistake | planted | caught | by exactly its rule |",
        "|---|---|---:|---:|---:|",
    ]
    for (rule, name), of_kind in sorted(kinds.items()):
        caught, only = sum(s.caught for s in of_kind), sum(s.is_exact for s in of_kind)
        parts.append(f"| {rule} | {name} | {len(of_kind)} | {caught} | {only} |")
    parts += [
        f"  {s.planted.mistake.rule} on {s.planted.chart.patient}: caught {s.caught}, others {sorted(s.others)}"
        for s in sightings
        if not s.is_exact
    ]
    return "\n".join(parts)
