"""What still stands: documents that were cancelled or replaced, addenda, stays that were taken back."""

from itertools import permutations

import pytest
from evidence_rows import assertion, kinds, one, unknown

from beamclaim.courses import CourseRecord
from beamclaim.model.tables.evidence import Assertion

CHARGE = (
    assertion("charge", "OIS|RO|M0/FT1-1", "code", "77412", "hl7v2"),
    assertion("charge", "OIS|RO|M0/FT1-1", "date", "2026-01-05", "hl7v2"),
)


def told(subject: str, key: str, hour: int | None, **facts: str | None) -> list[Assertion]:
    """What a message of that hour (null: without a time) says of a thing."""
    at = f"2026-01-06T{hour:02d}:00" if hour is not None else None
    rows = [assertion(subject, key, name, value, "hl7v2") for name, value in facts.items()]
    whole = assertion(subject, key, "told_at", at, "hl7v2", reason="OIS|RO")
    return [*rows, whole._replace(start=rows[0].start, end=rows[-1].end)]


def document(hour: int | None, key: str = "D1", **facts: str | None) -> list[Assertion]:
    signed = {"item": "signed_prescription", "date": "2026-01-05", "status": "authenticated", "signed_by": "PHYS, B"}
    return told("document", key, hour, **(signed | facts))


def stay(hour: int | None, event: str | None = "admitted", key: str = "V1", **facts: str | None) -> list[Assertion]:
    return told("stay", key, hour, event=event, kind="inpatient", **({"first_day": "2026-01-04"} | facts))


def signers(*rows: Assertion) -> list[object]:
    return [d.get("signed_by") for d in one(*CHARGE, *rows).form.get("documents", [])]


def days(*rows: Assertion) -> list[tuple[object, object]]:
    return [(s.get("first_day"), s.get("last_day")) for s in one(*CHARGE, *rows).form.get("stays", [])]


def notes(record: CourseRecord) -> str:
    return " / ".join(f"{n.kind}: {n.text}" for n in record.observations)


@pytest.mark.parametrize(
    "facts", [{"status": "cancelled"}, {"availability": "obsolete"}, {"availability": "deleted"}, {"withdrawn": "true"}]
)
def test_a_document_that_was_taken_back_is_none_and_its_history_is_shown(facts: dict[str, str]) -> None:
    record = one(*CHARGE, *document(9), *told("document", "D1", 10, **facts))
    assert "documents" not in record.form and "document_taken_back" in kinds(record)
    assert signers(*document(9)) == ["PHYS, B"]
    if "status" in facts:
        assert "status authenticated (2026-01-06T09:00), then cancelled (2026-01-06T10:00)" in notes(record)


def test_the_last_word_counts_whatever_the_order_of_the_files() -> None:
    sent = [
        document(9, status="dictated", signed_by=""),
        document(10),
        document(11, status="in_progress", signed_by=""),
    ]
    for files in permutations(sent):
        assert signers(*(r._replace(file=n) for n, rows in enumerate(files) for r in rows)) == [None]
    assert signers(*sent[0], *sent[1]) == ["PHYS, B"]


def test_what_was_last_is_not_decided_where_messages_have_one_time_or_none() -> None:
    for hour in (9, None):
        unsigned = [r._replace(file=1) for r in document(hour, status="dictated", signed_by="")]
        record = one(*CHARGE, *document(hour), *unsigned)
        assert "signed_by" not in record.form["documents"][0]
        assert "documents[0].signed_by" in unknown(record)
    cancelled = [r._replace(file=1) for r in told("document", "D1", 9, status="cancelled")]
    assert signers(*document(9), *cancelled) == []


def test_a_replaced_document_is_none_and_the_new_one_counts_by_its_own_status() -> None:
    new = document(10, "D2", replaces="D1", status="dictated", signed_by="")
    assert signers(*document(9), *new) == [None]
    again = one(*CHARGE, *document(9), *new, *told("document", "D2", 11, status="cancelled"))
    assert "documents" not in again.form and "does it stand again?" in unknown(again)["documents"]


