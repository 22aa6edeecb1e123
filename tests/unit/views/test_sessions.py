"""Sessions of a day: which fractions were one visit, what was delivered in each, and which of them ended early."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from beamclaim.model.tables import DOCUMENTS, FRACTIONS, PLANS
from beamclaim.model.tables.frames import Tables
from beamclaim.views.delivered import delivered
from beamclaim.views.sessions import sessions

DAY = date(2026, 5, 18)
PATIENTS = pl.DataFrame(
    {"course.key": [1], "patient.key": [7]}, schema={"course.key": pl.UInt64, "patient.key": pl.UInt64}
)
APART = timedelta(hours=6)


def fraction(hour: float, plan: str = "1", **said: object) -> dict[str, Any]:
    at = datetime(2026, 5, 18) + timedelta(hours=hour)
    return {
        **dict.fromkeys(FRACTIONS.schema), "course.key": 1, "fraction.plan": plan, "fraction.day": DAY, "fraction.started_at": at,
        "fraction.status": "complete", "fraction.isocenters": 1, "fraction.motion_management": "none",
        **{f"fraction.{k}": v for k, v in said.items()},
    }  # fmt: skip


def book(*fractions: dict[str, Any], ordered: bool = False) -> Tables:
    plans = [
        {**dict.fromkeys(PLANS.schema), "course.key": 1, "plan.id": "1", "plan.modality": "photon", "plan.technique": "vmat"},
        {**dict.fromkeys(PLANS.schema), "course.key": 1, "plan.id": "2", "plan.modality": "electron", "plan.technique": "electron_field"},
    ]  # fmt: skip
    orders = (
        [{**dict.fromkeys(DOCUMENTS.schema), "course.key": 1, "document.item": "twice_daily_order"}] if ordered else []
    )
    return Tables(
        {
            "fractions": pl.DataFrame(list(fractions), schema=FRACTIONS.schema),
            "plans": pl.DataFrame(plans, schema=PLANS.schema),
            "documents": pl.DataFrame(orders, schema=DOCUMENTS.schema),
        }
    )


def facts(given: Tables) -> dict[str, Any]:
    (row,) = delivered(given, PATIENTS, APART).to_dicts()
    (counted,) = sessions(given, PATIENTS, APART).to_dicts()
    return row | counted


def test_two_plans_in_one_visit_add_their_isocentres_and_mix_their_beams() -> None:
    day = facts(book(fraction(8), fraction(8.3, "2")))
    assert (day["day.sessions"], day["day.isocenters"], day["day.modality"]) == (1, 2, "mixed")


def test_two_visits_that_differ_leave_the_day_without_the_fact() -> None:
    day = facts(book(fraction(8), fraction(15, "2")))
    assert day["day.sessions"] == 2
    assert day["day.isocenters"] == 1
    assert day["day.modality"] is None
    assert day["day.technique"] is None


def test_visits_nobody_can_tell_apart_keep_only_what_holds_either_way() -> None:
    day = facts(book(fraction(8), fraction(11, "2")))
    assert day["day.sessions"] is None
    assert day["day.isocenters"] is None
    assert day["day.motion_managed"] is False


def test_an_order_for_two_sessions_a_day_tells_them_apart() -> None:
    assert facts(book(fraction(8), fraction(11, "2"), ordered=True))["day.isocenters"] == 1


@pytest.mark.parametrize(
    ("hours", "partial"),
    [((8, 8.3), 0), ((8, 15), 1), ((8, 11), None)],
    ids=["one visit, its other fraction complete", "two visits", "not told apart"],
)
def test_a_visit_ended_early_only_where_all_of_it_did(hours: tuple[float, float], partial: int | None) -> None:
    first, second = hours
    assert facts(book(fraction(first), fraction(second, status="partial")))["day.partial"] == partial


def test_a_technique_called_unknown_is_unknown() -> None:
    given = book(fraction(8))
    plans = given["plans"].with_columns(pl.lit("unknown").alias("plan.technique"))
    unknown = Tables({"fractions": given["fractions"], "plans": plans, "documents": given["documents"]})
    assert facts(unknown)["day.technique"] is None
