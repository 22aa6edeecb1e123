"""UNT: units and frequency."""

from datetime import date, timedelta

from beamclaim.synthetic.clinic.chart import Chart, Row
from beamclaim.synthetic.clinic.mistakes.mistake import (
    Place,
    add_line,
    at,
    delivery_lines,
    hand_over_course,
    lines,
    middle,
    mistake,
    recode,
    withhold_course,
)


def _free_day(chart: Chart, code: str, claim: str) -> str:
    """A day of sessions on a claim without this code."""
    taken = {r["date"] for r in lines(chart, [code])}
    claim_rows = sorted({r["date"] for r in chart.rows if r["claim"] == claim})
    return next((d for d in claim_rows if d in chart.days and d not in taken), "")


def _one_more(chart: Chart, code: str) -> list[Place] | None:
    """One more of a weekly service; the place of the last one of the course, where the count is over."""
    rows = lines(chart, [code])
    day = _free_day(chart, code, rows[-1]["claim"]) if rows else ""
    if not day or len(chart.course["fractions"]) % 5:
        return None
    hand_over_course(chart)
    add_line(chart, rows[-1], code, day=day)
    return at(rows[-1])


@mistake("UNT101", "one week of management too many")
def _management(chart: Chart) -> list[Place] | None:
    return _one_more(chart, "77427")


@mistake("UNT102", "one week of physics too many")
def _physics(chart: Chart) -> list[Place] | None:
    return _one_more(chart, "77336")


@mistake("UNT103", "two weeks of management on one day")
def _two_weeks_at_once(chart: Chart) -> list[Place] | None:
    row = next(iter(lines(chart, ["77427"], since="2026-10-01")), None)
    if row is None or not chart.payer.is_medicare:
        return None
    withhold_course(chart)
    row["units"] = "2"
    return at(row)


def _double(chart: Chart) -> Row | None:
    row = middle([r for r in delivery_lines(chart) if r["code"] not in ("77373", "77401")])
    if row is not None and chart.regimen.per_day == 1:
        row["units"] = "2"
        return row
    return None


def _two_units(chart: Chart) -> list[Place] | None:
    hand_over_course(chart)
    row = _double(chart)
    return at(row) if row else None


# More units than sessions: the daily count and the record both show it.
mistake("UNT104", "two delivery units for one session of the record", also=["EVD104", "AUT102", "UNT106"])(_two_units)
mistake("EVD104", "two delivery units for one session of the record", also=["UNT104", "AUT102"])(_two_units)


@mistake("UNT105", "physician planning twice in a course")
def _planned_twice(chart: Chart) -> list[Place] | None:
    row = next(iter(lines(chart, ["77263"])), None)
    if row is None:
        return None
    day = (date.fromisoformat(row["date"]) + timedelta(days=1)).isoformat()
    hand_over_course(chart)
    return add_line(chart, row, "77263", day=day)


@mistake("UNT106", "thirty fractions where the payer pays ten", also=["DXN101"])
def _over_the_payers_limit(chart: Chart) -> list[Place] | None:
    first = chart.regimen.diagnoses[0]
    payer = (chart.payer.id, chart.payer.line) == ("87726", "commercial")
    fits = payer and chart.regimen.technique == "vmat" and chart.regimen.per_day == 1
    # A complex site stays one: only the number of fractions is then wrong.
    if not fits or first in ("C61", "C50.412", "C53.9") or chart.days[0] < "2025-06-01":
        return None
    for row in chart.rows:
        row["diagnoses"] = row["diagnoses"].replace(first, f"C79.51;{first}")
    course = hand_over_course(chart)
    course["diagnoses"] = ["C79.51", first]
    for plan in course["plans"]:
        plan["site"] = "thoracic spine"
    return [place for row in delivery_lines(chart) for place in at(row)]


@mistake("UNT107", "short-course management for a long course")
def _short_management(chart: Chart) -> list[Place] | None:
    rows = lines(chart, ["77427"])
    if len(rows) < 3:
        return None
    hand_over_course(chart)
    return recode(rows[-1], "77431")


@mistake("UNT108", "a visit sent again under a new claim number")
def _again(chart: Chart) -> list[Place] | None:
    row = next(iter(lines(chart, ["99204"])), None)
    if row is None:
        return None
    other = row | {"claim": row["claim"] + "Z", "line": 1}
    chart.rows.append(other)
    return at(row) + at(other)


@mistake("UNT108", "a visit sent again, the first one sent months ago")
def _again_after_history(chart: Chart) -> list[Place] | None:
    row = next(iter(lines(chart, ["99204"])), None)
    if row is None:
        return None
    chart.earlier = {row["claim"]}
    other = row | {"claim": row["claim"] + "Z", "line": 1}
    chart.rows.append(other)
    return at(other)


@mistake("UNT109", "a sixth stereotactic session")
def _sixth_session(chart: Chart) -> list[Place] | None:
    rows = lines(chart, ["77373"])
    if len(rows) != 5:
        return None
    day = date.fromisoformat(rows[-1]["date"]) + timedelta(days=1)
    withhold_course(chart)
    return add_line(chart, rows[-1], "77373", day=day.isoformat()) + [p for r in rows for p in at(r)]
