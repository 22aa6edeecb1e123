"""Gates, groups and kinds: which rows a rule sees, and that it says the same as if it saw all of them."""

from typing import Any

import polars as pl
import pytest
from service_lines import LINES, POLICY, service_lines

from beamclaim.engine import answered_view
from beamclaim.engine.policy_columns import answer_columns
from beamclaim.engine.verdicts import ask_view
from beamclaim.expressions.node import Expression
from beamclaim.rules import any_of, code_in, col, count, pair, rank_in, yes
from beamclaim.rules.declaration import Rule, rule

DELIVERY = code_in("radonc.delivery")
DAY = ("patient.key", "line.date", "line.code")


def question(applies: Expression, fires: Expression) -> Rule:
    def test_answered_view() -> dict[str, Expression]:
        return {"fires": fires}

    return rule("UNT199", title="", view="lines", applies=applies, at="line.code", message="", to_do="")(
        test_answered_view
    )


def open_rows(applies: Expression, *rows: dict[str, Any]) -> list[int]:
    asked = question(applies, yes())
    return answer_columns(LINES, service_lines(*rows), POLICY, [asked]).open_rows([asked])["UNT199"].to_list()


def test_a_rule_is_open_where_no_part_of_its_own_row_surely_says_no() -> None:
    rows = [{"line.code": code} for code in ("77407", "99213", None)]
    assert open_rows(DELIVERY, *rows) == [0, 2]
    assert open_rows(DELIVERY & col("line.counts"), *rows, {"line.counts": False}) == [0, 2]


def test_what_needs_another_row_closes_no_gate() -> None:
    rows = [{"line.code": code} for code in ("77407", "99213")]
    assert open_rows(any_of(DELIVERY, over=DAY), *rows) == [0, 1]
    assert open_rows(pair("ncci", "has_partner") & DELIVERY, *rows) == [0]


def test_a_rule_that_asks_nothing_of_its_row_is_open_everywhere() -> None:
    assert open_rows(yes(), {}, {}) == [0, 1]


def many(size: int) -> list[dict[str, Any]]:
    """Lines of many patients: most alone with their code on their day, every seventh beside another one of it."""
    patients = [n + 1 if n % 7 else n for n in range(1, size + 1)]
    codes = ["77407" if n % 3 else "99213" for n in range(size)]
    return [
        {"patient.key": p, "line.code": "77412" if p % 11 == 0 else c, "line.component": None if n % 13 == 0 else "technical"}
        for n, (p, c) in enumerate(zip(patients, codes, strict=True))
    ]  # fmt: skip


@pytest.mark.parametrize(
    "fires",
    [
        count(DELIVERY, over=DAY) > 1,
        rank_in(over=DAY, where=DELIVERY) > 1,
        any_of(code_in("radonc.delivery", level="3"), over=("patient.key",)),
        count(yes(), over=(*DAY, "line.component")) > 1,
    ],
    ids=["count", "rank", "any", "unknown key"],
)
def test_rows_of_a_kind_get_the_verdict_each_would_get_alone(
    fires: Expression, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = service_lines(*many(1_500))

    def verdicts() -> tuple[list[int], list[int], int, int]:
        (v,) = ask_view(LINES, frame, [question(DELIVERY, fires)], POLICY)
        undecided = v.undecided.height
        return v.fires["line.key"].to_list() if v.fires.height else [], [undecided], v.clear, v.not_applicable

    parted = verdicts()
    monkeypatch.setattr(answered_view, "_FEW", 10_000)
    assert parted == verdicts()
    assert sum(map(len, parted[:1])) + parted[1][0] + parted[2] + parted[3] == 1_500


def test_a_question_that_reads_nothing_has_its_rows() -> None:
    answered = answer_columns(LINES, service_lines({}, {}), POLICY, [])
    assert answered.select(None, []).collect().height == 2
    assert answered.select(pl.Series([1], dtype=pl.UInt32), ["line.key"]).collect()["line.key"].to_list() == [1]
