"""JSON: the facts as one document, and each course as a file of the course form. ASCII only, same facts, same bytes."""

import json
from collections.abc import Iterable
from typing import Any, TextIO

from beamclaim.courses import Account, Where, Word
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
    for number, account in enumerate(facts.accounts()):
        out.write(",\n  " if number else "\n  ")
        _course(account, paths, out)
    out.write("]")
    _array(out, " ", "notes", ({"kind": n.kind, "text": n.text, "where": place(n.where, paths)} for n in facts.notes))
    faults = (
        {
            "kind": f.kind, "expected": f.expected, "found": f.found,
            "where": place(Where(f.file, f.start, f.end, f.path), paths) if f.file is not None else None,
        }
        for f in facts.faults
    )  # fmt: skip
    _array(out, " ", "faults", faults)
    out.write("}\n")


def write_course(account: Account, out: TextIO) -> None:
    """Writes one course in the course form, as `check --course` takes it."""
    json.dump(account.form, out, ensure_ascii=True, allow_nan=False, indent=1)
    out.write("\n")


def place(where: Where | None, paths: list[str]) -> dict[str, Any] | None:
    """A place as a record: the file by its path."""
    if where is None:
        return None
    return {"file": paths[where.file], "start": where.start, "end": where.end, "path": where.path}


def _course(account: Account, paths: list[str], out: TextIO) -> None:
    def said(word: Word) -> dict[str, Any]:
        return {"value": word.value, "source": word.source, "where": place(word.where, paths), "reason": word.reason}

    out.write(f'{{"course": {_text(account.form)}')
    _array(out, "   ", "sources", ({"fact": fact, **said(word)} for fact, word in account.sources))
    unknown = ({"fact": u.fact, "reason": u.reason, "who": u.who} for u in account.unknown)
    _array(out, "   ", "unknown", unknown)
    conflicts = ({"fact": fact, "values": [said(w) for w in words]} for fact, words in account.conflicts)
    _array(out, "   ", "conflicts", conflicts)
    notes = ({"kind": n.kind, "text": n.text, "where": place(n.where, paths)} for n in account.notes)
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
