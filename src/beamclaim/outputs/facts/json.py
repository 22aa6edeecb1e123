"""JSON: the facts as one document, and each course as a file of the course form. ASCII only, same facts, same bytes."""

import json
from collections.abc import Iterable
from typing import Any, TextIO

from beamclaim.courses import CourseRecord, EvidencePlace, SourcedValue
from beamclaim.courses.facts import Facts

VERSION = 1


def write_json(facts: Facts, out: TextIO) -> None:
    """Writes the facts as one JSON document, a row a line."""
    paths = [f.path for f in facts.files]
    run = {"engine": facts.engine, "thresholds": facts.thresholds, "as_of": facts.as_of.isoformat()}
    out.write(f'{{"version": {VERSION},\n "run": {_text(run)}')
    _array(
        out, " ", "files", ({"path": f.path, "sha256": f.sha256, "kind": f.kind, "error": f.error} for f in facts.files)
    )
    out.write(',\n "courses": [')
    for number, record in enumerate(facts.course_records()):
        out.write(",\n  " if number else "\n  ")
        _course(record, paths, out)
    out.write("]")
    _array(
        out,
        " ",
        "notes",
        ({"kind": n.kind, "text": n.text, "where": place(n.place, paths)} for n in facts.observations),
    )
    faults = (
        {
            "kind": f.kind, "expected": f.expected, "found": f.found,
            "where": place(EvidencePlace(f.file, f.start, f.end, f.path), paths) if f.file is not None else None,
        }
        for f in facts.faults
    )  # fmt: skip
    _array(out, " ", "faults", faults)
    out.write("}\n")


def write_course(record: CourseRecord, out: TextIO) -> None:
    """Writes one course in the course form, as `check --course` takes it."""
    json.dump(record.form, out, ensure_ascii=True, allow_nan=False, indent=1)
    out.write("\n")


def place(place: EvidencePlace | None, paths: list[str]) -> dict[str, Any] | None:
    """A place as a record: the file by its path."""
    if place is None:
        return None
    return {"file": paths[place.file], "start": place.start, "end": place.end, "path": place.path}


def _course(record: CourseRecord, paths: list[str], out: TextIO) -> None:
    def source_row(sourced: SourcedValue) -> dict[str, Any]:
        return {
            "value": sourced.value,
            "source": sourced.source,
            "where": place(sourced.place, paths),
            "reason": sourced.reason,
        }

    out.write(f'{{"course": {_text(record.form)}')
    _array(out, "   ", "sources", ({"fact": fact, **source_row(sourced)} for fact, sourced in record.sources))
    unknown = ({"fact": u.fact, "reason": u.reason, "who": u.who} for u in record.unknown)
    _array(out, "   ", "unknown", unknown)
    conflicts = ({"fact": fact, "values": [source_row(v) for v in values]} for fact, values in record.conflicts)
    _array(out, "   ", "conflicts", conflicts)
    notes = ({"kind": n.kind, "text": n.text, "where": place(n.place, paths)} for n in record.observations)
    _array(out, "   ", "notes", notes)
    out.write("}")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


def _array(out: TextIO, indent: str, key: str, rows: Iterable[dict[str, Any]]) -> None:
    out.write(f',\n{indent}"{key}": [')
    separator = f"\n{indent} "
    for row in rows:
        out.write(separator + _text(row))
        separator = f",\n{indent} "
    out.write("]")
