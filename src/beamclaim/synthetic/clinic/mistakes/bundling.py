"""BND: what is paid inside something else."""

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
    saturday,
    withhold_course,
)


def _known(row: Row) -> bool:
    """A day of a pair table that was read."""
    day: str = row["date"]
    return "2024" <= day <= "2026-06-30" or day >= "2026-10-01"


def _hospital_line(chart: Chart, code: str) -> Row | None:
    rows = [r for r in lines(chart, [code], setting="hospital") if _known(r)]
    return rows[0] if rows and chart.payer.is_medicare else None


@mistake("BND101", "a special procedure on the day of the IMRT plan")
def _special_with_plan(chart: Chart) -> list[Place] | None:
    row = _hospital_line(chart, "77301")
    withhold_course(chart)
    return add_line(chart, row, "77470") if row else None


@mistake("BND102", "blocks beside the leaves of the same plan")
def _blocks_with_leaves(chart: Chart) -> list[Place] | None:
    row = _hospital_line(chart, "77338")
    withhold_course(chart)
    return add_line(chart, row, "77334") if row else None


@mistake("BND103", "the simulation for the IMRT plan billed on its claim")
def _simulation_apart(chart: Chart) -> list[Place] | None:
    row = _hospital_line(chart, "77301")
    if row is None:
        return None
    withhold_course(chart)
    day = next(p["date"] for p in chart.course["procedures"] if p["kind"] == "simulation")
    return add_line(chart, row, "77290", day=day)


@mistake("BND104", "the technical part of guidance beside IMRT")
def _guidance_apart(chart: Chart) -> list[Place] | None:
    row = middle(lines(chart, ["77385", "77386"], setting="hospital"))
    if row is None or chart.payer.is_medicare:
        return None
    withhold_course(chart)
    return add_line(chart, row, "77014", modifiers="TC")


@mistake("BND104", "the technical part of guidance beside a level of 2026")
def _guidance_of_2026_apart(chart: Chart) -> list[Place] | None:
    row = middle(lines(chart, ["77387"], setting="freestanding", since="2026"))
    if row is None:
        return None
    row["modifiers"] = "TC"
    return at(row)


@mistake("BND105", "two levels for one session", also=["EVD104", "AUT102"])
def _two_levels(chart: Chart) -> list[Place] | None:
    row = middle([r for r in delivery_lines(chart, since="2026") if r["code"] == "77407"])
    if row is None or chart.payer.is_medicare or chart.regimen.per_day > 1:
        return None
    hand_over_course(chart)
    return [*at(row), *add_line(chart, row, "77402")]


@mistake("BND106", "weekly management beside that of the whole stereotactic course")
def _two_managements(chart: Chart) -> list[Place] | None:
    rows = lines(chart, ["77435"])
    if not rows:
        return None
    withhold_course(chart)
    return [*at(rows[0]), *add_line(chart, rows[0], "77427")]


@mistake("BND107", "a visit in the course, by the physicians who manage it")
def _visit_inside(chart: Chart) -> list[Place] | None:
    row = middle([r for r in lines(chart, ["77427"]) if saturday(chart, r)])
    withhold_course(chart)
    return add_line(chart, row, "99213") if row else None


@mistake("BND108", "an office bills the whole of what the hospital did")
def _office_bills_the_whole(chart: Chart) -> list[Place] | None:
    row = _hospital_line(chart, "77300")
    if row is None:
        return None
    office = {
        "setting": "freestanding",
        "place_of_service": "11",
        "billing_npi": "2200200014",
        "rendering_npi": "2400400018",
    }
    chart.rows.append(row | office | {"claim": f"{row['claim']}-F", "line": 1, "revenue_code": "", "modifiers": ""})
    return at(chart.rows[-1])


@mistake("BND109", "a simulation of megavoltage treatment in a course of surface therapy")
def _simulation_of_surface(chart: Chart) -> list[Place] | None:
    rows = lines(chart, ["77437"], since="2026")
    row = middle([r for r in rows if saturday(chart, r)])
    if row is None or (chart.payer.id, chart.payer.line) != ("87726", "commercial"):
        return None
    withhold_course(chart)
    return add_line(chart, row, "77280", day=saturday(chart, row))
