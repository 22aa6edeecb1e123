"""Evidence of several sources becomes courses: what belongs together, what agrees, what contradicts, what nobody knows."""

import io
import json
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from beamclaim.courses import CourseDefaults, CourseRecord, courses
from beamclaim.ingest.course_form import read_course
from beamclaim.model.tables.evidence import Assertion, Beam, Delivery, Evidence
from beamclaim.model.tables.frames import Tables
from beamclaim.views.sessions import MotionWords, session_days

DAY = datetime(2026, 1, 5, 9)
NOTHING = CourseDefaults()
_at = count()
Row = Assertion | Beam | Delivery


def say(subject: str, key: str, name: str, value: str | None, source: str = "dicom_plan", **more: Any) -> Assertion:
    n = next(_at)
    return Assertion(more.pop("file", 0), n, n + 1, None, source, f"p{n}", "P1", subject, key, name, value, **more)


def beam(plan: str = "1.2", number: int = 1, z: float | None = 0) -> Beam:
    return Beam(0, 0, 1, None, "b", plan, 1, number, f"B{number}", True, 100, "photon", "vmat", 0.0, 0.0, z, "LA1")


def treat(plan: str | None = "1.2", at: datetime = DAY, **more: Any) -> Delivery:
    n = next(_at)
    told: dict[str, Any] = {
        "patient": "P1", "plan": plan, "fraction": 1, "beam": 1, "beam_name": "B1", "specified": 100.0, "delivered": 100.0,
        "started_at": at, "ended_at": at + timedelta(minutes=2), "day": at.date(), "kind": "treatment",
        "termination": "normal", "machine": "LA1", "modality": "photon", "record": f"9.{n}", "birth_date": date(1961, 4, 2),
        "sex": "M",
    } | more  # fmt: skip
    return Delivery(0, n, n + 1, None, told.pop("source", "dicom_record"), "r", **told)


def evidence(*rows: Row) -> Evidence:
    out = Evidence()
    out.assertions = [r for r in rows if isinstance(r, Assertion)]
    out.beams = [r for r in rows if isinstance(r, Beam)]
    out.deliveries = [r for r in rows if isinstance(r, Delivery)]
    return out


def join(*rows: Row, given: CourseDefaults = NOTHING) -> list[CourseRecord]:
    return courses(evidence(*rows), given, patient="P1")[0]


def one(*rows: Row, given: CourseDefaults = NOTHING) -> CourseRecord:
    (account,) = join(*rows, given=given)
    return account


def kinds(account: CourseRecord) -> list[str]:
    return [n.kind for n in account.observations]


def unknown(account: CourseRecord) -> dict[str, str]:
    return {u.fact: u.reason for u in account.unknown}


PLAN = (
    say("plan", "1.2", "label", "Prostate"),
    say("plan", "1.2", "technique", "vmat"),
    say("plan", "1.2", "modality", "photon"),
    say("plan", "1.2", "fractions_planned", "5"),
    say("plan", "1.2", "frame_of_reference", "7.7"),
)


def test_a_plan_and_its_records_are_a_course_in_the_form() -> None:
    account = one(*PLAN, beam(), treat(), treat(at=DAY + timedelta(days=1), fraction=2))
    assert account.form["patient"] == {"id": "P1", "birth_date": "1961-04-02", "sex": "M"}
    assert account.form["plans"] == [
        {"plan": "Prostate", "modality": "photon", "technique": "vmat", "fractions_planned": 5}
    ]
    assert account.form["fractions"][0] == {
        "fraction": 1, "plan": "Prostate", "started_at": "2026-01-05T09:00:00", "status": "complete", "isocenters": 1,
        "modality": "photon", "machine": "LA1",
    }  # fmt: skip
    assert "records_complete" not in account.form
    assert "2 of 5 planned were found" in unknown(account)["records_complete"]


