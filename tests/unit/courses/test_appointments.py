"""Appointments: one a number, with its last status; and a day that is charged though nobody came."""

from evidence_rows import assertion, kinds, one, treatment
from test_standing import CHARGE, notes, told

from beamclaim.model.tables.evidence import Assertion


def appointment(hour: int, key: str = "AP1", at: str = "2026-01-05T09:00", **facts: str) -> list[Assertion]:
    return told("session", key, hour, **({"planned_at": at, "planned_status": "booked"} | facts))


def test_an_appointment_told_again_is_one_with_its_last_status() -> None:
    record = one(*CHARGE, *appointment(8), *appointment(9, planned_status="cancelled"))
    assert "1 appointment on 2026-01-05, 1 cancelled: what was planned" in notes(record)
    moved = one(*CHARGE, *appointment(8), *appointment(9, at="2026-01-07T09:00"))
    assert "1 appointment on 2026-01-07: what was planned" in notes(moved)
    of_one_time = [r._replace(file=-1) for r in appointment(8, planned_status="no_show")]
    assert "1 not kept" in notes(one(*CHARGE, *appointment(8), *of_one_time))


def test_a_charge_of_a_day_whose_appointment_was_not_kept_is_said() -> None:
    cancelled = [*appointment(8), *appointment(9, planned_status="cancelled")]
    record = one(*CHARGE, *cancelled)
    assert "2026-01-05 is charged, and its appointment was cancelled: did the patient come?" in notes(record)
    assert "charged_not_kept" not in kinds(one(*CHARGE, *cancelled, *appointment(8, "AP2")))
    assert "charged_not_kept" not in kinds(one(*CHARGE, *cancelled, treatment(None)))
    assert "charged_not_kept" not in kinds(one(assertion("charge", "M/FT1-1", "code", "77412", "hl7v2"), *cancelled))
