"""Treatment records become fractions and visits: interrupted, aborted, exported twice, twice a day, over midnight."""

from datetime import datetime, timedelta
from itertools import count, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beamclaim.courses.isocenters import added, counted
from beamclaim.courses.numbers import JoiningNumbers
from beamclaim.courses.prescribed import PrescribedBeams
from beamclaim.courses.treated_fractions import TreatedFraction
from beamclaim.courses.visits import visits
from beamclaim.model.tables.evidence import Beam, Delivery
from beamclaim.policy.thresholds import load_thresholds

NUMBERS = JoiningNumbers(load_thresholds(), timedelta(minutes=60))

NINE = datetime(2026, 1, 5, 9)
_number = count()


def beams(*metersets: float, plan: str = "1.2", at: tuple[float, float, float] = (0, 0, 0)) -> list[Beam]:
    """The treatment beams of a plan, numbered from 1."""
    return [
        Beam(0, 0, 1, None, f"b{n}", plan, 1, n, f"B{n}", True, m, "photon", "static", *at, "LA1", "MU")
        for n, m in enumerate(metersets, 1)
    ]


def record(beam: int = 1, delivered: float | None = 100, at: datetime | None = NINE, **more: Any) -> Delivery:
    """A beam of 100 MU, delivered in a minute."""
    n = next(_number)
    told: dict[str, Any] = {
        "record": f"9.{n}", "plan": "1.2", "fraction": 1, "beam": beam, "beam_name": f"B{beam}", "specified": 100.0,
        "delivered": delivered, "started_at": at, "day": at.date() if at else None, "kind": "treatment",
        "ended_at": at + timedelta(minutes=1) if at else None, "termination": "normal", "machine": "LA1",
        "unit": "MU",
    } | more  # fmt: skip
    return Delivery(0, n, n + 1, None, "dicom_record", f"r{n}", **told)


def fractions(*records: Delivery, plan: list[Beam] | None = None) -> list[TreatedFraction]:
    rows = list(records)
    return visits(rows, PrescribedBeams(beams(100, 100) if plan is None else plan, rows), NUMBERS)[0]


def told(treated: list[TreatedFraction]) -> list[tuple[int | None, str, str | None]]:
    return [(t.number, str(t.day), t.status) for t in treated]


def test_all_beams_of_the_plan_make_a_fraction_complete_in_one_record_or_in_many() -> None:
    one = fractions(record(1), record(2, at=NINE + timedelta(minutes=3)))
    assert told(one) == [(1, "2026-01-05", "complete")]
    together = fractions(record(1, record="9"), record(2, record="9"))
    assert told(together) == told(one)
    assert one[0].share == pytest.approx(1)


def test_a_beam_that_was_never_started_leaves_no_record_and_is_missed_by_the_plan() -> None:
    (half,) = fractions(record(1))
    assert (half.status, half.share, half.reason) == ("partial", 0.5, "no record of beam 2")


def test_without_the_plan_the_beams_its_records_show_are_what_was_due() -> None:
    later = NINE + timedelta(days=1)
    rows = [record(1), record(2), record(1, at=later, fraction=2)]
    treated = fractions(*rows, plan=[])
    assert [t.status for t in treated] == ["complete", "partial"]
    assert treated[0].due is not None and not treated[0].due.is_planned


def test_an_interrupted_fraction_resumed_on_the_day_is_one() -> None:
    (one,) = fractions(
        record(1),
        record(2, 62, termination="machine"),
        record(2, 38, at=NINE + timedelta(minutes=75), kind="continuation"),
    )
    assert (one.status, one.reason, one.share) == ("interrupted_resumed", "beam 2 ended by the machine", 1)


def test_an_aborted_fraction_is_not_delivered_and_the_later_one_stands() -> None:
    day = timedelta(days=3)
    treated = fractions(record(1, 0, termination="operator"), record(1, at=NINE + day), record(2, at=NINE + day))
    assert told(treated) == [(1, "2026-01-05", "not_delivered"), (1, "2026-01-08", "complete")]
    assert treated[0].reason == "almost no dose was delivered; beam 1 ended by the operator"
    assert [n.kind for n in treated[0].observations] == ["attempted"]


