"""What is asserted of the documents and stays of a course → those that stand.

A document that was cancelled, deleted or replaced is none; an addendum makes one document with the one it adds to; a stay
whose admission was taken back never was. The last word by the time of the messages counts, and what was said before is an
observation. What cannot be told is left out and asked. Called by `documents.py`.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from beamclaim.courses.course_record import CourseRecord, EvidencePlace, Observation
from beamclaim.courses.statements import Statement, history, in_order, last_word, statements
from beamclaim.model.tables.evidence import Assertion

Rows = list[Assertion]
"""What is said of one document or stay."""

_WHO = "records"
_NO_DOCUMENT = {
    "status": ("cancelled", "superseded", "entered-in-error", "revoked"),
    "availability": ("deleted", "obsolete"),
    "document_status": ("entered-in-error",),
    "withdrawn": ("true",),
}
"""Name → values that say a document is none."""

_NO_STAY = ("cancelled", "planned", "entered-in-error")
"""Status of an Encounter that is no stay that took place (FHIR R4, EncounterStatus)."""

_TAKEN_BACK = ("admission_cancelled", "visit_deleted")
_BEGUN = ("admitted", "transferred", "discharged", "discharge_cancelled")
"""Events of ADT after which the patient is, or was, in the hospital."""


def documents(record: CourseRecord, objects: Iterable[Rows]) -> list[Rows]:
    """The rows of each document that stands, as its last message has it."""
    told = {rows[0].key: statements(rows) for rows in objects}
    out = {key: why for key, own in told.items() if (why := _why_none(own))}
    for key, own in told.items():
        for replaced in _named(own, "replaces"):
            out.setdefault(replaced, "replaced by another document")
            if key in out and replaced in told:
                record.missing(
                    "documents", "a document was replaced by one that was cancelled: does it stand again?", _WHO
                )
    additions = {key: parents[0] for key, own in told.items() if (parents := _named(own, "adds_to"))}
    kept: list[Rows] = []
    for key, own in told.items():
        place = EvidencePlace.of(own[0].place)
        if key in out:
            said = history(own, ("status", "availability"))
            record.observe("document_taken_back", f"a document{_dated(own)} is none: {said or out[key]}", place)
        elif key in additions:
            _addendum(record, own, told.get(additions[key]))
        elif (unclear := _named(own, "parent")) and not _named(own, "replaces"):
            is_here = "which is here" if unclear[0] in told else "which is not here"
            text = f"a document names another, {is_here}, as its parent: does it add to it or replace it?"
            record.missing("documents", text, _WHO)
            record.observe("document_unclear", f"left out: {text}", place)
        else:
            if said := history(own, ("status", "signed_by", "date")):
                record.observe("document_changed", f"a document{_dated(own)}: {said}; the last counts", place)
            kept.append(last_word(own))
    return kept


def _why_none(told: Sequence[Statement]) -> str | None:
    """Why the last word on a document is that it is none; of several last words of one time the one that takes it back."""
    for s in last_word(told):
        if s.value is not None and s.value in _NO_DOCUMENT.get(s.name, ()):
            return f"its {s.name.replace('_', ' ')} is {s.value}" if s.name != "withdrawn" else "entered in error"
    return None


def _named(told: Sequence[Statement], name: str) -> list[str]:
    """The documents that the statements name as what theirs replaces or adds to."""
    return [s.value for statement in told for s in statement.rows if s.name == name and s.value]


def _addendum(record: CourseRecord, told: Sequence[Statement], parent: Sequence[Statement] | None) -> None:
    """One document with that which it adds to; where that is not here, it is asked for."""
    state = next(
        (s.value for s in reversed(last_word(told)) if s.name == "status" and s.value), "of a state that is not said"
    )
    text = f"an addendum{_dated(told)}, {state.replace('_', ' ')}, to "
    if parent is None:
        record.missing("documents", f"{text}a document that is not among the files", _WHO)
        text += "a document that is not among the files: left out"
    else:
        text += f"a document{_dated(parent)}: one document with it"
    record.observe("document_addendum", text, EvidencePlace.of(told[0].place))


def _dated(told: Sequence[Statement]) -> str:
    day = next((s.value for s in reversed(last_word(told)) if s.name == "date" and s.value), None)
    return f" of {day}" if day else ""


def without_events_alone(assertions: Sequence[Assertion]) -> tuple[list[Assertion], list[Observation]]:
    """Assertions less those of stays of which only events are told, as that an outpatient's visit was cancelled; and how many."""
    told = {s.key for s in assertions if s.subject == "stay" and s.name == "kind"}
    events = {s.key: s for s in reversed(assertions) if s.subject == "stay" and s.key not in told}
    if not events:
        return [*assertions], []
    text = f"{len(events)} visits that no message says were inpatient stays: expected, cancelled, or an outpatient's"
    note = Observation("stay_not_told", text, min(EvidencePlace.of(s) for s in events.values()))
    return [s for s in assertions if s.subject != "stay" or s.key in told], [note]


