"""A week as one range and the same week as lines never contradict each other: one may leave open what the other answers."""

import csv
import json
import tempfile
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from beamclaim.app.check import CheckOptions, check
from beamclaim.findings.result import Result
from beamclaim.synthetic.claims837 import write
from beamclaim.synthetic.clinic import clinic
from beamclaim.testing.cases import COLUMNS
from beamclaim.testing.random_tables import Row, courses, rows

TODAY = date(2026, 11, 23)
SLOW = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
#: What a claim is said to be, by rule, claim and line as it stood before it was cut.
Subject = tuple[str, Any, Any]
#: A line number of ours is ten times the one it had, and its place among the lines of its range.
TEN = 10


def asked(table: list[Row], course: dict[str, Any] | None, *, as_x12: bool) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        if as_x12:
            for n, data in enumerate(write(table)):
                paths.append(Path(folder) / f"{n}.837")
                paths[-1].write_bytes(data)
        else:
            paths.append(Path(folder) / "claims.csv")
            with paths[0].open("w", newline="", encoding="utf-8") as out:
                writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore")
                writer.writeheader()
                writer.writerows(table)
        forms: tuple[str, ...] = ()
        if course is not None:
            form = Path(folder) / "c.course.json"
            form.write_text(json.dumps(course))
            forms = (str(form),)
        return check(CheckOptions(tuple(map(str, paths)), course=forms, as_of=TODAY)).result


def answers(result: Result) -> dict[Subject, set[str]]:
    """What was said of each line as it stood before it was cut; of a line that nothing is said of, nothing."""
    out: dict[Subject, set[str]] = defaultdict(set)
    for f in result.findings:
        out[f.rule, f.claim, None if f.line is None else f.line // TEN].add("fires")
    for u in result.undecided:
        out[u.rule, u.claim, None if u.line is None else u.line // TEN].add("cannot tell")
    return out


def contradictions(ranges: Result, lines: Result) -> list[str]:
    """Where one way of writing a week is accused and the other is let pass."""
    one, other = answers(ranges), answers(lines)
    return [
        f"{rule} on {claim} line {line}: as a range {sorted(one[rule, claim, line])}, as lines {sorted(other[rule, claim, line])}"
        for rule, claim, line in sorted({*one, *other}, key=str)
        # The table and the files themselves are asked apart.
        if not rule.startswith("FMT")
        and ("fires" in one[rule, claim, line]) != ("fires" in other[rule, claim, line])
        and not (one[rule, claim, line] and other[rule, claim, line])
    ]


def both_ways(table: list[Row], days_of: dict[int, list[date]]) -> tuple[list[Row], list[Row]]:
    """The table with some of its rows over several days, as ranges and as a line a day; one unit each day."""
    ranges, lines = [], []
    for at, row in enumerate(table):
        number, days = int(row["line"]) * TEN, days_of.get(at)
        if days is None:
            ranges.append(row | {"line": number})
            lines.append(row | {"line": number})
            continue
        charge = float(row["charge"] or 0)
        ranges.append(
            row
            | {
                "line": number,
                "date": str(days[0]),
                "date_to": str(days[-1]),
                "units": len(days),
                "charge": f"{charge * len(days):.2f}",
            }
        )
        lines += [
            row | {"line": number + n, "date": str(day), "units": 1, "charge": f"{charge:.2f}"}
            for n, day in enumerate(days)
        ]
    return ranges, lines


@st.composite
def weeks(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """A world in which some lines are over up to five days, each with a unit; or with days between that have none."""
    table = draw(rows(most=8))
    days_of: dict[int, list[date]] = {}
    for at, row in enumerate(table):
        if draw(st.booleans()):
            first = date.fromisoformat(row["date"])
            span = [first + timedelta(days=n) for n in range(draw(st.integers(2, 5)))]
            has_gaps = draw(st.integers(0, 2)) == 0
            days_of[at] = [d for d in span if d in (span[0], span[-1]) or not has_gaps or draw(st.booleans())]
    return both_ways(table, days_of)


@SLOW
@given(weeks(), courses(), st.booleans())
def test_a_week_as_a_range_and_as_lines_never_contradict_each_other(
    world: tuple[list[Row], list[Row]], course: dict[str, Any], as_x12: bool
) -> None:
    ranges, lines = world
    assert contradictions(asked(ranges, course, as_x12=as_x12), asked(lines, course, as_x12=as_x12)) == []


@pytest.mark.parametrize("as_x12", [False, True])
def test_careful_weeks_of_delivery_are_as_right_as_ranges_as_they_are_as_lines(as_x12: bool) -> None:
    table = [dict.fromkeys(COLUMNS, "") | row for chart in clinic(60, 3).charts for row in chart.rows]
    runs: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in table:
        runs[tuple(str(row[n]) for n in ("claim", "code", "modifiers", "units", "charge"))].append(row)
    ranges, lines = [], []
    number: dict[str, int] = defaultdict(int)
    for same in runs.values():
        for stretch in stretches(same):
            number[stretch[0]["claim"]] += TEN
            days = {0: [date.fromisoformat(r["date"]) for r in stretch]} if len(stretch) > 1 else {}
            one, many = both_ways([stretch[0] | {"line": number[stretch[0]["claim"]] // TEN}], days)
            ranges += one
            lines += many
    assert len(ranges) < 0.7 * len(lines)
    result = asked(ranges, None, as_x12=as_x12)
    assert contradictions(result, asked(lines, None, as_x12=as_x12)) == []
    assert [f for f in result.findings if f.severity != "info" and not f.rule.startswith("FMT")] == []


def stretches(same: list[Row]) -> list[list[Row]]:
    """Rows of one service, one unit a day → runs of days without a gap."""
    out: list[list[Row]] = []
    for row in sorted(same, key=lambda r: r["date"]):
        before = date.fromisoformat(out[-1][-1]["date"]) if out else None
        if before and date.fromisoformat(row["date"]) - before == timedelta(days=1) and str(row["units"]) == "1":
            out[-1].append(row)
        else:
            out.append([row])
    return out
