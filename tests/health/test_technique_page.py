"""The page of techniques says the numbers of the thresholds, all that decide a technique, and a word for every technique."""

import runpy
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest

from beamclaim.model.thresholds import Thresholds
from beamclaim.policy.thresholds import load_thresholds

DOCS = Path(__file__).parents[2] / "docs"
OF_DELIVERY = {
    "attempt_share", "complete_share", "over_share", "distinct_hours", "longest_record_hours", "course_gap_days",
}  # fmt: skip
"""Thresholds that decide fractions and courses, and no technique."""


@pytest.fixture(scope="module")
def page() -> Callable[[Thresholds], str]:
    made: Callable[[Thresholds], str] = runpy.run_path(str(DOCS / "technique.py"))["page"]
    return made


def test_the_page_is_that_of_today(page: Callable[[Thresholds], str]) -> None:
    assert (DOCS / "explanation/technique.md").read_text() == page(load_thresholds()), "python docs/technique.py"


@pytest.mark.parametrize("name", sorted({field.name for field in fields(Thresholds)} - OF_DELIVERY))
def test_every_number_that_decides_a_technique_is_on_the_page(page: Callable[[Thresholds], str], name: str) -> None:
    shipped = load_thresholds()
    assert page(replace(shipped, **{name: 0.1234})) != page(shipped)


@pytest.mark.parametrize("word", ["imrt_static", "imrt_dynamic", "vmat", "helical", "electron_field", "3d_conformal"])
def test_every_technique_a_plan_alone_or_with_targets_shows_has_its_row(
    page: Callable[[Thresholds], str], word: str
) -> None:
    assert f"| `{word}` |" in page(load_thresholds()) or f"`{word}` once shown" in page(load_thresholds())