def stays(record: CourseRecord, objects: Iterable[Rows]) -> list[Rows]:
    """The rows of each stay that took place, with its days as the last messages have them."""
    kept: list[Rows] = []
    nameless: list[Statement] = []
    for rows in objects:
        # Of messages of one time the one that takes back came last: nothing is taken back before it was said.
        told = in_order(sorted(statements(rows), key=lambda s: s.value("event") in _TAKEN_BACK))
        nameless += [s for s in told if any(a.name == "event" and a.value in _TAKEN_BACK and a.reason for a in s.rows)]
        current, doubt = _folded(told)
        place = EvidencePlace.of(told[0].place)
        said = history(told, ("event", "status", "first_day", "last_day"))
        if doubt is not None:
            record.missing("stays", f"{doubt}: {said}", _WHO)
            record.observe("stay_unclear", f"left out: {doubt}", place)
        elif not current:
            record.observe("stay_taken_back", f"a stay is none: {said or 'cancelled, or not begun'}", place)
        else:
            if said and {"discharge_cancelled", *_TAKEN_BACK} & {s.value("event") for s in told}:
                record.observe("stay_changed", f"a stay: {said}; the last counts", place)
            kept.append(current)
    return [rows for rows in kept if not _may_be_taken_back(record, rows, nameless)]


def _folded(told: Sequence[Statement]) -> tuple[Rows, str | None]:
    """The rows of a stay after its last message (none: it was taken back), or why nobody knows."""
    current: dict[tuple[tuple[str, str], str], Rows] = {}
    is_back = False
    if len(told) > 1 and any(s.told_at is None and s.source[1] for s in told) and any(_takes_back(s) for s in told):
        return [], "an admission was cancelled in a message without a time, or told in one"
    for statement in told:
        event = statement.value("event")
        if _takes_back(statement):
            current, is_back = {}, True
            continue
        if event == "outpatient":
            return [], "an inpatient became an outpatient (A07): which days were inpatient?"
        if is_back and event not in _BEGUN:
            return [], "a stay is spoken of after its admission was cancelled"
        is_back = False
        for name, rows in _by_name(statement).items():
            current[statement.source, name] = rows
        if event == "discharge_cancelled":
            current.pop((statement.source, "last_day"), None)
    return [s for rows in current.values() for s in rows], None


def _takes_back(statement: Statement) -> bool:
    return (
        statement.value("event") in _TAKEN_BACK or statement.value("status") in _NO_STAY or statement.says("withdrawn")
    )


def _by_name(statement: Statement) -> dict[str, Rows]:
    ordered = sorted(statement.rows, key=lambda s: s.name)
    return {name: list(rows) for name, rows in groupby(ordered, key=lambda s: s.name)}


def _may_be_taken_back(record: CourseRecord, rows: Rows, nameless: Sequence[Statement]) -> bool:
    """Whether an admission that names no visit may be that of a stay: then it is left out and asked."""
    days = {s.value for s in rows if s.name == "first_day"}
    cancel = next((s for s in nameless if s.value("first_day") is None or s.value("first_day") in days), None)
    if cancel is None:
        return False
    text = "an admission was cancelled in a message that names no visit (PV1-19): was it this stay?"
    record.missing("stays", text, _WHO)
    record.observe("stay_unclear", f"left out: {text}", EvidencePlace.of(rows[0]))
    return True
