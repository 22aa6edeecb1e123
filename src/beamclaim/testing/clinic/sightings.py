"""Planted mistakes + the rules → one `Sighting` each: was it caught, and by which rules beside its own."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from beamclaim.app.check import CheckOptions, check
from beamclaim.findings.finding import Finding
from beamclaim.synthetic.clinic import PlantedMistake, World
from beamclaim.synthetic.clinic.chart import AS_OF


@dataclass(slots=True)
class Sighting:
    """What the rules said of one planted mistake; `fired` counts findings on its patient by rule."""

    planted: PlantedMistake
    fired: Counter[str] = field(default_factory=Counter)
    caught: bool = False

    @property
    def others(self) -> set[str]:
        """Rules that fired and should not have."""
        mistake = self.planted.mistake
        return set(self.fired) - {mistake.rule} - mistake.also

    @property
    def is_exact(self) -> bool:
        """Caught, and by no rule that has no reason to."""
        return self.caught and not self.others

    def add(self, finding: Finding) -> None:
        """Takes note of a finding on this patient; mere advice of another rule is none."""
        rule = self.planted.mistake.rule
        if finding.severity == "info" and finding.rule != rule:
            return
        self.fired[finding.rule] += 1
        if finding.rule == rule:
            self.caught |= self._is_at(finding)

    def _is_at(self, finding: Finding) -> bool:
        """Whether a finding names a place where the mistake stands: its line, or its claim where either names no line."""
        if self.planted.file or finding.claim is None:
            return True
        places = self.planted.places
        if finding.line is None or any(line is None for _, line in places):
            return finding.claim in {claim for claim, _ in places}
        return any((finding.claim, line) in places for line in finding.lines)


def ask_planted(
    world: World, planted: Sequence[PlantedMistake], folder: Path, select: tuple[str, ...] = ()
) -> list[Sighting]:
    """Checks the world and gives each planted mistake its findings; `select` asks only these rules."""
    sightings = [Sighting(one) for one in planted]
    by_patient = {s.planted.chart.patient: s for s in sightings}
    by_file = {s.planted.file: s for s in sightings if s.planted.file}
    options = CheckOptions(*world.place(folder), as_of=AS_OF, select=select)
    for finding in check(options).result.findings:
        name = Path(finding.where.file).name if finding.where else ""
        sighting = by_file.get(name) or by_patient.get(_patient(finding))
        if sighting is not None:
            sighting.add(finding)
    return sightings


def _patient(finding: Finding) -> str:
    """The patient's number, which begins the number of the claim and of the course."""
    return "-".join((finding.claim or finding.course or "").split("-")[:2])