def test_every_fact_of_the_form_has_a_source() -> None:
    account = one(*PLAN, beam(), treat())
    said = {fact for fact, _ in account.sources}
    for n, row in enumerate(account.form["fractions"]):
        assert {f"fractions[{n}].{key}" for key in row} <= said
    assert {f"plans[0].{key}" for key in account.form["plans"][0]} <= said


def test_sources_that_agree_are_all_named_and_one_that_contradicts_takes_the_fact_out() -> None:
    fhir = [
        say("plan", "Procedure/1", "dicom_plan", "1.2", "fhir"),
        say("plan", "Procedure/1", "modality", "photon", "fhir"),
    ]
    agreed = one(*PLAN, *fhir)
    assert agreed.form["plans"][0]["modality"] == "photon"
    assert {w.source for fact, w in agreed.sources if fact == "plans[0].modality"} == {"dicom_plan", "fhir"}
    against = one(*PLAN, *fhir, say("plan", "Procedure/1", "technique", "3d_conformal", "fhir"))
    assert "technique" not in against.form["plans"][0]
    ((fact, words),) = against.conflicts
    assert (fact, sorted(w.value for w in words)) == ("plans[0].technique", ["3d_conformal", "vmat"])
    assert unknown(against)["plans[0].technique"] == "the sources contradict each other"


def test_a_family_contradicts_a_technique_of_another_and_supports_one_of_its_own() -> None:
    same = say("plan", "Procedure/1", "dicom_plan", "1.2", "fhir")
    assert one(*PLAN, same, say("plan", "Procedure/1", "technique_family", "imrt", "fhir")).conflicts == []
    other = one(*PLAN, same, say("plan", "Procedure/1", "technique_family", "3d", "fhir"))
    assert [fact for fact, _ in other.conflicts] == ["plans[0].technique"]


def test_what_a_source_could_not_tell_another_may() -> None:
    unsure = say("plan", "1.2", "site", None, reason="no site in the plan", who="physician")
    assert unknown(one(*PLAN, unsure))["plans[0].site"] == "no site in the plan"
    told = one(
        *PLAN,
        unsure,
        say("plan", "Procedure/1", "dicom_plan", "1.2", "fhir"),
        say("plan", "Procedure/1", "site", "prostate", "fhir"),
    )
    assert told.form["plans"][0]["site"] == "prostate"


def test_targets_and_a_dose_grid_of_the_plan_make_still_apertures_3d_conformal() -> None:
    plan = [
        say("plan", "1.2", "technique", None, reason="2D or 3D", who="dosimetrist"),
        say("plan", "1.2", "technique_if_targets", "3d_conformal"),
        say("plan", "1.2", "structure_set", "5.5"),
    ]
    targets = say("structure_set", "5.5", "has_targets", "true", "dicom_structure_set")
    dose = [
        say("dose", "6.6", "dicom_plan", "1.2", "dicom_dose"),
        say("dose", "6.6", "has_dose_grid", "true", "dicom_dose"),
    ]
    shown = one(*plan, targets, *dose)
    assert shown.form["plans"][0]["technique"] == "3d_conformal"
    assert {w.source for fact, w in shown.sources if fact == "plans[0].technique"} == {
        "dicom_plan",
        "dicom_structure_set",
        "dicom_dose",
    }
    for lacking in ([targets], dose, [targets, dose[0]]):
        assert "technique" not in one(*plan, *lacking).form["plans"][0]


@pytest.mark.parametrize("days", [90, 91])
def test_more_than_ninety_days_without_a_link_part_two_courses(days: int) -> None:
    rows: list[Row] = [treat("1.2"), treat("1.3", at=DAY + timedelta(days=days))]
    assert len(join(*rows)) == (1 if days == 90 else 2)