@pytest.mark.parametrize(
    ("given_mu", "status"), [(1.9, "not_delivered"), (2.1, "partial"), (97.9, "partial"), (98, "complete")]
)
def test_two_percent_divide_an_attempt_from_a_part_and_a_part_from_a_whole(given_mu: float, status: str) -> None:
    (one,) = fractions(record(1, given_mu, termination="operator"), plan=beams(100))
    assert one.status == status


def test_a_fraction_completed_on_another_day_is_two_parts_never_merged() -> None:
    first, second = fractions(record(1), record(2, at=NINE + timedelta(days=1)))
    assert (first.status, first.share, second.status, second.share) == ("partial", 0.5, "partial", 0.5)
    assert second.reason is not None and second.reason.startswith("goes on with fraction 1 of 2026-01-05")
    assert [n.kind for n in second.observations] == ["completed_later"]


def test_a_number_that_was_not_moved_on_is_another_fraction_and_is_said() -> None:
    afternoon = NINE + timedelta(hours=7)
    rows = [record(1), record(2), record(1, at=afternoon), record(2, at=afternoon)]
    treated = fractions(*rows)
    assert told(treated) == [(1, "2026-01-05", "complete")] * 2
    assert [n.kind for n in treated[1].observations] == ["number_repeated"]
    assert [t.session for t in treated] == ["2026-01-05/1", "2026-01-05/2"]


def test_an_export_under_new_uids_is_counted_once_and_said() -> None:
    once = record(1)
    treated, left_out = visits(
        [once, once._replace(record="8.8", file=3), record(2)], PrescribedBeams(beams(100, 100), [once]), NUMBERS
    )
    assert told(treated) == [(1, "2026-01-05", "complete")]
    assert [n.kind for n in left_out] == ["exported_again"]


def test_more_than_planned_is_said_and_makes_up_for_no_other_beam() -> None:
    (one,) = fractions(record(1, 210, specified=100.0))
    assert (one.status, one.share) == ("partial", 0.5)
    assert [n.kind for n in one.observations] == ["over_delivered"]


@pytest.mark.parametrize(
    ("gap", "sessions", "doubt"),
    [
        (timedelta(minutes=50), ["2026-01-05/1", "2026-01-05/1"], None),
        (timedelta(hours=3), [None, None], "2 h 59 min lie between the fractions"),
        (timedelta(hours=6), ["2026-01-05/1", "2026-01-05/2"], None),
    ],
)
def test_two_fractions_a_day(gap: timedelta, sessions: list[str | None], doubt: str | None) -> None:
    treated = fractions(record(1), record(1, at=NINE + gap, fraction=2), plan=beams(100))
    assert [t.session for t in treated] == sessions
    assert [t.doubt for t in treated] == [doubt, doubt]


def test_a_doubt_leaves_every_fraction_of_the_day_without_a_session() -> None:
    minutes = (0, 10, 200)
    rows = [record(1, at=NINE + timedelta(minutes=m), fraction=n) for n, m in enumerate(minutes, 1)]
    assert {t.session for t in fractions(*rows, plan=beams(100))} == {None}


def test_the_same_session_id_is_one_visit_and_different_ones_are_two() -> None:
    later = NINE + timedelta(hours=3)
    same = fractions(record(1, session="S"), record(1, at=later, fraction=2, session="S"), plan=beams(100))
    assert [t.session for t in same] == ["2026-01-05/1"] * 2
    other = fractions(record(1, session="S"), record(1, at=later, fraction=2, session="T"), plan=beams(100))
    assert [t.session for t in other] == ["2026-01-05/1", "2026-01-05/2"]
    near = NINE + timedelta(minutes=10)
    odd = fractions(record(1, session="S"), record(1, at=near, fraction=2, session="T"), plan=beams(100))
    assert {t.session for t in odd} == {None} and odd[0].doubt is not None


def test_two_plans_in_one_visit_are_two_fractions_of_one_visit() -> None:
    rows = [record(1), record(1, plan="1.3", at=NINE + timedelta(minutes=5))]
    treated = fractions(*rows, plan=[*beams(100), *beams(100, plan="1.3")])
    assert [t.plan for t in treated] == ["1.2", "1.3"]
    assert len({t.visit for t in treated}) == 1


def test_a_fraction_over_midnight_is_of_the_day_it_began() -> None:
    late = datetime(2026, 1, 5, 23, 55)
    (one,) = fractions(record(1, at=late), record(2, at=late + timedelta(minutes=10)))
    assert told([one]) == [(1, "2026-01-05", "complete")]


