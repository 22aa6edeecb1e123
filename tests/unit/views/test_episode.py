"""Which lines are one care, whether its beginning is seen, and the windows of days rules open over it."""

from datetime import date

import polars as pl

from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.views.episode import care_columns

POLICY = PolicyAnswers(load_policy())
SCHEMA = {
    "line.key": pl.UInt64, "patient.key": pl.UInt64, "line.target": pl.String, "line.date": pl.Date, "line.code": pl.String,
    "line.counts": pl.Boolean, "course.key": pl.UInt64, "course.records_complete": pl.Boolean, "today": pl.Date,
}  # fmt: skip
Line = tuple[str, str | None, str]


def view(*lines: Line, counts: bool = True) -> pl.DataFrame:
    """One patient's lines: day, target, code."""
    rows = [
        (n, 1, target, date.fromisoformat(day), code, counts, None, None, date(2026, 11, 23))
        for n, (day, target, code) in enumerate(lines)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def cares(*lines: Line) -> list[int | None]:
    return care_columns(view(*lines), POLICY)["care.key"].to_list()


def test_lines_of_one_target_up_to_sixty_days_apart_are_one_care() -> None:
    first, second, third = cares(
        ("2026-01-02", "C61", "77301"), ("2026-03-03", "C61", "77407"), ("2026-05-03", "C61", "77407")
    )
    assert first == second != third


def test_another_target_is_another_care() -> None:
    one, other = cares(("2026-01-02", "C61", "77301"), ("2026-01-02", "C7951", "77301"))
    assert one != other


def test_visits_and_lines_without_a_target_belong_to_no_care() -> None:
    assert cares(("2026-01-02", "C61", "99213"), ("2026-01-02", None, "77407")) == [None, None]


def test_the_order_of_the_rows_does_not_matter() -> None:
    lines: list[Line] = [("2026-03-03", "C61", "77407"), ("2026-01-02", "C61", "77301"), ("2026-02-02", "C61", "77407")]
    assert len(set(cares(*lines))) == 1
    assert cares(*lines) == cares(*reversed(lines))[::-1]


def test_the_beginning_is_seen_with_planning_before_the_first_delivery() -> None:
    def begins(*lines: Line) -> list[bool | None]:
        return care_columns(view(*lines), POLICY)["care.begins"].to_list()

    assert begins(("2026-01-02", "C61", "77290"), ("2026-01-12", "C61", "77407")) == [True, True]
    assert begins(("2026-01-12", "C61", "77407"), ("2026-01-20", "C61", "77290")) == [None, None]
    assert begins(("2026-01-12", "C61", "77470")) == [None]
    assert begins(("2026-01-12", "C61", "77301")) == [True]


def test_lines_that_count_nowhere_show_no_beginning() -> None:
    told = care_columns(view(("2026-01-02", "C61", "77290"), counts=False), POLICY)
    assert told["care.begins"].to_list() == [None]
