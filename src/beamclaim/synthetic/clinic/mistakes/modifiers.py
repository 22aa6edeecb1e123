"""MOD: modifiers."""

from beamclaim.synthetic.clinic.biller import DELIVERY
from beamclaim.synthetic.clinic.chart import Chart, Row
from beamclaim.synthetic.clinic.mistakes.mistake import (
    Place,
    at,
    delivery_lines,
    hand_over_course,
    lines,
    middle,
    mistake,
    withhold_course,
)


def _marked(row: Row | None, modifiers: str) -> list[Place] | None:
    if row is None:
        return None
    row["modifiers"] = modifiers
    return at(row)


def _second(chart: Chart) -> Row | None:
    """A second session of a day, on a line of its own."""
    return middle([r for r in lines(chart, DELIVERY) if r["modifiers"] == "76"])


@mistake("MOD101", "the technical part of what is technical alone")
def _technical_of_technical(chart: Chart) -> list[Place] | None:
    known = chart.payer.is_medicare
    return (
        _marked(middle([r for r in delivery_lines(chart, since="2025") if r["code"] != "77401"]), "TC")
        if known
        else None
    )


@mistake("MOD101", "the professional part of what is professional alone")
def _professional_of_professional(chart: Chart) -> list[Place] | None:
    return _marked(middle(lines(chart, ["77427"], since="2025")), "26") if chart.payer.is_medicare else None


@mistake("MOD102", "59 where nothing is bundled")
def _distinct_for_nothing(chart: Chart) -> list[Place] | None:
    alone = [
        r
        for r in delivery_lines(chart)
        if sum(o["date"] == r["date"] and o["claim"] == r["claim"] for o in chart.rows) == 1
    ]
    known = chart.payer.is_medicare and chart.where == "hospital"
    return _marked(middle([r for r in alone if r["date"] <= "2026-06-30"]), "59") if known else None


@mistake("MOD103", "a second session of the day unmarked", also=["UNT108"])
def _unmarked_repeat(chart: Chart) -> list[Place] | None:
    return _marked(_second(chart), "")


@mistake("MOD104", "repeat by another physician where it was the same")
def _other_physician(chart: Chart) -> list[Place] | None:
    hand_over_course(chart)
    return _marked(_second(chart), "77")


@mistake("MOD105", "reduced, and the session was whole")
def _reduced(chart: Chart) -> list[Place] | None:
    hand_over_course(chart)
    return _marked(middle(delivery_lines(chart)), "52")


@mistake("MOD106", "distinct where a repeat is meant", also=["MOD102"])
def _distinct_repeat(chart: Chart) -> list[Place] | None:
    return _marked(_second(chart), "59")


@mistake("MOD107", "excepted and non-excepted department at once")
def _both_departments(chart: Chart) -> list[Place] | None:
    return _marked(middle(lines(chart, ["77336"], setting="hospital")), "PN;PO") if chart.payer.is_medicare else None


@mistake("MOD107", "one modifier twice")
def _twice(chart: Chart) -> list[Place] | None:
    return _marked(_second(chart), "76;76")


@mistake("MOD107", "59 beside its own special case", also=["MOD102"])
def _distinct_twice(chart: Chart) -> list[Place] | None:
    return _marked(middle(delivery_lines(chart)), "59;XS")


@mistake("MOD108", "guidance without the modifier this payer asks for")
def _bare_guidance(chart: Chart) -> list[Place] | None:
    # Its page is of commercial plans.
    asks = (chart.payer.id, chart.payer.line) == ("87726", "commercial")
    return _marked(middle(lines(chart, ["77387"], since="2026-03-01")), "") if asks else None


@mistake("MOD110", "the physician's modifier on a hospital claim")
def _physicians_part(chart: Chart) -> list[Place] | None:
    rows = [r for r in lines(chart, ["77300", "77334"], setting="hospital") if not r["modifiers"]]
    return _marked(rows[0], "26") if rows else None


@mistake("MOD110", "a hospital's department on a physician's claim")
def _department(chart: Chart) -> list[Place] | None:
    return _marked(middle(lines(chart, ["77427"], setting="professional", since="2020")), "PO")


@mistake("MOD109", "a physician in a hospital bills the whole of a plan")
def _whole_plan(chart: Chart) -> list[Place] | None:
    rows = lines(chart, ["77301", "77295"], setting="professional", since="2025")
    if not rows or not chart.payer.is_medicare:
        return None
    withhold_course(chart)
    return _marked(rows[0], "")
