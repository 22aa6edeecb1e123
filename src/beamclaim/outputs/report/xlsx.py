"""XLSX: the run as a workbook for a person: typed cells, a filter on every head, nothing a spreadsheet computes."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any, BinaryIO

import polars as pl
import xlsxwriter

from beamclaim.findings.finding import Finding
from beamclaim.findings.questions import APART
from beamclaim.findings.result import Result
from beamclaim.findings.schema import Findings, Part
from beamclaim.findings.waived import WaivedFindings
from beamclaim.model.value_sets import FIX_GRADES
from beamclaim.outputs.report import wording
from beamclaim.outputs.report.cause import Causes, gaps, open_questions, severities
from beamclaim.outputs.report.columns import framed
from beamclaim.outputs.report.headline import headline, risks, work
from beamclaim.outputs.report.printable import counted, printable
from beamclaim.outputs.report.sheet_rows import LONGEST, append

#: Rows on one sheet below its head; more go to a sheet of the same name with a number.
MOST_ROWS = 1_000_000
#: Open questions listed one by one; the rest is counted on `Could not be told`.
MOST_QUESTIONS = 100_000
_NARROWEST, _WIDEST = 8, 60
Cell = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its head and the most characters it is wide. What a cell is, its own type says."""

    head: str
    widest: int = _WIDEST


def write_xlsx(result: Result, out: BinaryIO, *, most_rows: int = MOST_ROWS) -> None:
    """Writes the workbook. The same result gives the same bytes; memory does not grow with the findings."""
    # Rows wait in a folder only the owner may read; it goes with the block, whatever happens in it.
    with tempfile.TemporaryDirectory(prefix="beamclaim-") as waiting:
        _write(result, out, most_rows, waiting)


