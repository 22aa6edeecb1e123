"""Sessions: which fractions were one visit, what was delivered in each, which of them ended early, and what a day has in common."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beamclaim.model.tables import COURSES, DOCUMENTS, FRACTIONS, PLANS
from beamclaim.model.tables.frames import Tables
from beamclaim.views.session_facts import MotionWords
from beamclaim.views.sessions import DAYS, SESSIONS, session_days, sessions

DAY = date(2026, 5, 18)
HOUR, SIX_HOURS = timedelta(hours=1), timedelta(hours=6)
MOTION = MotionWords({"none": False, "gating": True, "abdominal_compression": False}, ("system",))
SECOND = timedelta(seconds=1)


def fraction(hour: float | timedelta | None, plan: str = "1", course: int = 1, **facts: object) -> dict[str, Any]:
    after = hour if isinstance(hour, timedelta) else timedelta(hours=hour or 0)
    return {
        **dict.fromkeys(FRACTIONS.schema), "course.key": course, "fraction.plan": plan, "fraction.day": DAY,
        "fraction.started_at": None if hour is None else datetime(2026, 5, 18) + after,
        "fraction.status": "complete", "fraction.isocenters": 1, "fraction.motion_management": "none",
        **{f"fraction.{name}": value for name, value in facts.items()},
    }  # fmt: skip


def world(*fractions: dict[str, Any], is_ordered: bool = False, technique: str = "vmat") -> Tables:
    """Courses 1 and 2 of one patient, each with a photon and an electron plan."""
    courses = [
        {
            **dict.fromkeys(COURSES.schema), "course.key": key, "course.id": f"C{key}", "course.patient": "P1",
            "course.records_complete": True,
        }
        for key in (1, 2)
    ]  # fmt: skip
    plans = [
        {**dict.fromkeys(PLANS.schema), "course.key": key, "plan.id": name, "plan.modality": modality, "plan.technique": how}
        for key in (1, 2)
        for name, modality, how in (("1", "photon", technique), ("2", "electron", "electron_field"))
    ]  # fmt: skip
    orders = [{**dict.fromkeys(DOCUMENTS.schema), "course.key": 1, "document.item": "twice_daily_order"}]
    return Tables(
        {
            "courses": pl.DataFrame(courses, schema=COURSES.schema),
            "fractions": pl.DataFrame(list(fractions), schema=FRACTIONS.schema),
            "plans": pl.DataFrame(plans, schema=PLANS.schema),
            "documents": pl.DataFrame(orders if is_ordered else [], schema=DOCUMENTS.schema),
        }
    )


def day_of(
    tables: Tables, same_visit: timedelta | None = HOUR, distinct_after: timedelta | None = SIX_HOURS
) -> dict[str, Any]:
    """What the one day has in common, without the `day.` of the names."""
    (row,) = session_days(tables, same_visit=same_visit, distinct_after=distinct_after, motion=MOTION).to_dicts()
    return {name.removeprefix("day."): value for name, value in row.items()}


def sessions_of(tables: Tables) -> list[dict[str, Any]]:
    rows = sessions(tables, same_visit=HOUR, distinct_after=SIX_HOURS, motion=MOTION).to_dicts()
    return [{name.removeprefix("session."): value for name, value in row.items()} for row in rows]


# ── how many ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("apart", "number"),
    [(HOUR - SECOND, 1), (HOUR, None), (HOUR + SECOND, None), (SIX_HOURS - SECOND, None), (SIX_HOURS, 2)],
    ids=["59:59", "60:00", "60:01", "a second under the interval", "exactly the interval"],
)
def test_two_fractions_are_one_visit_two_or_nobody_can_tell(apart: timedelta, number: int | None) -> None:
    assert day_of(world(fraction(8), fraction(timedelta(hours=8) + apart)))["sessions"] == number


def test_an_order_for_two_sessions_a_day_tells_fractions_an_hour_apart_apart() -> None:
    assert day_of(world(fraction(8), fraction(9), is_ordered=True))["sessions"] == 2
    assert (
        day_of(world(fraction(timedelta(hours=8)), fraction(timedelta(hours=9) - SECOND), is_ordered=True))["sessions"]
        == 1
    )


def test_a_session_with_a_name_is_one_visit_however_long() -> None:
    assert day_of(world(fraction(8, session="a"), fraction(11, session="a")))["sessions"] == 1
    assert day_of(world(fraction(8, session="a"), fraction(8.1, session="b")))["sessions"] == 2


def test_a_fraction_without_a_time_is_told_by_its_day_only_where_it_is_alone() -> None:
    assert day_of(world(fraction(None)))["sessions"] == 1
    assert day_of(world(fraction(None), fraction(8, session="a")))["sessions"] == 2
    assert day_of(world(fraction(None), fraction(8), is_ordered=True))["sessions"] is None


@pytest.mark.parametrize("is_ordered", [False, True])
def test_where_policy_is_silent_what_it_would_decide_is_unknown(is_ordered: bool) -> None:
    near, far = (
        world(fraction(8), fraction(8.2), is_ordered=is_ordered),
        world(fraction(8), fraction(20), is_ordered=is_ordered),
    )
    assert day_of(near, same_visit=None)["sessions"] is None
    assert day_of(far, same_visit=None)["sessions"] == 2
    assert day_of(near, distinct_after=None)["sessions"] == 1
    assert day_of(far, distinct_after=None)["sessions"] == (2 if is_ordered else None)


FRACTION = st.builds(
    fraction,
    st.sampled_from([None, *(timedelta(minutes=m) for m in (480, 510, 539, 540, 600, 840, 900))]),
    st.sampled_from(["1", "2"]),
    st.sampled_from([1, 2]),
    session=st.sampled_from([None, None, None, "a", "b"]),
    status=st.sampled_from(["complete", "partial", "not_delivered"]),
)
QUICK = settings(deadline=None, max_examples=60)
FRACTIONS_OF_A_DAY = st.lists(FRACTION, max_size=6)


@QUICK
@given(FRACTIONS_OF_A_DAY, st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_the_records_does_not_matter(
    fractions: list[dict[str, Any]], random: Any, is_ordered: bool
) -> None:
    shuffled = random.sample(fractions, len(fractions))
    # Of two records of one plan in one named visit the later one says the isocenters; all say the same here.
    for make, names in ((session_days, DAYS), (sessions, SESSIONS)):
        first, second = (
            make(world(*f, is_ordered=is_ordered), same_visit=HOUR, distinct_after=SIX_HOURS, motion=MOTION).sort(
                *names
            )
            for f in (fractions, shuffled)
        )
        assert first.equals(second)


@QUICK
@given(FRACTIONS_OF_A_DAY, st.integers(-7 * 60, 8 * 60))
def test_a_shift_of_the_clock_does_not_matter(fractions: list[dict[str, Any]], minutes: int) -> None:
    def shifted(row: dict[str, Any]) -> dict[str, Any]:
        at = row["fraction.started_at"]
        return row | {"fraction.started_at": None if at is None else at + timedelta(minutes=minutes)}

    first, second = (
        session_days(world(*f), same_visit=HOUR, distinct_after=SIX_HOURS, motion=MOTION)
        for f in (fractions, map(shifted, fractions))
    )
    assert first.equals(second)


@QUICK
@given(FRACTIONS_OF_A_DAY)
def test_one_more_complete_fraction_never_lowers_the_count(fractions: list[dict[str, Any]]) -> None:
    def number(*rows: dict[str, Any]) -> int | None:
        days = session_days(world(*rows), same_visit=HOUR, distinct_after=SIX_HOURS, motion=MOTION)
        return days["day.sessions"].item() if days.height else 0

    before, after = number(*fractions), number(*fractions, fraction(22))
    # Seven hours after the last: told apart from all others, unless one of them has no time.
    assert after is None or (before is not None and after == before + 1)


@QUICK
@given(FRACTIONS_OF_A_DAY, st.booleans())
def test_a_day_holds_as_many_rows_as_sessions_or_one_for_each_there_may_have_been(
    fractions: list[dict[str, Any]], is_ordered: bool
) -> None:
    tables = world(*fractions, is_ordered=is_ordered)
    rows = sessions(tables, same_visit=HOUR, distinct_after=SIX_HOURS, motion=MOTION)
    days = session_days(tables, same_visit=HOUR, distinct_after=SIX_HOURS, motion=MOTION)
    assert rows["session.fractions"].sum() == sum(f["fraction.status"] != "not_delivered" for f in fractions)
    for counted in days["day.sessions"]:
        if counted:
            assert rows["session.is_sure"].to_list() == [True] * counted
        else:  # the first is sure; each fraction may have been a further one
            further = int(rows["session.fractions"].sum()) - 1
            assert rows["session.is_sure"].to_list() == [True, *(None for _ in range(further))]


# ── what was delivered ──────────────────────────────────────────────────────────────────────────


def test_two_plans_in_one_visit_add_their_isocenters_and_mix_their_beams() -> None:
    tables = world(fraction(8), fraction(8.3, "2"))
    day, (session,) = day_of(tables), sessions_of(tables)
    assert (day["sessions"], day["isocenters"], day["modality"]) == (1, 2, "mixed")
    assert (session["isocenters"], session["modality"], session["fractions"]) == (2, "mixed", 2)


def test_two_records_of_one_plan_in_a_visit_are_not_two_isocenters() -> None:
    assert day_of(world(fraction(8, status="partial"), fraction(8.3)))["isocenters"] == 1


def test_two_visits_that_differ_leave_the_day_without_the_fact() -> None:
    day = day_of(world(fraction(8), fraction(15, "2")))
    assert (day["sessions"], day["isocenters"], day["modality"], day["technique"]) == (2, 1, None, None)


def test_visits_nobody_can_tell_apart_keep_only_what_holds_either_way() -> None:
    day = day_of(world(fraction(8), fraction(11, "2")))
    assert (day["sessions"], day["isocenters"], day["motion_managed"]) == (None, None, False)


@pytest.mark.parametrize(
    ("hours", "partial"),
    [((8, 8.3), 0), ((8, 15), 1), ((8, 11), None)],
    ids=["one visit, its other fraction complete", "two visits", "not told apart"],
)
def test_a_visit_ended_early_only_where_all_of_it_did(hours: tuple[float, float], partial: int | None) -> None:
    first, second = hours
    day = day_of(world(fraction(first), fraction(second, status="partial")))
    assert (day["sessions_partial"], day["partial_delivery"]) == (partial, True)


def test_a_technique_called_unknown_is_unknown() -> None:
    assert day_of(world(fraction(8), technique="unknown"))["technique"] is None


@pytest.mark.parametrize(
    ("kind", "evidence", "expected"),
    [
        ("gating", "system", True), ("gating", "medical_necessity", None), ("gating", None, None), ("none", "system", False),
        ("abdominal_compression", "system", False), (None, "system", None),
    ],
)  # fmt: skip
def test_motion_is_managed_where_it_acts_on_the_beam_and_the_record_shows_it(
    kind: str | None, evidence: str | None, expected: bool | None
) -> None:
    given_ = world(fraction(8, motion_management=kind, motion_evidence=evidence))
    assert day_of(given_)["motion_managed"] is expected


@pytest.mark.parametrize(("hours", "gap"), [((8, 8.5), None), ((8, 9), 1.0), ((8, 11, 17), 3.0), ((None, 8), None)])
def test_the_gap_of_a_day_is_the_shortest_between_fractions_of_no_single_visit(
    hours: tuple[float, ...], gap: float | None
) -> None:
    assert day_of(world(*map(fraction, hours)))["gap_hours"] == gap


# ── the place of a session ──────────────────────────────────────────────────────────────────────


def test_sessions_are_numbered_within_their_course_until_a_day_nobody_can_count() -> None:
    def on(day: int, hour: float) -> dict[str, Any]:
        row = fraction(hour)
        return row | {
            "fraction.day": date(2026, 5, day),
            "fraction.started_at": datetime(2026, 5, day) + timedelta(hours=hour),
        }

    rows = sessions_of(world(on(18, 8), on(18, 15), on(19, 8), on(20, 8), on(20, 11), on(21, 8)))
    assert [(r["day"].day, r["of_day"], r["number"]) for r in rows] == [
        (18, 1, 1), (18, 2, 2), (19, 1, 3), (20, 1, 4), (20, 2, None), (21, 1, None),
    ]  # fmt: skip
    assert [r["gap_hours"] for r in rows] == [None, 7.0, None, None, None, None]
    assert [r["is_last_seen"] for r in rows] == [False] * 5 + [True]


def test_a_session_of_two_courses_is_one_and_of_the_first() -> None:
    (row,) = sessions_of(world(fraction(8, course=2), fraction(8.2)))
    assert (row["course.key"], row["fractions"]) == (1, 2)


def test_sessions_of_a_course_whose_records_are_not_complete_have_no_number() -> None:
    tables = world(fraction(8))
    unknown = tables["courses"].with_columns(pl.lit(None, pl.Boolean).alias("course.records_complete"))
    (row,) = sessions_of(Tables({name: tables[name] for name in ("fractions", "plans")} | {"courses": unknown}))
    assert (row["number"], row["of_day"]) == (None, 1)
