"""What belongs to a course beside plans and fractions: charges, documents, procedures, authorizations, stays.

Each subject of a source becomes an object of the form's list, and what has no counterpart in the form is a note.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from beamclaim.courses import form
from beamclaim.courses.charges import charges, order
from beamclaim.courses.course_record import Account, Note, Where, words
from beamclaim.model.tables.evidence import Assertion
from beamclaim.model.value_sets import LEVELS, PROCEDURE_KINDS, STAY_KINDS


@dataclass(frozen=True, slots=True)
class Paper:
    """A list of the form: the subject that fills it, its keys, and those without which it says nothing."""

    part: str
    keys: dict[str, form.Fit]
    needs: tuple[str, ...]


PAPERS = {
    "authorization": Paper(
        "authorizations",
        {"number": form.text, "code": form.code, "units": form.decimal(12), "first_day": form.day, "last_day": form.day},
        ("number",),
    ),
    "procedure": Paper(
        "procedures",
        {
            "kind": form.word(*PROCEDURE_KINDS),
            "level": form.word(*LEVELS), "date": form.day, "plan": form.text, "count": form.count,
            "signed_by": form.text, "requested": form.truth, "reported": form.truth, "reason": form.text, "distinct": form.text,
        },
        ("kind",),
    ),
    "document": Paper(
        "documents", {"item": form.text, "date": form.day, "signed_by": form.text, "reference": form.text}, ("item",)
    ),
    "charge": Paper(
        "charges",
        {
            "charge": form.text, "date": form.day, "code": form.code, "modifiers": form.several(form.modifier),
            "units": form.decimal(12),
        },
        ("code",),
    ),
    "stay": Paper(
        "stays",
        {"kind": form.word(*STAY_KINDS), "first_day": form.day, "last_day": form.day},
        ("kind",),
    ),
}  # fmt: skip


def tell(account: Account, said: Sequence[Assertion]) -> dict[str, list[dict[str, Any]]]:
    """The lists of the form that these assertions fill."""
    by_subject: dict[tuple[str, str], list[Assertion]] = {}
    for s in said:
        if s.subject in PAPERS:
            by_subject.setdefault((s.subject, s.key), []).append(s)
    out: dict[str, list[dict[str, Any]]] = {}
    for subject, paper in PAPERS.items():
        mine = [rows for (kind, _), rows in by_subject.items() if kind == subject]
        if subject == "charge":
            mine = charges(account, mine)
        for rows in sorted(mine, key=order):
            _object(account, subject, paper, rows, out.setdefault(paper.part, []))
    return {part: rows for part, rows in out.items() if rows}


def _object(account: Account, subject: str, paper: Paper, rows: list[Assertion], into: list[dict[str, Any]]) -> None:
    """One object of a list; without what it needs it is only a note."""
    found = {name: words([s for s in rows if s.name == name], fit) for name, fit in paper.keys.items()}
    found = {name: given for name, given in found.items() if given}
    lacking = [name for name in paper.needs if not any(w.value is not None for w in found.get(name, []))]
    if lacking:
        why = next((w.reason for name in lacking for w in found.get(name, []) if w.reason), None)
        text = f"a {subject} without {' and '.join(lacking)} that the course form knows was left out"
        account.notes.append(Note(f"{subject}_left_out", f"{text}: {why}" if why else text, Where.of(rows[0])))
        return
    at = f"{paper.part}[{len(into)}]"
    into.append({})
    for name, given in found.items():
        if name == "signed_by" and all(s.value == "" for s in rows if s.name == name):
            into[-1][name] = None  # seen and unsigned
        elif (value := (account.gather if name == "modifiers" else account.settle)(f"{at}.{name}", given)) is not None:
            into[-1][name] = value
