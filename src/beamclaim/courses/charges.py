"""Assertions of charges → the charges of a course that count: each once, less those that a credit takes back.

A charge is the list of what is asserted of it. Called by `documents.py`; what is left out becomes an observation.
"""

from collections.abc import Hashable, Iterable
from decimal import Decimal, InvalidOperation

from beamclaim.courses.course_record import CourseRecord, EvidencePlace
from beamclaim.model.tables.evidence import Assertion

Rows = list[Assertion]
"""What is said of one charge."""


def charges(record: CourseRecord, all_charges: Iterable[Rows]) -> list[Rows]:
    """The charges that count, in the order of day and name; what was left out is an observation."""
    kinds = (None, "charge", "credit")
    return _net(record, _once(record, sorted((r for r in all_charges if first_value(r, "kind") in kinds), key=order)))


def order(rows: Rows) -> tuple[str, str]:
    """By day, then by name."""
    day = next((s.value for s in rows if s.name in ("date", "first_day") and s.value), "")
    return day or "", rows[0].key


def first_value(rows: Rows, name: str) -> str | None:
    """The first value under a name."""
    return next((s.value for s in rows if s.name == name and s.value is not None), None)


def _once(record: CourseRecord, all_charges: Iterable[Rows]) -> list[Rows]:
    """Each charge once: sent again in another message under its id, or told by another source too.

    Two sources tell one charge by what was done; what one tells twice, the other has to tell twice.
    """
    kept: list[Rows] = []
    by_id: dict[Hashable, Rows] = {}
    by_content: dict[Hashable, list[Rows]] = {}
    paired: dict[Hashable, int] = {}
    for rows in all_charges:
        what, source, number = _what(rows), rows[0].source, first_value(rows, "charge")
        same = by_id.setdefault((what, source, number), rows) if number is not None else rows
        if same is not rows and _message(same) != _message(rows):
            text = "a charge of the same id, code, day and units came in another message; counted once"
            record.observe("charge_repeated", text, EvidencePlace.of(rows[0]))
            same += rows
            continue
        others = by_content.setdefault(what, [])
        at = paired.get((what, source), 0)
        while at < len(others) and others[at][0].source == source:
            at += 1
        paired[what, source] = at + 1
        if at < len(others) and first_value(rows, "code") is not None:
            text = "two sources tell a charge of the same code, day and units; counted once"
            record.observe("charge_told_twice", text, EvidencePlace.of(rows[0]))
            others[at] += [s for s in rows if s.name != "charge"]
            continue
        others.append(rows)
        kept.append(rows)
    return kept


def _net(record: CourseRecord, all_charges: list[Rows]) -> list[Rows]:
    """Charges less their credits: a credit takes off the charge with its id, else one of the same code, day and units."""
    by_name: dict[Hashable, list[Rows]] = {}
    for rows in reversed([r for r in all_charges if not _is_credit(r)]):
        for name in {first_value(rows, "charge"), _what(rows)[:4]}:
            by_name.setdefault(name, []).append(rows)
    credited: set[int] = set()
    for credit in (r for r in all_charges if _is_credit(r)):
        number = first_value(credit, "charge")
        matched = None
        for name in ((number,) if number is not None else ()) + (_what(credit)[:4],):
            while matched is None and by_name.get(name):
                rows = by_name[name].pop()
                matched = rows if id(rows) not in credited else None
        if matched is not None:
            credited.add(id(matched))
            record.observe("charge_credited", "a charge and its credit cancel each other", EvidencePlace.of(credit[0]))
        else:
            text = "a credit without its charge; the charge it takes back is not here"
            record.observe("credit_alone", text, EvidencePlace.of(credit[0]))
    return [r for r in all_charges if not _is_credit(r) and id(r) not in credited]


def _what(rows: Rows) -> tuple[str | None, str | None, str | None, Decimal, bool]:
    """What was done: code, day, modifiers, units, and whether it is taken back."""
    return (
        first_value(rows, "code"),
        first_value(rows, "date"),
        first_value(rows, "modifiers"),
        _units(rows),
        _is_credit(rows),
    )


def _units(rows: Rows) -> Decimal:
    try:
        return abs(Decimal(first_value(rows, "units") or "1"))
    except InvalidOperation:
        return Decimal(1)


def _is_credit(rows: Rows) -> bool:
    return first_value(rows, "kind") == "credit" or (first_value(rows, "units") or "").startswith("-")


def _message(rows: Rows) -> str:
    return rows[0].key.rpartition("/")[0]
