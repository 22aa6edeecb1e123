"""Charges of a course: each once, credits taken off."""

from evidence_rows import assertion, kinds, one

from beamclaim.model.tables.evidence import Assertion


def charge(n: int, **facts: str) -> list[Assertion]:
    given = {"code": "77386", "date": "2026-01-05", "units": "1", "kind": "charge", "charge": f"T{n}"} | facts
    return [assertion("charge", f"M{n}/FT1-1", name, value, "hl7v2") for name, value in given.items()]


def test_charges_are_listed_and_credits_taken_off() -> None:
    record = one(*charge(1), *charge(2, charge="T2"), *charge(3, kind="credit", units="-1", charge="T2"))
    assert record.form["charges"] == [{"charge": "T1", "date": "2026-01-05", "code": "77386", "units": "1"}]
    assert "charge_credited" in kinds(record)
    alone = one(*charge(1), *charge(2, kind="credit", units="-1", charge="T9", code="77385"))
    assert len(alone.form["charges"]) == 1 and "credit_alone" in kinds(alone)


def test_a_charge_sent_again_under_its_id_counts_once_and_two_of_a_day_twice() -> None:
    again = one(*charge(1), *charge(2, charge="T1"))
    assert len(again.form["charges"]) == 1 and "charge_repeated" in kinds(again)
    assert [fact for fact, _ in again.sources].count("charges[0].code") == 2
    assert len(one(*charge(1), *charge(2)).form["charges"]) == 2
    assert len(one(*charge(1), *charge(2, charge="T1", code="77385")).form["charges"]) == 2


def test_a_charge_told_by_two_sources_counts_once_for_each_time_both_tell_it() -> None:
    def other(n: int) -> list[Assertion]:
        values = {"charge": f"ChargeItem/{n}", "code": "77386", "date": "2026-01-05", "units": "1"}
        return [assertion("charge", f"ChargeItem/{n}", name, value, "fhir") for name, value in values.items()]

    record = one(*charge(1), *other(1))
    (row,) = record.form["charges"]
    assert row["code"] == "77386" and record.conflicts == []
    assert {w.source for fact, w in record.sources if fact == "charges[0].code"} == {"fhir", "hl7v2"}
    assert "charge_told_twice" in kinds(record)
    assert len(one(*charge(1), *charge(2), *other(1), *other(2)).form["charges"]) == 2
    assert len(one(*charge(1), *other(1), *other(2)).form["charges"]) == 2


def test_a_charge_whose_number_is_the_houses_own_is_left_out_and_said() -> None:
    record = one(*charge(1), *charge(2, code="RADONC-7"))
    assert len(record.form["charges"]) == 1
    assert "charge_left_out" in kinds(record)