@pytest.mark.parametrize("link", ["frame_of_reference", "predecessor", "concurrent"])
def test_what_refers_to_another_belongs_with_it_however_long_after(link: str) -> None:
    shared = "7.7" if link == "frame_of_reference" else "1.2"
    rows: list[Row] = [
        say("plan", "1.2", link, "7.7"),
        treat("1.2"),
        say("plan", "1.3", link, shared),
        treat("1.3", at=DAY + timedelta(days=200)),
    ]
    assert len(join(*rows)) == 1


def test_a_plan_delivered_before_is_of_an_earlier_course() -> None:
    rows: list[Row] = [
        say("plan", "1.2", "label", "a"),
        treat("1.2"),
        say("plan", "1.3", "prior", "1.2"),
        treat("1.3", at=DAY + timedelta(days=200)),
    ]
    assert len(join(*rows)) == 2


def test_two_courses_of_the_record_stay_two_though_they_overlap() -> None:
    rows: list[Row] = []
    for name in ("left", "right"):
        rows += [
            say("course", f"Procedure/{name}", "started_on", "2026-01-05", "fhir"),
            say("course", f"Procedure/{name}", "modality", "photon", "fhir"),
        ]
    assert len(join(*rows)) == 2


def test_evidence_of_nobody_is_joined_by_what_it_refers_to_alone() -> None:
    rows: list[Row] = [treat("1.2", patient=None), treat("1.3", patient=None)]
    assert len(courses(evidence(*rows), NOTHING, patient=None)[0]) == 2


def test_a_record_without_a_plan_takes_the_only_plan_it_fits() -> None:
    account = one(*PLAN, beam(), treat(None))
    assert account.form["fractions"][0]["plan"] == "Prostate"
    assert "plan_inferred" in kinds(account)
    two = one(*PLAN, beam(), say("plan", "1.3", "frame_of_reference", "7.7"), beam("1.3"), treat(None, frame="7.7"))
    assert "plan" not in two.form["fractions"][0]
    assert "fractions[0].plan" in unknown(two)


def test_a_plan_known_by_its_records_alone_is_listed_with_what_they_say() -> None:
    account = one(treat(fractions_planned=12))
    assert account.form["plans"] == [{"plan": "plan 1", "modality": "photon", "fractions_planned": 12}]
    assert "plan_missing" in kinds(account)
    assert "isocenters" not in account.form["fractions"][0]


@pytest.mark.parametrize("intent", ["verification", "machine_qa", "RESEARCH", "service"])
def test_a_plan_that_is_not_clinical_is_a_note_and_its_records_are_said_and_not_counted(intent: str) -> None:
    account = one(*PLAN, beam(), treat(), say("plan", "1.9", "intent", intent), treat("1.9"))
    assert [p["plan"] for p in account.form["plans"]] == ["Prostate"]
    assert len(account.form["fractions"]) == 1
    assert {"not_clinical", "not_clinical_delivered"} <= set(kinds(account))


def test_plans_of_one_label_get_a_number_and_keep_their_uid_in_the_sources() -> None:
    again = [say("plan", "1.3", "label", "Prostate"), say("plan", "1.3", "frame_of_reference", "7.7")]
    account = one(*PLAN, *again)
    assert [p["plan"] for p in account.form["plans"]] == ["Prostate", "Prostate (2)"]
    reasons = [w.reason for fact, w in account.sources if fact.endswith("].plan") and fact.startswith("plans")]
    assert all(reason is not None and "known to its source as 1." in reason for reason in reasons)


def test_isocentres_of_a_visit_add_up_over_its_plans_and_are_never_compared_across_frames() -> None:
    rows: list[Row] = [
        *PLAN,
        beam(),
        say("plan", "1.3", "frame_of_reference", "7.7"),
        beam("1.3", z=40),
        treat(),
        treat("1.3", at=DAY + timedelta(minutes=9)),
    ]
    assert [f["isocenters"] for f in one(*rows).form["fractions"]] == [1, 1]
    apart = [*rows[:6], say("plan", "1.3", "frame_of_reference", "8.8"), *rows[7:]]
    account = one(*apart)
    assert not any("isocenters" in f for f in account.form["fractions"])
    assert "different frames" in unknown(account)["fractions[].isocenters"]


