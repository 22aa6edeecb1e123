"""A chart: one synthetic patient with the course of treatment, written in the course form, and the claims for it."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from beamclaim.synthetic.clinic.documents import documents
from beamclaim.synthetic.clinic.regimens import EVIDENCE, PAYERS, REGIMENS, Payer, Regimen

Row = dict[str, Any]
AS_OF = date(2026, 11, 23)
PHYSICIAN = "2400400026"
_HOLIDAYS = {(1, 1), (7, 4), (12, 25)}


@dataclass(slots=True)
class Chart:
    """One patient: what was done (`course`), what was billed (`rows`), and how much of it is handed over.

    ``where`` is ``hospital`` (its claims and the physicians') or ``office``. Rows of claims named in
    ``earlier`` are given as history. ``gives_course`` says whether the course form is handed over at all.
    """

    patient: str
    sex: str
    birth_date: str
    regimen: Regimen
    payer: Payer
    where: str
    course: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    earlier: set[str] = field(default_factory=set)
    gives_course: bool = True
    wrinkle: str = ""
    """What made this course or its claims unusual, each of them right (`wrinkles.py`); blank for the usual."""

    @property
    def days(self) -> list[str]:
        """Days with a session, in order."""
        return sorted({f["started_at"][:10] for f in delivered_fractions(self.course)})

    @property
    def needs_course(self) -> bool:
        """What was done cannot be seen on the claims alone."""
        return self.regimen.per_day > 1 or self.regimen.compensator

    def claims(self) -> dict[str, list[Row]]:
        """Claim number → its rows."""
        out: dict[str, list[Row]] = {}
        for row in self.rows:
            out.setdefault(row["claim"], []).append(row)
        return out

    def renamed(self, patient: str) -> "Chart":
        """The same patient under another number, so that two of them can stand in one batch."""
        course = json.loads(json.dumps(self.course))
        course |= {"course": f"{patient}-C", "patient": course["patient"] | {"id": patient}}
        rows = [r | {"patient": patient, "claim": r["claim"].replace(self.patient, patient)} for r in self.rows]
        earlier = {c.replace(self.patient, patient) for c in self.earlier}
        return replace(self, patient=patient, course=course, rows=rows, earlier=earlier)


def delivered_fractions(course: dict[str, Any]) -> list[dict[str, Any]]:
    """The fractions that were given, in order."""
    return [f for f in course["fractions"] if f["status"] != "not_delivered"]


def visits(course: dict[str, Any]) -> list[list[dict[str, Any]]]:
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


def treat(number: int, seed: int) -> Chart:
    """Treats one patient: everything but the claims. Patients depend on seed and number alone, not on one another."""
    chance = random.Random(f"{seed}/{number}")
    regimen = chance.choice(REGIMENS)
    payers = [p for p in PAYERS if p.covers(regimen)]
    payer = chance.choices(payers, [p.weight for p in payers])[0]
    where = "office" if regimen.office_only or chance.random() < 0.4 else "hospital"
    patient = f"MRN-{number:05}"
    sex = regimen.sex or chance.choice("FM")
    born = date(chance.randint(1938, 1972), chance.randint(1, 12), chance.randint(1, 28)).isoformat()
    # One start in five leads over the change of codes.
    first = date(2025, 12, 8) if chance.random() < 0.2 else date(2024, 2, 1)
    start = next(working_days(first + timedelta(days=chance.randint(0, 18 if first.year == 2025 else 950))))
    course: dict[str, Any] = {
        "course": f"{patient}-C",
        "patient": {"id": patient, "birth_date": born, "sex": sex},
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
    _plan(course, regimen, start)
    machine = f"LA{chance.randint(1, 3)}"
    minute = chance.choice((0, 15, 30, 45))
    days = working_days(start)
    missed = chance.randint(2, 9) if chance.random() < 0.1 else 0
    one_after_the_other = [p for p in (regimen, regimen.boost) if p is not None]
    for plan, part in zip(course["plans"], one_after_the_other, strict=False):
        remaining = part.fractions
        while remaining:
            day = next(days)
            if missed and remaining == part.fractions - missed and part is regimen:
                missed = 0
                _deliver(course, plan, part, f"{day}T08:00:00", machine)
                course["fractions"][-1] |= {"status": "not_delivered", "reason": "machine down"}
                continue
            for visit in range(min(part.per_day, remaining)):
                _deliver(course, plan, part, f"{day}T{8 + 6 * visit:02}:{minute if not visit else 45:02}:00", machine)
                if part.electrons:
                    course["fractions"][-1]["session"] = f"S{remaining}"
                    _deliver(course, course["plans"][-1], part.electrons, f"{day}T08:58:00", machine)
                    course["fractions"][-1]["session"] = f"S{remaining}"
                remaining -= 1
    _during(course, regimen)
    course["documents"] = documents(course, regimen, payer)
    chart = Chart(patient, sex, born, regimen, payer, where, course)
    # What a claim alone cannot show, two sessions a day or a compensator, the careful biller shows.
    chart.gives_course = chart.needs_course or chance.random() < 0.7
    return chart


def _parts(regimen: Regimen) -> list[Regimen]:
    """The plans of a course, one after the other."""
    return [part for part in (regimen, regimen.boost, regimen.electrons) if part is not None]


def _plan(course: dict[str, Any], regimen: Regimen, start: date) -> None:
    """Consultation two to three weeks ahead, simulation, planning, the plan approved before the first fraction."""
    add_procedure = course["procedures"].append
    simulated, planned = _before(start, 12).isoformat(), _before(start, 4).isoformat()
    add_procedure(
        {"kind": "clinical_planning", "level": "complex", "date": _before(start, 16).isoformat(), "signed_by": "MD-1"}
    )
    add_procedure({"kind": "simulation", "level": "complex", "date": simulated, "signed_by": "MD-1"})
    for number, part in enumerate(_parts(regimen), 1):
        name = str(number)
        if number > 1:  # a boost is planned while the first plan is given, electrons of the same visit before it
            planned = (date.fromisoformat(planned) + timedelta(days=-1 if regimen.electrons else 14)).isoformat()
        course["plans"].append(
            {
                "plan": name, "site": part.site, "modality": part.modality, "technique": part.technique,
                "compensator": part.compensator, "isocenters": part.isocenters, "motion_management": part.motion,
                "motion_evidence": list(EVIDENCE) if part.motion in ("breath_hold", "gating") else [],
                "fractions_planned": part.fractions, "dose_gy": part.dose_gy, "approved_by": "MD-1", "approved_on": planned,
                "machine_kind": "kilovoltage" if part.is_superficial else "linac",
            }
        )  # fmt: skip
        if part.is_superficial:
            add_procedure(
                {"kind": "planning_2d", "level": "simple", "date": planned, "plan": name, "signed_by": "MD-1"}
            )
        elif part.is_imrt or part.is_stereotactic:
            add_procedure({"kind": "imrt_planning", "date": planned, "plan": name, "signed_by": "MD-1"})
            add_procedure({"kind": "dose_calculation", "date": planned, "plan": name, "count": 2})
            add_procedure({"kind": "mlc_device_imrt", "date": planned, "plan": name})
        elif part.technique == "3d_conformal":
            add_procedure({"kind": "planning_3d", "date": planned, "plan": name, "signed_by": "MD-1"})
            add_procedure({"kind": "dose_calculation", "date": planned, "plan": name, "count": 3})
            add_procedure({"kind": "treatment_device", "level": "complex", "date": planned, "plan": name, "count": 3})
        else:
            add_procedure(
                {"kind": "planning_2d", "level": "complex", "date": planned, "plan": name, "signed_by": "MD-1"}
            )
        if part.motion in ("breath_hold", "gating"):
            add_procedure({"kind": "motion_simulation", "date": planned, "plan": name})


def _deliver(course: dict[str, Any], plan: dict[str, Any], part: Regimen, started_at: str, machine: str) -> None:
    course["fractions"].append(
        {
            "fraction": len(course["fractions"]) + 1, "plan": plan["plan"], "started_at": started_at, "status": "complete",
            "isocenters": part.isocenters, "motion_management": part.motion, "modality": part.modality,
            "guidance": list(part.guidance), "machine": machine, "physician": PHYSICIAN,
        }
    )  # fmt: skip


def _during(course: dict[str, Any], regimen: Regimen) -> None:
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
