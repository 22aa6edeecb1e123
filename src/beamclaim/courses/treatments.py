"""Deliveries of a patient → those that treat, those that surely do not, and those only a person can tell.

A setup field or port film never treats. A delivery for quality assurance, of a kind that is no word of the standard, or with
a number its plan does not have, is no fraction until a person says so: it is listed with its bytes and counted nowhere.
Called by `join.py`, before deliveries become fractions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from beamclaim.courses.course_record import CourseRecord, EvidencePlace, Observation
from beamclaim.model.tables.evidence import Delivery
from beamclaim.model.value_sets import PREPARATION_KINDS, TREATMENT_KINDS

COUNTED = (None, *TREATMENT_KINDS)

_KIND = "Treatment Delivery Type (300A,00CE)"
_OF_KIND = {
    "verification": f"its {_KIND} is VERIFICATION, which is quality assurance and no treatment of a patient",
    "other": f"its {_KIND} is missing, or no word of the standard",
}


@dataclass(frozen=True, slots=True)
class UnsureDelivery:
    """A delivery that is no fraction until a person says so, and why."""

    row: Delivery
    reason: str


@dataclass(frozen=True, slots=True)
class SortedDeliveries:
    """Deliveries that treat, those nobody but a person can tell, and what is said of those that surely do not treat."""

    treatments: list[Delivery]
    unsure: list[UnsureDelivery]
    left_out: list[Observation]


def sort_deliveries(rows: Iterable[Delivery], planned: Mapping[str, int]) -> SortedDeliveries:
    """The deliveries by whether they treat. `planned`: the most fractions anybody says a plan has, by its name."""
    out = SortedDeliveries([], [], [])
    numbered: dict[str | None, list[Delivery]] = {}
    for row in rows:
        if row.kind in PREPARATION_KINDS:
            text = f"a record of kind {row.kind} is no treatment and was not counted"
            out.left_out.append(Observation("not_treatment", text, EvidencePlace.of(row)))
        elif row.kind not in COUNTED:
            out.unsure.append(UnsureDelivery(row, _OF_KIND[row.kind if row.kind in _OF_KIND else "other"]))
        else:
            numbered.setdefault(row.plan, []).append(row)
    for plan, own_rows in numbered.items():
        most = planned.get(plan or "")
        # Some systems number the fractions of a boost on from the plan before: then none of them is from 1 to planned.
        lowest = min((r.fraction for r in own_rows if r.fraction), default=1)
        for row in own_rows:
            reason = _outside(row.fraction, most, is_numbered_on=most is not None and lowest > most)
            if reason is None:
                out.treatments.append(row)
            else:
                out.unsure.append(UnsureDelivery(row, reason))
    return out


def _outside(number: int | None, most: int | None, *, is_numbered_on: bool) -> str | None:
    if number == 0:
        return "its fraction number is 0, and fractions are numbered from 1"
    if number is None or most is None or number <= most or is_numbered_on:
        return None
    return f"its fraction number is {number}, and its plan has {most}"


def planned_numbers(named: Iterable[tuple[str, str | None]], rows: Iterable[Delivery]) -> dict[str, int]:
    """The most fractions anybody says a plan has, by plan; `named` are plans and counts as their sources write them."""
    out: dict[str, int] = {}
    for plan, count in named:
        if count is not None and count.isdecimal():
            out[plan] = max(out.get(plan, 0), int(count))
    for row in rows:
        if row.plan is not None and row.fractions_planned is not None:
            out[row.plan] = max(out.get(row.plan, 0), row.fractions_planned)
    return {plan: most for plan, most in out.items() if most > 0}


def ask_of_unsure(record: CourseRecord, unsure: Sequence[UnsureDelivery]) -> None:
    """Lists the deliveries of a course that only a person can tell, a record a line, and asks once for each reason."""
    by_record: dict[tuple[str, str], list[Delivery]] = {}
    for each in unsure:
        by_record.setdefault((each.row.record, each.reason), []).append(each.row)
    days_of: dict[str, list[str]] = {}
    for (_, reason), rows in by_record.items():
        day = rows[0].day.isoformat() if rows[0].day else "no day"
        beams = "1 beam" if len(rows) == 1 else f"{len(rows)} beams"
        number = "" if rows[0].fraction is None else f", fraction number {rows[0].fraction}"
        text = f"a record of {day}, {beams}{number}: {reason}; counted in no session"
        record.observe("unsure_treatment", text, EvidencePlace.of(rows[0]))
        days_of.setdefault(reason, []).append(day)
    for reason, days in days_of.items():
        many = f"a record of {days[0]}" if len(days) == 1 else f"{len(days)} records, {min(days)} to {max(days)}"
        record.missing("fractions", f"{many}: {reason}. Was it a treatment of the patient?", "physicist")