def boost(z: float, frame: str = "7.7") -> list[Row]:
    """A second plan given nine minutes after the first, its isocentre `z` millimetres away."""
    return [
        *PLAN,
        beam(),
        say("plan", "1.3", "frame_of_reference", frame),
        beam("1.3", z=z),
        treat(),
        treat("1.3", at=DAY + timedelta(minutes=9)),
    ]


def checked_isocenters(accounts: list[CourseRecord]) -> int | None:
    """The isocentres of the day's session, as a check counts them from the course files."""
    files = [read_course(io.BytesIO(json.dumps(a.form).encode()), file=n) for n, a in enumerate(accounts)]
    book = Tables.gather(tables for file in files for tables in file)
    assert book["faults"].is_empty()
    (row,) = session_days(
        book, same_visit=timedelta(minutes=60), distinct_after=timedelta(hours=6), motion=MotionWords()
    ).to_dicts()
    counted: int | None = row["day.isocenters"]
    return counted


@pytest.mark.parametrize(("z", "stated", "session"), [(0, [1, 0], 1), (1, [1, 0], 1), (40, [1, 1], 2), (5, [], None)])
def test_a_boost_adds_its_isocentre_to_the_visit_unless_it_is_at_one_of_the_first_plan(
    z: float, stated: list[int], session: int | None
) -> None:
    account = one(*boost(z))
    assert [f["isocenters"] for f in account.form["fractions"] if "isocenters" in f] == stated
    assert checked_isocenters([account]) == session


def test_isocentres_of_a_visit_of_two_courses_are_not_added_up_by_guess() -> None:
    linked = [
        row
        for name, plan in (("left", "1.2"), ("right", "1.3"))
        for row in (
            say("course", f"Procedure/{name}", "started_on", "2026-01-05", "fhir"),
            say("plan", plan, "part_of", f"Procedure/{name}", "fhir"),
        )
    ]
    accounts = join(*boost(0, frame="8.8"), *linked)
    assert len(accounts) == 2
    assert checked_isocenters(accounts) is None


def test_beam_holds_prove_gating_and_a_plan_that_means_to_gate_proves_nothing() -> None:
    meant = say("plan", "1.2", "motion_management", "breath_hold", reason="intent of the plan, not delivery")
    intent = one(*PLAN, meant, beam(), treat())
    assert intent.form["plans"][0]["motion_management"] == "breath_hold"
    assert "motion_management" not in intent.form["fractions"][0]
    held = one(*PLAN, beam(), treat(held=True)).form["fractions"][0]
    assert (held["motion_management"], held["motion_evidence"]) == ("gating", ["beam_control"])
    assert one(*PLAN, meant, beam(), treat(held=True)).form["fractions"][0]["motion_management"] == "breath_hold"
    assert "motion_evidence" not in one(*PLAN, beam(), treat(held=False)).form["fractions"][0]


def test_the_clinics_record_of_a_fraction_adds_motion_and_contradicts_where_it_does() -> None:
    machine = treat()
    said = machine._replace(source="fhir", motion="gating", guidance="cbct;surface", delivered=None, status="completed")
    row = one(*PLAN, beam(), machine, said).form["fractions"][0]
    assert (row["motion_management"], row["guidance"], row["status"]) == ("gating", ["cbct", "surface"], "complete")
    half = machine._replace(delivered=50.0)
    against = one(*PLAN, beam(), half, said)
    assert "status" not in against.form["fractions"][0]
    assert [fact for fact, _ in against.conflicts] == ["fractions[0].status"]


def test_photons_and_electrons_of_one_fraction_are_mixed() -> None:
    rows: list[Row] = [*PLAN, beam(), beam(number=2), treat(), treat(beam=2, beam_name="B2", modality="electron")]
    assert one(*rows).form["fractions"][0]["modality"] == "mixed"


