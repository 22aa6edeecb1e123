"""Plants every mistake on clean charts, one each, and tells which rules saw it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from beamclaim.app.check import CheckOptions, check
from beamclaim.findings.finding import Finding
from beamclaim.synthetic.claims837 import write
from beamclaim.synthetic.clinic.chart import AS_OF, Chart
from beamclaim.synthetic.clinic.mistakes.mistake import Mistake, Place
from beamclaim.synthetic.clinic.world import World, assembled


@dataclass(slots=True)
class Planted:
    """One mistake on one patient: where it stands, which file it is in when it has one of its own, who saw it."""

    mistake: Mistake
    chart: Chart
    places: list[Place]
    file: str = ""
    fired: Counter[str] = field(default_factory=Counter)
    caught: bool = False

    @property
    def others(self) -> set[str]:
        """Rules that fired and should not have."""
        return set(self.fired) - {self.mistake.rule} - self.mistake.also

    def see(self, finding: Finding) -> None:
        """Takes note of a finding on this patient; mere advice of another rule is none."""
        if finding.severity == "info" and finding.rule != self.mistake.rule:
            return
        self.fired[finding.rule] += 1
        if finding.rule != self.mistake.rule:
            return
        claims = {claim for claim, _ in self.places}
        whole = any(line is None for _, line in self.places) or finding.line is None
        self.caught |= bool(self.file) or (
            finding.claim is None
            or (finding.claim in claims if whole else (finding.claim, finding.line) in self.places)
        )


def planted(charts: Sequence[Chart], mistakes: Sequence[Mistake], each: int, seed: int) -> tuple[World, list[Planted]]:
    """Every mistake on up to `each` patients that fit it, as one world; patients are copies under their own numbers."""
    out: list[Planted] = []
    files: dict[str, bytes] = {}
    for kind, mistake in enumerate(mistakes):
        done = 0
        for turn in range(len(charts)):
            if done == each:
                break
            # Not always the first patients: each mistake begins elsewhere.
            clean = charts[(turn + 37 * kind + seed) % len(charts)]
            if clean.wrinkle:
                continue
            chart = clean.renamed(f"X{kind:02}{done:02}-{clean.patient[4:]}")
            chart.earlier = set()
            places = mistake.plant(chart)
            if places is None or (chart.needs_course and not chart.gives_course):
                continue
            entry = Planted(mistake, chart, places)
            if mistake.edit is not None:
                alone = [r for r in chart.rows if r["claim"] == places[0][0]]
                data = mistake.edit(write(alone, control=700_000 + len(out))[0])
                if data is None:
                    continue
                entry.file = f"{mistake.rule}-{kind:02}-{done:02}.837"
                files[f"claims/{entry.file}"] = data
                chart.rows = [r for r in chart.rows if r["claim"] != places[0][0]]
                chart.gives_course = clean.needs_course
            out.append(entry)
            done += 1
    world = assembled(
        [p.chart for p in out],
        {"planted": [{"patient": p.chart.patient, "rule": p.mistake.rule, "mistake": p.mistake.name, "places": p.places,
                      "file": p.file, "also": sorted(p.mistake.also)} for p in out]},
    )  # fmt: skip
    world.files |= files
    return world, out


def asked(world: World, entries: Sequence[Planted], folder: Path, select: tuple[str, ...] = ()) -> None:
    """Checks the world and gives each planted mistake its findings; `select` asks only these rules."""
    by_patient = {p.chart.patient: p for p in entries}
    by_file = {p.file: p for p in entries if p.file}
    given = world.place(folder)
    result = check(CheckOptions(given["paths"], given["course"], given["history"], as_of=AS_OF, select=select)).result
    for finding in result.findings:
        name = Path(finding.where.file).name if finding.where else ""
        owner = by_file.get(name) or by_patient.get(_patient(finding))
        if owner is not None:
            owner.see(finding)


def _patient(finding: Finding) -> str:
    """The patient's number, which begins the number of the claim and of the course."""
    return "-".join((finding.claim or finding.course or "").split("-")[:2])
