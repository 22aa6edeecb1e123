"""The table of thresholds: complete, sourced, and open to a site's own numbers."""

from dataclasses import fields
from pathlib import Path

import pytest

from beamclaim.errors import PolicyError, SettingError
from beamclaim.model.thresholds import Thresholds
from beamclaim.policy.thresholds import FILE, load_thresholds, threshold_rows

DEFAULT = load_thresholds()


def test_the_table_and_the_numbers_name_the_same_things_once() -> None:
    assert [row.name for row in threshold_rows()] == [field.name for field in fields(Thresholds)]


@pytest.mark.parametrize("row", threshold_rows(), ids=lambda row: row.name)
def test_every_number_says_its_unit_source_confidence_and_meaning(row: object) -> None:
    assert all(getattr(row, name) for name in ("unit", "source", "confidence", "meaning", "version"))
    assert getattr(row, "value") > 0  # noqa: B009


def test_limits_that_bound_a_doubtful_range_are_in_order() -> None:
    assert DEFAULT.arc_uniform_cv < DEFAULT.arc_modulated_cv
    assert DEFAULT.arc_still_share < DEFAULT.sliding_share
    assert DEFAULT.isocenter_near_mm < DEFAULT.isocenter_far_mm
    assert DEFAULT.segments_mean_peak <= DEFAULT.field_in_field_mean_peak


def test_a_site_may_override_a_number_and_the_version_tells() -> None:
    own = DEFAULT.override({"arc_degrees": 15})
    assert own.arc_degrees == 15 and own.edge_mm == DEFAULT.edge_mm
    assert own.version != DEFAULT.version == DEFAULT.override({}).version


@pytest.mark.parametrize("numbers", [{"arc": 1.0}, {"arc_degrees": 0.0}, {"arc_degrees": float("nan")}])
def test_a_number_that_cannot_be_is_refused_by_name(numbers: dict[str, float]) -> None:
    with pytest.raises(SettingError, match=next(iter(numbers))):
        DEFAULT.override(numbers)


def test_shares_of_a_fraction_and_hours_of_a_day_are_in_order() -> None:
    assert 0 < DEFAULT.attempt_share < DEFAULT.complete_share < 1 < DEFAULT.over_share
    assert DEFAULT.distinct_hours > 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("leaf_motion_mm,0.2", "leaf_motion_mm,two", "line 2: value or version is no number"),
        ("leaf_motion_mm,0.2,mm", "leaf_motion_mm,0.2,", "line 2: unit is blank"),
        ("leaf_motion_mm,", "leaf_movement_mm,", "has no row for leaf_motion_mm"),
        ("edge_mm,1.0", "edge_of_a_leaf_mm,1.0", "has no row for edge_mm"),
    ],
)
def test_a_table_that_is_not_right_is_refused_with_its_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "thresholds.csv"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(PolicyError, match=r"thresholds\.csv") as refused:
        load_thresholds(path)
    assert says in str(refused.value)