def test_records_are_complete_only_when_a_summary_of_something_completed_agrees() -> None:
    def summary(number: str, status: str) -> list[Assertion]:
        return [
            say("plan", "1.2", "fractions_delivered", number, "dicom_summary"),
            say("plan", "1.2", "current_treatment_status", status, "dicom_summary"),
        ]

    assert one(*PLAN, beam(), treat(), *summary("1", "completed")).form["records_complete"] is True
    assert "records_complete" not in one(*PLAN, beam(), treat(), *summary("1", "on_treatment")).form
    against = one(*PLAN, beam(), treat(), *summary("2", "completed"))
    assert "records_complete" not in against.form
    assert [(fact, [w.value for w in words]) for fact, words in against.conflicts] == [("records_complete", [2, 1])]


def test_fractions_that_do_not_fit_their_plan_are_said() -> None:
    late = [treat(fraction=n, at=DAY + timedelta(days=n)) for n in (1, 3, 6)]
    approved = [say("plan", "1.2", "approved_by", "Dr A"), say("plan", "1.2", "approved_on", "2026-01-09")]
    account = one(*PLAN, *approved, beam(), *late)
    assert {"beyond_plan", "number_skipped", "approved_late"} <= set(kinds(account))


def test_an_approval_needs_both_its_reviewer_and_its_day() -> None:
    account = one(*PLAN, say("plan", "1.2", "approved_by", "Dr A"))
    assert "approved_by" not in account.form["plans"][0]
    assert "plans[0].approved_by" in unknown(account)


def charge(n: int, **facts: str) -> list[Assertion]:
    given = {"code": "77386", "date": "2026-01-05", "units": "1", "kind": "charge", "charge": f"T{n}"} | facts
    return [say("charge", f"M{n}/FT1-1", name, value, "hl7v2") for name, value in given.items()]


def test_charges_are_listed_and_credits_taken_off() -> None:
    account = one(*charge(1), *charge(2, charge="T2"), *charge(3, kind="credit", units="-1", charge="T2"))
    assert account.form["charges"] == [{"charge": "T1", "date": "2026-01-05", "code": "77386", "units": "1"}]
    assert "charge_credited" in kinds(account)
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
        told = {"charge": f"ChargeItem/{n}", "code": "77386", "date": "2026-01-05", "units": "1"}
        return [say("charge", f"ChargeItem/{n}", name, value, "fhir") for name, value in told.items()]

    account = one(*charge(1), *other(1))
    (row,) = account.form["charges"]
    assert row["code"] == "77386" and account.conflicts == []
    assert {w.source for fact, w in account.sources if fact == "charges[0].code"} == {"fhir", "hl7v2"}
    assert "charge_told_twice" in kinds(account)
    assert len(one(*charge(1), *charge(2), *other(1), *other(2)).form["charges"]) == 2
    assert len(one(*charge(1), *other(1), *other(2)).form["charges"]) == 2


def test_a_charge_whose_number_is_the_houses_own_is_left_out_and_said() -> None:
    account = one(*charge(1), *charge(2, code="RADONC-7"))
    assert len(account.form["charges"]) == 1
    assert "charge_left_out" in kinds(account)


def test_what_the_user_says_fills_and_never_overrules() -> None:
    option = CourseDefaults("hospital_outpatient", "medicare_ffs", "00123", ("C61",))
    account = one(*PLAN, given=option)
    assert account.form["setting"] == "hospital_outpatient"
    assert account.form["payer"] == {"id": "00123", "line": "medicare_ffs"}
    assert account.form["diagnoses"] == ["C61"]
    against = one(*PLAN, say("plan", "1.2", "diagnoses", "C50.911", "fhir"), given=option)
    assert "diagnoses" not in against.form
    assert [fact for fact, _ in against.conflicts] == ["diagnoses"]
    held = one(*PLAN, *(say("plan", "1.2", "diagnoses", d, "fhir") for d in ("C61", "C7951")), given=option)
    assert held.form["diagnoses"] == ["C61", "C7951"]


