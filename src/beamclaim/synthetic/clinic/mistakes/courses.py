"""UNT, BND: what is done wrong where a course is planned anew, or another one follows."""

from datetime import date, timedelta

from beamclaim.synthetic.clinic.chart import Chart
from beamclaim.synthetic.clinic.mistakes.mistake import (
    Place,
    add_line,
    at,
    delivery_lines,
    hand_over_course,
    lines,
    middle,
    mistake,
    saturday,
    withhold_course,
)
from beamclaim.synthetic.clinic.treatment import visits

_WEEK = 5


@mistake("UNT105", "a second IMRT plan on the planning scan of the first")
def _planned_on_the_same_scan(chart: Chart) -> list[Place] | None:
    first = lines(chart, ["77301"])
    row = middle(delivery_lines(chart))
    free = saturday(chart, row) if row else ""
    if not first or row is None or not free or chart.regimen.is_stereotactic:
        return None
    hand_over_course(chart)
    return add_line(chart, row, "77301", day=free)


def _scanned_anew(chart: Chart) -> str:
    """The day of the scan an adapted plan was made on."""
    return max(str(p["date"]) for p in chart.course["procedures"] if p["kind"] == "simulation")


@mistake("UNT105", "physician planning again for the adapted plan", wrinkle="adapted")
def _clinical_planning_again(chart: Chart) -> list[Place] | None:
    day = _scanned_anew(chart)
    row = next((r for r in lines(chart, ["77427"]) if r["date"] >= day), None)
    if row is None:
        return None
    hand_over_course(chart)
    return add_line(chart, row, "77263", day=day)


@mistake("BND103", "the new planning scan beside the adapted IMRT plan", wrinkle="adapted")
def _scan_of_the_adapted_plan(chart: Chart) -> list[Place] | None:
    day = _scanned_anew(chart)
    row = next((r for r in lines(chart, ["77301"], setting="hospital") if r["date"] > day), None)
    return add_line(chart, row, "77290", day=day) if row and day[:7] == row["date"][:7] else None


@mistake("UNT101", "what was left of two courses counted as one week", wrinkle="second course")
def _leftovers(chart: Chart) -> list[Place] | None:
    assert chart.before is not None
    sessions = [len(visits(c.course)) for c in (chart.before, chart)]
    left = [n % _WEEK for n in sessions]
    rows = lines(chart, ["77427"])
    if not rows or min(sessions) < _WEEK or max(left) > 2 or sum(left) < 3:
        return None
    hand_over_course(chart)
    return [*at(rows[-1]), *add_line(chart, rows[-1], "77427", day=chart.days[-1])]


@mistake("BND107", "a visit before the second course, in the months of the first", wrinkle="second course")
def _visit_between(chart: Chart) -> list[Place] | None:
    assert chart.before is not None
    row = next(iter(lines(chart, ["77263"])), None)
    if row is None or date.fromisoformat(row["date"]) > date.fromisoformat(chart.before.days[-1]) + timedelta(days=90):
        return None
    return add_line(chart, row, "99213")


@mistake("BND108", "physicians of an office bill the whole, and the office its part", wrinkle="physicians apart")
def _the_whole_and_a_part(chart: Chart) -> list[Place] | None:
    row = next((r for r in lines(chart, ["77301", "77295"]) if r["modifiers"] == "26"), None)
    if row is None:
        return None
    withhold_course(chart)
    row["modifiers"] = ""
    return [place for r in lines(chart, [row["code"]]) if r["date"] == row["date"] for place in at(r)]
