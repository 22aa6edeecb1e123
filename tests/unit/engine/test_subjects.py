"""Several lines about one thing: one verdict, one finding that names them."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from service_lines import LINES, POLICY, service_lines

from beamclaim.engine.subjects import CHARGES, KEYS, NUMBERS
from beamclaim.engine.verdicts import Verdicts, ask_view
from beamclaim.expressions.node import Expression
from beamclaim.rules import col, either, yes
from beamclaim.rules.declaration import Rule, rule

Y, N, U = True, False, None


def ask(
    fires: list[bool | None],
    *,
    claims: list[int | None] | None = None,
    numbers: list[int] | None = None,
    grave: int = 0,
) -> Verdicts:
    """Lines that fire as given, told once a claim; line number `grave` is an error, the others are warnings."""
    numbers = numbers or list(range(1, len(fires) + 1))
    frame = service_lines(*({"line.number": n, "line.code": f"7740{n}"} for n in numbers)).with_columns(
        pl.Series("claim.key", claims or [1] * len(fires), dtype=pl.UInt64),
        pl.Series("line.in_facility", fires, dtype=pl.Boolean),
        pl.Series("line.charge", [Decimal(n) for n in numbers], dtype=pl.Decimal(18, 2)),
        pl.Series("claim.is_x12", [n == grave for n in numbers]),
    )

    def test_subjects() -> dict[str, Expression]:
        return {"fires": col("line.in_facility"), "grade": either(col("claim.is_x12"), "error", "warning")}

    made: Rule = rule(
        "UNT199", title="", view="lines", applies=yes(), at="line.code", message="{line.code} ({lines})", to_do="",
        about=("claim.key",),
    )(test_subjects)  # fmt: skip
    (said,) = ask_view(LINES, frame, [made], POLICY)
    return said


def counts(said: Verdicts) -> dict[str, int]:
    every = {"fires": said.fires.height, "open": said.undecided.height, "clear": said.clear, "n/a": said.not_applicable}
    return {name: many for name, many in every.items() if many}


@pytest.mark.parametrize(
    ("fires", "expected"),
    [([N, Y, U], "fires"), ([N, U, U], "open"), ([N, N], "clear"), ([U], "open"), ([Y, Y, Y], "fires")],
)
def test_the_verdict_of_a_claim_is_that_of_any_of_its_lines(fires: list[bool | None], expected: str) -> None:
    assert counts(ask(fires)) == {expected: 1}


def test_each_claim_has_a_verdict_of_its_own() -> None:
    assert counts(ask([Y, U, N, Y], claims=[1, 2, 3, 1])) == {"fires": 1, "open": 1, "clear": 1}


def test_a_line_of_nobody_knows_which_claim_stands_alone() -> None:
    assert counts(ask([Y, Y, U], claims=[None, None, None])) == {"fires": 2, "open": 1}


def test_a_finding_names_its_lines_and_what_differs_in_order_of_their_numbers() -> None:
    (row,) = ask([Y, N, Y, Y], numbers=[9, 1, 2, 5]).fires.to_dicts()
    assert (row["line.number"], row[NUMBERS], row["said:line.code"]) == (2, [2, 5, 9], ["77402", "77405", "77409"])
    assert (row[CHARGES], len(row[KEYS])) == ([Decimal(2), Decimal(5), Decimal(9)], 3)


def test_the_gravest_line_leads() -> None:
    (row,) = ask([Y, Y, Y], grave=3).fires.to_dicts()
    assert (row["line.number"], row["answer:grade"], row[NUMBERS]) == (3, "error", [1, 2, 3])


def test_a_question_stands_on_the_first_line_that_is_open() -> None:
    said = ask([N, U, U], numbers=[1, 7, 4])
    assert said.undecided["asked:line"].to_list() == [4]


def test_in_whatever_order_lines_come_the_same_is_said() -> None:
    def rows(said: Verdicts) -> list[dict[str, Any]]:
        return said.fires.drop("line.key", KEYS).to_dicts()

    assert rows(ask([Y, N, Y], numbers=[1, 2, 3])) == rows(ask([Y, Y, N], numbers=[3, 1, 2]))