def test_appointments_and_images_are_notes_and_make_no_course() -> None:
    rows: list[Row] = [
        say("session", "A1", "planned_at", "2026-01-06T09:00:00", "hl7v2"),
        say("session", "I1", "image", "CT", "dicom_image"),
        say("session", "I1", "image_at", "2026-01-05", "dicom_image"),
    ]
    account = one(*PLAN, treat(), *rows)
    assert {"appointments", "images"} <= set(kinds(account))
    alone, notes = courses(evidence(*rows), NOTHING, patient="P1")
    assert (alone, {n.kind for n in notes}) == ([], {"not_placed"})


def test_papers_that_could_be_of_two_courses_are_placed_in_neither() -> None:
    rows: list[Row] = []
    for name in ("left", "right"):
        rows += [say("course", f"Procedure/{name}", "started_on", "2026-01-05", "fhir")]
    accounts, notes = courses(evidence(*rows, *charge(1)), NOTHING, patient="P1")
    assert not any("charges" in a.form for a in accounts)
    assert [n.text for n in notes] == ["charge: could belong to several courses"]


def test_the_id_of_a_course_says_nothing_of_the_patient_and_stays_when_records_come() -> None:
    first = one(*PLAN, beam(), treat())
    later = one(*PLAN, beam(), treat(), treat(at=DAY + timedelta(days=1), fraction=2))
    assert first.form["course"] == later.form["course"]
    assert "P1" not in first.form["course"]


def test_phases_stand_for_plans_where_none_is_known() -> None:
    rows: list[Row] = [
        say("phase", "Procedure/1", name, value, "fhir") for name, value in (("label", "Boost"), ("technique", "vmat"))
    ]
    assert one(*rows).form["plans"] == [{"plan": "Boost", "technique": "vmat"}]


def test_a_fraction_of_the_record_finds_its_plan_in_another_file() -> None:
    rows: list[Row] = [
        say("fraction", "Procedure/f", "based_on", "ServiceRequest/p", "fhir"),
        say("fraction", "Procedure/f", "dicom_record", "9.9", "fhir"),
        say("plan", "ServiceRequest/p", "label", "Boost", "fhir"),
    ]
    account = one(*rows, treat(None, source="fhir", record="9.9", status="completed"))
    assert account.form["fractions"][0]["plan"] == "Boost"


def test_the_plan_a_fraction_was_based_on_and_the_treated_plan_it_is_part_of_are_one() -> None:
    rows: list[Row] = [
        say("fraction", "Procedure/f", "part_of", "Procedure/t", "fhir"),
        say("fraction", "Procedure/f", "based_on", "ServiceRequest/p", "fhir"),
        say("plan", "ServiceRequest/p", "fractions_planned", "25", "fhir"),
        say("plan", "Procedure/t", "technique", "vmat", "fhir"),
    ]
    account = one(*rows, treat("Procedure/t", source="fhir", record="Procedure/f", status="completed"))
    assert account.form["plans"] == [
        {"plan": "plan 1", "modality": "photon", "technique": "vmat", "fractions_planned": 25}
    ]


def test_a_second_insurance_contradicts_no_first() -> None:
    rows: list[Row] = [say("coverage", f"M/IN1-{n}", "payer", f"0{n}", "hl7v2") for n in (1, 2)]
    assert one(*PLAN, *rows).form["payer"] == {"id": "01"}


def test_an_id_that_is_no_text_is_unknown() -> None:
    ((account,), _) = courses(evidence(*PLAN), NOTHING, patient="P\0")
    assert "patient" not in account.form
    assert "patient.id" in unknown(account)


