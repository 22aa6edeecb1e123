"""A regimen and a first day → the course as it was given, in the course form: plans, fractions, and what was done beside them.

What happens on the way is drawn here: a day without the machine, a plan made anew on a new scan while treatment goes on, a
course that ends before its last planned fraction. `chart.py` asks for courses; what is billed for them is `biller.py`'s.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from beamclaim.synthetic.clinic.documents import documents
from beamclaim.synthetic.clinic.regimens import EVIDENCE, Payer, Regimen

PHYSICIAN = "2400400026"
_HOLIDAYS = {(1, 1), (7, 4), (12, 25)}
Course = dict[str, Any]


@dataclass(slots=True)
class Happenings:
    """What happens in a course. A number of fractions counts those of the first plan; 0 is never."""

    missed_after: int = 0
    """The machine is down on the day after so many."""
    adapted_after: int = 0
    """Then the patient is scanned and planned anew."""
    adapted_in_pause: bool = True
    """The day of the new plan is one without a session."""
    stopped_after: int = 0
    """Then the course ends, as patient and physician agree."""


@dataclass(slots=True)
class Treatment:
    """A course while it is given."""

    course: Course
    machine: str
    minute: int
    days: Iterator[date]
    happenings: Happenings = field(default_factory=Happenings)

    def give(self, regimen: Regimen, start: date) -> None:
        """Plans the regimen, gives its fractions from a day on, and notes what goes with them."""
        plans = _plan(self.course, regimen, start)
        self._sessions(plans[0], regimen)
        if regimen.boost:
            # Planned on the first scan, in the week between two of physics.
            seventh = delivered_fractions(self.course)[6]["started_at"][:10]
            self._sessions(_add_plan(self.course, regimen.boost, seventh, is_new=False), regimen.boost)
        _during(self.course)

    def _sessions(self, plan: dict[str, Any], part: Regimen) -> None:
        """All fractions of a part of the regimen; what happens in a course happens in its first part."""
        happenings = self.happenings if not self.course["fractions"] else Happenings()
        electrons = self.course["plans"][-1]
        given, day = 0, next(self.days)
        while given < (happenings.stopped_after or part.fractions):
            if given and given == happenings.missed_after:
                happenings.missed_after = 0
                self._deliver(plan, part, f"{day}T08:00:00")
                self.course["fractions"][-1] |= {"status": "not_delivered", "reason": "machine down"}
                day = next(self.days)
            if given and given == happenings.adapted_after:
                happenings.adapted_after = 0
                plan = _adapt(self.course, part, day if happenings.adapted_in_pause else None)
                if happenings.adapted_in_pause:
                    day = next(self.days)
            for visit in range(min(part.per_day, part.fractions - given)):
                at = f"{day}T{8 + 6 * visit:02}:{self.minute if not visit else 45:02}:00"
                self._deliver(plan, part, at)
                if part.electrons:
                    self._deliver(electrons, part.electrons, f"{day}T08:58:00")
                    for fraction in self.course["fractions"][-2:]:
                        fraction["session"] = f"S{part.fractions - given}"
                given += 1
            day = next(self.days)

    def _deliver(self, plan: dict[str, Any], part: Regimen, started_at: str) -> None:
        self.course["fractions"].append(
            {
                "fraction": len(self.course["fractions"]) + 1, "plan": plan["plan"], "started_at": started_at, "status": "complete",
                "isocenters": part.isocenters, "motion_management": part.motion, "modality": part.modality,
                "guidance": list(part.guidance), "machine": self.machine, "physician": PHYSICIAN,
            }
        )  # fmt: skip


def course_of(
    name: str, person: dict[str, str], regimen: Regimen, payer: Payer, *, where: str, start: date, chance: random.Random
) -> Course:
    """The course of a person, from its first day on."""
    course: Course = {
        "course": name,
        "patient": person,
        "payer": {"id": payer.id, "name": payer.name, "line": payer.line},
        "setting": "freestanding" if where == "office" else "hospital_outpatient",
        "diagnoses": list(regimen.diagnoses),
        "authorizations": [],
        "plans": [],
        "fractions": [],
        "procedures": [],
        "documents": [],
        "records_complete": True,
        "documents_complete": True,
    }
    machine, minute = f"LA{chance.randint(1, 3)}", chance.choice((0, 15, 30, 45))
    treatment = Treatment(course, machine, minute, working_days(start), _happens(regimen, where, chance))
    treatment.give(regimen, start)
    course["documents"] = documents(course, regimen, payer)
    return course


def _happens(regimen: Regimen, where: str, chance: random.Random) -> Happenings:
    """One course in ten misses a day, one in three that can be is adapted, one palliative course in six ends early."""
    happenings = Happenings(missed_after=chance.randint(2, 9) if chance.random() < 0.1 else 0)
    if regimen.is_adaptable and chance.random() < 1 / 3:
        # The fifth session of a week has the physics of that week, which no scan or plan of that day may stand beside.
        happenings.adapted_after = chance.choice([n for n in range(7, regimen.fractions - 4) if n % 5 and (n - 2) % 5])
        happenings.adapted_in_pause = where == "office" or chance.random() < 0.5
    if regimen.is_palliative and regimen.fractions == 10 and chance.random() < 1 / 6:
        happenings.stopped_after = chance.randint(6, 8)
    return happenings


def delivered_fractions(course: Course) -> list[dict[str, Any]]:
    """The fractions that were given, in order."""
    return [f for f in course["fractions"] if f["status"] != "not_delivered"]


def visits(course: Course) -> list[list[dict[str, Any]]]:
    """The fractions given, visit by visit: those of one session together."""
    out: dict[str, list[dict[str, Any]]] = {}
    for fraction in delivered_fractions(course):
        out.setdefault(fraction.get("session") or f"fraction {fraction['fraction']}", []).append(fraction)
    return list(out.values())


def working_days(first: date) -> Iterator[date]:
    """Days the machine runs, from a day on."""
    day = first
    while True:
        if day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS:
            yield day
        day += timedelta(days=1)


def _before(day: date, days_before: int) -> date:
    """The working day so many calendar days, or a few more, before a day."""
    day -= timedelta(days=days_before)
    while day.weekday() > 4 or (day.month, day.day) in _HOLIDAYS:
        day -= timedelta(days=1)
    return day


def _plan(course: Course, regimen: Regimen, start: date) -> list[dict[str, Any]]:
    """Consultation two to three weeks ahead, simulation, planning; the plans, each approved before its first fraction."""
    add_procedure = course["procedures"].append
    simulated, planned = _before(start, 12), _before(start, 4)
    add_procedure(
        {"kind": "clinical_planning", "level": "complex", "date": f"{_before(start, 16)}", "signed_by": "MD-1"}
    )
    add_procedure({"kind": "simulation", "level": "complex", "date": f"{simulated}", "signed_by": "MD-1"})
    _add_plan(course, regimen, f"{planned}")
    # Electrons of the same visit are planned before it.
    if regimen.electrons:
        _add_plan(course, regimen.electrons, f"{planned - timedelta(days=1)}", is_new=False)
    return list(course["plans"])


def _adapt(course: Course, part: Regimen, pause: date | None) -> dict[str, Any]:
    """The anatomy has changed: a new scan three sessions ago, contours and a plan of its own; the plan, made in the pause or today."""
    given = [fraction["started_at"][:10] for fraction in delivered_fractions(course)]
    planned, scanned = f"{pause}" if pause else given[-1], given[-3]
    course["procedures"].append(
        {
            "kind": "simulation",
            "level": "complex",
            "date": scanned,
            "plan": str(len(course["plans"]) + 1),
            "signed_by": "MD-1",
        }
    )
    plan = _add_plan(course, part, planned)
    plan["fractions_planned"] = part.fractions - len(given)
    return plan


def _add_plan(course: Course, part: Regimen, planned: str, *, is_new: bool = True) -> dict[str, Any]:
    """A plan and what was done for it. `is_new`: on a planning scan of its own; else fields more on the first one."""
    name = str(len(course["plans"]) + 1)
    course["plans"].append(
        {
            "plan": name, "site": part.site, "modality": part.modality, "technique": part.technique,
            "compensator": part.compensator, "isocenters": part.isocenters, "motion_management": part.motion,
            "motion_evidence": list(EVIDENCE) if part.motion in ("breath_hold", "gating") else [],
            "fractions_planned": part.fractions, "dose_gy": part.dose_gy, "approved_by": "MD-1", "approved_on": planned,
            "machine_kind": "kilovoltage" if part.is_superficial else "linac",
        }
    )  # fmt: skip
    plan: dict[str, Any] = course["plans"][-1]
    add_procedure = course["procedures"].append
    if part.is_superficial:
        add_procedure({"kind": "planning_2d", "level": "simple", "date": planned, "plan": name, "signed_by": "MD-1"})
    elif part.is_imrt or part.is_stereotactic:
        if is_new:
            add_procedure({"kind": "imrt_planning", "date": planned, "plan": name, "signed_by": "MD-1"})
            add_procedure({"kind": "mlc_device_imrt", "date": planned, "plan": name})
        add_procedure({"kind": "dose_calculation", "date": planned, "plan": name, "count": 2})
    elif part.technique == "3d_conformal" and is_new:
        add_procedure({"kind": "planning_3d", "date": planned, "plan": name, "signed_by": "MD-1"})
        add_procedure({"kind": "dose_calculation", "date": planned, "plan": name, "count": 3})
        add_procedure({"kind": "treatment_device", "level": "complex", "date": planned, "plan": name, "count": 3})
    else:
        add_procedure({"kind": "planning_2d", "level": "complex", "date": planned, "plan": name, "signed_by": "MD-1"})
    if part.motion in ("breath_hold", "gating") and is_new:
        add_procedure({"kind": "motion_simulation", "date": planned, "plan": name})
    return plan


def _during(course: Course) -> None:
    """What goes with the fractions: image review each session, physics and a visit after each fifth one."""
    add_procedure = course["procedures"].append
    sessions = visits(course)
    for at, (fraction, *_) in enumerate(sessions, 1):
        day = fraction["started_at"][:10]
        if fraction["guidance"]:
            add_procedure({"kind": "guidance_review", "date": day, "signed_by": "MD-1"})
        if at % 5 == 0 or at == len(sessions):
            add_procedure({"kind": "management_visit", "date": day, "signed_by": "MD-1"})
            add_procedure({"kind": "weekly_physics", "date": day, "signed_by": "PH-1"})
    course["ended_on"] = sessions[-1][0]["started_at"][:10]