def _write(result: Result, out: BinaryIO, most_rows: int, waiting: str) -> None:
    options = {
        "constant_memory": True, "tmpdir": waiting, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties(
            {"title": "Beamclaim report", "created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)}
        )
        sheets = SheetTables(book, most_rows)
        causes = Causes(result.findings)
        sheets.write("Summary", _TOTAL, _summary(result, causes), has_filter=False)
        sheets.write("By cause", _CAUSE, _causes(causes))
        sheets.write_frames("By line", _LINE, framed(result.findings, _line_columns(result.findings)))
        if result.waived:
            sheets.write_frames("Waived", (*_WAIVER, *_LINE), _waived(result.waived))
        sheets.write("Could not be told", _GAP, _gaps(result))
        if result.undecided:
            sheets.write_frames("Open questions", _QUESTION, _questions(result))
        if result.payers:
            sheets.write("Payers not known", _PAYER, _payers(result))
        sheets.write("Coverage", _COVERAGE, _coverage(result))
        sheets.write("Files", _FILE, _files(result))


class SheetTables:
    """The sheets of a workbook, each a table with a frozen head."""

    def __init__(self, book: Any, most_rows: int) -> None:
        self._book, self._most = book, most_rows
        top = {"valign": "top"}
        self._formats = {
            "text": book.add_format({**top, "text_wrap": True}),
            "whole": book.add_format({**top, "num_format": "#,##0"}),
            "money": book.add_format({**top, "num_format": "$#,##0.00;[Red]-$#,##0.00"}),
            "day": book.add_format({**top, "num_format": "yyyy-mm-dd", "align": "left"}),
        }
        self._head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E9EFEF"}
        )

    def write(
        self, name: str, columns: Sequence[Heading], rows: Iterable[Sequence[Cell]], *, has_filter: bool = True
    ) -> None:
        """Writes a table; one that is longer than a sheet goes on in the next."""
        left, number = iter(rows), 1
        while True:
            part = islice(left, self._most)
            if self._sheet(name if number == 1 else f"{name} {number}", columns, part, has_filter) < self._most:
                return
            ahead = next(left, None)
            if ahead is None:
                return
            left, number = _pushed(ahead, left), number + 1

    def write_frames(self, name: str, columns: Sequence[Heading], frames: Iterator[pl.DataFrame]) -> None:
        """Writes a long table from columns; one that is longer than a sheet goes on in the next."""
        left, number = frames, 1
        while True:
            rest: list[pl.DataFrame] = []
            part = _first_rows(left, self._most, rest)
            title = name if number == 1 else f"{name} {number}"
            with self._opened(title, columns, has_filter=True) as (sheet, widths, counts):
                counts.append(append(sheet, part, lambda style: self._formats[style]._get_xf_index(), widths))
            if not rest:
                return
            left, number = chain(rest, left), number + 1

    def _sheet(self, name: str, columns: Sequence[Heading], rows: Iterable[Sequence[Cell]], has_filter: bool) -> int:
        count = 0
        with self._opened(name, columns, has_filter=has_filter) as (sheet, widths, counts):
            for count, row in enumerate(rows, start=1):
                for at, cell in enumerate(row):
                    widths[at] = max(widths[at], self._put(sheet, count, at, cell))
            counts.append(count)
        return count

    @contextmanager
    def _opened(
        self, name: str, columns: Sequence[Heading], *, has_filter: bool
    ) -> Iterator[tuple[Any, list[int], list[int]]]:
        """A sheet with its head, the widths of its columns (to be widened) and a list for the number of its rows."""
        sheet = self._book.add_worksheet(name)
        widths = [len(column.head) + 3 for column in columns]
        counts: list[int] = []
        for at, column in enumerate(columns):
            sheet.write_string(0, at, column.head, self._head)
        yield sheet, widths, counts
        for at, column in enumerate(columns):
            sheet.set_column(at, at, min(max(widths[at], _NARROWEST), column.widest))
        sheet.freeze_panes(1, 0)
        if has_filter and counts[0]:
            sheet.autofilter(0, 0, counts[0], len(columns) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _put(self, sheet: Any, row: int, column: int, cell: Cell) -> int:
        """Writes one cell by its type, never by its look; how many characters it takes."""
        if cell is None:
            return 0
        if isinstance(cell, str):
            text = printable(cell)
            text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
            sheet.write_string(row, column, text, self._formats["text"])
            return max(map(len, text.split("\n"))) + 1
        if isinstance(cell, date):
            sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), self._formats["day"])
            return 12
        chosen = "money" if isinstance(cell, Decimal) else "whole"
        sheet.write_number(row, column, cell, self._formats[chosen])
        return len(f"{cell:,}") + 3