def short(fractions: str | None, dose: str | None) -> list[Assertion]:
    """A plan of a record that says vmat, its fractions and its dose."""
    told = {"dicom_plan": "1.2", "technique": "vmat", "fractions_planned": fractions, "dose_gy": dose}
    return [say("plan", "Procedure/1", name, value, "fhir") for name, value in told.items() if value is not None]


@pytest.mark.parametrize(
    ("fractions", "dose", "technique"),
    [("5", "50", None), ("1", "8", None), ("5", "25", None), ("5", None, None), ("5", "24.9", "vmat"), ("6", "60", "vmat"),
     (None, None, "vmat")],
)  # fmt: skip
def test_a_coded_technique_of_few_fractions_of_a_high_dose_may_be_stereotactic(
    fractions: str | None, dose: str | None, technique: str | None
) -> None:
    account = one(*short(fractions, dose))
    assert account.form["plans"][0].get("technique") == technique
    assert technique is not None or "no code for stereotactic" in unknown(account)["plans[0].technique"]


@pytest.mark.parametrize(
    ("fractions", "dose", "technique"),
    [("25", "50", "vmat"), ("5", "20", "vmat"), ("5", "50", None), ("5", None, None)],
)
def test_a_prescription_elsewhere_excludes_stereotactic_treatment_or_does_not(
    fractions: str, dose: str | None, technique: str | None
) -> None:
    unsure = [
        say("plan", "1.2", "technique", None, reason="it cannot be excluded", who="physician"),
        say("plan", "1.2", "technique_if_not_stereotactic", "vmat"),
    ]
    other = [s for s in short(fractions, dose) if s.name != "technique"]
    account = one(*unsure, *other)
    assert account.form["plans"][0].get("technique") == technique
    shown = {w.source for fact, w in account.sources if fact == "plans[0].technique"}
    assert shown == ({"dicom_plan", "fhir"} if technique else set())
    assert "technique" not in one(*unsure).form["plans"][0]


def test_an_earlier_course_of_the_patient_is_prior_radiation_of_the_later_one() -> None:
    account, later = join(
        say("plan", "1.2", "site", "lung"), beam(), treat(), treat("1.3", at=DAY + timedelta(days=400))
    )
    assert "prior_radiation" not in account.form
    assert later.form["prior_radiation"] == [{"ended_on": "2026-01-05", "site": "lung"}]
    assert {fact for fact, _ in later.sources if fact.startswith("prior")} == {
        "prior_radiation[0].ended_on",
        "prior_radiation[0].site",
    }


def test_a_course_called_reirradiation_without_a_site_and_a_day_is_unknown() -> None:
    again = say("course", "Procedure/1", "prior_radiation", "true", "fhir")
    account = one(again, say("course", "Procedure/1", "technique", "vmat", "fhir"))
    assert "prior_radiation" not in account.form
    assert "re-irradiation" in unknown(account)["prior_radiation"]


def test_the_machine_of_a_fraction_is_one_however_it_is_written_and_a_conflict_where_sources_name_others() -> None:
    machine = treat()
    said = machine._replace(source="fhir", machine="la 1", delivered=None, status="completed")
    assert one(*PLAN, beam(), machine, said).form["fractions"][0]["machine"] == "LA1"
    against = one(*PLAN, beam(), machine, said._replace(machine="LA2"))
    assert "machine" not in against.form["fractions"][0]
    assert [fact for fact, _ in against.conflicts] == ["fractions[0].machine"]
    moved = one(*PLAN, beam(), beam(number=2), treat(), treat(beam=2, beam_name="B2", machine="LA2"))
    assert "machine" not in moved.form["fractions"][0] and "several_machines" in kinds(moved)


def test_what_no_source_says_of_a_course_is_unknown_and_says_who_can_tell() -> None:
    account = one(say("plan", "1.2", "label", "Prostate"))
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
    assert {u.fact for u in account.unknown if u.who} == asked
