"""Whatever the bytes of a claims table: cells come back as written, places hold, nothing escapes as an exception."""

import csv
import io
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from beamclaim.errors import InputError
from beamclaim.ingest.flat_tables import locate_cell, read_claims_csv, read_claims_jsonl
from beamclaim.ingest.flat_tables.csv_rows import Row, rows
from beamclaim.model.tables.frames import Tables

CELLS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12) | st.sampled_from(
    ['"', ",", "\n", "\r\n", '""', "=1+1", "", " ", '"\n"', "ä,"]
)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8)
BLOCKS = st.integers(1, 40)
PIECES = rb"""claim line date diagnoses A 1 2026-01-02 "claim": "units": null , " ; { } [ ] \u \ud800 1e9""".split()
FRAGMENTS = st.lists(
    st.sampled_from([*PIECES, b" ", b"\n", b"\r", b"\r\n", b"\0", b"\xef\xbb\xbf", b"\xff"]), max_size=60
).map(b"".join)


def written(table: list[list[str]], end: str) -> bytes:
    text = io.StringIO()
    if end == "\r\n":
        csv.writer(text, lineterminator=end).writerows(table)
    else:  # the writer leaves a cell with a lone CR bare where the line end has none
        csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(table)
    return text.getvalue().encode()


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


@given(TABLES, st.sampled_from(["\n", "\r\n"]), BLOCKS)
@settings(max_examples=150, deadline=None)
def test_cells_come_back_as_written_however_the_file_is_cut(table: list[list[str]], end: str, size: int) -> None:
    data = written(table, end)
    found = list(rows(cut(data, size)))
    # A byte order mark at the very start is none of the first cell's text.
    table[0][0] = table[0][0].removeprefix("\ufeff")
    assert [row.cells for row in found] == table
    assert [row.number for row in found] == list(range(1, len(table) + 1))
    assert not any(row.trouble for row in found)


@given(TABLES, st.sampled_from(["\n", "\r\n"]), BLOCKS)
@settings(max_examples=150, deadline=None)
def test_the_place_of_a_cell_holds_its_bytes(table: list[list[str]], end: str, size: int) -> None:
    data = written(table, end)
    header = ["a", "b", "c"]
    for row in rows(cut(data, size)):
        assert data[row.start : row.end] == row.raw
        for name, cell in zip(header, row.cells, strict=True):
            place = locate_cell(row.raw, row.start, header, name)
            assert place is not None
            text = data[slice(*place)].decode()
            assert (text.replace('""', '"') if data[row.start : place[0]].endswith(b'"') else text) == cell


@given(FRAGMENTS | st.binary(max_size=200), BLOCKS)
@settings(max_examples=150, deadline=None)
def test_rows_cover_any_bytes_in_order_and_cuts_do_not_matter(data: bytes, size: int) -> None:
    found: list[Row] = list(rows(cut(data, size)))
    assert found == list(rows([data] if data else []))
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    for row in found:
        assert row.start == at
        assert row.raw == data[row.start : row.end]
        rest = data[row.end :]
        at = row.end + (2 if rest.startswith(b"\r\n") else 1)
    assert at >= len(data)


@given(FRAGMENTS | st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_tables_or_a_refusal_in_words(data: bytes) -> None:
    for head, read in (
        (b"claim,line,date,diagnoses,units\n", read_claims_csv),
        (b"", read_claims_csv),
        (b"", read_claims_jsonl),
    ):
        try:
            book = Tables.gather(read(io.BytesIO(head + data), file=0))
        except InputError as refused:
            assert str(refused)
            continue
        (file,) = book["files"].iter_rows(named=True)
        assert file["file.size"] == len(head + data)
        assert file["file.lines"] == book["lines"].height
        assert set(book["lines"]["claim.key"]) == set(book["claims"]["claim.key"])


@given(st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_a_cut_file_loses_no_row_before_the_cut(cut_at: int) -> None:
    table = [["claim", "line", "payer_name"], *([f"C{n}", str(n + 1), 'a "b", c'] for n in range(12))]
    data = written(table, "\r\n")[:cut_at]
    whole = data.count(b'"\r\n')
    if cut_at < len("claim,line,payer_name"):
        return
    book = Tables.gather(read_claims_csv(io.BytesIO(data), file=0))
    assert book["claims"]["claim.number"].to_list()[:whole] == [f"C{n}" for n in range(whole)]
