"""Wrinkles: what makes a course or its claims unusual and is none the less right.

Each is something rules could take for a mistake: a session interrupted and resumed, an area irradiated
before, a department paid as off campus, a claim that replaces another, a copy to a second payer, a record
that is not complete.
"""

import random
from datetime import date, timedelta

from beamclaim.synthetic.clinic.chart import AS_OF, Chart, Row, delivered_fractions

WRINKLES = ("interrupted", "retreated", "off campus", "replaced", "second payer", "record not complete")


def before_billing(chart: Chart, chance: random.Random) -> None:
    """Chooses a wrinkle for one chart in six, and does to the course what it asks."""
    if chance.random() > 1 / 6:
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
        case "off campus" if not chart.payer.is_medicare or chart.where == "office":
            chart.wrinkle = ""
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
        case "second payer":
            _copied(chart)


def _replaced(chart: Chart, chance: random.Random) -> None:
    """A claim sent with a wrong charge, and again with the right one in its place."""
    number = chance.choice(sorted(set(chart.claims()) - chart.earlier))
    first: list[Row] = [row for row in chart.rows if row["claim"] == number]
    sent_on = min(AS_OF.isoformat(), f"{first[0]['submitted_on'][:8]}28")
    if sent_on <= first[0]["submitted_on"]:
        chart.wrinkle = ""
        return
    again = [
        row | {"claim": f"{number}R", "frequency": "7", "original_claim": number, "submitted_on": sent_on}
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
