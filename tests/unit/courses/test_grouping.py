"""Which evidence belongs to one course: links, days between, courses by name, what could be of several."""

from datetime import timedelta

import pytest
from evidence_rows import DAY, NOTHING, NUMBERS, PLAN, Row, assertion, beam, evidence, join, kinds, one, treatment

from beamclaim.courses import courses
from beamclaim.model.persona import PatientNumber
from beamclaim.model.tables.evidence import Assertion


def charge(n: int, **facts: str) -> list[Assertion]:
    given = {"code": "77386", "date": "2026-01-05", "units": "1", "kind": "charge", "charge": f"T{n}"} | facts
    return [assertion("charge", f"M{n}/FT1-1", name, value, "hl7v2") for name, value in given.items()]


@pytest.mark.parametrize("days", [90, 91])
def test_more_than_ninety_days_without_a_link_part_two_courses(days: int) -> None:
    rows: list[Row] = [treatment("1.2"), treatment("1.3", at=DAY + timedelta(days=days))]
    assert len(join(*rows)) == (1 if days == 90 else 2)


@pytest.mark.parametrize("link", ["frame_of_reference", "predecessor", "concurrent"])
def test_what_refers_to_another_belongs_with_it_however_long_after(link: str) -> None:
    shared = "7.7" if link == "frame_of_reference" else "1.2"
    rows: list[Row] = [
        assertion("plan", "1.2", link, "7.7"),
        treatment("1.2"),
        assertion("plan", "1.3", link, shared),
        treatment("1.3", at=DAY + timedelta(days=200)),
    ]
    assert len(join(*rows)) == 1


def test_a_plan_delivered_before_is_of_an_earlier_course() -> None:
    rows: list[Row] = [
        assertion("plan", "1.2", "label", "a"),
        treatment("1.2"),
        assertion("plan", "1.3", "prior", "1.2"),
        treatment("1.3", at=DAY + timedelta(days=200)),
    ]
    assert len(join(*rows)) == 2


def test_two_courses_of_the_record_stay_two_though_they_overlap() -> None:
    rows: list[Row] = []
    for name in ("left", "right"):
        rows += [
            assertion("course", f"Procedure/{name}", "started_on", "2026-01-05", "fhir"),
            assertion("course", f"Procedure/{name}", "modality", "photon", "fhir"),
        ]
    assert len(join(*rows)) == 2


def test_evidence_of_nobody_is_joined_by_what_it_refers_to_alone() -> None:
    rows: list[Row] = [treatment("1.2", patient=None), treatment("1.3", patient=None)]
    assert len(courses(evidence(*rows), NOTHING, patient=None, numbers=NUMBERS)[0]) == 2


def test_papers_that_could_be_of_two_courses_are_placed_in_neither() -> None:
    rows: list[Row] = []
    for name in ("left", "right"):
        rows += [assertion("course", f"Procedure/{name}", "started_on", "2026-01-05", "fhir")]
    records, loose = courses(evidence(*rows, *charge(1)), NOTHING, patient=PatientNumber("P1"), numbers=NUMBERS)
    assert not any("charges" in a.form for a in records)
    assert [n.text for n in loose] == ["charge: could belong to several courses"]


def test_appointments_and_images_are_notes_and_make_no_course() -> None:
    rows: list[Row] = [
        assertion("session", "A1", "planned_at", "2026-01-06T09:00:00", "hl7v2"),
        assertion("session", "I1", "image", "CT", "dicom_image"),
        assertion("session", "I1", "image_at", "2026-01-05", "dicom_image"),
    ]
    record = one(*PLAN, treatment(), *rows)
    assert {"appointments", "images"} <= set(kinds(record))
    alone, loose = courses(evidence(*rows), NOTHING, patient=PatientNumber("P1"), numbers=NUMBERS)
    assert (alone, {n.kind for n in loose}) == ([], {"not_placed"})


def test_the_id_of_a_course_says_nothing_of_the_patient_and_stays_when_records_come() -> None:
    first = one(*PLAN, beam(), treatment())
    later = one(*PLAN, beam(), treatment(), treatment(at=DAY + timedelta(days=1), fraction=2))
    assert first.form["course"] == later.form["course"]
    assert "P1" not in first.form["course"]


def test_a_fraction_of_the_record_finds_its_plan_in_another_file() -> None:
    rows: list[Row] = [
        assertion("fraction", "Procedure/f", "based_on", "ServiceRequest/p", "fhir"),
        assertion("fraction", "Procedure/f", "dicom_record", "9.9", "fhir"),
        assertion("plan", "ServiceRequest/p", "label", "Boost", "fhir"),
    ]
    record = one(*rows, treatment(None, source="fhir", record="9.9", status="completed"))
    assert record.form["fractions"][0]["plan"] == "Boost"


def test_the_plan_a_fraction_was_based_on_and_the_treated_plan_it_is_part_of_are_one() -> None:
    rows: list[Row] = [
        assertion("fraction", "Procedure/f", "part_of", "Procedure/t", "fhir"),
        assertion("fraction", "Procedure/f", "based_on", "ServiceRequest/p", "fhir"),
        assertion("plan", "ServiceRequest/p", "fractions_planned", "25", "fhir"),
        assertion("plan", "Procedure/t", "technique", "vmat", "fhir"),
    ]
    record = one(*rows, treatment("Procedure/t", source="fhir", record="Procedure/f", status="completed"))
    assert record.form["plans"] == [
        {"plan": "plan 1", "modality": "photon", "technique": "vmat", "fractions_planned": 25}
    ]
