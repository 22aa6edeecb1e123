"""Columns → the rows of a sheet as XML, as xlsxwriter writes them in constant memory: inline strings, numbers, days as numbers.

One text per row, null cells left out. xlsxwriter writes a cell at a time, which takes most of the time of a workbook; its `Worksheet`
keeps the rows of a sheet in a file until the end, and `append` puts these there.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from html import escape
from typing import Any

import polars as pl

from beamclaim.outputs.report.printable import printable

#: The most characters a cell holds.
LONGEST = 32_767
#: What is not written as it stands, or stands where blanks would be lost.
_ODD = r"[^ -~]|[&<>]|_x|^ | $"
_ESCAPED = re.compile(r"(_x[0-9a-fA-F]{4}_)")
_EPOCH = date(1899, 12, 31)
#: Days after this one are one more: to a spreadsheet 1900 was a leap year.
_LEAP = 59


def append(sheet: Any, frames: Iterator[pl.DataFrame], style_of: Callable[[str], int], widths: list[int]) -> int:
    """Writes frames below the head of an empty sheet; widens `widths` to what the cells take; how many rows there are."""
    count = 0
    for frame in frames:
        if not frame.height:
            continue
        if not count:
            sheet._write_single_row(1)  # the head, which waits for the row behind it
        sheet.row_data_fh.write(str(_rows(frame, style_of, count + 1, widths).str.join("").item()))
        count += frame.height
    if count:
        sheet.dim_rowmax = count
        sheet.previous_row = count + 1
    return count


def _rows(frame: pl.DataFrame, style_of: Callable[[str], int], first: int, widths: list[int]) -> pl.Series:
    """Rows from the number `first` (the head is 0) on."""
    numbers = pl.Series("row", range(first + 1, first + 1 + frame.height)).cast(pl.String)
    cells = [numbers]
    parts: list[pl.Expr] = [pl.lit('<row r="'), pl.col("row"), pl.lit('">')]
    for at, column in enumerate(frame.get_columns()):
        kind, texts, width = _cells(column)
        widths[at] = max(widths[at], width)
        if kind is None:
            continue
        cells.append(texts.alias(str(at)))
        opening = pl.concat_str(pl.lit(f'<c r="{_letter(at)}'), "row", pl.lit(f'" s="{style_of(kind)}"'), str(at))
        parts.append(opening.fill_null(""))
    return pl.DataFrame(cells).select(pl.concat_str(*parts, pl.lit("</row>")).alias("row")).to_series()


def _cells(column: pl.Series) -> tuple[str | None, pl.Series, int]:
    """The style of a column, what follows the style in each cell (null: no cell), and how many characters the widest takes."""
    if column.null_count() == len(column):
        return None, column, 0
    if column.dtype == pl.Date:
        days = (column - pl.Series([_EPOCH])).dt.total_days()
        return "day", _numbers((days + (days > _LEAP).cast(pl.Int64)).cast(pl.String)), 12
    if column.dtype.is_numeric():
        extremes: tuple[Any, Any] = (column.min(), column.max())
        widest = max(len(f"{value:,}") for value in extremes) + 3
        return "money" if isinstance(column.dtype, pl.Decimal) else "whole", _numbers(column.cast(pl.String)), widest
    texts = column.cast(pl.String).alias("text")
    is_odd = (texts.str.contains(_ODD) | (texts.str.len_chars() > LONGEST)).fill_null(False)
    inner = _strings(texts)
    length = texts.filter(~is_odd).str.len_chars().max()
    if is_odd.any():
        odd = texts.filter(is_odd).unique()
        fitted = [_fitted(text) for text in odd]
        written = pl.Series([_inline(text) for text in fitted], dtype=pl.String)
        inner = texts.replace_strict(odd, written, default=None, return_dtype=pl.String).zip_with(is_odd, inner)
        length = max(int(str(length or 0)), *map(len, fitted))
    return "text", inner, int(str(length or 0)) + 1


def _numbers(texts: pl.Series) -> pl.Series:
    return "><v>" + texts + "</v></c>"


def _strings(texts: pl.Series) -> pl.Series:
    return ' t="inlineStr"><is><t>' + texts + "</t></is></c>"


def _fitted(text: str) -> str:
    """A text as it is shown, cut to what a cell holds."""
    text = printable(text)
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    # A spreadsheet counts what is beyond the first 65,536 letters twice.
    return text.encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", "ignore")


def _inline(text: str) -> str:
    """One text as an inline string; what looks like an escape of the format is escaped."""
    kept = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
    text = _ESCAPED.sub(r"_x005F\1", text).replace("\ufffe", "_xFFFE_").replace("\uffff", "_xFFFF_")
    return f' t="inlineStr"><is><t{kept}>{escape(text, quote=False)}</t></is></c>'


def _letter(column: int) -> str:
    """A column's letters: 0 is A, 26 is AA."""
    return ("" if column < 26 else _letter(column // 26 - 1)) + chr(ord("A") + column % 26)