def _first_rows(frames: Iterator[pl.DataFrame], most: int, rest: list[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The first `most` rows of some frames; `rest` gets what is left of the frame they end in, or the next one."""
    room = most
    for frame in frames:
        if not frame.height:
            continue
        if room:
            yield frame[:room]
        if frame.height > room:
            rest.append(frame[room:])
            return
        room -= frame.height


def _pushed(first: Sequence[Cell], rest: Iterator[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    yield first
    yield from rest


# ── what stands on each sheet ───────────────────────────────────────────────────────────────────


_TOTAL = (
    Heading("What"),
    Heading("Number", widest=14),
    Heading("Charges"),
    Heading("In words", widest=90),
)


def _summary(result: Result, causes: Causes) -> Iterator[Sequence[Cell]]:
    yield "Result", None, None, ". ".join(filter(None, headline(result, causes))) + "."
    yield "Asked as of", result.as_of, None, None
    if result.past_horizon:
        yield "Past what was read", None, None, result.past_horizon
    yield "Claims checked", result.claims, result.charges, counted(result.lines, "service line")
    yield (
        "Claims with an error",
        result.claims_with_errors,
        result.charge_at_risk,
        "charges behind errors, each line once",
    )
    found = severities(result)
    yield "Errors", found["error"], None, "should not go out as they are"
    yield "Warnings", found["warning"], None, "look before they go out"
    yield "Notes", found["info"], None, "good to know; they never block a claim"
    if result.waived:
        yield "Findings waived", len(result.waived), None, "let stand by a named person; they count nowhere"
    yield (
        "Open questions",
        open_questions(result),
        None,
        "a fact is missing: see Could not be told",
    )
    for risk in risks(causes):
        yield f"Risk: {risk.name}", risk.findings, risk.charge, f"findings; {wording.RISKS.get(risk.name, '')}"
    for share in work(causes):
        yield (
            f"Work for the {share.name or 'reader'}",
            share.causes,
            share.charge,
            "fixes, and the charges at risk behind them",
        )
    for warning in result.warnings:
        yield "Note", None, None, warning
    yield "By cause", None, None, "what one fix settles, the gravest and dearest first"
    yield "By line", None, None, "every finding, with its place in the file"
    yield "Repayment", None, None, "suspected until a named person confirms it"
    yield "Keep safe", None, None, "this workbook holds claim content: keep it where claims are kept"
    yield "Engine", None, None, f"beamclaim {result.engine}"
    yield "Policy", None, None, result.policy


_CAUSE = (
    Heading("No."), Heading("Severity"), Heading("Rule"), Heading("What is wrong", widest=38),
    Heading("For example", widest=50), Heading("What to do", widest=50), Heading("Who"), Heading("Changes", widest=30),
    Heading("Findings"), Heading("Lines"), Heading("Claims"), Heading("Charges"),
    Heading("Risk"), Heading("Rests on"), Heading("Sources", widest=30), Heading("Cause"),
)  # fmt: skip


def _causes(causes: Causes) -> Iterator[Sequence[Cell]]:
    for number, (cause, (first,)) in enumerate(causes.opened(of_each=1, most=len(causes)), start=1):
        yield (
            number, cause.severity, first.rule, _titled(first), first.message, first.fix.text, first.fix.who,
            wording.GRADES.get(first.fix.grade, first.fix.grade), len(cause.findings), cause.lines, cause.claims, cause.charge,
            first.risk, "; ".join(wording.rests_on(row) for row in first.policy), wording.sources_of(first), first.cause,
        )  # fmt: skip


_LINE = (
    Heading("Severity"), Heading("Rule"), Heading("What is wrong", widest=38), Heading("Message", widest=50), Heading("Claim"),
    Heading("Line"), Heading("Course"), Heading("Fraction"), Heading("Date of service"), Heading("Code"),
    Heading("Charge"), Heading("Payer"), Heading("Risk"), Heading("What to do", widest=50), Heading("Who"),
    Heading("Changes", widest=30), Heading("File", widest=40), Heading("Element"), Heading("Segment or row"),
    Heading("Byte"), Heading("Cause"), Heading("Finding"),
)  # fmt: skip


def _line_columns(findings: Findings) -> Callable[[Part, pl.DataFrame], pl.DataFrame]:
    """How the rows of a part become rows of the sheet."""
    labels = pl.Series(findings.files, dtype=pl.String)
    words = {grade: wording.GRADES[grade] for grade in FIX_GRADES}

    def columns(part: Part, rows: pl.DataFrame) -> pl.DataFrame:
        title = f"{part.title} (preview)" if part.is_preview else part.title
        cells = (
            pl.col("severity"), pl.lit(part.rule), pl.lit(title), pl.col("message"), pl.col("claim"), pl.col("line"),
            pl.col("course"), pl.col("fraction"), pl.col("date"), pl.col("code"), pl.col("charge"), pl.col("payer"), pl.col("risk"),
            pl.col("to_do"), pl.lit(part.who), pl.col("grade").cast(pl.String).replace_strict(words),
            pl.lit(labels).gather(pl.col("file")), pl.col("path"), pl.col("segment"), pl.col("start"), pl.col("cause"), pl.col("id"),
        )  # fmt: skip
        texts = {"severity", "risk", "payer", "cause"}
        return rows.select(
            (cell.cast(pl.String) if cell.meta.output_name() in texts else cell).alias(column.head)
            for column, cell in zip(_LINE, cells, strict=True)
        )

    return columns


_WAIVER = (Heading("Waived by"), Heading("Until"), Heading("Because", widest=50))


def _waived(waived: WaivedFindings) -> Iterator[pl.DataFrame]:
    rows = [(printable(w.who), w.until, printable(w.reason)) for w in waived.waivers]
    schema = {"Waived by": pl.String, "Until": pl.Date, "Because": pl.String}
    waivers = pl.DataFrame(rows, schema=schema, orient="row")
    first = 0
    for frame in framed(waived.findings, _line_columns(waived.findings)):
        yield waivers[waived.numbers[first : first + frame.height]].hstack(frame)
        first += frame.height


_GAP = (
    Heading("Missing fact", widest=60), Heading("How to give it", widest=40), Heading("Its name"),
    Heading("Questions it would answer"), Heading("Claims"),
    Heading("Rules that ask for it"),
)  # fmt: skip


def _gaps(result: Result) -> Iterator[Sequence[Cell]]:
    for gap in gaps(result.undecided):
        rules = ", ".join(gap.rules)
        yield (
            wording.missing(gap.missing),
            wording.remedy(gap.missing, result.ended),
            gap.missing,
            gap.questions,
            gap.claims,
            rules,
        )


_PAYER = (
    Heading("Payer id"), Heading("Payer name", widest=40), Heading("Why", widest=60), Heading("Claims"), Heading("Charge"),
    Heading("Row for payers/payer.own.csv", widest=60),
)  # fmt: skip


def _payers(result: Result) -> Iterator[Sequence[Cell]]:
    for p in result.payers:
        yield (p.payer_id, p.name, p.why, p.claims, p.charge, p.row)


_QUESTION = (
    Heading("Rule"),
    Heading("What it looks for"),
    Heading("Claim"),
    Heading("Line"),
    Heading("Missing"),
)


def _questions(result: Result) -> Iterator[pl.DataFrame]:
    titles = wording.titles()
    room = MOST_QUESTIONS
    heads = [column.head for column in _QUESTION]
    for rule, frame in result.undecided.by_rule():
        part = frame[:room].with_columns(pl.col("missing").cast(pl.String))
        room -= part.height
        texts = part["missing"].unique()
        words = pl.Series(
            ["; ".join(map(wording.missing, text.split(APART))) if text else "" for text in texts], dtype=pl.String
        )
        missing = part["missing"].replace_strict(texts, words, return_dtype=pl.String)
        yield part.select(
            pl.lit(rule).alias(heads[0]), pl.lit(titles.get(rule), dtype=pl.String).alias(heads[1]), pl.col("claim").alias(heads[2]),
            pl.col("line").alias(heads[3]), missing.alias(heads[4]),
        )  # fmt: skip
    if len(result.undecided) > MOST_QUESTIONS:
        more = f"and {len(result.undecided) - MOST_QUESTIONS:,} more: --format json lists all"
        row = ("", more, None, None, None)
        yield pl.DataFrame([row], schema=dict.fromkeys(heads, pl.String), orient="row")


_COVERAGE = (
    Heading("Rule"), Heading("What it looks for"), Heading("Found"), Heading("Nothing wrong"),
    Heading("Could not be told"), Heading("Did not apply"),
)  # fmt: skip


def _coverage(result: Result) -> Iterator[Sequence[Cell]]:
    titles = wording.titles()
    for c in result.coverage:
        yield c.rule, titles.get(c.rule), c.fires, c.clear, c.cannot_tell, c.not_applicable


_FILE = (
    Heading("File"), Heading("Kind"), Heading("Claims"), Heading("Lines"), Heading("Remark"), Heading("SHA-256", widest=68),
)  # fmt: skip


def _files(result: Result) -> Iterator[Sequence[Cell]]:
    for f in result.files:
        remark = (
            f"not read: {f.error}" if f.error is not None else "context, gets no findings" if f.is_history else None
        )
        yield f.path, wording.plain(f.kind), f.claims, f.lines, remark, f.sha256


def _titled(f: Finding) -> str:
    return f"{f.title} (preview)" if f.preview else f.title
