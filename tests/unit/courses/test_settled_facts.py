"""Facts of several sources: what agrees, what contradicts, what nobody knows, what the user says."""

from datetime import timedelta

from evidence_rows import DAY, NOTHING, NUMBERS, PLAN, Row, assertion, beam, evidence, one, treatment, unknown

from beamclaim.courses import CourseDefaults, courses
from beamclaim.model.persona import PatientNumber
from beamclaim.model.tables.evidence import Assertion


def test_a_plan_and_its_records_are_a_course_in_the_form() -> None:
    record = one(*PLAN, beam(), treatment(), treatment(at=DAY + timedelta(days=1), fraction=2))
    assert record.form["patient"] == {"id": "P1", "birth_date": "1961-04-02", "sex": "M"}
    assert record.form["plans"] == [
        {"plan": "Prostate", "modality": "photon", "technique": "vmat", "fractions_planned": 5}
    ]
    assert record.form["fractions"][0] == {
        "fraction": 1, "plan": "Prostate", "started_at": "2026-01-05T09:00:00", "status": "complete", "isocenters": 1,
        "modality": "photon", "machine": "LA1",
    }  # fmt: skip
    assert "records_complete" not in record.form
    assert "2 of 5 planned were found" in unknown(record)["records_complete"]


def test_every_fact_of_the_form_has_a_source() -> None:
    record = one(*PLAN, beam(), treatment())
    said = {fact for fact, _ in record.sources}
    for n, row in enumerate(record.form["fractions"]):
        assert {f"fractions[{n}].{key}" for key in row} <= said
    assert {f"plans[0].{key}" for key in record.form["plans"][0]} <= said


def test_sources_that_agree_are_all_named_and_one_that_contradicts_takes_the_fact_out() -> None:
    fhir = [
        assertion("plan", "Procedure/1", "dicom_plan", "1.2", "fhir"),
        assertion("plan", "Procedure/1", "modality", "photon", "fhir"),
    ]
    agreed = one(*PLAN, *fhir)
    assert agreed.form["plans"][0]["modality"] == "photon"
    assert {w.source for fact, w in agreed.sources if fact == "plans[0].modality"} == {"dicom_plan", "fhir"}
    against = one(*PLAN, *fhir, assertion("plan", "Procedure/1", "technique", "3d_conformal", "fhir"))
    assert "technique" not in against.form["plans"][0]
    ((fact, words),) = against.conflicts
    assert (fact, sorted(w.value for w in words)) == ("plans[0].technique", ["3d_conformal", "vmat"])
    assert unknown(against)["plans[0].technique"] == "the sources contradict each other"


def test_what_a_source_could_not_tell_another_may() -> None:
    unsure = assertion("plan", "1.2", "site", None, reason="no site in the plan", who="physician")
    assert unknown(one(*PLAN, unsure))["plans[0].site"] == "no site in the plan"
    values = one(
        *PLAN,
        unsure,
        assertion("plan", "Procedure/1", "dicom_plan", "1.2", "fhir"),
        assertion("plan", "Procedure/1", "site", "prostate", "fhir"),
    )
    assert values.form["plans"][0]["site"] == "prostate"


def test_what_the_user_says_fills_and_never_overrules() -> None:
    option = CourseDefaults("hospital_outpatient", "medicare_ffs", "00123", ("C61",))
    record = one(*PLAN, given=option)
    assert record.form["setting"] == "hospital_outpatient"
    assert record.form["payer"] == {"id": "00123", "line": "medicare_ffs"}
    assert record.form["diagnoses"] == ["C61"]
    against = one(*PLAN, assertion("plan", "1.2", "diagnoses", "C50.911", "fhir"), given=option)
    assert "diagnoses" not in against.form
    assert [fact for fact, _ in against.conflicts] == ["diagnoses"]
    held = one(*PLAN, *(assertion("plan", "1.2", "diagnoses", d, "fhir") for d in ("C61", "C7951")), given=option)
    assert held.form["diagnoses"] == ["C61", "C7951"]


def test_a_second_insurance_contradicts_no_first() -> None:
    rows: list[Row] = [assertion("coverage", f"M/IN1-{n}", "payer", f"0{n}", "hl7v2") for n in (1, 2)]
    assert one(*PLAN, *rows).form["payer"] == {"id": "01"}


def test_an_id_that_is_no_text_is_unknown() -> None:
    ((record,), _) = courses(evidence(*PLAN), NOTHING, patient=PatientNumber("P\0"), numbers=NUMBERS)
    assert "patient" not in record.form
    assert "patient.id" in unknown(record)


def test_what_no_source_says_of_a_course_is_unknown_and_says_who_can_tell() -> None:
    record = one(assertion("plan", "1.2", "label", "Prostate"))
    asked = {
        f"plans[0].{name}" for name in ("site", "modality", "technique", "isocenters", "fractions_planned", "dose_gy")
    }
    asked |= {
        "plans[0].approved_by",
        "patient.birth_date",
        "patient.sex",
        "setting",
        "payer.line",
        "diagnoses",
        "fractions",
    }
    assert {u.fact for u in record.unknown if u.who} == asked


def test_records_are_complete_only_when_a_summary_of_something_completed_agrees() -> None:
    def summary(number: str, status: str) -> list[Assertion]:
        return [
            assertion("plan", "1.2", "fractions_delivered", number, "dicom_summary"),
            assertion("plan", "1.2", "current_treatment_status", status, "dicom_summary"),
        ]

    assert one(*PLAN, beam(), treatment(), *summary("1", "completed")).form["records_complete"] is True
    assert "records_complete" not in one(*PLAN, beam(), treatment(), *summary("1", "on_treatment")).form
    against = one(*PLAN, beam(), treatment(), *summary("2", "completed"))
    assert "records_complete" not in against.form
    assert [(fact, [w.value for w in words]) for fact, words in against.conflicts] == [("records_complete", [2, 1])]
