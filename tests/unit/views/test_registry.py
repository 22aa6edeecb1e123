"""A view is one file: it is found, and the engine asks it, without another change."""

import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import beamclaim.views
from beamclaim.engine.verdicts import evaluate
from beamclaim.errors import RuleError
from beamclaim.model.tables import FILES
from beamclaim.model.tables.frames import Tables
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.rules import col, stated, text
from beamclaim.rules.declaration import Rule
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.registry import views

TOY = '''
"""One row per file."""
import polars as pl
from beamclaim.views.column import ViewColumn
from beamclaim.views.view import View, by_name

def build(frames, columns):
    return frames.tables["files"].select("file", pl.col("file.kind"), pl.col("file.is_history").alias("is_history"))

VIEW = View("toys", row="one row per file", asked_of="batch", build=build, subject=("file",),
            columns=by_name(ViewColumn("file.kind", pl.String, "what the file holds")))
'''


@pytest.fixture
def toys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A view `toys` in a file of its own, which nothing else knows."""
    (tmp_path / "toys.py").write_text(TOY)
    monkeypatch.setattr(beamclaim.views, "__path__", [*beamclaim.views.__path__, str(tmp_path)])
    views.cache_clear()
    yield
    views.cache_clear()
    sys.modules.pop("beamclaim.views.toys", None)


def rule(view: str, column: str = "file.kind") -> Rule:
    kind = col(column)
    return Rule(
        code="TOY101", name="toy", title="", view=view, severity="info", risk="advice", message="", cites=(), at="file.kind",
        to_do="", who="biller", repair="", rests_on=(), status="stable", since="", needs=(), optional=(), unit="", page=Path("toy.md"),
        applies=stated(kind), answers={"fires": kind == text("toy")},
    )  # fmt: skip


def evaluated(asked: Rule, *kinds: str | None) -> tuple[list[int], int, int]:
    """The files that fire, and how many are clear and not applicable."""
    rows = [
        {**dict.fromkeys(FILES.schema), "file": n, "file.kind": kind, "file.is_history": False}
        for n, kind in enumerate(kinds)
    ]
    tables = Tables({"files": pl.DataFrame(rows, schema=FILES.schema)})
    (verdicts,) = evaluate(tables, [asked], PolicyAnswers(load_policy()), Assumptions(date(2026, 12, 1)))
    return verdicts.fires["file"].to_list(), verdicts.clear, verdicts.not_applicable


@pytest.mark.usefixtures("toys")
def test_a_view_in_one_new_file_is_asked_by_the_engine() -> None:
    assert evaluated(rule("toys"), "toy", "837", None, "toy") == ([0, 3], 1, 1)


def test_a_view_nobody_declared_is_refused_with_those_there_are() -> None:
    with pytest.raises(RuleError, match=r"TOY101 \(toy.py\): view 'toys' is not one of .*claims.*lines"):
        evaluated(rule("toys"), "toy")


@pytest.mark.usefixtures("toys")
def test_a_column_that_is_not_in_the_view_is_refused() -> None:
    with pytest.raises(RuleError, match=r"TOY101 .*: column 'line.code' is not in the view 'toys'"):
        evaluated(rule("toys", "line.code"), "toy")


@pytest.mark.parametrize("name", sorted(views()))
def test_a_view_names_only_columns_and_keys_it_declares(name: str) -> None:
    view = views()[name]
    asked = [n for c in view.circumstances for n in (c.column, *view.columns[c.column].follows_from)] + [
        key for keys in view.groups.values() for key in keys
    ]
    if view.neighbors is not None:
        asked += view.neighbors.columns
    assert set(asked) <= set(view.columns)
    assert re.fullmatch(r"one row per .+", view.row)
