"""The charges for a terminal: one course on one screen, days against families, then what is not settled and who can settle it."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any, TextIO

from beamclaim.charging.declaration import FAMILIES
from beamclaim.findings.course_charges import CourseCharges
from beamclaim.outputs.course.document import Record, courses
from beamclaim.outputs.report.printable import counted, printable

_MARKS = {"supported": "", "needs_evidence": " ?", "cannot_tell": "?", "not_billable": "no"}
_TITLES = {
    "needs_evidence": "Needs evidence", "cannot_tell": "Cannot be told", "not_billable": "Not billable",
}  # fmt: skip


def write_text(answer: CourseCharges, out: TextIO, *, explain: bool = False) -> None:
    """Writes each course on its own; `explain` adds every reason of every charge."""
    many = 0
    for record in courses(answer):
        _course(record, out, explain=explain)
        many += 1
    out.write(f"{counted(many, 'course')}.\n")


def _course(record: Record, out: TextIO, *, explain: bool) -> None:
    charges: list[Record] = record["charges"]
    numbers = {status: sum(c["status"] == status for c in charges) for status in _MARKS}
    words = [f"{numbers['supported']} supported"]
    words += [f"{numbers[s]} {title.lower()}" for s, title in _TITLES.items() if numbers[s]]
    out.write(f"Course {printable(record['course'])}: {counted(len(charges), 'charge')}, {', '.join(words)}\n")
    for fact, value in record["assumed"].items():
        out.write(f"  assumed: {fact} is {value}\n")
    out.write("\n")
    _table(charges, out)
    for status, title in _TITLES.items():
        _unsettled(title, [c for c in charges if c["status"] == status], out)
    if record["missing"]:
        out.write("  Who can settle it\n")
    for missing in record["missing"]:
        codes = f" ({missing['for'].replace(';', ', ')})" if missing["for"] else ""
        days = _days(missing["dates"])
        out.write(f"    {missing['who'] or 'nobody named'}: {missing['fact']}{codes}{', ' + days if days else ''}\n")
        if missing["text"]:
            out.write(f"      {missing['text']}\n")
    for alone in record["left_alone"]:
        name = f"plan {printable(alone['plan'])}" if alone["plan"] else alone["procedure"]
        out.write(f"  Left alone: {name}: {alone['text']}\n")
    _expected(charges, out)
    if explain:
        _explain(charges, out)
    out.write("\n")


def _table(charges: Iterable[Record], out: TextIO) -> None:
    """Days against families; days in a row that read alike stand as one."""
    dated = [c for c in charges if c["date"] is not None]
    families = [f for f in FAMILIES if any(c["family"] == f for c in dated)]
    days = sorted({c["date"] for c in dated})
    rows = [(day, tuple(", ".join(_cells(dated, day, family)) for family in families)) for day in days]
    lines = [("day", *families)]
    for cells, alike in groupby(rows, key=lambda row: row[1]):
        each = [day for day, _ in alike]
        lines.append((_span(each), *cells))
    if len(lines) == 1:
        return
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        out.write("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n")
    out.write("\n  (?: not settled yet; no: not billable)\n\n")


def _cells(charges: Iterable[Record], day: str, family: str) -> Iterator[str]:
    for c in charges:
        if c["date"] == day and c["family"] == family:
            code = "-".join([c["code"], *c["modifiers"]]) if c["code"] else ""
            many = f" x{c['units']}" if c["units"] != 1 and c["code"] else ""
            yield f"{code}{many}{_MARKS[c['status']]}"


def _span(days: list[str]) -> str:
    return days[0] if len(days) == 1 else f"{days[0]} to {days[-1]} ({len(days)} days)"


def _unsettled(title: str, charges: list[Record], out: TextIO) -> None:
    if not charges:
        return
    out.write(f"  {title}\n")
    alike: dict[tuple[str, str], list[str]] = {}
    for c in charges:
        alike.setdefault((_what(c), _why(c)), []).append(c["date"] or "")
    for (what, why), days in alike.items():
        out.write(f"    {_days([d for d in days if d])}: {what}\n")
        if why:
            out.write(f"      {why}\n")


def _what(charge: Record) -> str:
    others = [code for code in charge["possible"] if code != charge["code"]]
    if charge["status"] == "not_billable":
        return f"{charge['family']}: no charge"
    if charge["code"] is None:
        return (
            f"{charge['family']}: {' or '.join(others)}"
            if others
            else f"{charge['family']}: no charge of ours knows this"
        )
    return f"{charge['family']}: {charge['code']} stands" + (f", perhaps {' or '.join(others)}" if others else "")


def _why(charge: Record) -> str:
    runners = [n for n in charge["not"] if charge["status"] == "not_billable" or n["code"] in charge["possible"]]
    return "; ".join(dict.fromkeys(f"{n['code']}: {n['text']}" for n in runners[:1]))


def _days(days: list[str]) -> str:
    if len(days) <= 3:
        return ", ".join(days)
    return f"{days[0]} to {days[-1]} ({len(days)} days)"


def _expected(charges: Iterable[Record], out: TextIO) -> None:
    """The sum expected by schedule and participation."""
    sums: dict[tuple[str, str | None, str], Decimal] = {}
    for c in charges:
        for p in c["expected"]:
            key = (p["schedule"], p["participation"], p["adjusted"])
            sums[key] = sums.get(key, Decimal(0)) + Decimal(p["amount"])
    for (schedule, participation, adjusted), amount in sums.items():
        who = f", {participation.replace('_', '-')} participant" if participation else ""
        out.write(f"  Expected of Medicare ({schedule}, {adjusted}{who}): {amount:,.2f}\n")


def _explain(charges: Iterable[Record], out: TextIO) -> None:
    out.write("\n  Why\n")
    for c in charges:
        out.write(
            f"    {c['date'] or 'no day'} {c['family']} {c['code'] or '-'} ({c['status']}, {c['by'] or 'several may decide'})\n"
        )
        for because in c["because"]:
            shown = ", ".join(f"{s['name']} {printable(_text(s['value']))}" for s in because["shown"])
            out.write(f"      because {because['text']}{f' [{shown}]' if shown else ''}\n")
        for other in c["not"]:
            out.write(f"      not {other['code']}: {other['text']}\n")
        if c["expected_why"]:
            out.write(f"      no payment told: {c['expected_why']}\n")


def _text(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
