"""The careful biller: from what was done to the claims for it, by the code, setting and payer of each day.

It knows what a biller knows: the code of a day (never another era's), one delivery code a session, units
of weekly services by fractions, 26 for a physician in a hospital, Z51.0 first while treatment goes on,
planning once a planning scan and no simulation beside the IMRT plan, numbers for payers that ask, and the
filing limit; that of two courses each is a course, and no visit falls into the months that belong to one.
"""

import random
from datetime import date, timedelta
from typing import Any

from beamclaim.model.value_sets import STEREOTACTIC
from beamclaim.synthetic.clinic.chart import AS_OF, Chart, Row
from beamclaim.synthetic.clinic.regimens import CHARGES
from beamclaim.synthetic.clinic.treatment import PHYSICIAN, visits
from beamclaim.synthetic.clinic.wrinkles import after_billing, before_billing

_HOSPITAL = {"setting": "hospital_outpatient", "billing_npi": "2100100017", "place_of_service": "", "rendering_npi": ""}
_PHYSICIAN = {
    "setting": "professional", "billing_npi": "2300300011", "place_of_service": "22", "rendering_npi": PHYSICIAN,
}  # fmt: skip
_OFFICE = {
    "setting": "freestanding", "billing_npi": "2200200014", "place_of_service": "11", "rendering_npi": "2400400018",
}  # fmt: skip
#: Where the physicians of an office bill for themselves, the office bills the technical part.
_CENTER = {**_OFFICE, "rendering_npi": ""}
_APART = {**_OFFICE, "billing_npi": "2300300011", "rendering_npi": PHYSICIAN}
_SIDES = {"hospital": _HOSPITAL, "physician": _PHYSICIAN, "office": _OFFICE, "center": _CENTER, "apart": _APART}
_SIMPLE_SITES = ("prostate", "breast")
#: What a physician's work alone is, what is the machine's alone, and what splits in two.
_PROFESSIONAL = {"77263", "77427", "77431", "77432", "77435", "99204", "99213"}
_TECHNICAL = {"77336", "77417"}
ENDED = ("77385", "77386", "G6015", "G6016")
GUIDANCE = ("77014", "77387")
_REVENUE = "0333"
#: Lines a claim may have; more of them are another claim.
PROFESSIONAL_LINES, INSTITUTIONAL_LINES = 50, 999
COVERING = "2400400034"


#: Day, code, modifiers, units.
Line = tuple[str, str, tuple[str, ...], int]


