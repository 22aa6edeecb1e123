"""Values become the texts a person writes."""

import polars as pl
import pytest

from beamclaim.findings.texts import listing, listings, numbers_in_words


@pytest.mark.parametrize(
    ("numbers", "said"),
    [([2], "2"), ([2, 5, 9], "2, 5 and 9"), ([1, 2], "1 and 2"), ([1, 2, 3, 7], "1 to 3 and 7"), ([None, 4], "4"), ([], "unknown")],
)  # fmt: skip
def test_numbers_are_said_as_runs(numbers: list[int | None], said: str) -> None:
    assert numbers_in_words(numbers) == said


def test_a_list_is_said_as_one_text_and_each_value_once() -> None:
    assert listing(["a", "b", "c"]) == "a, b and c"
    column = pl.Series("code", [["77407", None, "77407"], ["77301"], None])
    assert listings(column).to_list() == ["77407 and unknown", "77301", "unknown"]
