"""The verdict table: three answers of `applies` times three of `fires`, and the rows nobody is told of."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from service_lines import of_one_day

from beamclaim.engine.verdicts import Verdicts, ask_view, evaluate
from beamclaim.errors import RuleError
from beamclaim.model.tables.frames import Tables
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.rules import any_of, col, yes
from beamclaim.rules.declaration import Rule, rule
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.registry import views

POLICY, LINES = PolicyAnswers(load_policy()), views()["lines"]
Y, N, U = True, False, None
APPLIES, FIRES = col("line.counts"), col("line.in_facility")
FORM: dict[str, Any] = {
    "title": "", "view": "lines", "at": "line.code", "message": "", "to_do": "", "optional": (), "needs": (),
}  # fmt: skip


def question(applies: Any = APPLIES, fires: Any = FIRES, **answers: Any) -> Rule:
    """A rule of two columns."""

    def test_verdicts() -> dict[str, Any]:
        return {"fires": fires, **answers}

    return rule("UNT199", applies=applies, **FORM)(test_verdicts)


def view(applies: list[bool | None], fires: list[bool | None], **columns: list[Any]) -> pl.DataFrame:
    cells: dict[str, Any] = {
        "is_history": [False] * len(applies),
        "line.counts": pl.Series(applies, dtype=pl.Boolean),
        "line.in_facility": pl.Series(fires, dtype=pl.Boolean),
        "line.key": pl.Series(range(len(applies)), dtype=pl.UInt64),
        "claim.number": [f"A{n}" for n in range(len(applies))],
        "line.number": pl.Series(range(1, len(applies) + 1), dtype=pl.UInt32),
        "patient.key": pl.Series([1] * len(applies), dtype=pl.UInt64),
        "claim.is_superseded": [False] * len(applies),
    }
    return of_one_day(pl.DataFrame({**cells, **columns}))


def ask(made: Rule, frame: pl.DataFrame) -> Verdicts:
    (said,) = ask_view(LINES, frame, [made], POLICY)
    return said


def verdict(applies: bool | None, fires: bool | None, made: Rule | None = None) -> str:
    said = ask(made or question(), view([applies], [fires]))
    counts = {
        "fires": said.fires.height,
        "cannot_tell": said.undecided.height,
        "clear": said.clear,
        "not_applicable": said.not_applicable,
    }
    assert sum(counts.values()) == 1, counts
    return next(name for name, many in counts.items() if many)


TABLE = {
    (Y, Y): "fires", (Y, N): "clear", (Y, U): "cannot_tell",
    (N, Y): "not_applicable", (N, N): "not_applicable", (N, U): "not_applicable",
    (U, Y): "cannot_tell", (U, N): "clear", (U, U): "cannot_tell",
}  # fmt: skip


@pytest.mark.parametrize(("applies", "fires"), TABLE, ids=[f"{a}-{f}" for a, f in TABLE])
def test_the_verdict_of_a_row(applies: bool | None, fires: bool | None) -> None:
    assert verdict(applies, fires) == TABLE[applies, fires]


@pytest.mark.parametrize(("applies", "fires"), TABLE, ids=[f"{a}-{f}" for a, f in TABLE])
def test_the_verdict_is_the_same_where_a_window_looks_at_other_rows(applies: bool | None, fires: bool | None) -> None:
    made = question(fires=any_of(FIRES, over=("line.key",), counts="line.counts") | FIRES)
    assert verdict(applies, fires, made) == TABLE[applies, fires]


def test_counts_of_many_rows_add_up() -> None:
    said = ask(question(), view([a for a, _ in TABLE], [f for _, f in TABLE]))
    assert (said.fires.height, said.clear, said.undecided.height, said.not_applicable) == (1, 2, 3, 3)
    assert said.fires["line.key"].to_list() == [0]
    assert said.undecided["asked:line"].to_list() == [3, 7, 9]


def test_a_rule_that_reads_nothing_gives_one_verdict_for_every_row() -> None:
    said = ask(question(yes(), yes()), view([Y, N], [N, N]))
    assert said.fires.height == 2


def test_history_is_not_asked_and_not_counted() -> None:
    said = ask(question(), view([Y, Y], [Y, Y], is_history=[True, False]))
    assert (said.fires["line.key"].to_list(), said.clear + said.not_applicable) == ([1], 0)


def test_a_superseded_claim_is_counted_as_not_applicable() -> None:
    said = ask(question(), view([Y, Y, Y], [Y, N, U], **{"claim.is_superseded": [True, True, None]}))
    assert (said.fires.height, said.clear, said.not_applicable, said.undecided.height) == (0, 0, 2, 1)


def test_a_row_that_fires_keeps_its_subject_what_was_read_and_the_answers() -> None:
    said = ask(question(grade=yes()), view([Y], [Y]))
    assert {"line.key", "claim.number", "line.counts", "line.in_facility", "answer:grade"} <= set(said.fires.columns)


def test_a_row_that_cannot_be_told_keeps_what_is_there_and_no_value() -> None:
    said = ask(question(), view([Y], [U]))
    assert said.undecided.row(0, named=True) == {
        "asked:claim": "A0", "asked:line": 1, "line.counts": True, "line.in_facility": None, "line.date": True,
    }  # fmt: skip


def test_a_column_the_view_does_not_have_is_refused() -> None:
    with pytest.raises(RuleError, match=r"UNT199.*column 'line\.colour' is not in the view 'lines'"):
        evaluate(Tables({}), [question(fires=col("line.colour"))], POLICY, Assumptions(date(2026, 12, 1)))
