"""A flat table is its declaration: columns, their other names, what an empty cell means; the reader is one for all."""

import io
from typing import Any

import polars as pl
import pytest

from beamclaim.errors import InputError
from beamclaim.ingest import values
from beamclaim.ingest.flat_tables.declaration import FlatColumn, FlatTable
from beamclaim.ingest.flat_tables.reader import Cells, FlatReader, Frames, read_flat_csv, read_flat_jsonl
from beamclaim.ingest.flat_tables.rows import FlatRow

PRICES = FlatTable(
    "a price list",
    "a price",
    (
        FlatColumn("code", values.code, synonyms=("hcpcs", "cpt code")),
        FlatColumn("price", values.money, synonyms=("amount", "allowed")),
        FlatColumn("modifiers", values.each(values.modifier), empty=(), absent="", is_list=True),
    ),
    key="code",
    key_is="a code",
    key_says="it says what is paid for",
)


class Notes:
    """Each price as a note, so that a table of the model holds it."""

    def tables(self, reader: FlatReader, rows: list[FlatRow], cells: Cells, columns: dict[str, list[Any]]) -> Frames:
        reader.fault_cells(rows, cells, [0] * len(rows))
        return {
            "prices": pl.DataFrame(
                columns, schema={"code": pl.String, "price": pl.Decimal(18, 2), "modifiers": pl.Object}
            )
        }


def read_csv(text: str) -> tuple[list[tuple[Any, ...]], list[str]]:
    return _read(read_flat_csv, text)


def read_json(text: str) -> tuple[list[tuple[Any, ...]], list[str]]:
    return _read(read_flat_jsonl, text)


def _read(read: Any, text: str) -> tuple[list[tuple[Any, ...]], list[str]]:
    stream = io.BytesIO(text.encode())
    chunks = list(read(stream, PRICES, Notes(), kind="prices", file=0, is_history=False, chunk_rows=2))
    prices = [
        (code, None if price is None else str(price), modifiers)
        for c in chunks
        for code, price, modifiers in c["prices"].rows()
    ]
    paths = [path for c in chunks for path in c["faults"]["fault.path"]]
    (files,) = [c["files"] for c in chunks if "files" in c]
    assert files["file.kind"].to_list() == ["prices"] and files["file.size"].to_list() == [len(text)]
    return prices, paths


def test_a_header_may_be_any_of_a_columns_names_and_chunks_change_nothing() -> None:
    rows = "77386,1.50\nG6015,\n77412,20\n77412,2.00\n"
    expected = [("77386", "1.50", ()), ("G6015", None, ()), ("77412", "20.00", ()), ("77412", "2.00", ())]
    for header in ("code,price", "HCPCS,Allowed", "Cpt Code,amount", "code,Amount"):
        assert read_csv(f"{header}\n{rows}") == (expected, [])


def test_the_header_once_more_is_no_row_under_any_of_its_names() -> None:
    prices, paths = read_csv("hcpcs,allowed\n77386,1.00\nhcpcs,allowed\n77412,2.00\n")
    assert [code for code, _, _ in prices] == ["77386", "77412"]
    assert paths == ["row 3"]


def test_two_names_of_one_column_are_refused() -> None:
    with pytest.raises(InputError, match=r"row 1: the column price stands twice \(again as column 3\); keep one"):
        read_csv("code,price,allowed\n")


def test_an_unknown_header_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(
        InputError, match=r'column 2, "pirce", is not known; did you mean price\? .*known: code, price, modifiers'
    ):
        read_csv("code,pirce\n")


def test_a_table_without_its_key_is_refused_with_what_the_key_says() -> None:
    with pytest.raises(InputError, match="the column code is missing; it says what is paid for"):
        read_csv("price\n1.00\n")


def test_json_lines_are_the_same_table_and_lists_may_be_lists() -> None:
    prices, paths = read_json(
        '{"code": "77386", "price": 1.50, "modifiers": ["26", "TC"]}\n{"code": "", "price": "x"}\n'
    )
    assert prices == [("77386", "1.50", ("26", "TC")), (None, None, ())]
    assert paths == ["line 2 key code", "line 2 key price"]


def test_a_synonym_that_is_another_columns_name_is_refused() -> None:
    columns = (FlatColumn("code", values.code), FlatColumn("price", values.money, synonyms=("code",)))
    table = FlatTable("a list", "a row", columns, key="code", key_is="a code", key_says="")
    with pytest.raises(AssertionError, match="a synonym is the name of another column"):
        table.own_name("code")
