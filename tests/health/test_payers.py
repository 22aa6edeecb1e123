"""Every payer a row is for can be found by a claim, and a payer line is spelled in one place."""

import ast
from pathlib import Path

import polars as pl
import pytest

from beamclaim.model import value_sets
from beamclaim.policy import load_policy

SOURCE = Path(value_sets.__file__).parents[1]
TABLES = load_policy()
PAYERS = TABLES.table("payers").frame
LINES = {row["payer"]: set((row["payer_lines"] or "").split(";")) - {""} for row in PAYERS.iter_rows(named=True)}
#: Tables whose source names all lines of a payer, so that its rows need no line: N079 names each plan of UnitedHealthcare.
OF_ALL_LINES = {("authorization.carry_over", "unitedhealthcare")}
#: Words of a payer line that are plain words, too.
PLAIN = {"commercial", "medicaid", "tricare"}


def scopes() -> list[tuple[str, str]]:
    tables = ((name, TABLES.table(name).frame) for name in TABLES.names)
    found = {(name, s) for name, frame in tables for s in frame["scope"].unique() if s.startswith("payer/")}
    return sorted(found)


@pytest.mark.parametrize(("table", "scope"), scopes())
def test_a_scope_names_a_payer_of_the_table_and_a_line_it_has(table: str, scope: str) -> None:
    _, payer, *line = scope.split("/")
    assert payer in LINES, "no claim can find this payer: add it to payers/payers.csv with its source"
    if line:
        assert set(line) <= LINES[payer]
    else:
        assert len(LINES[payer]) == 1 or (table, payer) in OF_ALL_LINES, "say the line of business the page names"


def test_coverage_names_payers_of_the_table() -> None:
    named = {payer for entries in TABLES.coverage.values() for entry in entries for payer in entry.payers}
    assert named <= set(LINES)


def test_ids_and_names_mean_payers_of_the_table() -> None:
    by_name = TABLES.table("payer.names").frame.filter(pl.col("payer").is_not_null(), pl.col("payer") != "other")
    assert {*TABLES.table("payer.ids").frame["payer"], *by_name["payer"]} <= set(LINES)
    assert set().union(*LINES.values()) <= {*value_sets.PAYER_LINES, "none"}


def test_every_payer_with_rows_is_reached_by_an_id_or_a_name() -> None:
    reached = {*TABLES.table("payer.ids").frame["payer"], *TABLES.table("payer.names").frame["payer"]}
    assert {scope.split("/")[1] for _, scope in scopes()} <= reached


def test_no_other_module_spells_a_payer_line() -> None:
    spelled = {}
    for path in SOURCE.rglob("*.py"):
        room = path.relative_to(SOURCE).parts[0]
        if path == Path(value_sets.__file__) or room in ("synthetic", "testing", "demonstration"):
            continue
        words = {n.value for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Constant)}
        if mine := words & (set(value_sets.PAYER_LINES) - PLAIN):
            spelled[path.relative_to(SOURCE).as_posix()] = sorted(map(str, mine))
    assert spelled == {}, "import the word from model/value_sets.py"
