"""SEQ, AUT and TIM: the order of things, authorization, and time."""

from datetime import date, timedelta

from beamclaim.synthetic.clinic.biller import DELIVERY
from beamclaim.synthetic.clinic.chart import AS_OF, Chart
from beamclaim.synthetic.clinic.mistakes.mistake import (
    Place,
    at,
    delivery_lines,
    hand_over_course,
    lines,
    middle,
    mistake,
    recode,
    remove,
)


@mistake("SEQ101", "the first sessions before their plan")
def _before_the_plan(chart: Chart) -> list[Place] | None:
    rows = delivery_lines(chart)
    if len(rows) < 8 or chart.regimen.boost or not chart.regimen.is_imrt:
        return None
    later = chart.days[2]
    hand_over_course(chart)["plans"][0]["approved_on"] = later
    return [place for row in rows[:2] for place in at(row)]


@mistake("SEQ102", "guidance after the last session")
def _after_the_end(chart: Chart) -> list[Place] | None:
    rows = lines(chart, ["77387", "77014"])
    if not rows:
        return None
    day = (date.fromisoformat(chart.days[-1]) + timedelta(days=1)).isoformat()
    # Neither a day to come nor one on which the code has ended.
    if day > rows[-1]["submitted_on"] or day[:4] != rows[-1]["date"][:4]:
        return None
    hand_over_course(chart)
    rows[-1]["date"] = day
    return at(rows[-1])


# The last day may hold the last week's physics, of which that session was not given yet.
@mistake("SEQ103", "billed before it was done", also=["UNT102"])
def _before_it_was_done(chart: Chart) -> list[Place] | None:
    rows = [r for r in delivery_lines(chart) if r["setting"] == "hospital_outpatient"]
    if not rows:
        return None
    claim = rows[-1]["claim"]
    claim_rows = [r for r in chart.rows if r["claim"] == claim]
    last = max(r["date"] for r in claim_rows)
    for row in claim_rows:
        row["submitted_on"] = (date.fromisoformat(last) - timedelta(days=1)).isoformat()
    return [place for row in claim_rows if row["date"] == last for place in at(row)]


# The code is not in force on that day, whatever stands around it.
@mistake("SEQ104", "the old code goes on after the new year", also=["COD101", "EVD105", "AUT102"])
def _old_code_goes_on(chart: Chart) -> list[Place] | None:
    row = middle(delivery_lines(chart, since="2026")) if chart.days[0] < "2026" else None
    before = lines(chart, DELIVERY, until="2025-12-31")
    return (
        recode(row, before[-1]["code"])
        if row and before and before[-1]["code"] in ("77385", "77386", "G6015")
        else None
    )


@mistake("SEQ105", "an IMRT plan and neither dose calculations nor leaves")
def _bare_plan(chart: Chart) -> list[Place] | None:
    rows = lines(chart, ["77301"])
    if not rows or chart.regimen.is_stereotactic:
        return None
    remove(chart, lines(chart, ["77300", "77338"]))
    hand_over_course(chart)
    return [place for row in rows for place in at(row)]


@mistake("AUT101", "no number where the payer asks for one")
def _no_number(chart: Chart) -> list[Place] | None:
    rows = [r for r in chart.rows if chart.payer.authorizes(r["date"], r["code"])]
    if not rows:
        return None
    for row in chart.rows:
        row["authorization"] = ""
    chart.course["authorizations"] = []
    return [place for row in rows for place in at(row)]


@mistake("AUT102", "two sessions more than were authorized")
def _beyond_the_number(chart: Chart) -> list[Place] | None:
    rows = [r for r in chart.rows if chart.payer.authorizes(r["date"], r["code"])]
    if len(rows) < 4 or len(chart.course["authorizations"]) > 1 or chart.regimen.per_day > 1:
        return None
    hand_over_course(chart)["authorizations"][0]["units"] -= 2
    return [place for row in rows[-2:] for place in at(row)]


@mistake("AUT102", "sessions after the last day of the authorization")
def _after_the_number(chart: Chart) -> list[Place] | None:
    rows = [r for r in chart.rows if chart.payer.authorizes(r["date"], r["code"])]
    if len(rows) < 4 or len(chart.course["authorizations"]) > 1:
        return None
    hand_over_course(chart)["authorizations"][0]["last_day"] = rows[-3]["date"]
    return [place for row in rows[-2:] if row["date"] > rows[-3]["date"] for place in at(row)]


@mistake("TIM101", "sent fourteen months after the service")
def _too_late(chart: Chart) -> list[Place] | None:
    row = middle(delivery_lines(chart))
    if row is None or not chart.payer.is_medicare:
        return None
    declared = date.fromisoformat(row["date"]) + timedelta(days=430)
    if declared > AS_OF:
        return None
    for other in chart.rows:
        if other["claim"] == row["claim"]:
            other["submitted_on"] = declared.isoformat()
    return [(row["claim"], None)]


# Dated later, it may be past the limit on its own day.
@mistake("TIM102", "a claim dated a fortnight after today", also=["TIM101"])
def _made_to_come(chart: Chart) -> list[Place] | None:
    rows = [r for r in chart.rows if r["submitted_on"] and r["date"] >= "2026-06"]
    if not rows:
        return None
    for row in chart.rows:
        if row["claim"] == rows[-1]["claim"]:
            row["submitted_on"] = (AS_OF + timedelta(days=14)).isoformat()
    return [(rows[-1]["claim"], None)]
