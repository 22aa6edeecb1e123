"""Columns of findings → columns of text: quoted for JSON, quoted for CSV, written block by block in the order of the run.

A null stays null until a writer says what it looks like. Used by `json.py`, `csv.py`, `xlsx.py`.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

import polars as pl

from beamclaim.findings.finding import PolicyFact
from beamclaim.findings.schema import Findings, Part

#: Findings written at a time: enough to make the fixed cost of a part small, few enough to keep memory low.
BLOCK = 20_000
#: What JSON writes as it is; anything else is escaped, so that the bytes are plain ASCII.
_ESCAPED = r"[^ !#-\[\]-~]"
#: What a CSV cell is quoted for (RFC 4180), and what a spreadsheet may take for the beginning of a formula.
_QUOTED = '[",\r\n]'
_FORMULA = "^ *[=+\\-@\t\r\n＝＋－＠]"


def json_text(values: pl.Series) -> pl.Series:
    """Texts as JSON strings, ASCII alone; null stays null."""
    texts = values.cast(pl.String)
    plain = texts.to_frame("text").select(pl.concat_str(pl.lit('"'), "text", pl.lit('"')).alias("text")).to_series()
    is_odd = texts.str.contains(_ESCAPED).fill_null(False)
    if not is_odd.any():
        return plain
    odd = texts.filter(is_odd).unique()
    escaped = pl.Series([json.dumps(text) for text in odd], dtype=pl.String)
    return texts.replace_strict(odd, escaped, default=None, return_dtype=pl.String).zip_with(is_odd, plain)


def csv_cell(values: pl.Series) -> pl.Series:
    """Texts as cells of a CSV table that no spreadsheet computes; null is empty."""
    texts = values.cast(pl.String)
    begins = texts.str.contains(_FORMULA).fill_null(False)
    if begins.any():
        texts = ("'" + texts).zip_with(begins, texts)
    quoted = texts.str.contains(_QUOTED).fill_null(False)
    if quoted.any():
        texts = ('"' + texts.str.replace_all('"', '""', literal=True) + '"').zip_with(quoted, texts)
    return texts.fill_null("")


def csv_word(text: str) -> str:
    """One text as such a cell."""
    return str(csv_cell(pl.Series([text.encode("utf-8", "backslashreplace").decode()]))[0])


def of_policy(
    part: Part, rows: pl.DataFrame, policy_rows: Sequence[PolicyFact], said: Callable[[list[PolicyFact]], str]
) -> pl.Series:
    """What is `said` of the policy rows of each finding, worked out once for those that rest on the same."""
    if not part.policy:
        return pl.Series([said([])]).new_from_index(0, rows.height)
    names = part.policy
    distinct = rows.select(names).unique()
    texts = [said([policy_rows[n] for n in row if n is not None]) for row in distinct.iter_rows()]
    named = distinct.with_columns(pl.Series("text", texts, dtype=pl.String))
    return rows.select(names).join(named, on=names, how="left", nulls_equal=True, maintain_order="left")["text"]


Row = Callable[[Part, pl.DataFrame], pl.Series]


def written(findings: Findings, row: Row) -> Iterator[pl.Series]:
    """The findings in order, a block at a time, each as the text that `row` makes of the rows of a part."""
    for frame in framed(findings, lambda part, rows: row(part, rows).alias("text").to_frame()):
        yield frame["text"]


def framed(findings: Findings, columns: Callable[[Part, pl.DataFrame], pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The findings in order, a block at a time, with the columns made of the rows of a part."""
    for first in range(0, len(findings), BLOCK):
        pieces, places = [], []
        for part, rows in findings.by_part(findings.spine[first : first + BLOCK]):
            pieces.append(columns(part, rows))
            places.append(rows["at"])
        yield pl.concat(pieces)[pl.concat(places).arg_sort()]


def write_rows(out: TextIO, blocks: Iterator[pl.Series], *, between: str, before: str = "") -> None:
    """Writes texts one behind the other, with `between` between two of them, `before` in front of the first."""
    for block in blocks:
        if len(block):
            out.write(before)
            _write(out, block.str.join(between))
            before = between


def _write(out: TextIO, text: pl.Series) -> None:
    """The one text of a column, its bytes as they are where `out` takes bytes."""
    buffer = getattr(out, "buffer", None)
    if buffer is None:
        out.write(str(text.item()))
        return
    out.flush()
    array = text.to_arrow(compat_level=pl.CompatLevel.oldest())
    first, last = array.offset, array.offset + 1
    begin, end = memoryview(array.buffers()[1]).cast("q")[first : last + 1]
    buffer.write(memoryview(array.buffers()[2])[begin:end])
