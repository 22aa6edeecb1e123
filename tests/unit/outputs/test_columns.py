"""Columns of text are quoted as the one-by-one writers of the standard library quote them."""

import csv
import io
import json
from dataclasses import replace

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from beamclaim.findings.result import Result
from beamclaim.findings.waived import WaivedFindings
from beamclaim.outputs.report.columns import csv_cell, json_text
from beamclaim.outputs.report.csv import write_csv
from beamclaim.outputs.report.json import write_json

TEXTS = st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])), min_size=1)


@given(TEXTS)
def test_json_is_what_the_standard_library_writes(texts: list[str | None]) -> None:
    quoted = json_text(pl.Series(texts, dtype=pl.String)).to_list()
    assert quoted == [None if text is None else json.dumps(text) for text in texts]


@given(TEXTS)
def test_a_csv_cell_is_read_back_as_it_was_but_for_an_apostrophe(texts: list[str | None]) -> None:
    for text, cell in zip(texts, csv_cell(pl.Series(texts, dtype=pl.String)), strict=True):
        (row,) = csv.reader(io.StringIO(f"{cell},x\r\n", newline=""))
        assert row[0].removeprefix("'") == (text or "").removeprefix("'")


def test_quotes_controls_and_letters_of_any_language_survive_json() -> None:
    odd = '"\\\n\t\x00\x7f\u2028é数\U0001f600'
    assert json_text(pl.Series([odd, "plain"])).to_list() == [json.dumps(odd), '"plain"']


def test_a_lone_surrogate_in_what_a_waiver_says_is_written_as_an_escape(waived: Result) -> None:
    waiver = replace(waived.waived.waivers[0], who="A\ud800", reason="R\udfff")
    run = replace(waived, waived=WaivedFindings(waived.waived.findings, waived.waived.numbers, [waiver]))
    document, table = io.StringIO(), io.StringIO(newline="")
    write_json(run, document)
    write_csv(run, table)
    assert (r'"who": "A\ud800"' in document.getvalue()) and document.getvalue().isascii()
    assert r"A\ud800" in table.getvalue() and table.getvalue().encode()
