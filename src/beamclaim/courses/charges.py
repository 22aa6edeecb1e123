"""Charges of a course: each once, however often it was sent or told, less those that a credit takes back."""

from collections.abc import Hashable, Iterable
from decimal import Decimal, InvalidOperation

from beamclaim.courses.course_record import Account, Where
from beamclaim.model.tables.evidence import Assertion

Rows = list[Assertion]
"""What is said of one charge."""


def charges(account: Account, told: Iterable[Rows]) -> list[Rows]:
    """The charges that count, in the order of day and name; what was left out is a note."""
    kinds = (None, "charge", "credit")
    return _net(account, _once(account, sorted((r for r in told if said(r, "kind") in kinds), key=order)))


def order(rows: Rows) -> tuple[str, str]:
    """By day, then by name."""
    day = next((s.value for s in rows if s.name in ("date", "first_day") and s.value), "")
    return day or "", rows[0].key


def said(rows: Rows, name: str) -> str | None:
    """The first value under a name."""
    return next((s.value for s in rows if s.name == name and s.value is not None), None)


def _once(account: Account, told: Iterable[Rows]) -> list[Rows]:
    """Each charge once: sent again in another message under its id, or told by another source too.

    Two sources tell one charge by what was done; what one tells twice, the other has to tell twice.
    """
    kept: list[Rows] = []
    by_id: dict[Hashable, Rows] = {}
    alike: dict[Hashable, list[Rows]] = {}
    paired: dict[Hashable, int] = {}
    for rows in told:
        what, source, number = _what(rows), rows[0].source, said(rows, "charge")
        same = by_id.setdefault((what, source, number), rows) if number is not None else rows
        if same is not rows and _message(same) != _message(rows):
            text = "a charge of the same id, code, day and units came in another message; counted once"
            account.note("charge_repeated", text, Where.of(rows[0]))
            same += rows
            continue
        others = alike.setdefault(what, [])
        at = paired.get((what, source), 0)
        while at < len(others) and others[at][0].source == source:
            at += 1
        paired[what, source] = at + 1
        if at < len(others) and said(rows, "code") is not None:
            text = "two sources tell a charge of the same code, day and units; counted once"
            account.note("charge_told_twice", text, Where.of(rows[0]))
            others[at] += [s for s in rows if s.name != "charge"]
            continue
        others.append(rows)
        kept.append(rows)
    return kept


def _net(account: Account, told: list[Rows]) -> list[Rows]:
    """Charges less their credits: a credit takes off the charge with its id, else one of the same code, day and units."""
    given: dict[Hashable, list[Rows]] = {}
    for rows in reversed([r for r in told if not _is_credit(r)]):
        for name in {said(rows, "charge"), _what(rows)[:4]}:
            given.setdefault(name, []).append(rows)
    gone: set[int] = set()
    for credit in (r for r in told if _is_credit(r)):
        number = said(credit, "charge")
        found = None
        for name in ((number,) if number is not None else ()) + (_what(credit)[:4],):
            while found is None and given.get(name):
                rows = given[name].pop()
                found = rows if id(rows) not in gone else None
        if found is not None:
            gone.add(id(found))
            account.note("charge_credited", "a charge and its credit cancel each other", Where.of(credit[0]))
        else:
            text = "a credit without its charge; the charge it takes back is not here"
            account.note("credit_alone", text, Where.of(credit[0]))
    return [r for r in told if not _is_credit(r) and id(r) not in gone]


def _what(rows: Rows) -> tuple[str | None, str | None, str | None, Decimal, bool]:
    """What was done: code, day, modifiers, units, and whether it is taken back."""
    return said(rows, "code"), said(rows, "date"), said(rows, "modifiers"), _units(rows), _is_credit(rows)


def _units(rows: Rows) -> Decimal:
    try:
        return abs(Decimal(said(rows, "units") or "1"))
    except InvalidOperation:
        return Decimal(1)


def _is_credit(rows: Rows) -> bool:
    return said(rows, "kind") == "credit" or (said(rows, "units") or "").startswith("-")


def _message(rows: Rows) -> str:
    return rows[0].key.rpartition("/")[0]
