"""A mistake, and the words mistakes are written with: which lines of a chart, a line more, a line less."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from beamclaim.synthetic.clinic.biller import DELIVERY
from beamclaim.synthetic.clinic.chart import Chart, Row
from beamclaim.synthetic.clinic.regimens import CHARGES

Place = tuple[str, int | None]
#: Changes a chart in place; the claims and lines where the mistake then stands, or None where the chart does not fit.
Plant = Callable[[Chart], list[Place] | None]
#: Changes the bytes of one claim's interchange.
Edit = Callable[[bytes], bytes | None]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing done wrong. ``also``: rules the same mistake truly breaks, which may fire beside `rule`."""

    rule: str
    name: str
    plant: Plant
    also: frozenset[str] = frozenset()
    edit: Edit | None = None
    """Set where the mistake stands in the bytes: the claim that `plant` names is then written in a file of its own."""
    wrinkle: str = ""
    """What must be unusual about the chart it is planted on; blank: nothing is."""


_DECLARED: list[Mistake] = []


def mistake(rule: str, name: str, *, also: Iterable[str] = (), wrinkle: str = "") -> Callable[[Plant], Plant]:
    """Declares what the decorated function plants."""

    def declare(plant: Plant) -> Plant:
        _DECLARED.append(Mistake(rule, name, plant, frozenset(also), wrinkle=wrinkle))
        return plant

    return declare


def mistake_in_bytes(rule: str, name: str, edit: Edit, plant: Plant, *, also: Iterable[str] = ()) -> None:
    """Declares a mistake in the bytes of the claim that `plant` names."""
    _DECLARED.append(Mistake(rule, name, plant, frozenset(also), edit))


def declared() -> list[Mistake]:
    """All that were declared."""
    return _DECLARED


def lines(
    chart: Chart, codes: Iterable[str] | None = None, *, setting: str = "", since: str = "", until: str = "9"
) -> list[Row]:
    """Lines of a chart: with one of these codes, in a setting, from a day on and up to a day."""
    only = None if codes is None else set(codes)
    return [
        r
        for r in chart.rows
        if (only is None or r["code"] in only) and setting in r["setting"] and since <= r["date"] <= until
    ]


def delivery_lines(chart: Chart, *, since: str = "", until: str = "9") -> list[Row]:
    """Its delivery lines of one session each, second ones of a day left out."""
    rows = lines(chart, DELIVERY, since=since, until=until)
    return [r for r in rows if r["units"] == "1" and not r["modifiers"]]


def middle(rows: list[Row]) -> Row | None:
    """A line from the middle of some, so that there are others on both sides."""
    return rows[len(rows) // 2] if len(rows) > 2 else None


def at(row: Row) -> list[Place]:
    """Where a line stands."""
    return [(row["claim"], int(row["line"]))]


def recode(row: Row, code: str, modifiers: str | None = None) -> list[Place]:
    """Puts another code on a line."""
    row |= {"code": code, "charge": CHARGES.get(code, "100.00")}
    if modifiers is not None:
        row["modifiers"] = modifiers
    return at(row)


def add_line(chart: Chart, beside: Row, code: str, *, modifiers: str = "", day: str = "") -> list[Place]:
    """A line more on the claim of another, on its day."""
    last = max(int(r["line"]) for r in chart.rows if r["claim"] == beside["claim"])
    row = beside | {
        "line": last + 1, "code": code, "modifiers": modifiers, "units": "1", "date": day or beside["date"],
        "charge": CHARGES.get(code, "100.00"),
    }  # fmt: skip
    chart.rows.insert(max(i for i, r in enumerate(chart.rows) if r["claim"] == beside["claim"]) + 1, row)
    return at(row)


def remove(chart: Chart, rows: Iterable[Row]) -> None:
    """Takes lines off their claims."""
    removed_ids = [id(r) for r in rows]
    chart.rows = [r for r in chart.rows if id(r) not in removed_ids]


def saturday(chart: Chart, row: Row) -> str:
    """The Saturday after a line, inside the course and inside the days its claim covers; blank where there is none."""
    day = date.fromisoformat(row["date"])
    free = (day + timedelta(days=5 - day.weekday())).isoformat()
    return free if free < chart.days[-1] and free < row["submitted_on"] else ""


def withhold_course(chart: Chart) -> None:
    """Hands over no course: what the claims alone show."""
    chart.gives_course = False


def hand_over_course(chart: Chart) -> dict[str, Any]:
    """Hands over the course, which is returned, and the one before it."""
    chart.gives_course = True
    if chart.before is not None:
        chart.before.gives_course = True
    return chart.course
