"""The facts for a terminal: what a physicist reads in a minute, course by course."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

from beamclaim.courses import CourseRecord, Observation
from beamclaim.courses.facts import Facts
from beamclaim.model.value_sets import DELIVERED
from beamclaim.outputs.report.printable import counted, printable

MOST = 20
"""Notes and faults of a kind shown; `--format json` lists all."""
_FEW = 3
"""So many facts of a kind are named one by one."""
_PLACE = re.compile(r"\[[0-9]+\]")
_PLAN = ("plan", "site", "modality", "technique", "isocenters", "fractions_planned", "dose_gy", "approved_on")
_HEADS = ("plan", "site", "modality", "technique", "isocenters", "fractions", "dose Gy", "approved")


def write_text(facts: Facts, out: TextIO, *, width: int = 100) -> None:
    """Writes the facts in words."""
    many = 0
    for record in facts.course_records():
        _course(record, out, width)
        many += 1
    _notes("Belongs to no course", facts.observations, out, width)
    _faults(facts, out, width)
    read = sum(f.error is None for f in facts.files)
    words = [counted(many, "course"), f"from {counted(read, 'file')} of {len(facts.files):,} read"]
    if facts.faults:
        words.append(counted(len(facts.faults), "fault"))
    out.write(", ".join(words) + ".\n")


def _course(record: CourseRecord, out: TextIO, width: int) -> None:
    form = record.form
    person, payer = form.get("patient", {}), form.get("payer", {})
    fractions: list[dict[str, Any]] = form.get("fractions", [])
    given = [f for f in fractions if f.get("status") in DELIVERED]
    days = sorted({f["started_at"][:10] for f in given if "started_at" in f})
    about = [f"patient {person['id']}" if "id" in person else "patient not said"]
    about += [str(person[k]) for k in ("sex", "birth_date") if k in person]
    about += [str(v) for v in (payer.get("line"), form.get("setting"), ", ".join(form.get("diagnoses", []))) if v]
    out.write(f"Course {printable(form['course'])}: {printable(', '.join(about))}\n")
    if fractions:
        span = f", {days[0]} to {days[-1]}" if len(days) > 1 else f", {days[0]}" if days else ""
        out.write(
            f"  {counted(len(given), 'fraction')} delivered on {counted(len(days), 'day')}{span}; records "
            f"{'complete' if form.get('records_complete') else 'not known to be complete'}\n"
        )
    out.write("\n")
    _table(out, _HEADS, [[_cell(p.get(k)) for k in _PLAN] for p in form.get("plans", [])])
    _table(out, ("day", "visit", "fraction", "plan", "what became of it"), [_fraction(f) for f in fractions])
    lists = [(len(form[n]), n) for n in ("charges", "procedures", "documents", "authorizations", "stays") if n in form]
    for number, name in lists:
        out.write(f"  {number} × {name}\n")
    if lists:
        out.write("\n")
    _listed(
        "Unknown, and who can settle it",
        _alike((u.fact, f"{u.reason} ({u.who or 'nobody named'})") for u in record.unknown),
        out,
        width,
    )
    conflicts = (
        (fact, " against ".join(dict.fromkeys(f"{_cell(w.value)} ({w.source})" for w in words)))
        for fact, words in record.conflicts
    )
    _listed("Conflicts between sources", _alike(conflicts), out, width)
    _notes("Notes", record.observations, out, width)


def _alike(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Rows that say the same of several facts, once: `fractions[].machine (39 times)` for those of many fractions."""
    facts: dict[str, dict[str, list[str]]] = {}
    for fact, text in rows:
        facts.setdefault(text, {}).setdefault(_PLACE.sub("[]", fact), []).append(fact)
    for text, alike in facts.items():
        names = [name if len(name) <= _FEW else [f"{every} ({len(name)} times)"] for every, name in alike.items()]
        yield ", ".join(each for name in names for each in name), text


def _fraction(row: dict[str, Any]) -> list[str]:
    at = row.get("started_at", "")
    became = [str(row.get("status", "unknown")).replace("_", " ")]
    if "delivered_fraction" in row:
        became.append(f"{float(row['delivered_fraction']):.0%}")
    became += [str(row[k]) for k in ("modality", "machine") if k in row]
    if "motion_management" in row:
        became.append(f"motion {row['motion_management'].replace('_', ' ')}")
    if "isocenters" in row:
        became.append(f"isocenters {row['isocenters']}" if row["isocenters"] else "at an isocenter of the same visit")
    if "reason" in row:
        became.append(row["reason"])
    visit = row["session"].rpartition("/")[2] if "session" in row else ""
    return [at.replace("T", " ")[:16], visit, _cell(row.get("fraction")), _cell(row.get("plan")), ", ".join(became)]


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return (
        "?"
        if value is None
        else {True: "yes", False: "no"}.get(value, str(value))
        if isinstance(value, bool)
        else str(value)
    )


def _table(out: TextIO, heads: Sequence[str], rows: list[list[str]]) -> None:
    if not rows:
        return
    cells = [list(heads), *([printable(c) for c in row] for row in rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(heads))]
    for row in cells:
        out.write("  " + "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() + "\n")
    out.write("\n")


def _notes(title: str, notes: Sequence[Observation], out: TextIO, width: int) -> None:
    """Notes, equal ones once with their number."""
    times: dict[tuple[str, str], int] = {}
    for note in notes:
        times[note.kind, note.text] = times.get((note.kind, note.text), 0) + 1
    rows = ((kind, text if number == 1 else f"{text} ({number} times)") for (kind, text), number in times.items())
    _listed(title, rows, out, width)


def _faults(facts: Facts, out: TextIO, width: int) -> None:
    strays = sum(f.is_stray for f in facts.files)
    troubled = [(f.path, f.error or "") for f in facts.files if f.error is not None and not f.is_stray]
    _listed("Files not read", troubled, out, width)
    if strays:
        out.write(f"{counted(strays, 'other file')} in the folders: no treatment evidence, not read\n\n")
    times: dict[tuple[str, str], list[str]] = {}
    for f in facts.faults:
        words = (f.path, f"expected {f.expected}, found {f.found} ({f.kind})")
        times.setdefault(words, []).append(facts.files[f.file].path)
    rows = []
    for (path, text), files in times.items():
        more = "" if len(files) == 1 else f"; {counted(len(files), 'time')} in all"
        rows.append((f"{files[0]} {path}", text + more))
    _listed("Faults in the files", rows, out, width)


def _listed(title: str, rows: Iterable[tuple[str, str]], out: TextIO, width: int) -> None:
    """A titled list, the first `MOST` of its rows."""
    given = list(rows)
    if not given:
        return
    out.write(f"{title}\n")
    for name, text in given[:MOST]:
        lines = textwrap.wrap(f"{printable(name)}: {printable(text)}", max(width, 60) - 4, break_on_hyphens=False)
        out.write("  " + "\n    ".join(lines) + "\n")
    if len(given) > MOST:
        out.write(f"  and {len(given) - MOST:,} more: --format json lists all\n")
    out.write("\n")
