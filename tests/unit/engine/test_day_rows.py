"""Several days of one line: one verdict, one finding that names the days."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from service_lines import LINES, POLICY, service_lines

from beamclaim.engine.day_rows import EVERY_DAY, SAID
from beamclaim.engine.verdicts import Verdicts, ask_view
from beamclaim.expressions.node import Expression
from beamclaim.rules import col, either, yes
from beamclaim.rules.declaration import Rule, rule

MONDAY = date(2026, 3, 2)
Y, N, U = True, False, None


def ask(fires: list[bool | None], *, known: bool, units: int, about_days: bool = False, many: bool = False) -> Verdicts:
    """One line whose days fire as given; `about_days`: the rule compares days."""
    days = [MONDAY + timedelta(days=n) for n in range(len(fires))]
    frame = service_lines(*({"line.date": day} for day in days)).with_columns(
        pl.lit(1, pl.UInt64).alias("line.key"),
        pl.lit(MONDAY).alias("line.first_day"),
        pl.lit(days[-1]).alias("line.date_to"),
        pl.lit(True).alias("line.is_range"),
        pl.lit(known).alias("line.day_is_known"),
        pl.lit(units).alias("line.billed_units"),
        pl.Series("line.in_facility", fires, dtype=pl.Boolean),
        pl.Series("claim.is_x12", [n == 2 for n in range(len(fires))]),
    )

    def test_day_rows() -> dict[str, Expression]:
        answer: Expression = col("line.in_facility")
        if about_days:
            answer &= col("line.date") >= col("line.first_day")
        shown = {"grade": either(col("claim.is_x12"), "error", "warning")} if many else {}
        return {"fires": answer, **shown}

    made: Rule = rule("UNT199", title="", view="lines", applies=yes(), at="line.code", message="{line.date}", to_do="")(
        test_day_rows
    )
    (said,) = ask_view(LINES, frame, [made], POLICY)
    return said


def verdict(fires: list[bool | None], **how: Any) -> str:
    said = ask(fires, **how)
    counts = {
        "fires": said.fires.height,
        "cannot_tell": said.undecided.height,
        "clear": said.clear,
        "n/a": said.not_applicable,
    }
    assert sum(counts.values()) == 1, counts
    return next(name for name, many in counts.items() if many)


@pytest.mark.parametrize(
    ("fires", "expected"),
    [([N, Y, N], "fires"), ([N, U, N], "cannot_tell"), ([Y, U, N], "fires"), ([N, N, N], "clear")],
)
def test_of_known_days_one_that_fires_is_enough(fires: list[bool | None], expected: str) -> None:
    assert verdict(fires, known=True, units=3) == expected


@pytest.mark.parametrize(
    ("fires", "expected"),
    [
        ([Y, Y, Y], "fires"),
        ([Y, N, N], "fires"),
        ([N, N, Y], "fires"),
        ([N, Y, N], "cannot_tell"),
        ([N, N, N], "clear"),
    ],
)
def test_of_days_nobody_knows_the_first_and_the_last_are_sure(fires: list[bool | None], expected: str) -> None:
    assert verdict(fires, known=False, units=2, about_days=True) == expected


def test_a_single_unit_over_a_week_is_on_no_day_for_sure() -> None:
    assert verdict([Y, N, N], known=False, units=1, about_days=True) == "cannot_tell"
    assert verdict([Y, Y, Y], known=False, units=1, about_days=True) == "fires"


def test_what_the_policy_says_of_the_first_or_last_day_holds_of_a_single_unit_too() -> None:
    assert verdict([N, N, Y], known=False, units=1) == "fires"
    assert verdict([N, Y, N], known=False, units=1) == "cannot_tell"


def test_a_finding_names_the_days_it_is_true_of() -> None:
    (row,) = ask([Y, Y, Y, N, Y], known=True, units=5).fires.to_dicts()
    assert (row["line.date"], row[f"{SAID}line.date"]) == (MONDAY, "2026-03-02 to 2026-03-04 and 2026-03-06")


def test_days_with_other_words_are_not_in_the_message_and_the_gravest_day_leads() -> None:
    (row,) = ask([Y, Y, Y], known=True, units=3, many=True).fires.to_dicts()
    assert row["answer:grade"] == "error"
    assert (row[f"{SAID}line.date"], row[EVERY_DAY]) == ("2026-03-04", "2026-03-02 to 2026-03-04")


def test_an_open_day_is_a_question_about_days() -> None:
    (row,) = ask([N, Y, N], known=False, units=2, about_days=True).undecided.to_dicts()
    assert row["days:open"] is True
