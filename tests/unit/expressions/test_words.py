"""The examples of the words rules are written in say what the engine answers."""

import doctest
from datetime import date
from typing import Any

import polars as pl
import pytest

import beamclaim.rules
from beamclaim.engine.compile import compiled
from beamclaim.engine.policy_columns import answer_columns
from beamclaim.expressions import words
from beamclaim.expressions.node import Expression
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.rules import no
from beamclaim.rules.declaration import rule
from beamclaim.views.registry import views

POLICY = PolicyAnswers(load_policy())
USUAL: dict[str, tuple[Any, Any]] = {
    "patient.key": (pl.UInt64, 1), "claim.key": (pl.UInt64, 1), "line.key": (pl.UInt64, 1), "line.date": (pl.Date, date(2026, 3, 2)),
    "line.code": (pl.String, "77407"), "line.modifiers": (pl.String, ""), "line.counts": (pl.Boolean, True),
    "line.provider": (pl.String, "1"), "line.component": (pl.String, "technical"), "line.target": (pl.String, "C61"),
    "claim.billing_npi": (pl.String, "1"), "claim.setting": (pl.String, "hospital_outpatient"), "claim.mac": (pl.String, "J6"),
    "claim.payer": (pl.String, None), "claim.payer_asked": (pl.String, None), "claim.payer_key": (pl.String, None),
    "claim.payer_line": (pl.String, "medicare_ffs"), "is_history": (pl.Boolean, False),
    "line.units": (pl.Int64, 1), "line.in_facility": (pl.Boolean, True), "day.partial_delivery": (pl.Boolean, None),
    "course.key": (pl.UInt64, None), "claim.is_superseded": (pl.Boolean, False),
    "line.setting": (pl.String, "hospital_outpatient"),
    "line.counts_that_day": (pl.Boolean, True), "line.counts_once": (pl.Boolean, True), "line.is_range": (pl.Boolean, False),
    "line.day_is_known": (pl.Boolean, True),
}  # fmt: skip
WORDS = [name for name in beamclaim.rules.__all__ if name != "rule"]


def asked(tree: Expression, columns: dict[str, list[Any]]) -> list[Any]:
    """The answer of an expression for each line."""

    def test_words() -> dict[str, Expression]:
        return {"fires": no(), "shown": tree}

    example = rule("UNT199", title="", view="lines", applies=no(), at="line.code", message="", to_do="")(test_words)
    many = len(next(iter(columns.values())))
    cells = {n: columns.get(n, [value] * many) for n, (_, value) in USUAL.items()} | columns
    frame = pl.DataFrame({n: pl.Series(v, dtype=USUAL[n][0] if n in USUAL else None) for n, v in cells.items()})
    answered = answer_columns(views()["lines"], frame, POLICY, [example])
    read = answered.select(None, [*example.reads, *example.groups]).collect()
    return read.select(answer=compiled(tree))["answer"].to_list()


@pytest.mark.parametrize("word", WORDS)
def test_a_word_has_an_example_that_holds(word: str) -> None:
    function = getattr(words, word)
    globs = {**vars(words), "asked": asked, "date": date}
    (example,) = doctest.DocTestFinder(recurse=False).find(function, word, globs=globs)
    assert example.examples, f"{word} has no example"
    failures: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=failures.append)
    assert failures == []
