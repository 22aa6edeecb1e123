"""A line over several days: the rows it stands for, and how sure each is."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from beamclaim.model.tables.frames import Tables
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.line_days import LONGEST_DAYS, with_days
from beamclaim.views.view import Frames

POLICY = PolicyAnswers(load_policy())
MONDAY, WEDNESDAY, FRIDAY = date(2026, 10, 5), date(2026, 10, 7), date(2026, 10, 9)


def line(first: date | None, last: date | None, units: Any, code: str = "77407") -> pl.DataFrame:
    """One line of the table, with its patient."""
    amount = None if units is None else Decimal(str(units))
    return pl.DataFrame(
        {
            "line.key": pl.Series([1], dtype=pl.UInt64),
            "patient.key": pl.Series([7], dtype=pl.UInt64),
            "line.date": pl.Series([first], dtype=pl.Date),
            "line.date_to": pl.Series([last], dtype=pl.Date),
            "line.code": [code],
            "line.units": pl.Series([amount], dtype=pl.Decimal(15, 3)),
        }
    )


def days(lines: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Each row as its day, its units, and whether the service was on that day."""
    frames = Frames(Tables(), POLICY, Assumptions(as_of=date(2026, 11, 23)))
    rows = with_days(lines, frames).sort("line.date")
    return list(rows.select("line.date", pl.col("line.units").cast(pl.Float64), "line.day_is_known").iter_rows())


def test_a_line_of_one_day_stays_one_row() -> None:
    assert days(line(MONDAY, MONDAY, 2)) == [(MONDAY, 2, True)]


def test_as_many_units_as_days_are_one_a_day() -> None:
    assert days(line(MONDAY, WEDNESDAY, 3)) == [(MONDAY, 1, True), (date(2026, 10, 6), 1, True), (WEDNESDAY, 1, True)]


@pytest.mark.parametrize("units", [1, 2, 4, 2.5, 0, None])
def test_fewer_or_more_units_than_days_leave_open_which_day_each_is_for(units: Any) -> None:
    assert [is_known for _, _, is_known in days(line(MONDAY, WEDNESDAY, units))] == [False, False, False]


def test_a_week_of_management_is_no_five_services() -> None:
    rows = days(line(MONDAY, FRIDAY, 1, "77427"))
    assert rows == [(date(2026, 10, day), 1, False) for day in range(5, 10)]


def test_an_end_nobody_could_read_leaves_the_first_day_alone_and_open() -> None:
    assert days(line(MONDAY, None, 1)) == [(MONDAY, 1, False)]


def test_a_range_that_ends_before_it_begins_is_no_range_of_days() -> None:
    assert days(line(MONDAY, date(2026, 10, 1), 4)) == [(MONDAY, 4, False)]


def test_a_range_over_the_new_year_has_days_of_both() -> None:
    assert [d for d, _, _ in days(line(date(2025, 12, 30), date(2026, 1, 2), 4))] == [
        date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 2),
    ]  # fmt: skip


def test_of_a_range_longer_than_a_year_only_the_ends_are_asked_about() -> None:
    first, last = date(2025, 1, 1), date(2026, 2, 5)
    assert (last - first).days > LONGEST_DAYS
    assert days(line(first, last, 401)) == [(first, 401, False), (last, 401, False)]


def test_a_line_without_a_day_stays_as_it_is() -> None:
    assert days(line(None, None, 1)) == [(None, 1, True)]
