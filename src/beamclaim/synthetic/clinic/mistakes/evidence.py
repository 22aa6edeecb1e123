"""EVD and DOC: what was billed against what the record shows."""

from collections.abc import Callable
from typing import Any

from beamclaim.synthetic.clinic.biller import DELIVERY
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
    remove,
    saturday,
)


@mistake("EVD101", "a session billed on a day the machine stood still", also=["AUT102"])
def _never_delivered(chart: Chart) -> list[Place] | None:
    row = middle([r for r in delivery_lines(chart) if saturday(chart, r) and r["code"] != "77373"])
    if row is None or len(chart.course["plans"]) > 1:
        return None
    hand_over_course(chart)
    return add_line(chart, row, row["code"], day=saturday(chart, row))


@mistake("EVD102", "a session never billed")
def _never_billed(chart: Chart) -> list[Place] | None:
    row = middle(delivery_lines(chart))
    if row is None:
        return None
    hand_over_course(chart)
    remove(chart, [row])
    return [(row["claim"], None)]


@mistake("EVD103", "the right number of sessions, one on the wrong day", also=["EVD101", "EVD102"])
def _wrong_day(chart: Chart) -> list[Place] | None:
    row = middle([r for r in delivery_lines(chart) if saturday(chart, r)])
    if row is None or chart.regimen.per_day > 1:
        return None
    hand_over_course(chart)
    row["date"] = saturday(chart, row)
    return at(row)


@mistake("EVD105", "IMRT billed for a plan that is none", also=["COD108"])
def _no_imrt(chart: Chart) -> list[Place] | None:
    rows = lines(chart, ["77385", "77386", "G6015"])
    if not rows:
        return None
    for plan in hand_over_course(chart)["plans"]:
        plan["technique"] = "3d_conformal"
    return [place for row in rows for place in at(row)]


@mistake("EVD106", "level three, and the record shows no trigger", also=["COD105"])
def _no_trigger(chart: Chart) -> list[Place] | None:
    rows = lines(chart, ["77412"], since="2026")
    if not rows or chart.regimen.motion not in ("breath_hold", "gating"):
        return None
    course = hand_over_course(chart)
    for part in (*course["plans"], *course["fractions"]):
        part["motion_management"] = "none"
    return [place for row in rows for place in at(row)]


# A partial session billed in full is the modifier's question as well.
@mistake("EVD107", "a session that ended early, billed in full", also=["MOD105"])
def _ended_early(chart: Chart) -> list[Place] | None:
    row = middle(delivery_lines(chart))
    if row is None or chart.regimen.per_day > 1:
        return None
    for fraction in hand_over_course(chart)["fractions"]:
        if fraction["started_at"].startswith(row["date"]):
            fraction |= {"status": "partial", "delivered_fraction": 0.4, "reason": "patient unwell"}
    return at(row)


@mistake("EVD108", "two sessions two hours apart")
def _too_close(chart: Chart) -> list[Place] | None:
    rows = lines(chart, DELIVERY)
    if chart.regimen.per_day < 2:
        return None
    day = rows[len(rows) // 2]["date"]
    for fraction in hand_over_course(chart)["fractions"]:
        if fraction["started_at"] > f"{day}T12":
            fraction["started_at"] = f"{fraction['started_at'][:10]}T10:45:00"
            break
    return [place for row in rows if row["date"] == day for place in at(row)]


@mistake("EVD109", "one element of motion evidence where the payer's reader asks for five")
def _thin_evidence(chart: Chart) -> list[Place] | None:
    rows = lines(chart, ["77412"], since="2026")
    if not rows or chart.payer.id not in ("60054", "62308") or chart.regimen.motion == "none":
        return None
    for plan in hand_over_course(chart)["plans"]:
        plan["motion_evidence"] = ["system"]
    return [place for row in rows for place in at(row)]


def _changed(chart: Chart, item: str, change: Callable[[dict[str, Any]], None]) -> list[Place] | None:
    course = hand_over_course(chart)
    for document in course["documents"]:
        if document["item"] == item:
            change(document)
    return [(claim, None) for claim in chart.claims()]


@mistake("DOC101", "no signed prescription in a record that is whole")
def _no_prescription(chart: Chart) -> list[Place] | None:
    course = hand_over_course(chart)
    course["documents"] = [d for d in course["documents"] if d["item"] != "signed_prescription"]
    return [(claim, None) for claim in chart.claims()]


@mistake("DOC102", "a prescription nobody signed")
def _unsigned(chart: Chart) -> list[Place] | None:
    return _changed(chart, "signed_prescription", lambda d: d.update(signed_by=None))


@mistake("DOC103", "a prescription written after the first fraction")
def _late(chart: Chart) -> list[Place] | None:
    day = chart.days[min(2, len(chart.days) - 1)]
    return _changed(chart, "signed_prescription", lambda d: d.update(date=day)) if len(chart.days) > 2 else None


@mistake("DOC104", "a special procedure nobody ordered")
def _unordered(chart: Chart) -> list[Place] | None:
    rows = delivery_lines(chart)
    if len(rows) < 3 or chart.payer.is_medicare:
        return None
    hand_over_course(chart)
    return add_line(chart, rows[1], "77470")
