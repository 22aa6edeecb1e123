"""What is asserted of appointments → what was planned, what became of it, and charges of a day on which nobody came.

An appointment is never a delivery. One number is one appointment, with its last status. Called by `observations.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from beamclaim.courses.course_record import CourseRecord, EvidencePlace
from beamclaim.courses.statements import Statement, in_order, statements
from beamclaim.model.tables.evidence import Assertion

_NOT_KEPT = {"cancelled": "cancelled", "discontinued": "discontinued", "deleted": "deleted", "no_show": "not kept"}
"""Status of an appointment to which nobody came → that in words."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment after its last message. `day` null: not said."""

    day: str | None
    status: str | None
    place: EvidencePlace


def appointments(record: CourseRecord, asserted: Iterable[Assertion]) -> None:
    """Observes the appointments of a course, and days that are charged though their appointments were not kept."""
    planned = _appointments([s for s in asserted if s.subject == "session"])
    days = sorted(a.day for a in planned if a.day is not None)
    if not days:
        return
    counted = "1 appointment" if len(days) == 1 else f"{len(days)} appointments"
    span = f"on {days[0]}" if days[0] == days[-1] else f"from {days[0]} to {days[-1]}"
    states = [_NOT_KEPT[a.status] for a in planned if a.day is not None and a.status in _NOT_KEPT]
    became = "".join(f", {states.count(word)} {word}" for word in dict.fromkeys(sorted(states)))
    text = f"{counted} {span}{became}: what was planned, not what took place"
    record.observe("appointments", text, next(a.place for a in planned if a.day is not None))
    _charged_and_not_kept(record, planned)


def _appointments(asserted: Sequence[Assertion]) -> list[Appointment]:
    of_key: dict[str, list[Assertion]] = {}
    for s in asserted:
        of_key.setdefault(s.key, []).append(s)
    out = []
    for rows in of_key.values():
        if any(s.name in ("planned_at", "planned_status") for s in rows):
            # Of messages of one time the one that takes back came last: nothing is cancelled before it was booked.
            told = in_order(sorted(statements(rows), key=lambda s: s.value("planned_status") in _NOT_KEPT))
            at = _last(told, "planned_at")
            out.append(Appointment(at and at[:10], _last(told, "planned_status"), EvidencePlace.of(told[0].place)))
    return out


def _last(told: Sequence[Statement], name: str) -> str | None:
    return next((value for s in reversed(told) if (value := s.value(name)) is not None), None)


def _charged_and_not_kept(record: CourseRecord, planned: Sequence[Appointment]) -> None:
    """A day with charges, no treatment, and no appointment but such as were not kept is said."""
    kept = {a.day for a in planned if a.status not in _NOT_KEPT}
    kept |= {str(f.get("started_at", ""))[:10] for f in record.form.get("fractions", [])}
    charged = {c["date"] for c in record.form.get("charges", []) if "date" in c}
    for a in sorted(planned, key=lambda a: (a.day or "", a.place)):
        if a.day in charged - kept and a.status in _NOT_KEPT:
            text = f"{a.day} is charged, and its appointment was {_NOT_KEPT[a.status]}: did the patient come?"
            record.observe("charged_not_kept", text, a.place)
            kept.add(a.day)
