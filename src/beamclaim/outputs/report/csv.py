"""CSV: one row a finding, then those that are waived; RFC 4180, safe to open in a spreadsheet."""

from typing import TextIO

import polars as pl

from beamclaim.findings.finding import PolicyFact
from beamclaim.findings.result import Result
from beamclaim.findings.schema import Findings, Part
from beamclaim.outputs.report.columns import Row, csv_cell, csv_word, of_policy, write_rows, written
from beamclaim.outputs.report.record import day

COLUMNS = (
    "id", "rule", "name", "title", "severity", "risk", "file", "claim", "line", "course", "fraction", "date", "code",
    "charge", "message", "to_do", "who", "grade", "sources", "path", "segment", "start", "end", "cause",
    "waived_by", "waived_until", "waived_because",
)  # fmt: skip
_OF_WAIVERS = COLUMNS[-3:]
_END = "\r\n"


def write_csv(result: Result, out: TextIO) -> None:
    """Writes the findings as a table with a header; `out` must not translate line ends (``newline=""``)."""
    out.write(",".join(COLUMNS) + _END)
    write_rows(out, (block + ",,," + _END for block in written(result.findings, _row(result.findings))), between="")
    waived = result.waived
    waivers = pl.Series(
        ["," + ",".join(csv_word(t) for t in (w.who, str(day(w.until)), w.reason)) + _END for w in waived.waivers],
        dtype=pl.String,
    )
    first = 0
    for block in written(waived.findings, _row(waived.findings)):
        write_rows(out, iter([block + waivers.gather(waived.numbers[first : first + len(block)])]), between="")
        first += len(block)


def _row(findings: Findings) -> Row:
    """How the rows of a part become lines of the table, without what only a waiver says."""
    labels = csv_cell(pl.Series(findings.files, dtype=pl.String))

    def row(part: Part, rows: pl.DataFrame) -> pl.Series:
        # Money and numbers are of our own making: a credit must stay a number, so no apostrophe.
        cells = {
            "file": labels.gather(rows["file"]), "line": rows["line"], "fraction": rows["fraction"],
            "date": rows["date"].dt.to_string("%Y-%m-%d"), "charge": rows["charge"], "segment": rows["segment"],
            "start": rows["start"], "end": rows["end"],
            "sources": csv_cell(of_policy(part, rows, findings.policy_rows, _sources)),
        }  # fmt: skip
        texts = ("id", "severity", "risk", "claim", "course", "code", "message", "to_do", "grade", "path", "cause")
        cells |= {name: csv_cell(rows[name]) for name in texts}
        same = {"rule": part.rule, "name": part.name, "title": part.title, "who": part.who}
        frame = pl.DataFrame([column.alias(name) for name, column in cells.items()])
        columns = [
            pl.lit(csv_word(same[name])) if name in same else pl.col(name).cast(pl.String).fill_null("")
            for name in COLUMNS
            if name not in _OF_WAIVERS
        ]
        return frame.select(pl.concat_str(columns, separator=",").alias("text")).to_series()

    return row


def _sources(rows: list[PolicyFact]) -> str:
    """The sources the rows cite, each once."""
    return "; ".join(dict.fromkeys(row.source for row in rows if row.source))