class Bill:
    """The claims of one patient under construction."""

    def __init__(self, chart: Chart, chance: random.Random) -> None:
        self.chart, self.chance = chart, chance
        self.lines: list[Line] = []
        made = [p for p in chart.course["procedures"] if p["date"] >= chart.days[0]]
        #: While treatment goes on: days of an IMRT plan, and of anything planned or scanned anew.
        self.imrt_planned = {p["date"] for p in made if p["kind"] == "imrt_planning"}
        self.planned = {p["date"] for p in made if p["kind"].startswith("planning_")} | self.imrt_planned
        if not chart.regimen.is_imrt:
            self.planned |= {p["date"] for p in made if p["kind"] == "simulation"}

    def add(self, day: str, code: str, units: int = 1, modifiers: tuple[str, ...] = ()) -> None:
        """A service of a day, before it is split between hospital and physician."""
        self.lines.append((day, code, modifiers, units))

    def planning(self) -> None:
        """Once a plan. A simulation for an IMRT plan is inside it, so it is not billed."""
        regimen = self.chart.regimen
        modality = {p["plan"]: p["modality"] for p in self.chart.course["plans"]}
        for procedure in self.chart.course["procedures"]:
            day, kind, count = procedure["date"], procedure["kind"], procedure.get("count", 1)
            match kind:
                case "clinical_planning" if not regimen.is_superficial:
                    self.add(day, "77263")
                case "simulation" if not (regimen.is_imrt or regimen.is_stereotactic or regimen.is_superficial):
                    self.add(day, "77290")
                case "imrt_planning":
                    self.add(day, "77301")
                case "planning_3d":
                    self.add(day, "77295")
                case "planning_2d" if regimen.is_superficial:
                    if day >= "2026":
                        self.add(day, "77436")
                case "planning_2d":
                    self.add(day, "77321" if modality[procedure["plan"]] == "electron" else "77307")
                case "dose_calculation":
                    self.add(day, "77300", count)
                case "treatment_device":
                    self.add(day, "77334", count)
                case "mlc_device_imrt":
                    self.add(day, "77338", 1, self._beside_the_session(day))
                case "motion_simulation":
                    self.add(day, "77293")

    def _beside_the_session(self, day: str) -> tuple[str, ...]:
        """What marks devices of a new plan as no part of a session of the old one: hospitals, to 2025."""
        if day >= "2026" or day not in self.chart.days or self.chart.where == "office":
            return ()
        return ("59",) if delivery(day, self.chart, self.chart.course["plans"][0]) in ("77385", "77386") else ()

    def treatment(self) -> None:
        """Delivery each session, guidance, and the weekly services after each fifth fraction."""
        chart, regimen = self.chart, self.chart.regimen
        plans = {p["plan"]: p for p in chart.course["plans"]}
        by_day: dict[str, list[dict[str, Any]]] = {}
        sessions = visits(chart.course)
        for fraction, *_ in sessions:
            by_day.setdefault(fraction["started_at"][:10], []).append(fraction)
        total, fractions_done = len(sessions), 0
        # A payer that reads a line at a time wants the second session apart, marked as a repeat.
        as_two_lines = regimen.per_day > 1 and chart.payer.line != "medicare_ffs"
        for day, fractions in by_day.items():
            code = delivery(day, chart, plans[fractions[0]["plan"]])
            if as_two_lines and len(fractions) > 1:
                self.add(day, code)
                self.add(day, code, 1, ("76",))
            else:
                # From 2026 a session is a pair with the IMRT plan of its day, which was for those to come.
                apart = day >= "2026" and day in self.imrt_planned
                self.add(day, code, len(fractions), ("59",) if apart else ())
            self._guidance(day, len([f for f in fractions if f["guidance"]]))
            for _ in fractions:
                fractions_done += 1
                self._weekly(day, fractions_done, total)

    def _guidance(self, day: str, reviews: int) -> None:
        # Beside what is scanned or planned that day guidance is not paid.
        if not reviews or not self.chart.regimen.is_guided or day in self.planned:
            return
        if day >= "2026":
            self.add(day, "77387", reviews, ("26",))
        else:
            # The technical part of guidance is inside IMRT delivery; beside G codes it is paid.
            inside = not self.chart.payer.takes_g
            self.add(day, "77014", reviews, ("26",) if inside else ())

    def _weekly(self, day: str, fractions_done: int, total: int) -> None:
        regimen = self.chart.regimen
        if regimen.is_superficial:
            return
        if fractions_done % 5 == 0:
            self.add(day, "77336")
        if regimen.is_stereotactic:
            if fractions_done == total:
                self.add(day, "77432" if regimen.technique == "srs" else "77435")
        elif total <= 2:
            if fractions_done == total:
                self.add(day, "77431")
        elif fractions_done % 5 == 0 or (fractions_done == total and total % 5 >= 3):
            self.add(day, "77427")

    def visits(self) -> None:
        """A consultation before it all, and a follow-up when the days that belong to management are over.

        Three months belong to the management of a course, also where another one begins in them.
        """
        course, before = self.chart.course, self.chart.before
        first = min(p["date"] for p in course["procedures"])
        if before is None:
            self.add(first, "99204")
        elif date.fromisoformat(first) - date.fromisoformat(before.course["ended_on"]) > timedelta(days=91):
            self.add(first, "99213")
        after = date.fromisoformat(course["ended_on"]) + timedelta(days=91 + self.chance.randint(0, 20))
        while after.weekday() > 4:
            after += timedelta(days=1)
        followed = self.chart.next_begins_on and after.isoformat() >= self.chart.next_begins_on
        if after < AS_OF - timedelta(days=20) and not followed:
            self.add(after.isoformat(), "99213")

    def claims(self) -> list[Row]:
        """The lines as claims: planning first, then by month, each made some days after its last service."""
        chart = self.chart
        start = chart.days[0]
        rows: list[Row] = []
        for side in _sides(chart):
            groups: dict[str, list[Line]] = {}
            for day, code, modifiers, units in sorted(self.lines):
                own_modifiers = self._side(side, code, modifiers)
                if own_modifiers is not None:
                    ahead, over = day < start, day > chart.course["ended_on"]
                    key = "0-plan" if ahead else "9-after" if over else day[:7]
                    groups.setdefault(key, []).append((day, code, own_modifiers, units))
            most = INSTITUTIONAL_LINES if side == "hospital" else PROFESSIONAL_LINES
            parts = [(k, groups[k][at : at + most]) for k in sorted(groups) for at in range(0, len(groups[k]), most)]
            sent = date.min
            for number, (key, lines) in enumerate(parts, 1):
                # Claims of one biller go out in the order of their services.
                waits = timedelta(days=self.chance.randint(2, 12))
                sent = min(max(date.fromisoformat(lines[-1][0]) + waits, sent + timedelta(days=1)), AS_OF)
                rows += self._claim(side, number, key, lines, sent)
        return rows

    def _side(self, side: str, code: str, modifiers: tuple[str, ...]) -> tuple[str, ...] | None:
        """The modifiers of a service on one side's claim, None where that side does not bill it."""
        if side == "office":
            return modifiers
        technical = code in _TECHNICAL or code in DELIVERY
        if side == "center":
            return (
                None if code in _PROFESSIONAL or "26" in modifiers else modifiers if technical else ("TC", *modifiers)
            )
        if side == "hospital":
            # Guidance is paid within the delivery: the hospital does not report it.
            return None if code in _PROFESSIONAL or code in GUIDANCE else modifiers
        if technical:
            return None
        # What stands apart from a session does so on the claim that has the session.
        modifiers = tuple(m for m in modifiers if m != "59")
        return modifiers if code in _PROFESSIONAL or "26" in modifiers else ("26", *modifiers)

    def _claim(self, side: str, number: int, key: str, lines: list[Line], sent_on: date) -> list[Row]:
        chart = self.chart
        treating = not key.startswith(("0", "9"))
        is_authorized = any(chart.payer.authorizes(day, code) for day, code, _, _ in lines)
        diagnoses = ["Z51.0"] * treating + chart.course["diagnoses"]
        common = {
            **_SIDES[side], "claim": f"{chart.patient}-{chart.turn}{side[0].upper()}{number}", "patient": chart.patient,
            "birth_date": chart.birth_date, "sex": chart.sex, "payer": chart.payer.ids[side == "hospital"], "payer_name": chart.payer.name,
            "payer_line": chart.payer.line, "diagnoses": ";".join(diagnoses), "frequency": "1",
            "submitted_on": sent_on.isoformat(), "authorization": chart.authorization if is_authorized else "",
            "revenue_code": _REVENUE if side == "hospital" else "",
        }  # fmt: skip
        rows = []
        for at, (day, code, modifiers, units) in enumerate(lines, 1):
            cents = int(CHARGES[code].replace(".", "")) * units
            rows.append(
                {
                    **common, "line": at, "date": day, "code": code, "modifiers": ";".join(modifiers), "units": str(units),
                    "charge": f"{cents // 100}.{cents % 100:02}",
                }
            )  # fmt: skip
            # A colleague of the group reviews the images now and then.
            if code in GUIDANCE and side not in ("hospital", "center") and at % 7 == 0:
                rows[-1]["rendering_npi"] = COVERING
        return rows