def test_an_addendum_is_one_document_with_what_it_adds_to() -> None:
    addendum = document(10, "D2", adds_to="D1", status="dictated", signed_by="")
    assert signers(*document(9), *addendum) == ["PHYS, B"]
    record = one(*CHARGE, *document(9), *addendum)
    assert "an addendum of 2026-01-05, dictated, to a document of 2026-01-05" in notes(record)
    alone = one(*CHARGE, *addendum)
    assert "documents" not in alone.form and "not among the files" in unknown(alone)["documents"]
    signed_later = told("document", "D2", 12, parent="D1", status="authenticated")
    assert signers(*document(9), *addendum, *signed_later) == ["PHYS, B"]


def test_a_parent_without_a_word_for_what_it_is_to_it_is_asked() -> None:
    record = one(*CHARGE, *document(9), *document(10, "D2", parent="D1"))
    assert len(record.form["documents"]) == 1
    assert "does it add to it or replace it?" in unknown(record)["documents"]


def test_a_stay_whose_admission_was_cancelled_is_none_until_it_begins_again() -> None:
    assert days(*stay(8)) == [("2026-01-04", None)]
    cancelled = [*stay(8), *stay(9, "admission_cancelled")]
    record = one(*CHARGE, *cancelled)
    assert "stays" not in record.form and "stay_taken_back" in kinds(record)
    assert "event admitted (2026-01-06T08:00), then admission_cancelled (2026-01-06T09:00)" in notes(record)
    assert days(*cancelled, *stay(10, first_day="2026-01-06")) == [("2026-01-06", None)]
    spoken_of = one(*CHARGE, *cancelled, *stay(10, None))
    assert "stays" not in spoken_of.form and "after its admission was cancelled" in unknown(spoken_of)["stays"]


def test_a_cancelled_discharge_opens_the_stay_again() -> None:
    ended = [*stay(8), *stay(9, "discharged", last_day="2026-01-05")]
    assert days(*ended) == [("2026-01-04", "2026-01-05")]
    opened = [*ended, *stay(10, "discharge_cancelled", last_day="2026-01-05")]
    assert days(*opened) == [("2026-01-04", None)]
    assert days(*opened, *stay(11, "discharged", last_day="2026-01-06")) == [("2026-01-04", "2026-01-06")]


def test_a_later_day_of_admission_corrects_the_first() -> None:
    assert days(*stay(8), *stay(9, None, first_day="2026-01-05")) == [("2026-01-05", None)]


def test_an_inpatient_who_became_an_outpatient_is_asked() -> None:
    record = one(*CHARGE, *stay(8), *told("stay", "V1", 9, event="outpatient"))
    assert "stays" not in record.form and "which days were inpatient?" in unknown(record)["stays"]


def test_a_cancelled_admission_that_names_no_visit_is_asked() -> None:
    cancel = told("stay", "M9/PV1-1", 9, event="admission_cancelled", kind="inpatient", first_day="2026-01-04")
    nameless = [r._replace(reason="PV1-19 names no visit") if r.name == "event" else r for r in cancel]
    record = one(*CHARGE, *stay(8), *nameless)
    assert "stays" not in record.form and "was it this stay?" in unknown(record)["stays"]
    assert days(*stay(8, first_day="2026-01-01"), *nameless) == [("2026-01-01", None)]


def test_a_visit_that_no_message_calls_a_stay_is_said_once() -> None:
    record = one(*CHARGE, *told("stay", "V7", 9, event="expected"), *told("stay", "V8", 9, event="admission_cancelled"))
    assert "stays" not in record.form and notes(record).count("stay_not_told: 2 visits") == 1


@pytest.mark.parametrize("status", ["cancelled", "planned", "entered-in-error"])
def test_an_encounter_that_did_not_take_place_is_no_stay(status: str) -> None:
    values = {"kind": "inpatient", "first_day": "2026-01-04", "status": status}
    record = one(*CHARGE, *(assertion("stay", "Encounter/1", name, value, "fhir") for name, value in values.items()))
    assert "stays" not in record.form and "stay_taken_back" in kinds(record)
