"""CSV: one row a finding, then those that are waived; RFC 4180, safe to open in a spreadsheet."""

import csv
from collections.abc import Sequence
from typing import TextIO

from beamclaim.findings.finding import Finding, Result, Waiver
from beamclaim.outputs.report.record import day, money

COLUMNS = (
    "id", "rule", "name", "title", "severity", "risk", "file", "claim", "line", "course", "fraction", "date", "code",
    "charge", "message", "to_do", "who", "grade", "sources", "path", "segment", "start", "end", "cause",
    "waived_by", "waived_until", "waived_because",
)  # fmt: skip

# What a spreadsheet may take for the beginning of a formula, the full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def inert(value: str) -> str:
    """The text so that no spreadsheet computes it: a leading apostrophe where it could begin a formula."""
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value


def _row(f: Finding, waiver: Waiver | None = None) -> Sequence[object]:
    where = f.where
    sources = "; ".join(dict.fromkeys(row.source for row in f.policy if row.source))
    cells: dict[str, object] = {
        "id": f.id, "rule": f.rule, "name": f.name, "title": f.title, "severity": f.severity, "risk": f.risk,
        "file": where.file if where else None, "claim": f.claim, "line": f.line, "course": f.course,
        "fraction": f.fraction, "date": day(f.date), "code": f.code, "message": f.message, "to_do": f.fix.text,
        "who": f.fix.who, "grade": f.fix.grade, "sources": sources, "path": where.path if where else None,
        "segment": where.segment if where else None, "start": where.start if where else None,
        "end": where.end if where else None, "cause": f.cause, "waived_by": waiver and waiver.who,
        "waived_until": waiver and day(waiver.until), "waived_because": waiver and waiver.reason,
    }  # fmt: skip
    safe = {name: inert(cell) if isinstance(cell, str) else cell for name, cell in cells.items()}
    # Money is a number of our own making: a credit must stay one, so no apostrophe.
    return [money(f.charge) if name == "charge" else safe[name] for name in COLUMNS]


def write_csv(result: Result, out: TextIO) -> None:
    """Writes the findings as a table with a header; `out` must not translate line ends (``newline=""``)."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(finding) for finding in result.findings)
    writer.writerows(_row(waived.finding, waived.waiver) for waived in result.waived)
