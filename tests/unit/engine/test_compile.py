"""Every form of an expression against its truth table: yes, no and unknown, node by node."""

from datetime import date
from itertools import product
from typing import Any

import polars as pl
import pytest

from beamclaim.engine.compile import compiled
from beamclaim.expressions.node import Expression
from beamclaim.rules import (
    any_listed,
    carries,
    code_in,
    col,
    days,
    either,
    if_seen,
    later,
    listed,
    no,
    none,
    one_of,
    param,
    stated,
    text,
    unknown,
    value,
    when,
    yes,
)

Y, N, U = True, False, None
A, B, C = col("a.a"), col("b.b"), col("c.c")


def answers(tree: Expression, **columns: list[Any]) -> list[Any]:
    """What a tree says of each row; ``a``, ``b``, ``c`` are the columns a.a, b.b, c.c."""
    names = {"a": "a.a", "b": "b.b", "c": "c.c"}
    frame = pl.DataFrame({names[k]: pl.Series(v, strict=False) for k, v in columns.items()})
    return frame.select(answer=compiled(tree)).get_column("answer").to_list()


def one(tree: Expression, **cells: Any) -> Any:
    """What a tree says of one row; Booleans where nothing else stands in a cell."""
    columns = {"a": "a.a", "b": "b.b", "c": "c.c"}
    made = {
        columns[k]: pl.Series([v], dtype=pl.Boolean if v is None or isinstance(v, bool) else None)
        for k, v in cells.items()
    }
    return pl.DataFrame(made).select(answer=compiled(tree))["answer"][0]


BOTH = {(Y, Y): Y, (Y, N): N, (Y, U): U, (N, Y): N, (N, N): N, (N, U): N, (U, Y): U, (U, N): N, (U, U): U}
EITHER = {(Y, Y): Y, (Y, N): Y, (Y, U): Y, (N, Y): Y, (N, N): N, (N, U): U, (U, Y): Y, (U, N): U, (U, U): U}


@pytest.mark.parametrize(("a", "b"), list(product((Y, N, U), repeat=2)))
def test_both_and_either_follow_kleene(a: bool | None, b: bool | None) -> None:
    assert one(A & B, a=a, b=b) is BOTH[a, b]
    assert one(A | B, a=a, b=b) is EITHER[a, b]


@pytest.mark.parametrize(("a", "other"), [(Y, N), (N, Y), (U, U)])
def test_not_turns_the_answer_and_keeps_the_unknown(a: bool | None, other: bool | None) -> None:
    assert one(~A, a=a) is other


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (A == B, [N, Y, N, U, U]),
        (A != B, [Y, N, Y, U, U]),
        (A < B, [Y, N, N, U, U]),
        (A <= B, [Y, Y, N, U, U]),
        (A > B, [N, N, Y, U, U]),
        (A >= B, [N, Y, Y, U, U]),
    ],
    ids=["equal", "unequal", "less", "at most", "more", "at least"],
)
def test_a_comparison_with_an_unknown_is_unknown(tree: Expression, expected: list[bool | None]) -> None:
    assert answers(tree, a=[1, 2, 3, None, 1], b=[2, 2, 2, 2, None]) == expected


@pytest.mark.parametrize(
    ("tree", "expected"),
    [(A + B, 9), (A - B, 5), (A * B, 14), (A // B, 3), (A % B, 1)],
    ids=["sum", "difference", "product", "quotient", "remainder"],
)
def test_arithmetic_is_that_of_whole_numbers_and_unknown_with_an_unknown(tree: Expression, expected: int) -> None:
    assert answers(tree, a=[7, 7, None], b=[2, None, 2]) == [expected, None, None]


def test_when_is_unknown_where_its_condition_is() -> None:
    assert answers(when(A, B, C), a=[Y, N, U], b=[1, 1, 1], c=[2, 2, 2]) == [1, 2, None]


def test_when_is_unknown_where_the_chosen_value_is_and_not_where_the_other_is() -> None:
    assert answers(when(A, B, C), a=[Y, N, Y, N], b=[None, None, 1, 1], c=[2, 2, None, None]) == [None, 2, 1, None]


def test_either_takes_the_second_word_where_its_condition_is_unknown() -> None:
    assert answers(either(A, "error", "warning"), a=[Y, N, U]) == ["error", "warning", "warning"]


def test_if_seen_and_stated_are_the_words_that_turn_an_unknown_into_an_answer() -> None:
    assert answers(if_seen(A, no()), a=[Y, N, U]) == [Y, N, N]
    assert answers(stated(A), a=[Y, N, U]) == [Y, Y, N]


def test_sure_and_unknown_say_what_they_are() -> None:
    assert [one(tree, a=Y) for tree in (yes(), no(), unknown())] == [Y, N, U]


def test_none_is_an_empty_element_and_not_an_unknown_one() -> None:
    assert answers(none(A), a=["", "C61", None]) == [Y, N, U]


def test_one_of_compares_with_each_word() -> None:
    assert answers(one_of(A, "vmat", "helical"), a=["vmat", "helical", "2d", None]) == [Y, Y, N, U]
    assert answers(text("vmat") == A, a=["vmat", "2d", None]) == [Y, N, U]


def test_days_are_counted_from_the_first_to_the_second() -> None:
    first, last = date(2026, 1, 30), date(2026, 2, 2)
    assert answers(days(A, B), a=[first, last, None], b=[last, first, last]) == [3, -3, None]


def test_later_keeps_the_day_of_the_month_over_years_and_counts_days() -> None:
    day = date(2024, 2, 29)
    assert answers(later(A, years=B), a=[day, day, None], b=[1, None, 1]) == [date(2025, 2, 28), None, None]
    assert answers(later(A, days_on=B), a=[day, day, None], b=[2, None, 2]) == [date(2024, 3, 2), None, None]


def test_carries_finds_a_whole_code_of_a_list() -> None:
    tree = carries(B, of="a.a")
    assert answers(tree, a=["59;76", "5;9", "", None, "59"], b=["59", "59", "59", "59", None]) == [Y, N, N, U, U]


def test_listed_compares_beginnings_with_each_prefix() -> None:
    prefixes = ["033;034"] * 4
    assert answers(listed(A, B), a=["0333", "0340", "0250", None], b=prefixes) == [Y, Y, N, U]
    assert answers(any_listed(A, B), a=["C61;C7951", "Z510;C61", "C34", None], b=["C79;C61"] * 4) == [Y, Y, N, U]
    assert answers(any_listed(A, B), a=["C61", "C61"], b=[None, "C6"]) == [U, Y]


@pytest.mark.parametrize(
    ("tree", "name"),
    [
        (code_in("t", level="top"), "in:t:level=top:line.code@line.date"),
        (value("t", "limit"), "value:t:limit:line.code@line.date"),
        (param("p"), "param:p:value:@line.date"),
    ],
)
def test_what_the_policy_answers_is_read_from_the_column_of_its_name(tree: Expression, name: str) -> None:
    frame = pl.DataFrame({name: [True]})
    assert frame.select(compiled(tree)).to_series().to_list() == [True]
