"""BND: what is paid inside something else."""

from beamclaim.synthetic.clinic.chart import Chart, Row
from beamclaim.synthetic.clinic.mistakes.mistake import (
    Place,
    added,
    at,
    blind,
    delivered,
    lines,
    middle,
    mistake,
    saturday,
    seen,
)


def _known(row: Row) -> bool:
    """A day of a pair table that was read."""
    day: str = row["date"]
    return "2024" <= day <= "2026-06-30" or day >= "2026-10-01"


def _hospital_line(chart: Chart, code: str) -> Row | None:
    found = [r for r in lines(chart, [code], setting="hospital") if _known(r)]
    return found[0] if found and chart.payer.is_medicare else None


@mistake("BND101", "a special procedure on the day of the IMRT plan")
def _special_with_plan(chart: Chart) -> list[Place] | None:
    row = _hospital_line(chart, "77301")
    blind(chart)
    return added(chart, row, "77470") if row else None


@mistake("BND102", "blocks beside the leaves of the same plan")
def _blocks_with_leaves(chart: Chart) -> list[Place] | None:
    row = _hospital_line(chart, "77338")
    blind(chart)
    return added(chart, row, "77334") if row else None


@mistake("BND103", "the simulation for the IMRT plan billed on its claim")
def _simulation_apart(chart: Chart) -> list[Place] | None:
    row = _hospital_line(chart, "77301")
    if row is None:
        return None
    blind(chart)
    day = next(p["date"] for p in chart.course["procedures"] if p["kind"] == "simulation")
    return added(chart, row, "77290", day=day)


@mistake("BND104", "the technical part of guidance beside IMRT")
def _guidance_apart(chart: Chart) -> list[Place] | None:
    row = middle(lines(chart, ["77385", "77386"], setting="hospital"))
    if row is None or chart.payer.is_medicare:
        return None
    blind(chart)
    return added(chart, row, "77014", modifiers="TC")


@mistake("BND104", "the technical part of guidance beside a level of 2026")
def _guidance_of_2026_apart(chart: Chart) -> list[Place] | None:
    row = middle(lines(chart, ["77387"], setting="freestanding", since="2026"))
    if row is None:
        return None
    row["modifiers"] = "TC"
    return at(row)


@mistake("BND105", "two levels for one session", also=["EVD104", "AUT102"])
def _two_levels(chart: Chart) -> list[Place] | None:
    row = middle([r for r in delivered(chart, since="2026") if r["code"] == "77407"])
    if row is None or chart.payer.is_medicare or chart.regimen.per_day > 1:
        return None
    seen(chart)
    return [*at(row), *added(chart, row, "77402")]


@mistake("BND106", "weekly management beside that of the whole stereotactic course")
def _two_managements(chart: Chart) -> list[Place] | None:
    found = lines(chart, ["77435"])
    if not found:
        return None
    blind(chart)
    return [*at(found[0]), *added(chart, found[0], "77427")]


@mistake("BND107", "a visit in the course, by the physicians who manage it")
def _visit_inside(chart: Chart) -> list[Place] | None:
    row = middle([r for r in lines(chart, ["77427"]) if saturday(chart, r)])
    blind(chart)
    return added(chart, row, "99213") if row else None
