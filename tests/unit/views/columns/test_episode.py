"""Which lines are one episode, and whether its beginning is seen."""

from datetime import date

import polars as pl

from beamclaim.model.tables.frames import Tables
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.columns.episode import longest_gap_days, with_episode
from beamclaim.views.view import Frames

POLICY = PolicyAnswers(load_policy())
TODAY = date(2026, 11, 23)
SCHEMA = {
    "line.key": pl.UInt64, "patient.key": pl.UInt64, "line.target": pl.String, "line.date": pl.Date, "line.code": pl.String,
    "line.counts": pl.Boolean, "course.key": pl.UInt64, "course.records_complete": pl.Boolean,
}  # fmt: skip
Line = tuple[str, str | None, str]


def view(*lines: Line, counts: bool = True) -> pl.DataFrame:
    """One patient's lines: day, target, code."""
    rows = [
        (n, 1, target, date.fromisoformat(day), code, counts, None, None) for n, (day, target, code) in enumerate(lines)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def marked(lines: pl.DataFrame, as_of: date = TODAY) -> pl.DataFrame:
    return with_episode(lines, Frames(Tables(), POLICY, Assumptions(as_of)))


def episodes(*lines: Line) -> list[int | None]:
    return marked(view(*lines))["episode.key"].to_list()


def test_lines_of_one_target_up_to_sixty_days_apart_are_one_episode() -> None:
    first, second, third = episodes(
        ("2026-01-02", "C61", "77301"), ("2026-03-03", "C61", "77407"), ("2026-05-03", "C61", "77407")
    )
    assert first == second != third


def test_another_target_is_another_episode() -> None:
    one, other = episodes(("2026-01-02", "C61", "77301"), ("2026-01-02", "C7951", "77301"))
    assert one != other


def test_visits_and_lines_without_a_target_belong_to_no_episode() -> None:
    assert episodes(("2026-01-02", "C61", "99213"), ("2026-01-02", None, "77407")) == [None, None]


def test_the_order_of_the_rows_does_not_matter() -> None:
    lines: list[Line] = [("2026-03-03", "C61", "77407"), ("2026-01-02", "C61", "77301"), ("2026-02-02", "C61", "77407")]
    assert len(set(episodes(*lines))) == 1
    assert episodes(*lines) == episodes(*reversed(lines))[::-1]


def test_the_beginning_is_seen_with_planning_before_the_first_delivery() -> None:
    def begins(*lines: Line) -> list[bool | None]:
        return marked(view(*lines))["episode.begins"].to_list()

    assert begins(("2026-01-02", "C61", "77290"), ("2026-01-12", "C61", "77407")) == [True, True]
    assert begins(("2026-01-12", "C61", "77407"), ("2026-01-20", "C61", "77290")) == [None, None]
    assert begins(("2026-01-12", "C61", "77470")) == [None]
    assert begins(("2026-01-12", "C61", "77301")) == [True]


def test_lines_that_count_nowhere_show_no_beginning() -> None:
    lines = marked(view(("2026-01-02", "C61", "77290"), counts=False))
    assert lines["episode.begins"].to_list() == [None]


def test_where_policy_is_silent_only_lines_of_one_day_are_surely_one_episode() -> None:
    before_any_row = date(2014, 12, 31)
    assert longest_gap_days(POLICY, as_of=before_any_row) is None
    apart = view(("2026-01-02", "C61", "77301"), ("2026-01-03", "C61", "77407"), ("2026-01-02", "C20", "77301"))
    first, second, alone = marked(apart, before_any_row)["episode.key"]
    assert first is second is None
    assert alone is not None
