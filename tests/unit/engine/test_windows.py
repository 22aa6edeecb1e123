"""Each window word: a key that is unknown, a value that is unknown, a row that does not count, the order of the view."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from beamclaim.engine.compile import compiled
from beamclaim.expressions.node import Expression
from beamclaim.model.keys import group_key
from beamclaim.rules import (
    any_of,
    came_before,
    col,
    comes_after,
    count,
    each,
    earliest,
    latest,
    others,
    param,
    rank_in,
    running_total,
    total,
)

OVER = ("patient.key",)
MARK, WITHIN = col("mark.is"), param("within")
Y, N, U = True, False, None


def windows(tree: Expression, **columns: list[Any]) -> list[Any]:
    """What a window says of each row of one patient; ``patient``, ``counts``, ``mark``, ``units``, ``day`` may be given."""
    many = len(next(iter(columns.values())))
    cells: dict[str, Any] = {
        "patient": [1] * many, "counts": [True] * many, "mark": [True] * many, "units": [1] * many,
        "day": [date(2026, 1, 1)] * many, **columns,
    }  # fmt: skip
    frame = pl.DataFrame(
        {
            "patient.key": pl.Series(cells["patient"], dtype=pl.UInt64),
            **{f"line.{n}": pl.Series(cells["counts"], dtype=pl.Boolean) for n in ("counts", "counts_once")},
            "mark.is": pl.Series(cells["mark"], dtype=pl.Boolean),
            "line.units": pl.Series(cells["units"], dtype=pl.Int64),
            "line.code": pl.Series(["77407"] * many, dtype=pl.String),
            "line.date": pl.Series(cells["day"], dtype=pl.Date),
            WITHIN.name: pl.Series([10] * many, dtype=pl.Int64),
        }
    ).with_columns(group_key(OVER).alias("group:patient.key"))
    return frame.select(answer=compiled(tree))["answer"].to_list()


def january(*days: int | None) -> list[date | None]:
    return [None if d is None else date(2026, 1, d) for d in days]


WORDS = {
    "total": total("line.units", over=OVER, where=MARK),
    "running_total": running_total("line.units", over=OVER, where=MARK),
    "count": count(MARK, over=OVER),
    "others": others(MARK, over=OVER),
    "rank_in": rank_in(over=OVER, where=MARK),
    "any_of": any_of(MARK, over=OVER),
    "each": each("line.code", MARK, over=OVER),
    "earliest": earliest(MARK, over=OVER),
    "latest": latest(MARK, over=OVER),
    "came_before": came_before(MARK, within=WITHIN, over=OVER),
    "comes_after": comes_after(MARK, within=WITHIN, over=OVER),
}


@pytest.mark.parametrize("word", WORDS)
def test_a_row_whose_key_is_unknown_belongs_to_no_group(word: str) -> None:
    said = windows(WORDS[word], patient=[1, None, None])
    assert said[0] is not None
    assert said[1:] == [None, None]


@pytest.mark.parametrize("word", WORDS)
def test_another_group_has_no_say(word: str) -> None:
    alone = windows(WORDS[word], patient=[1])
    assert windows(WORDS[word], patient=[1, 2], units=[1, 7], mark=[Y, U])[:1] == alone


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("total", [3, 3, 3]), ("running_total", [1, 1, 3]), ("count", [2, 2, 2]), ("others", [1, 2, 1]),
        ("rank_in", [1, 1, 2]), ("any_of", [Y, Y, Y]), ("each", ["77407"] * 3),
        ("earliest", january(1, 1, 1)), ("latest", january(3, 3, 3)),
        ("came_before", [Y, Y, Y]), ("comes_after", [Y, Y, Y]),
    ],
)  # fmt: skip
def test_a_row_that_does_not_count_adds_nothing_and_is_told_the_same(word: str, expected: list[Any]) -> None:
    said = windows(WORDS[word], units=[1, 5, 2], counts=[Y, N, Y], day=january(1, 2, 3))
    assert said == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("total", [U, U]), ("running_total", [1, U]), ("count", [U, U]), ("others", [U, 1]), ("rank_in", [1, U]),
        ("any_of", [Y, Y]), ("each", [U, U]), ("earliest", [U, U]), ("latest", [U, U]),
        ("came_before", [Y, U]), ("comes_after", [Y, U]),
    ],
)  # fmt: skip
def test_a_row_that_may_be_one_leaves_open_what_hangs_on_it(word: str, expected: list[Any]) -> None:
    days = january(1, 28) if word == "came_before" else january(28, 1)
    assert windows(WORDS[word], mark=[Y, U], day=days) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("total", [0, 0]), ("running_total", [0, 0]), ("count", [0, 0]), ("others", [0, 0]), ("rank_in", [0, 0]),
        ("any_of", [N, N]), ("each", ["", ""]), ("earliest", [U, U]), ("latest", [U, U]), ("came_before", [N, N]), ("comes_after", [N, N]),
    ],
)  # fmt: skip
def test_a_group_without_one_is_told_so(word: str, expected: list[Any]) -> None:
    assert windows(WORDS[word], mark=[N, N]) == expected


def test_a_total_is_unknown_with_an_unknown_value_that_counts_and_not_with_one_that_does_not() -> None:
    assert windows(WORDS["total"], units=[1, None]) == [None, None]
    assert windows(WORDS["running_total"], units=[1, None]) == [1, None]
    assert windows(WORDS["total"], units=[1, None], counts=[Y, N]) == [1, 1]
    assert windows(WORDS["total"], units=[1, 0], mark=[Y, U]) == [1, 1]


def test_a_row_that_may_count_leaves_the_others_open_and_is_asked_as_if_it_did() -> None:
    assert windows(WORDS["count"], counts=[Y, U]) == [None, 2]
    assert windows(WORDS["rank_in"], counts=[Y, U, U]) == [1, 2, None]
    assert windows(WORDS["others"], counts=[Y, U]) == [None, 1]
    assert windows(WORDS["any_of"], counts=[N, U]) == [None, Y]
    assert windows(WORDS["any_of"], counts=[N, U], mark=[Y, N]) == [N, N]


def test_of_several_units_that_may_be_of_a_day_nobody_knows_how_many_are() -> None:
    assert windows(WORDS["total"], counts=[Y, U], units=[2, 1]) == [None, 3]
    assert windows(WORDS["running_total"], counts=[Y, U], units=[2, 1]) == [2, 3]
    assert windows(WORDS["total"], counts=[Y, U], units=[2, 4]) == [None, None]


@pytest.mark.parametrize("word", ["came_before", "comes_after"])
def test_a_row_of_an_unknown_day_is_near_nothing_it_can_be_told_of(word: str) -> None:
    assert windows(WORDS[word], mark=[N, N], day=january(1, None)) == [N, U]
    assert windows(WORDS[word], mark=[N, Y], day=january(1, None)) == [U, U]


def test_the_first_and_last_day_are_unknown_where_one_of_them_has_no_day() -> None:
    assert windows(WORDS["earliest"], day=january(1, None)) == [None, None]
    assert windows(WORDS["latest"], day=january(1, None), mark=[Y, N]) == january(1, 1)


def test_windows_of_days_hold_their_own_day_and_their_last_day() -> None:
    day, mark = january(1, 11, 11, 22), [N, Y, N, N]
    assert windows(WORDS["came_before"], day=day, mark=mark) == [N, Y, Y, N]
    assert windows(WORDS["comes_after"], day=day, mark=mark) == [Y, Y, Y, N]
    assert windows(WORDS["earliest"], day=day, mark=mark) == january(11, 11, 11, 11)
    assert windows(WORDS["latest"], day=day, mark=mark) == january(11, 11, 11, 11)


def test_what_may_be_one_leaves_open_all_but_what_is_sure() -> None:
    assert windows(WORDS["came_before"], day=january(1, 20, 5), mark=[Y, U, N]) == [Y, U, Y]


def test_what_comes_behind_a_row_has_no_say_in_what_runs_up_to_it() -> None:
    assert windows(WORDS["running_total"], units=[1, 2, None, 3]) == [1, 3, None, None]
    assert windows(WORDS["rank_in"], counts=[Y, Y, U, Y]) == [1, 2, 3, None]
    assert windows(WORDS["total"], units=[1, 2, None]) == [None] * 3


def test_running_totals_and_places_follow_the_order_of_the_view() -> None:
    assert windows(WORDS["running_total"], units=[1, 2, 3], mark=[Y, N, Y]) == [1, 1, 4]
    assert windows(WORDS["rank_in"], mark=[Y, N, Y]) == [1, 1, 2]
