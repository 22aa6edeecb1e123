"""Assertions → lists of the course form beside plans and fractions: charges, documents, procedures, authorizations, stays.

Each subject of a source becomes an object of the form's list, and what has no counterpart in the form is an observation.
"""

from collections.abc import Sequence
from typing import Any

from beamclaim.courses import form, standing
from beamclaim.courses.charges import charges
from beamclaim.courses.course_record import CourseRecord, EvidencePlace, Observation, SourcedValue, fitted
from beamclaim.model.tables.course import AUTHORIZATION_LIST, CHARGE_LIST, DOCUMENT_LIST, PROCEDURE_LIST, STAY_LIST
from beamclaim.model.tables.evidence import Assertion
from beamclaim.model.tables.fact import FormList

LISTS: dict[str, FormList] = {
    "authorization": AUTHORIZATION_LIST,
    "procedure": PROCEDURE_LIST,
    "document": DOCUMENT_LIST,
    "charge": CHARGE_LIST,
    "stay": STAY_LIST,
}
"""Subject of an assertion → the list of the form it fills."""
_COUNTING = {"charge": charges, "document": standing.documents, "stay": standing.stays}
"""Subject → what is left of its objects once those that were taken back, replaced or told again are not counted."""
_FITS = {name: {fact.path: form.fit_of(fact.type) for fact in form_list.facts} for name, form_list in LISTS.items()}


def form_lists(record: CourseRecord, asserted: Sequence[Assertion]) -> dict[str, list[dict[str, Any]]]:
    """The lists of the form that these assertions fill."""
    by_subject: dict[tuple[str, str], list[Assertion]] = {}
    for s in asserted:
        if s.subject in LISTS:
            by_subject.setdefault((s.subject, s.key), []).append(s)
    out: dict[str, list[dict[str, Any]]] = {}
    for subject, form_list in LISTS.items():
        objects = [rows for (kind, _), rows in by_subject.items() if kind == subject]
        if subject in _COUNTING:
            objects = _COUNTING[subject](record, objects)
        for rows in sorted(objects, key=_order):
            _object(record, subject, rows, out.setdefault(form_list.name, []))
    return {part: rows for part, rows in out.items() if rows}


def _order(rows: list[Assertion]) -> tuple[str, str]:
    """By day, then by name."""
    day = next((s.value for s in rows if s.name in ("date", "first_day") and s.value), "")
    return day or "", rows[0].key


def _object(record: CourseRecord, subject: str, rows: list[Assertion], into: list[dict[str, Any]]) -> None:
    """One object of a list; without what it needs it is only an observation."""
    values = {name: fitted([s for s in rows if s.name == name], fit) for name, fit in _FITS[subject].items()}
    values = {name: each for name, each in values.items() if each}
    missing = [name for name in LISTS[subject].needs if not any(w.value is not None for w in values.get(name, []))]
    if missing:
        why = next((w.reason for name in missing for w in values.get(name, []) if w.reason), None)
        text = f"a {subject} without {' and '.join(missing)} that the course form knows was left out"
        record.observations.append(
            Observation(f"{subject}_left_out", f"{text}: {why}" if why else text, EvidencePlace.of(rows[0]))
        )
        return
    at = f"{LISTS[subject].name}[{len(into)}]"
    into.append({})
    for name, fact_values in values.items():
        if name == "signed_by" and any(s.value == "" for s in rows if s.name == name):
            _unsigned(record, f"{at}.{name}", [s for s in rows if s.name == name], into[-1])
        elif (
            value := (record.gather if name == "modifiers" else record.settle)(f"{at}.{name}", fact_values)
        ) is not None:
            into[-1][name] = value


def _unsigned(record: CourseRecord, fact: str, rows: list[Assertion], document: dict[str, Any]) -> None:
    """A signature that a source saw missing: null where all of them did, else who signed is contradicted, or unknown."""
    if all(s.value == "" for s in rows):
        document["signed_by"] = None
    elif any(s.value for s in rows):
        record.settle(fact, [SourcedValue.of(s, s.value or "unsigned") for s in rows if s.value is not None])
    else:
        record.missing(fact, "unsigned in one source, and another cannot tell", "records")
