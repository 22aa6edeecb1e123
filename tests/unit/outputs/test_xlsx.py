"""The workbook holds typed cells, every finding, and nothing that a spreadsheet computes."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from beamclaim.findings.result import Result
from beamclaim.outputs.report.xlsx import write_xlsx
from beamclaim.testing.findings import findings_of


def workbook(result: Result, **options: int) -> Any:
    out = io.BytesIO()
    write_xlsx(result, out, **options)
    return openpyxl.load_workbook(out)


def rows(sheet: Any) -> list[dict[str, Any]]:
    head, *body = sheet.iter_rows()
    return [dict(zip((c.value for c in head), row, strict=True)) for row in body]


def test_the_sheets_and_their_heads(waived: Result) -> None:
    book = workbook(waived)
    assert book.sheetnames == [
        "Summary", "By cause", "By line", "Waived", "Could not be told", "Open questions", "Coverage", "Files",
    ]  # fmt: skip
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.title == "Summary" or sheet.auto_filter.ref == sheet.dimensions


def test_a_cell_has_the_type_of_its_value(result: Result) -> None:
    first = rows(workbook(result)["By line"])[0]
    assert first["Date of service"].value == datetime(2026, 2, 3)
    assert first["Date of service"].number_format == "yyyy-mm-dd"
    assert (first["Charge"].value, first["Charge"].data_type) == (1450, "n")
    assert "0.00" in first["Charge"].number_format
    assert (first["Line"].value, first["Code"].value, first["Code"].data_type) == (3, "77386", "s")


def test_every_finding_is_a_row_and_every_cause_is_summed(result: Result) -> None:
    book = workbook(result)
    assert [r["Finding"].value for r in rows(book["By line"])] == [f.id for f in result.findings]
    cause = rows(book["By cause"])[0]
    assert (cause["Findings"].value, cause["Lines"].value, cause["Claims"].value, cause["Charges"].value) == (
        20,
        20,
        20,
        29000,
    )
    assert cause["Rests on"].value == "77386: IMRT, complex; in force 2015-01-01 to 2025-12-31 (medium confidence)"


def test_g29_nothing_becomes_a_formula_a_link_or_a_control_character(waived: Result) -> None:
    seen = 0
    for sheet in workbook(waived):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n", "d", "b") and cell.hyperlink is None
                seen += isinstance(cell.value, str) and cell.value.startswith("=HYPERLINK(1)<script>")
                assert "\x1b" not in str(cell.value)
    assert seen > 5


@pytest.mark.parametrize(
    "start", ["=1+1", "+1", "-1", "@SUM(1)", "{=1}", "http://x", "mailto:x", "internal:x", "1e5", "00123"]
)
def test_g29_text_stays_text_whatever_it_looks_like(result: Result, start: str) -> None:
    from dataclasses import replace

    result.findings = findings_of([replace(result.findings[0], claim=start, message=start * 20_000)])
    cell = rows(workbook(result)["By line"])[0]
    assert (cell["Claim"].value, cell["Claim"].data_type) == (start, "s")
    assert len(cell["Message"].value) <= 32_767


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(big: Callable[[int], Result]) -> None:
    book = workbook(big(25), most_rows=10)
    assert [name for name in book.sheetnames if name.startswith("By line")] == ["By line", "By line 2", "By line 3"]
    assert [len(rows(book[name])) for name in ("By line", "By line 2", "By line 3")] == [10, 10, 5]
    assert "By line 2" not in workbook(big(10), most_rows=10).sheetnames


def test_g14_the_same_result_gives_the_same_bytes(result: Result) -> None:
    one, two = io.BytesIO(), io.BytesIO()
    write_xlsx(result, one)
    write_xlsx(result, two)
    assert one.getvalue() == two.getvalue()


def test_what_was_not_read_and_what_could_not_be_told_is_there(result: Result) -> None:
    book = workbook(result)
    assert "not read: no permission to read it; ask its owner" in [r["Remark"].value for r in rows(book["Files"])]
    assert rows(book["Could not be told"])[0]["Its name"].value == "course.sessions_delivered"
    assert len(rows(book["Open questions"])) == 5
    words = " ".join(str(c.value) for row in book["Summary"].iter_rows() for c in row)
    assert "20 of 25 claims should not go out as they are" in words and "verified only to 2026-09-30" in words
