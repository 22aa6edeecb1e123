"""Every column of a view can be asked for alone, has the type it declares, and is then what it is among all others."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import beamclaim
from beamclaim.app.run import Inputs, Run
from beamclaim.model.tables import TABLES
from beamclaim.model.tables.frames import Tables
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.column import ColumnGroup, ViewColumn, plan
from beamclaim.views.registry import views
from beamclaim.views.view import Frames, View

POLICY = PolicyAnswers(load_policy())
ASSUMPTIONS = Assumptions(date(2026, 12, 1))
COLUMNS = [(view.name, column) for view in views().values() if view.asked_of != "run" for column in view.columns]


@pytest.fixture(scope="module", name="tables")
def demonstration() -> Iterator[Tables]:
    """The claims and courses of the demonstration: one bucket of patients."""
    folder = str(Path(beamclaim.__file__).parent / "demonstration")
    with Run() as run:
        run.read(Inputs([folder]))
        small = run.run_tables()
        (patients,) = run.patients()
        yield Tables({name: (patients if patients[name].height else small)[name] for name in TABLES})


def built(tables: Tables, view: View, columns: list[str]) -> pl.DataFrame:
    return Frames(tables, POLICY, ASSUMPTIONS).of(view, columns)


@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_a_column_alone_is_what_it_is_among_all_others(tables: Tables, name: str, column: str) -> None:
    view = views()[name]
    alone = built(tables, view, [column])
    every = built(tables, view, list(view.columns))
    assert alone[column].dtype == view.columns[column].dtype
    assert alone[column].equals(every[column])


@pytest.mark.parametrize("name", [view.name for view in views().values() if view.asked_of != "run"])
def test_without_a_course_every_column_keeps_its_type(tables: Tables, name: str) -> None:
    view = views()[name]
    claims = ("claims", "lines", "diagnoses", "files", "interchanges", "faults")
    frame = built(Tables({table: tables[table] for table in claims}), view, list(view.columns))
    assert {c: frame.schema[c] for c in view.columns} == {c.name: c.dtype for c in view.columns.values()}


def test_what_nobody_reads_is_not_made() -> None:
    group = ColumnGroup()
    group.as_read(ViewColumn("a", pl.Int64, "as read"))

    @group.column("b", pl.Int64, "a and one")
    def _(_: Frames) -> pl.Expr:
        return pl.col("a") + 1

    @group.column("c", pl.Int64, "b and one")
    def _(_: Frames) -> pl.Expr:
        return pl.col("b") + 1

    @group.column("d", pl.Int64, "dear")
    def _(_: Frames) -> pl.Expr:
        raise AssertionError

    frames = Frames(Tables(), POLICY, ASSUMPTIONS)
    steps = plan([group], ["c"], frames)
    assert steps.base == {"a"}
    assert steps.run(pl.DataFrame({"a": [1, None]}), frames).rows() == [(1, 2, 3), (None, None, None)]


def test_a_column_that_fills_what_was_read_reads_itself() -> None:
    group = ColumnGroup()

    @group.column("a", pl.String, "as read, else none")
    def _(_: Frames) -> pl.Expr:
        return pl.col("a").fill_null("none")

    frames = Frames(Tables(), POLICY, ASSUMPTIONS)
    steps = plan([group], ["a"], frames)
    assert steps.base == {"a"}
    assert steps.run(pl.DataFrame({"a": ["x", None]}), frames)["a"].to_list() == ["x", "none"]
