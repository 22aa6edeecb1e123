"""Charges of FHIR: which ChargeItems are charges, which are taken back, and which day they are of."""

from typing import Any

import pytest
from fhir_reading import read

from beamclaim.model.tables.evidence import Assertion

CODE = {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "77412"}]}


def charge_item(**members: Any) -> dict[str, Any]:
    return {
        "resourceType": "ChargeItem", "id": "c", "status": "billable", "subject": {"reference": "Patient/p"}, "code": CODE,
        "occurrenceDateTime": "2026-01-05", "enteredDate": "2026-01-06", "quantity": {"value": 1},
    } | members  # fmt: skip


def said(resource: dict[str, Any]) -> dict[str, Assertion]:
    return {s.name: s for s in read({key: v for key, v in resource.items() if v is not None}).assertions}


@pytest.mark.parametrize("status", ["billable", "billed"])
def test_a_charge_item_that_is_billable_or_billed_is_a_charge(status: str) -> None:
    charge = said(charge_item(status=status))
    assert "kind" not in charge and (charge["date"].value, charge["units"].value) == ("2026-01-05", "1")


@pytest.mark.parametrize(
    ("status", "kind"), [("planned", "planned"), ("aborted", "dropped"), ("not-billable", "not billable")]
)
def test_one_that_is_planned_dropped_or_not_billable_is_none(status: str, kind: str) -> None:
    assert said(charge_item(status=status))["kind"].value == kind


def test_one_of_an_unknown_status_or_an_amount_below_zero_is_asked() -> None:
    assert (said(charge_item(status="unknown"))["kind"].value, said(charge_item(status="unknown"))["kind"].who) == (
        None,
        "biller",
    )
    below = said(charge_item(priceOverride={"value": -500, "currency": "USD"}))["kind"]
    assert below.value is None and "below zero" in str(below.reason)


def test_a_quantity_below_zero_is_kept_with_its_sign() -> None:
    assert said(charge_item(quantity={"value": -1}))["units"].value == "-1"


def test_a_charge_without_a_day_or_of_a_day_to_come_has_none() -> None:
    assert "no day of service" in str(said(charge_item(occurrenceDateTime=None))["date"].reason)
    ahead = said(charge_item(occurrenceDateTime="2026-01-10"))["date"]
    assert ahead.value is None and "charged before the service" in str(ahead.reason)


def test_a_charge_item_entered_in_error_is_withdrawn() -> None:
    assert set(said(charge_item(status="entered-in-error"))) >= {"withdrawn"}
    assert "code" not in said(charge_item(status="entered-in-error"))


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ({"start": "2026-01-05", "end": "2026-01-05"}, "2026-01-05"),
        ({"start": "2026-01-05"}, "2026-01-05"),
        ({"start": "2026-01-05", "end": "2026-01-09"}, None),
        ({"start": "2026-01-05", "end": "2026"}, None),
        ({"end": "2026-01-09"}, None),
    ],
)
def test_a_service_over_several_days_has_no_day_of_its_own(period: dict[str, str], day: str | None) -> None:
    date = said(charge_item(occurrenceDateTime=None, occurrencePeriod=period))["date"]
    assert (date.value, date.who) == (day, None if day else "biller")
    if len(period) == 2 and day is None:
        assert "runs over several days" in str(date.reason)
