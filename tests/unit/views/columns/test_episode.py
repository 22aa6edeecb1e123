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
    "claim.billing_npi": pl.String, "line.date_to": pl.Date, "line.counts": pl.Boolean,
    "course.key": pl.UInt64, "course.records_complete": pl.Boolean,
}  # fmt: skip
Line = tuple[str, str | None, str]


def view(*lines: Line, counts: bool = True) -> pl.DataFrame:
    """One patient's lines: day, target, code; "77301 2" is billed by the second biller."""
    rows = [
        (n, 1, target, date.fromisoformat(day), code[:5], code[6:] or "1", None, counts, None, None)
        for n, (day, target, code) in enumerate(lines)
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


def parts(*lines: tuple[str, str]) -> tuple[list[int], list[int]]:
    """For each line (day, code) the number of its episode and of its part, in order of appearance."""
    marked_lines = marked(view(*((day, "C7951", code) for day, code in lines)))

    def numbers(column: str) -> list[int]:
        keys = marked_lines[column].to_list()
        return [list(dict.fromkeys(keys)).index(key) for key in keys]

    return numbers("episode.key"), numbers("episode.part")


FIRST = [("2026-02-02", "77290"), ("2026-02-04", "77295"), ("2026-02-09", "77407"), ("2026-02-13", "77407")]


def test_a_new_simulation_and_plan_in_a_pause_begin_another_course() -> None:
    again = [("2026-03-16", "77290"), ("2026-03-18", "77295"), ("2026-03-23", "77407")]
    assert parts(*FIRST, *again) == ([0, 0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 1, 1, 1])


def test_the_first_preparation_of_the_pause_belongs_to_the_new_course_whoever_bills_it() -> None:
    again = [("2026-03-13", "77263 2"), ("2026-03-16", "77290"), ("2026-03-18", "77295"), ("2026-03-23", "77407")]
    assert parts(*FIRST, *again)[0] == [0, 0, 0, 0, 1, 1, 1, 1]


def test_a_new_plan_alone_leaves_one_episode_of_two_parts() -> None:
    again = [("2026-03-18", "77301"), ("2026-03-23", "77407")]
    assert parts(*FIRST, *again) == ([0] * 6, [0, 0, 0, 0, 1, 1])


def test_a_new_simulation_without_a_plan_begins_nothing() -> None:
    assert parts(*FIRST, ("2026-03-16", "77290"), ("2026-03-23", "77407")) == ([0] * 6, [0] * 6)


def test_simulation_and_plan_of_two_billers_leave_a_doubt() -> None:
    again = [("2026-03-16", "77290 2"), ("2026-03-18", "77295"), ("2026-03-23", "77407")]
    assert parts(*FIRST, *again) == ([0] * 7, [0, 0, 0, 0, 1, 1, 1])


def test_an_adaptive_plan_while_treatment_goes_on_leaves_a_doubt_from_its_simulation_on() -> None:
    going_on = [("2026-02-16", "77290"), ("2026-02-16", "77407"), ("2026-02-19", "77295"), ("2026-02-20", "77407")]
    assert parts(*FIRST, *going_on) == ([0] * 8, [0, 0, 0, 0, 1, 1, 1, 1])


def test_plans_before_the_first_delivery_divide_nothing() -> None:
    assert parts(
        ("2026-02-04", "77301"), ("2026-02-06", "77290"), ("2026-02-07", "77301"), ("2026-02-09", "77407")
    ) == (
        [0] * 4,
        [0] * 4,
    )


def test_hospital_and_physician_plans_of_one_pause_are_one_beginning() -> None:
    again = [("2026-03-16", "77290"), ("2026-03-17", "77295 2"), ("2026-03-18", "77295"), ("2026-03-23", "77407")]
    assert parts(*FIRST, *again) == ([0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1])


def test_weekly_management_shows_delivery_where_the_physician_bills_none() -> None:
    physician = [("2026-02-02", "77263"), ("2026-02-04", "77295"), ("2026-02-13", "77427")]
    again = [("2026-03-16", "77263"), ("2026-03-18", "77295"), ("2026-03-27", "77427")]
    assert parts(*physician, *again)[0] == [0, 0, 0, 1, 1, 1]


def test_a_range_of_delivery_over_the_new_plan_leaves_a_doubt() -> None:
    again = [("2026-02-16", "77290"), ("2026-02-19", "77295"), ("2026-02-23", "77407")]
    lines = view(*((day, "C7951", code) for day, code in (*FIRST, *again)))
    week = pl.when(pl.col("line.key") == 3).then(pl.lit(date(2026, 2, 18))).alias("line.date_to")
    keys = marked(lines.with_columns(week))
    assert keys["episode.key"].n_unique() == 1
    assert keys["episode.part"].n_unique() == 2
