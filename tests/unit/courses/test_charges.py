"""Charges of a course: each once, credits taken off."""

from itertools import permutations

from evidence_rows import assertion, kinds, one, unknown

from beamclaim.courses import CourseRecord
from beamclaim.model.tables.evidence import Assertion


def charge(n: int, **facts: str | None) -> list[Assertion]:
    """The charge T1 of message M1 … sent an hour later each; `facts` replaces what it says, None leaves it out."""
    at = f"2026-01-06T{n + 8:02d}:00"
    given = {
        "code": "77386",
        "date": "2026-01-05",
        "units": "1",
        "kind": "charge",
        "charge": f"T{n}",
        "told_at": at,
    } | facts
    key = f"OIS|RO|{given.pop('message', f'M{n}')}/FT1-{n}"
    rows = [assertion("charge", key, name, value, "hl7v2") for name, value in given.items() if value is not None]
    told = [r._replace(start=rows[0].start, end=rows[-1].end, reason="OIS|RO") for r in rows if r.name == "told_at"]
    return [*(r for r in rows if r.name != "told_at"), *told]


def credit(n: int, **facts: str | None) -> list[Assertion]:
    return charge(n, **({"kind": "credit", "units": "-1"} | facts))


def units(*rows: Assertion) -> list[object]:
    """What is left, charge by charge."""
    return [row.get("units") for row in one(*rows).form.get("charges", [])]


def notes(record: CourseRecord) -> str:
    return " / ".join(f"{n.kind}: {n.text}" for n in record.observations)


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


def test_charges_and_credits_net_by_units() -> None:
    part = one(*charge(1, units="2"), *credit(2))
    assert [row["units"] for row in part.form["charges"]] == ["1"]
    assert "charge_credited: 2 units charged and 1 credited: 1 left" in notes(part)
    assert units(*charge(1), *charge(2), *credit(3, units="-2")) == []
    assert units(*charge(1), *charge(2), *credit(3)) == ["1"]
    assert units(*credit(1), *charge(2)) == []  # in whatever order they were sent
    twice = one(*charge(1, units="3", charge="A"), *credit(2, charge="A"), *credit(3, charge="A"))
    assert "two credits, or one sent again?" in unknown(twice)["charges[0].units"]
    over = one(*charge(1), *credit(2, units="-2"))
    assert "charges" not in over.form and "credit_alone" in kinds(over)


def test_one_id_charged_credited_and_charged_again_is_a_charge_whatever_the_order_of_the_files() -> None:
    sent = [charge(1, charge="A"), credit(2, charge="A"), charge(3, charge="A")]
    for files in permutations(sent):
        placed = [r._replace(file=n) for n, rows in enumerate(files) for r in rows]
        assert units(*placed) == ["1"]
    assert units(*charge(1, charge="A"), *credit(2, charge="A"), *credit(3, charge="A")) == []
    assert units(*charge(1, charge="A"), *credit(2, charge="A"), *charge(3, charge="A"), *credit(4, charge="A")) == []


def test_a_credit_is_taken_off_the_charge_of_its_id_first() -> None:
    record = one(*charge(1), *charge(2, modifiers="76"), *credit(3, charge="T2", modifiers=None))
    assert [row["charge"] for row in record.form["charges"]] == ["T1"]


def test_messages_of_one_time_leave_open_what_was_last() -> None:
    at = "2026-01-06T09:00"
    sent = [charge(1, charge="A", told_at=at), credit(2, charge="A", told_at=at), charge(3, charge="A", told_at=at)]
    record = one(*(r._replace(file=n) for n, rows in enumerate(sent) for r in rows))
    assert "which was last?" in unknown(record)["charges[0].units"]
    assert units(*charge(1, charge="A", told_at=at), *credit(2, charge="A", told_at=at)) == []


def test_one_id_with_other_content_is_one_charge_and_asked() -> None:
    record = one(*charge(1, charge="A"), *charge(2, charge="A", code="77385"))
    (row,) = record.form["charges"]
    assert "code" not in row and [fact for fact, _ in record.conflicts] == ["charges[0].code"]
    assert "was the charge corrected, or are they two?" in unknown(record)["charges"]
    more = one(*charge(1, charge="A"), *charge(2, charge="A", units="2"))
    assert [row.get("units") for row in more.form["charges"]] == [None]
    corrected = one(*charge(1, charge="A"), *credit(2, charge="A"), *charge(3, charge="A", code="77385"))
    assert [row["code"] for row in corrected.form["charges"]] == ["77385"] and not corrected.conflicts


def test_the_mapping_says_what_a_second_charge_of_one_id_is() -> None:
    replaced = one(*charge(1, charge="A"), *charge(2, charge="A", code="77385", same_id="replaces"))
    assert [row["code"] for row in replaced.form["charges"]] == ["77385"] and "charge_replaced" in kinds(replaced)
    assert units(*charge(1, charge="A"), *charge(2, charge="A", code="77385", same_id="another")) == ["1", "1"]


def test_an_id_that_one_message_gives_to_several_charges_is_no_id() -> None:
    both = [*charge(1, charge="A", message="M"), *charge(2, charge="A", message="M", code="77385")]
    record = one(*both)
    assert [row["code"] for row in record.form["charges"]] == ["77386", "77385"] and not record.conflicts


def test_a_charge_that_stands_twice_in_one_message_under_one_id_is_asked() -> None:
    record = one(*charge(1, charge="A", message="M"), *charge(2, charge="A", message="M"))
    assert len(record.form["charges"]) == 1
    assert "two services, or one?" in unknown(record)["charges[0].units"]


def test_a_charge_without_an_id_that_comes_again_is_asked() -> None:
    record = one(*charge(1, charge=None), *charge(2, charge=None))
    assert len(record.form["charges"]) == 1 and "units" not in record.form["charges"][0]
    assert "2 services, or one sent again?" in unknown(record)["charges[0].units"]
    morning, evening = (f"2026-01-05T{hour}:00" for hour in ("08", "15"))
    assert units(*charge(1, charge=None, served_at=morning), *charge(2, charge=None, served_at=evening)) == ["1", "1"]
    assert units(*charge(1, charge=None, message="M"), *charge(2, charge=None, message="M")) == ["1", "1"]


def test_what_may_be_a_credit_is_no_charge_and_leaves_the_charge_open() -> None:
    maybe = [assertion("charge", "OIS|RO|M2/FT1-2", "kind", None, "hl7v2", reason="an amount below zero", who="biller")]
    record = one(*charge(1, charge="A"), *charge(2, charge="A", kind=None), *maybe)
    (row,) = record.form["charges"]
    assert "units" not in row and "an amount below zero" in unknown(record)["charges[0].units"]
    assert "is it a charge, a credit or neither?" in unknown(record)["charges"]


def test_a_credit_alone_names_the_charge_it_may_be_meant_for() -> None:
    record = one(*charge(1, modifiers="76"), *credit(2, charge="T9", modifiers=None))
    text = "a credit whose charge is here with modifiers not said of the credit, 76 of the charge"
    assert text in notes(record) and text in unknown(record)["charges[0].units"]
    assert "is not here" in notes(one(*charge(1), *credit(2, charge="T9", code="77385")))


def test_charges_of_one_id_and_two_senders_are_two() -> None:
    other = [
        r._replace(key=r.key.replace("OIS", "HIS"), reason="HIS|RO") for r in charge(2, charge="A", date="2026-01-07")
    ]
    assert units(*charge(1, charge="A"), *other) == ["1", "1"]
