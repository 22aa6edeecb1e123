"""The honest biller: careful claims raise nothing, and each planted mistake is seen by exactly its rule.

A small clinic of the same kind as the one whose figures stand in `docs/explanation/truth.md`.
"""

from pathlib import Path

import pytest

from beamclaim.rules import registry
from beamclaim.synthetic.clinic import MISTAKES, UNSEEN, World, clinic, plant
from beamclaim.testing.clinic import CarefulAnswers, Sighting, ask_careful, ask_planted

RULES = {r.code for r in registry.rules()}


@pytest.fixture(scope="module")
def world() -> World:
    return clinic(500, 7)


@pytest.fixture(scope="module")
def answers(world: World) -> CarefulAnswers:
    return ask_careful(world)


@pytest.fixture(scope="module")
def sightings(tmp_path_factory: pytest.TempPathFactory) -> list[Sighting]:
    # Some mistakes need a patient that few clinics have: a payer, a month and a site at once. This one has them all.
    spoiled, planted = plant(clinic(6_000, 19).charts, [m for m in MISTAKES if m.rule in RULES], each=2, seed=19)
    return ask_planted(spoiled, planted, tmp_path_factory.mktemp("planted"))


def test_one_seed_makes_the_same_bytes(world: World) -> None:
    assert clinic(500, 7).files == world.files
    assert clinic(500, 8).files != world.files


def test_the_clinic_has_every_setting_era_and_payer_line(world: World) -> None:
    rows = [r for c in world.charts for r in c.rows]
    assert {r["setting"] for r in rows} == {"hospital_outpatient", "freestanding", "professional"}
    assert {r["date"][:4] for r in rows} >= {"2024", "2025", "2026"}
    lines = {"medicare_ffs", "medicare_advantage", "medicaid", "commercial", "tricare"}
    assert {r["payer_line"] for r in rows} == lines
    assert any(c.days[0] < "2026" <= c.days[-1] for c in world.charts)
    assert any(c.regimen.per_day == 2 for c in world.charts)
    assert {c.wrinkle for c in world.charts} >= {"adapted", "another course follows", "second course"}
    assert any(c.regimen.boost and c.regimen.boost.is_imrt for c in world.charts)
    assert {c.regimen.diagnoses for c in world.charts} >= {("C61", "C79.51"), ("C50.411", "C77.3")}


def test_careful_claims_raise_no_error_and_no_warning(answers: CarefulAnswers) -> None:
    assert answers.claims >= 500
    assert [f"{f.rule} {f.severity} on {f.claim} line {f.line}: {f.message}" for f in answers.wrong] == []


def test_every_open_question_has_a_true_reason(answers: CarefulAnswers) -> None:
    assert {f"{rule}: {fact}": answers.examples[rule, fact] for rule, fact in answers.untrue} == {}
    assert answers.open


def test_every_rule_has_a_mistake_or_a_reason_why_claims_cannot_show_it() -> None:
    shown = {m.rule for m in MISTAKES}
    assert sorted(RULES - shown - UNSEEN.keys()) == [], "plant a mistake, or say in UNSEEN why claims cannot show it"
    assert not shown & UNSEEN.keys()


def test_every_kind_of_mistake_finds_a_patient(sightings: list[Sighting]) -> None:
    planted = {s.planted.mistake for s in sightings}
    assert [f"{m.rule} {m.name}" for m in MISTAKES if m.rule in RULES and m not in planted] == []


def test_a_planted_mistake_is_caught_by_exactly_its_rule(sightings: list[Sighting]) -> None:
    missed = [s for s in sightings if not s.is_exact]
    words = "\n".join(
        f"{s.planted.mistake.rule} {s.planted.mistake.name} on {s.planted.chart.patient}: "
        f"{'caught' if s.caught else 'MISSED'}, others {sorted(s.others)}"
        for s in missed
    )
    assert len(missed) <= 0.01 * len(sightings), words


def test_a_manifest_names_every_planted_mistake(world: World, tmp_path: Path) -> None:
    spoiled, planted = plant(world.charts, [m for m in MISTAKES if m.rule == "COD103"], each=1, seed=7)
    spoiled.place(tmp_path)
    text = (tmp_path / "manifest.json").read_text()
    assert all(f'"patient": "{p.chart.patient}"' in text and '"rule": "COD103"' in text for p in planted)
