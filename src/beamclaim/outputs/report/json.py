"""JSON: the whole report as one document, or as one object a line. ASCII only, same result, same bytes."""

import json
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from beamclaim.findings.finding import Result
from beamclaim.outputs.report import record

VERSION = 1


def _text(value: Any) -> str:
    # ASCII: a control character or reordering mark in a claim stays an escape wherever the bytes are shown.
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


def _array(out: TextIO, key: str, rows: Iterable[Any], of: Callable[[Any], record.Record]) -> None:
    """One array of the document, a row a line, written as it comes."""
    out.write(f',\n "{key}": [')
    separator = "\n  "
    for row in rows:
        out.write(separator + _text(of(row)))
        separator = ",\n  "
    out.write("]")


def write_json(result: Result, out: TextIO) -> None:
    """Writes the report as one JSON document."""
    out.write(f'{{"version": {VERSION},\n "run": {_text(record.run(result))}')
    _array(out, "files", result.files, record.file)
    _array(out, "findings", result.findings, record.finding)
    _array(out, "coverage", result.coverage, record.coverage)
    _array(out, "undecided", result.undecided, record.undecided)
    out.write(f',\n "summary": {_text(record.summary(result))}')
    _array(out, "waived", result.waived, record.waived)
    out.write("}\n")


def write_jsonl(result: Result, out: TextIO) -> None:
    """Writes one JSON object a line, each with its `type`: run, file, finding, undecided, coverage, summary, waived."""

    def line(kind: str, fields: record.Record) -> None:
        out.write(_text({"type": kind, **fields}) + "\n")

    line("run", {"version": VERSION, **record.run(result)})
    for file in result.files:
        line("file", record.file(file))
    for finding in result.findings:
        line("finding", record.finding(finding))
    for question in result.undecided:
        line("undecided", record.undecided(question))
    for counts in result.coverage:
        line("coverage", record.coverage(counts))
    line("summary", record.summary(result))
    for waived in result.waived:
        line("waived", record.waived(waived))
