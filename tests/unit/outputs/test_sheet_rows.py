"""Rows written from columns are those the writer of cells writes, whatever stands in them."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from beamclaim.outputs.report.xlsx import Heading, SheetTables

HEADS = (Heading("Text"), Heading("Number"), Heading("Money", widest=30), Heading("Day"))
ROWS = st.lists(
    st.tuples(
        st.none() | st.text(st.characters(exclude_categories=["Cs"])).filter(lambda t: not t.startswith("<r>")),
        st.none() | st.integers(0, 1 << 40),
        st.none() | st.decimals(-10_000_000, 10_000_000, places=2),
        st.none() | st.dates(date(1900, 1, 2), date(2100, 1, 1)),
    ).filter(lambda row: any(cell is not None for cell in row)),
    max_size=12,
)
SCHEMA = pl.Schema({"Text": pl.String(), "Number": pl.Int64(), "Money": pl.Decimal(38, 2), "Day": pl.Date()})
Row = tuple[str | None, int | None, Decimal | None, date | None]


def parts(write: Callable[[SheetTables], None]) -> dict[str, bytes]:
    """The parts of a workbook with one table in it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_urls": False}) as book:
        write(SheetTables(book, most_rows=5))
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist() if "core" not in name}


@settings(deadline=None, max_examples=50)
@given(ROWS, st.integers(1, 4))
def test_columns_give_the_rows_that_cells_give(rows: list[Row], block: int) -> None:
    # A day brings its style into the book first, so that both number the styles alike.
    first: Row = ("a", 1, Decimal("1.00"), date(2026, 1, 1))
    every = [first, *rows]
    frame = pl.DataFrame(every, schema=SCHEMA, orient="row")

    def blocks() -> Any:
        return (frame[at : at + block] for at in range(0, frame.height, block))

    by_cell = parts(lambda tables: tables.write("T", HEADS, every))
    by_column = parts(lambda tables: tables.write_frames("T", HEADS, blocks()))
    assert by_cell == by_column


def test_a_text_that_looks_like_the_format_itself_stays_text() -> None:
    frame = pl.DataFrame([("<r><t>x</t></r>", 1, None, None)], schema=SCHEMA, orient="row")
    sheet = parts(lambda tables: tables.write_frames("T", HEADS, iter([frame])))["xl/worksheets/sheet1.xml"]
    assert b"&lt;r&gt;" in sheet
