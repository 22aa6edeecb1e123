"""Clean charts + mistakes → a world in which each mistake stands once a patient, with a note of where.

One `PlantedMistake` a patient. Called by the commands that write the clinic and by the tests; what the rules say of it is asked in
`beamclaim.testing.clinic`, for nothing here knows a rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from beamclaim.synthetic.claims837 import write
from beamclaim.synthetic.clinic.chart import Chart
from beamclaim.synthetic.clinic.mistakes.mistake import Mistake, Place
from beamclaim.synthetic.clinic.world import World, world_of


@dataclass(frozen=True, slots=True)
class PlantedMistake:
    """One mistake on one patient: the claims and lines where it stands, and its file where it has one of its own."""

    mistake: Mistake
    chart: Chart
    places: list[Place]
    file: str = ""


def plant(
    charts: Sequence[Chart], mistakes: Sequence[Mistake], *, each: int, seed: int
) -> tuple[World, list[PlantedMistake]]:
    """Every mistake on up to `each` patients that fit it, as one world; patients are copies under their own numbers."""
    planted: list[PlantedMistake] = []
    files: dict[str, bytes] = {}
    for kind, mistake in enumerate(mistakes):
        done = 0
        for turn in range(len(charts)):
            if done == each:
                break
            # Not always the first patients: each mistake begins elsewhere.
            clean = charts[(turn + 37 * kind + seed) % len(charts)]
            if clean.wrinkle != mistake.wrinkle:
                continue
            chart = clean.renamed(f"X{kind:02}{done:02}-{clean.patient[4:]}")
            chart.earlier = set()
            places = mistake.plant(chart)
            if places is None or (chart.needs_course and not chart.gives_course):
                continue
            file = ""
            if mistake.edit is not None:
                broken = _in_a_file_of_its_own(mistake, chart, places[0][0], control=700_000 + len(planted))
                if broken is None:
                    continue
                file = f"{mistake.rule}-{kind:02}-{done:02}.837"
                files[f"claims/{file}"] = broken
                chart.gives_course = clean.needs_course
            planted.append(PlantedMistake(mistake, chart, places, file))
            done += 1
    charts_of_all = [c for p in planted for c in (p.chart.before, p.chart) if c is not None]
    world = world_of(charts_of_all, {"planted": [_manifest(p) for p in planted]})
    world.files |= files
    return world, planted


def _in_a_file_of_its_own(mistake: Mistake, chart: Chart, claim: str, *, control: int) -> bytes | None:
    """The claim's interchange with its bytes spoiled, the claim taken off the chart; None where the edit does not fit."""
    assert mistake.edit is not None
    broken = mistake.edit(write([r for r in chart.rows if r["claim"] == claim], control=control)[0])
    if broken is not None:
        chart.rows = [r for r in chart.rows if r["claim"] != claim]
    return broken


def _manifest(planted: PlantedMistake) -> dict[str, object]:
    """One planted mistake in the manifest of the world."""
    return {
        "patient": planted.chart.patient,
        "rule": planted.mistake.rule,
        "mistake": planted.mistake.name,
        "places": planted.places,
        "file": planted.file,
        "also": sorted(planted.mistake.also),
    }
