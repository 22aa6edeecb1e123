"""What Python would do with a value and an expression cannot: refused where it is written, with what to write instead."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from beamclaim.errors import RuleError
from beamclaim.expressions.node import Compare
from beamclaim.rules import (
    carries,
    code_in,
    col,
    days,
    later,
    near,
    none,
    one_of,
    pair,
    param,
    text,
    total,
    value,
    when,
    yes,
)

A, B, C = col("a.a"), col("b.b"), col("c.c")
HERE = Path(__file__).name


def refusal(write: Callable[[], Any]) -> str:
    with pytest.raises(RuleError) as raised:
        write()
    place, _, why = str(raised.value).partition(": ")
    assert place == f"{HERE}:{write.__code__.co_firstlineno}"
    return why


@pytest.mark.parametrize(
    "write",
    [
        lambda: bool(A),
        lambda: A and B,
        lambda: A or B,
        lambda: not A,
        lambda: A < B < C,
        lambda: 1 if A else 0,
    ],
    ids=["bool", "and", "or", "not", "a < b < c", "if"],
)
def test_an_expression_has_no_truth(write: Callable[[], Any]) -> None:
    assert refusal(write) == (
        "an expression has no truth while the rule is written: write & for `and`, | for `or`, ~ for `not`, "
        "one_of() for `in`, when() for `if`, and (a < b) & (b < c) for `a < b < c`"
    )


@pytest.mark.parametrize("write", [lambda: "vmat" in A, lambda: B in A], ids=["word", "expression"])
def test_an_expression_is_not_searched(write: Callable[[], Any]) -> None:
    assert refusal(write) == "an expression cannot be searched with `in`: write one_of(x, …) or carries(…)"


def test_an_expression_is_not_walked_through() -> None:
    assert refusal(lambda: [*A]).startswith("an expression cannot be walked through")


@pytest.mark.parametrize(
    ("write", "why"),
    [
        (lambda: A > 5, "the number 5 stands in a rule; numbers live in policy parameters: use param()"),
        (lambda: A == "vmat", "the bare word 'vmat' stands beside an expression: write text('vmat'), or col() for a column"),
        (lambda: A & True, "True stands beside an expression: write yes()"),
        (lambda: A == None, "NoneType is nothing an expression can hold: use the words of beamclaim.rules"),  # noqa: E711
        (lambda: one_of(A), "one_of() names no word to compare with"),
        (lambda: later(A), "later() takes either years=… or days_on=…"),
        (lambda: near("t", "beside"), "near() says nothing called 'beside': seen, on_claim, ahead, behind, unlike, days_until, days_since"),
        (
            lambda: pair("t", "exists", among="plan"),
            "pair() among 'plan': a group is one of 'provider', 'patient', 'claim_day', 'claim', 'course'",
        ),
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused_with_where_it_belongs(write: Callable[[], Any], why: str) -> None:
    assert refusal(write) == why


@pytest.mark.parametrize(
    ("write", "why"),
    [
        (lambda: later(text("C61"), days_on=param("p")), "'C61' is a word, where later() takes a day"),
        (lambda: later(A, years=B) + 1,
         "the result of later() is a day, where + takes a number; write days(start, end) or later(day, days_on=…)"),
        (lambda: days(A, B) & yes(), "the result of days() is a number, where & takes a yes or no"),
        (lambda: ~text("no"), "'no' is a word, where ~ takes a yes or no"),
        (lambda: code_in("t") == text("yes"), "the answer of t is a yes or no, where == takes a word or a list of codes"),
        (lambda: when(days(A, B), 1, 0), "the result of days() is a number, where when() takes a yes or no"),
        (lambda: when(yes(), text("a"), 1), "'a' is a word, where when() takes a number"),
        (lambda: none(days(A, B)), "the result of days() is a number, where none() takes a word or a list of codes"),
        (lambda: carries(code_in("t")), "the answer of t is a yes or no, where carries() takes a word"),
        (lambda: total("line.units", over=("patient.key",), where=text("x")), "'x' is a word, where total() takes a yes or no"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_refused(write: Callable[[], Any], why: str) -> None:
    assert refusal(write) == why


def test_a_comparison_builds_a_question_and_answers_nothing() -> None:
    same = A
    assert isinstance(same == A, Compare)
    assert len({A, col("a.a")}) == 2


def test_what_only_views_and_tables_know_is_left_to_the_engine() -> None:
    assert A.type is None
    assert value("t", "limit").type is None
    assert (A + value("t", "limit")).type == "Number"