def test_fractions_without_a_time_leave_a_doubt_only_where_there_are_several() -> None:
    day = NINE.date()
    alone = fractions(record(1, at=None, day=day), plan=beams(100))
    assert [(t.status, t.doubt) for t in alone] == [("complete", None)]
    several = fractions(record(1, at=None, day=day), record(1, at=None, day=day, fraction=2), plan=beams(100))
    assert [t.doubt for t in several] == ["a fraction of the day has no time"] * 2


def test_what_is_not_known_is_not_judged() -> None:
    (silent,) = fractions(record(1, None), plan=beams(100))
    assert (silent.status, silent.share) == (None, None)
    (groupless,) = fractions(record(7, specified=None), plan=beams(100))
    assert (groupless.status, groupless.share) == (None, None)


def test_the_record_of_the_clinic_stands_beside_the_machines_own() -> None:
    mine = record(1)
    said = mine._replace(source="fhir", motion="gating", session="E/1", delivered=None, status="completed", beam=None)
    alone = said._replace(record="P/2", fraction=2, day=NINE.date() + timedelta(days=1), started_at=None, ended_at=None)
    first, second = fractions(mine, said, alone, plan=beams(100))
    assert (first.status, [r.motion for r in first.clinic_records]) == ("complete", ["gating"])
    assert told([second]) == [(2, "2026-01-06", "complete")]


def test_another_machine_and_an_override_are_said() -> None:
    (one,) = fractions(record(1, machine="LA2", verification="verified_ovr"), plan=beams(100))
    assert {n.kind for n in one.observations} == {"override", "other_machine"}


def test_the_order_of_records_never_shows() -> None:
    rows = [
        record(1),
        record(2, 40),
        record(2, 60, at=NINE + timedelta(hours=2)),
        record(1, at=NINE + timedelta(hours=8), fraction=2),
    ]
    expected = [(t.number, t.status, t.session, t.reason) for t in fractions(*rows)]
    for shuffled in permutations(rows):
        assert [(t.number, t.status, t.session, t.reason) for t in fractions(*shuffled)] == expected


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 3), st.integers(1, 4), st.integers(0, 60 * 72), st.floats(0, 150) | st.none(),
            st.sampled_from([None, "treatment", "continuation"]), st.booleans(),
        ),
        max_size=14,
    )
)  # fmt: skip
def test_no_record_is_lost_and_no_share_leaves_its_bounds(rows: list[tuple[Any, ...]]) -> None:
    given_rows = [
        record(b, mu, at=None if timeless else NINE + timedelta(minutes=m), fraction=f, kind=k, day=NINE.date())
        for b, f, m, mu, k, timeless in rows
    ]
    treated, left_out = visits(given_rows, PrescribedBeams(beams(100, 100, 100), given_rows), NUMBERS)
    kept = [r for t in treated for r in t.rows]
    assert len(kept) + len(left_out) - sum(n.kind not in ("exported_again",) for n in left_out) == len(given_rows)
    assert all(t.share is None or 0 <= t.share <= 1 for t in treated)
    assert all(t.status != "complete" or (t.share or 0) >= 0.98 for t in treated)


ORIGIN = (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("positions", "number"),
    [
        ([ORIGIN], 1),
        ([ORIGIN, (0, 0, 1.9)], 1),
        ([ORIGIN, (0, 0, 2.1)], None),
        ([ORIGIN, (0, 0, 10.1)], 2),
        ([ORIGIN, (0, 0, 10.1), (0, 0, 5)], None),
        ([], None),
    ],
)
def test_isocentres_are_counted_where_two_distances_agree(positions: list[Any], number: int | None) -> None:
    assert counted(positions, load_thresholds()) == number


def test_plans_of_a_visit_add_up_to_its_isocentres() -> None:
    assert added({"a": [ORIGIN], "b": [ORIGIN]}, load_thresholds()) == {"a": 1, "b": 0}
    assert added({"a": [ORIGIN], "b": [(0, 0, 50)]}, load_thresholds()) == {"a": 1, "b": 1}
    assert added({"a": [ORIGIN], "b": [(0, 0, 5)]}, load_thresholds()) is None
