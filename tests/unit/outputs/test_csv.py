"""The CSV report keeps every value and gives no spreadsheet anything to compute."""

import csv
import io

import polars as pl
import pytest

from beamclaim.findings.result import Result
from beamclaim.outputs.report.columns import csv_cell
from beamclaim.outputs.report.csv import COLUMNS, write_csv


def rows(result: Result) -> list[dict[str, str]]:
    out = io.StringIO(newline="")
    write_csv(result, out)
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))


def test_one_row_a_finding_with_every_column(result: Result) -> None:
    found = rows(result)
    assert len(found) == len(result.findings)
    assert tuple(found[0]) == COLUMNS
    assert (found[0]["rule"], found[0]["claim"], found[0]["charge"]) == ("COD101", "PCN001", "1450.00")
    assert found[-1]["claim"] == ""


def inert(text: str) -> str:
    """The text as a cell that was written and read again."""
    return next(csv.reader(io.StringIO(csv_cell(pl.Series([text]))[0], newline="")))[0]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", " =", "  @"])
def test_g29_what_could_begin_a_formula_gets_an_apostrophe(start: str) -> None:
    assert inert(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("harmless", ["77386", "PCN-1", "a=b", "", " x"])
def test_other_text_stays_as_it_is(harmless: str) -> None:
    assert csv_cell(pl.Series([harmless]))[0] == harmless


def test_g29_no_cell_of_a_hostile_finding_computes_and_a_credit_stays_a_number(result: Result) -> None:
    hostile = rows(result)[20]
    assert hostile.pop("charge") == "-3.10"
    assert hostile["claim"].startswith("'=")
    assert not [cell for cell in hostile.values() if cell.startswith(("=", "+", "-", "@"))]


def test_lines_end_as_rfc_4180_says(result: Result) -> None:
    out = io.StringIO(newline="")
    write_csv(result, out)
    assert out.getvalue().count("\r\n") == len(result.findings) + 1


def test_a_waived_finding_is_a_row_that_says_so(waived: Result) -> None:
    found = rows(waived)
    assert [r["waived_until"] for r in found] == [""] * 21 + ["2026-12-31"]
    assert found[-1]["waived_by"].startswith("'=") and found[-1]["waived_because"].startswith("'=")
