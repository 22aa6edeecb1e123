"""A chart: one course of a synthetic patient, written in the course form, and the claims for it."""

import json
import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from beamclaim.synthetic.clinic.regimens import PAYERS, REGIMENS, Payer, Regimen
from beamclaim.synthetic.clinic.treatment import course_of, delivered_fractions, working_days

Row = dict[str, Any]
AS_OF = date(2026, 11, 23)
#: Another palliative course of a patient is simulated so many days after the first one, and given two weeks later.
_NEXT_COURSE = (30, 120)


@dataclass(slots=True)
class Chart:
    """One course: what was done (`course`), what was billed (`rows`), and how much of it is handed over.

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
    before: "Chart | None" = None
    """The course of the same patient before this one."""
    next_begins_on: str = ""
    """The day the patient's next course begins; blank where none is known."""

    @property
    def days(self) -> list[str]:
        """Days with a session, in order."""
        return sorted({f["started_at"][:10] for f in delivered_fractions(self.course)})

    @property
    def turn(self) -> str:
        """What the numbers of its claims begin with: `2` for the second course of a patient."""
        return "2" if self.before else ""

    @property
    def authorization(self) -> str:
        """The number a payer that asks for one has given."""
        return f"AU-{self.patient}{'-' * bool(self.turn)}{self.turn}"

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
        name = course["course"].replace(self.patient, patient)
        course |= {"course": name, "patient": course["patient"] | {"id": patient}}
        rows = [r | {"patient": patient, "claim": r["claim"].replace(self.patient, patient)} for r in self.rows]
        earlier = {c.replace(self.patient, patient) for c in self.earlier}
        before = self.before and self.before.renamed(patient)
        return replace(self, patient=patient, course=course, rows=rows, earlier=earlier, before=before)


def treat(number: int, seed: int) -> list[Chart]:
    """Treats one patient: his courses in order, most have one, and everything but the claims.

    Patients depend on seed and number alone, not on one another.
    """
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
    person = {"id": patient, "birth_date": born, "sex": sex}
    course = course_of(f"{patient}-C", person, regimen, payer, where=where, start=start, chance=chance)
    chart = Chart(patient, sex, born, regimen, payer, where, course)
    if len([p for p in course["procedures"] if p["kind"] == "simulation"]) > 1:
        chart.wrinkle = "adapted"
    # What a claim alone cannot show, two sessions a day or a compensator, the careful biller shows.
    chart.gives_course = chart.needs_course or chance.random() < 0.7
    if not regimen.is_palliative or chance.random() < 0.6:
        return [chart]
    return [chart, *_next_course(chart, chance)]


def _next_course(before: Chart, chance: random.Random) -> list[Chart]:
    """Another palliative course of the patient: another bone, or the same one again, which the diagnoses then say."""
    course, payer = before.course, before.payer
    days = chance.randint(*_NEXT_COURSE)
    start = next(working_days(date.fromisoformat(course["ended_on"]) + timedelta(days=days + 12)))
    regimens = [r for r in REGIMENS if r.is_palliative and r.site != "whole brain" and payer.covers(r)]
    again = chance.random() < 0.25 and before.regimen.site != "whole brain"
    chosen = chance.choice([r for r in regimens if (r.site == before.regimen.site) == again] or regimens)
    # The primary is the patient's, whatever it was in the regimen's example.
    regimen = replace(chosen, diagnoses=(chosen.diagnoses[0], before.regimen.diagnoses[-1]), sex=before.regimen.sex)
    person = dict(course["patient"])
    name = f"{course['course']}2"
    course = course_of(name, person, regimen, payer, where=before.where, start=start, chance=chance)
    if again:
        course["prior_radiation"] = [{"site": regimen.site, "ended_on": before.course["ended_on"]}]
        course["diagnoses"].append("Z92.3")
    begins_on = min(p["date"] for p in course["procedures"])
    if date.fromisoformat(course["ended_on"]) > AS_OF - timedelta(days=30):
        return []
    before.next_begins_on = begins_on
    before.wrinkle = "another course follows"
    chart = replace(before, regimen=regimen, course=course, wrinkle="second course", before=before, next_begins_on="")
    chart.rows, chart.earlier = [], set()
    # One course in five is handed over without the other.
    chart.gives_course = before.gives_course if chance.random() < 0.8 else not before.gives_course
    return [chart]