DELIVERY = {
    "77385", "77386", "77402", "77407", "77412", "G6004", "G6012", "G6015", "G6016", "77373", "77372", "77401", "77437",
}  # fmt: skip


def delivery(day: str, chart: Chart, plan: dict[str, Any]) -> str:
    """The code of one session, by day, place, payer, site and technique."""
    # Offices bill G codes to payers that follow the fee schedule, and so do departments paid by it.
    office_g = chart.payer.takes_g and (chart.where == "office" or chart.wrinkle == "off campus")
    technique, electrons = plan["technique"], plan["modality"] == "electron"
    if plan["modality"] == "kilovoltage":
        return "77437" if day >= "2026" else "77401"
    if technique in STEREOTACTIC:
        return "77372" if technique == "srs" else "77373"
    imrt = chart.regimen.is_imrt
    if day >= "2026":
        if electrons:
            return "77402"
        managed = plan["motion_management"] in ("breath_hold", "gating")
        if plan["isocenters"] > 1 or managed or chart.regimen.electrons:
            return "77412"
        return "77402" if technique == "2d" else "77407"
    if imrt:
        if office_g:
            return "G6016" if plan["compensator"] else "G6015"
        simple = plan["compensator"] or any(site in plan["site"] for site in _SIMPLE_SITES)
        return "77385" if simple else "77386"
    if electrons or technique == "2d":
        return "G6004" if office_g else "77402"
    return "G6012" if office_g else "77412"


def _sides(chart: Chart) -> tuple[str, ...]:
    """Who bills what was done."""
    if chart.where == "hospital":
        return ("hospital", "physician")
    return ("center", "apart") if chart.wrinkle == "physicians apart" else ("office",)


def bill(chart: Chart, seed: int) -> None:
    """Bills the chart: fills its rows, and the authorization of its course where the payer asks for one."""
    chance = random.Random(f"{seed}/bill/{chart.course['course']}")
    before_billing(chart, chance)
    making = Bill(chart, chance)
    making.planning()
    making.treatment()
    if not chart.regimen.is_superficial:
        making.visits()
    chart.rows = making.claims()
    if chance.random() < 0.25:
        chart.earlier = {r["claim"] for r in chart.rows if r["claim"].endswith("1") and r["date"] < chart.days[0]}
    _authorize(chart)
    after_billing(chart, chance)


def _authorize(chart: Chart) -> None:
    """One number for the course; each code under it with its days and units, the codes of 2025 carried over by the payer."""
    authorized = [r for r in chart.rows if chart.payer.authorizes(r["date"], r["code"])]
    if not authorized:
        return
    carries = authorized[0]["code"] if authorized[0]["code"] in ENDED else None
    codes: dict[str, list[Row]] = {}
    for row in authorized:
        codes.setdefault(carries or row["code"], []).append(row)
    chart.course["authorizations"] = [
        {
            "number": chart.authorization, "code": code, "units": sum(int(r["units"]) for r in rows),
            "first_day": rows[0]["date"], "last_day": rows[-1]["date"],
        }
        for code, rows in codes.items()
    ]  # fmt: skip
