"""Evidence that was once read wrong says what it must: `tests/fixtures/evidence`, whose README tells the words."""

import io
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from beamclaim.app.facts import FactsOptions, facts
from beamclaim.outputs.facts.json import write_json

FOUND = Path(__file__).parents[1] / "fixtures" / "evidence"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FOUND / "expected.json").read_text())
NOT_YET = set((FOUND / "not_yet.txt").read_text().split())
ASKED = tuple(name for name in sorted(EXPECTED) if not name.startswith("listen/"))


@pytest.mark.parametrize("name", [name for name in ASKED if name not in NOT_YET])
def test_evidence_says_what_it_must(name: str) -> None:
    assert _unmet(EXPECTED[name], _answer(FOUND / name)) == []


@pytest.mark.parametrize("name", sorted(NOT_YET & set(ASKED)))
def test_what_does_not_hold_yet_is_told_so(name: str) -> None:
    assert _unmet(EXPECTED[name], _answer(FOUND / name)), f"{name} holds: take it out of not_yet.txt"


def test_every_case_has_its_files_and_its_expectation() -> None:
    folders = {str(p.parent.relative_to(FOUND)) for p in FOUND.rglob("*") if p.is_file() and p.parent != FOUND}
    assert folders - {"listen"} == set(ASKED)
    assert set(EXPECTED) >= NOT_YET


def _answer(folder: Path) -> dict[str, Any]:
    mapping = folder / "senders.yaml"
    paths = tuple(str(p) for p in sorted(folder.iterdir()) if p != mapping)
    options = FactsOptions(paths, as_of=date(2026, 12, 1), mapping=mapping if mapping.exists() else None)
    out = io.StringIO()
    write_json(facts(options), out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def _unmet(expected: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    """What an answer leaves unsaid, or says and must not, in words."""
    return [unmet for word, value in expected.items() for unmet in _unmet_word(word, value, answer)]


def _unmet_word(word: str, value: Any, answer: dict[str, Any]) -> Iterator[str]:
    courses = [c["course"] for c in answer["courses"]]
    told = _told(answer)
    if word == "equal":
        yield from (f"{p} is {_at(courses, p)}, not {v}" for p, v in value.items() if _at(courses, p) != v)
    elif word == "never":
        yield from (f"{p} says {v}" for p, bad in value.items() for v in bad if v in _at(courses, p))
    elif word == "count":
        yield from (f"{len(_at(courses, p))} {p}, not {n}" for p, n in value.items() if len(_at(courses, p)) != n)
    elif word == "asked":
        yield from (f"silent: {p}" for p in value if not re.search(p, told, re.IGNORECASE))
    elif word == "quiet":
        yield from (f"says: {p}" for p in value if re.search(p, told, re.IGNORECASE))
    elif word in ("together", "apart"):
        is_one = any(set(value) <= _members(c) for c in courses)
        if is_one != (word == "together"):
            yield f"{'not ' * (word == 'together')}in one course: {', '.join(value)}"
    elif word == "either":
        ways = [_unmet(way, answer) for way in value]
        if all(ways):
            yield " / ".join(unmet for way in ways for unmet in way)
    elif word == "exit":
        assert value == 0
        yield from (f"unread: {f['error']}" for f in answer["files"] if f["error"])
    else:
        assert word == "mapping", f"expected.json says {word!r}, which nothing asks"


def _at(courses: list[dict[str, Any]], path: str) -> list[Any]:
    """The values at a place of all courses, in the courses' order; days sorted."""
    head, _, rest = path.partition("[]")
    rows: list[Any]
    if head == "courses":
        rows = list(courses)
    elif head == "delivered":
        rows = [
            {**f, "day": str(f.get("started_at") or f.get("date"))[:10]}
            for c in courses
            for f in c.get("fractions", ())
            if f.get("status") != "not_delivered"
        ]
        rows.sort(key=lambda f: f["day"])
    elif head == "sessions":
        rows = sorted({(c["course"], f.get("session")) for c in courses for f in c.get("fractions", ())}, key=str)
    elif "[]" in path:
        rows = [row for c in courses for row in c.get(head, ())]
    else:
        rows, rest = list(courses), "." + path
    for key in rest.split(".")[1:]:
        rows = [row[key] for row in rows if isinstance(row, dict) and row.get(key) is not None]
    return rows


def _members(course: dict[str, Any]) -> set[str]:
    kinds = (("plan", "plans"), ("charge", "charges"))
    return {f"{kind}:{row.get(kind)}" for kind, rows in kinds for row in course.get(rows, ())}


def _told(answer: dict[str, Any]) -> str:
    """All that is asked, noted, or found wrong, as one text."""
    parts = [answer["notes"], answer["faults"], [f["error"] for f in answer["files"] if f["error"]]]
    for course in answer["courses"]:
        parts += [course["unknown"], course["conflicts"], course["notes"]]
    return json.dumps(parts, ensure_ascii=False)
