"""Wrinkles: what makes a course or its claims unusual and is none the less right.

Each is something rules could take for a mistake: a session interrupted and resumed, an area irradiated
before, a department paid as off campus, a claim that replaces another (by the clinic's number or the payer's),
a copy to a second payer, a record that is not complete, weeks billed as one range of days, a critical access
hospital that bills for its physicians, physicians in the other places a hospital has, an inpatient stay in
the middle of a course, physicians of an office who bill for themselves. Courses bring wrinkles of their own
(`chart.py`): adapted, or followed by another.
"""

import random
from datetime import date, timedelta

from beamclaim.synthetic.clinic.chart import AS_OF, Chart, Row
from beamclaim.synthetic.clinic.treatment import delivered_fractions

WRINKLES = (
    "interrupted", "retreated", "off campus", "replaced", "replaced by the payer's number", "second payer", "record not complete",
    "weeks as ranges", "bills for its physicians", "physicians off campus", "inpatient", "physicians apart",
)  # fmt: skip
#: Place of service of a department of the hospital that is not on its campus.
_OFF_CAMPUS = "19"
#: Place of service of a patient of the hospital who stays in it.
_INPATIENT = "21"
#: Bill type of a critical access hospital, and the revenue code of its physicians' lines.
_CRITICAL_ACCESS, _PHYSICIANS = "851", "0961"


def before_billing(chart: Chart, chance: random.Random) -> None:
    """Chooses a wrinkle for one chart in six that has none, and does to the course what it asks."""
    if chart.wrinkle or chance.random() > 1 / 6:
        return
    chart.wrinkle = chance.choice(WRINKLES)
    match chart.wrinkle:
        case "interrupted":
            chance.choice(delivered_fractions(chart.course)).update(
                status="interrupted_resumed", reason="beam off, resumed"
            )
        case "retreated":
            chart.course["prior_radiation"] = [{"site": chart.regimen.site, "ended_on": "2021-05-07"}]
            chart.course["diagnoses"].append("Z92.3")
        case "off campus" | "bills for its physicians" if not chart.payer.is_medicare or chart.where == "office":
            chart.wrinkle = ""
        case "weeks as ranges" | "physicians off campus" | "inpatient" if chart.where == "office":
            chart.wrinkle = ""
        case "physicians apart" if chart.where == "hospital" or chart.regimen.is_superficial:
            chart.wrinkle = ""
        case "inpatient" if len(chart.days) < 10:
            chart.wrinkle = ""
        case "inpatient":
            first = chance.randint(3, len(chart.days) - 4)
            last = min(len(chart.days) - 2, first + chance.randint(1, 5))
            chart.course["stays"] = [
                {"kind": "inpatient", "first_day": chart.days[first], "last_day": chart.days[last]}
            ]
        case "record not complete":
            chart.course |= {"records_complete": False, "documents_complete": False}


def after_billing(chart: Chart, chance: random.Random) -> None:
    """Does to the claims what the wrinkle asks."""
    match chart.wrinkle:
        case "off campus":
            for row in chart.rows:
                if row["setting"] == "hospital_outpatient":
                    row["modifiers"] = ";".join(m for m in ("PN", row["modifiers"]) if m)
        case "replaced":
            _replaced(chart, chance)
        case "replaced by the payer's number":
            _replaced(chart, chance, by_payer=True)
        case "weeks as ranges":
            _as_ranges(chart)
        case "bills for its physicians":
            _for_physicians(chart)
        case "physicians off campus":
            for row in chart.rows:
                if row["setting"] == "professional":
                    row["place_of_service"] = _OFF_CAMPUS
        case "inpatient":
            _admitted(chart)
        case "second payer":
            _copied(chart)


def _replaced(chart: Chart, chance: random.Random, *, by_payer: bool = False) -> None:
    """A claim sent with a wrong charge, and again with the right one in its place, under the clinic's number or the payer's."""
    number = chance.choice(sorted(set(chart.claims()) - chart.earlier))
    first: list[Row] = [row for row in chart.rows if row["claim"] == number]
    sent_on = min(AS_OF.isoformat(), f"{first[0]['submitted_on'][:8]}28")
    if sent_on <= first[0]["submitted_on"]:
        chart.wrinkle = ""
        return
    original = f"{chance.randint(10**12, 10**13 - 1)}" if by_payer else number
    again = [
        row | {"claim": f"{number}R", "frequency": "7", "original_claim": original, "submitted_on": sent_on}
        for row in first
    ]
    first[0]["charge"] = "1.00"
    chart.rows += again


def _copied(chart: Chart) -> None:
    """Every claim again to the payer that comes second, a month later, when the first has answered."""
    own = chart.payer.id == "EMH01"
    payer, name = ("C400", "Example commercial plan") if own else ("EMH01", "Example Mutual Health")
    second = {"payer": payer, "payer_name": name, "payer_line": "commercial", "payer_sequence": "S"}
    for row in [r for r in chart.rows if r["claim"] not in chart.earlier]:
        row["payer_sequence"] = "P"
        answered = date.fromisoformat(row["submitted_on"]) + timedelta(days=30)
        chart.rows.append(row | second | {"submitted_on": min(answered, AS_OF).isoformat()})


def _admitted(chart: Chart) -> None:
    """The hospital bills with its stay what it did on the days of it, and for Original Medicare on the three days before."""
    stay = chart.course["stays"][0]
    first, last = stay["first_day"], stay["last_day"]
    window = timedelta(days=3 if chart.payer.is_medicare else 0)
    of_stay = f"{date.fromisoformat(first) - window}"
    chart.rows = [r for r in chart.rows if r["setting"] != "hospital_outpatient" or not of_stay <= r["date"] <= last]
    for rows in chart.claims().values():
        for number, row in enumerate(rows, 1):
            row["line"] = number
            if row["setting"] == "professional" and first <= row["date"] <= last:
                row["place_of_service"] = _INPATIENT


def _as_ranges(chart: Chart) -> None:
    """The hospital's lines of one code on days in a row become one line with as many units as days."""
    ranged: list[Row] = []
    open_lines: dict[tuple[str, ...], Row] = {}
    for row in chart.rows:
        if row["setting"] != "hospital_outpatient" or row["units"] != "1":
            ranged.append(row)
            continue
        line = open_lines.get((row["claim"], row["code"], row["modifiers"]))
        if line is not None and _follows(row["date"], line.get("date_to") or line["date"]):
            cents = sum(int(r["charge"].replace(".", "")) for r in (line, row))
            line |= {
                "date_to": row["date"], "units": str(int(line["units"]) + 1), "charge": f"{cents // 100}.{cents % 100:02}",
            }  # fmt: skip
            continue
        open_lines[row["claim"], row["code"], row["modifiers"]] = row
        ranged.append(row)
    chart.rows = ranged
    for lines in chart.claims().values():
        for number, row in enumerate(lines, 1):
            row["line"] = number


def _follows(day: str, before: str) -> bool:
    return date.fromisoformat(day) - date.fromisoformat(before) == timedelta(days=1)


def _for_physicians(chart: Chart) -> None:
    """A critical access hospital that bills for its physicians too, on claims of its own form."""
    hospital = next((row for row in chart.rows if row["setting"] == "hospital_outpatient"), None)
    for row in chart.rows:
        row["bill_type"] = _CRITICAL_ACCESS
        if hospital and row["setting"] == "professional":
            row |= {
                "setting": "hospital_outpatient",
                "billing_npi": hospital["billing_npi"],
                "revenue_code": _PHYSICIANS,
                "place_of_service": "",
            }
