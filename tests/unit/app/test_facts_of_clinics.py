"""Whole treatments of synthetic clinics: what happened in the room is what the course says, whoever tells it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from beamclaim.app.facts import FactsOptions, facts
from beamclaim.courses import CourseRecord
from beamclaim.courses.facts import Facts
from beamclaim.synthetic import fhir
from beamclaim.synthetic.dicom import plan_parts, plans, records
from beamclaim.synthetic.dicom.treatments import treatment

FIRST = datetime(2026, 1, 5, 8, 10)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def plan(kind: str, seed: int = 1, label: str = "PLAN 1", patient: str = "MRN1", **elements: Any) -> Dataset:
    made = plans.plan(kind, seed)
    made.PatientID, made.PatientBirthDate, made.PatientSex = patient, "19610402", "M"
    made.FrameOfReferenceUID, made.RTPlanLabel, made.ReviewDate = "1.2.3.4", label, "20260102"
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def ask(folder: Path, *given: Dataset | bytes) -> Facts:
    folder.mkdir(exist_ok=True)
    for n, each in enumerate(given):
        (folder / f"{n:03}").write_bytes(written(each))
    found = facts(FactsOptions((str(folder),), as_of=date(2026, 6, 1)))
    assert [f.error for f in found.files] == [None] * len(given)
    return found


def written(each: Dataset | bytes) -> bytes:
    if isinstance(each, bytes):
        return each
    return plan_parts.written(each) if each.Modality == "RTPLAN" else records.written(each)


def one(folder: Path, *given: Dataset | bytes) -> CourseRecord:
    (account,) = ask(folder, *given).courses
    return account


def told(account: CourseRecord, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row.get(name) for name in names) for row in account.form["fractions"]]


def kinds(account: CourseRecord) -> set[str]:
    return {n.kind for n in account.observations}


def prostate(fractions: int = 3, technique: str = "vmat") -> Iterator[Dataset | bytes]:
    """One course as the planning system, the machine, the record and the billing feed tell it."""
    made = plan("vmat", label="Prostate")
    made.FractionGroupSequence[0].NumberOfFractionsPlanned = fractions
    made.DoseReferenceSequence[0].TargetPrescriptionDose = 2.0 * fractions
    days = [FIRST + n * DAY for n in range(fractions)]
    given = [treatment(made, day, number) for number, day in enumerate(days, 1)]
    yield made
    yield from given
    resources = fhir.resources(fhir.Course(fractions=fractions, technique=technique))
    uid = {f"s1-fraction-{n}": record.SOPInstanceUID for n, record in enumerate(given, 1)}
    uid["s1-treatment-plan"] = made.SOPInstanceUID
    for resource in resources:
        if resource["resourceType"] == "Patient":
            resource["identifier"][0]["value"], resource["birthDate"] = "MRN1", "1961-04-02"
        for extension in resource.get("extension", []):
            if extension["url"].endswith("dicom-reference"):
                extension["extension"][0]["valueId"] = uid[resource["id"]]
    yield fhir.bundle(resources)
    for number, day in enumerate(days, 1):
        yield (
            rf"MSH|^~\&|OIS|RO|BC|H|{day:%Y%m%d}||DFT^P03|M{number}|P|2.5.1"
            "\r"
            "PID|1||MRN1^^^H^MR||TEST^PATIENT||19610402|M\r"
            f"FT1|1|T{number}||{day:%Y%m%d}||CG||||1|||RO||||||C61^^I10||||||77402^^C4\r"
        ).encode()


def test_plan_machine_record_and_billing_tell_one_course(tmp_path: Path) -> None:
    account = one(tmp_path, *prostate())
    assert account.conflicts == []
    assert account.form["records_complete"] is True
    (row,) = account.form["plans"]
    assert {k: row[k] for k in ("plan", "site", "technique", "isocenters", "fractions_planned", "dose_gy")} == {
        "plan": "Prostate", "site": "prostate", "technique": "vmat", "isocenters": 1, "fractions_planned": 3, "dose_gy": "6",
    }  # fmt: skip
    assert told(account, "fraction", "status", "machine", "motion_management", "guidance") == [
        (n, "complete", "LINAC1", "none", ["cbct"]) for n in (1, 2, 3)
    ]
    assert [row["code"] for row in account.form["charges"]] == ["77402"] * 3
    assert {w.source for fact, w in account.sources if fact == "plans[0].technique"} == {"dicom_plan", "fhir"}


def test_the_id_of_the_patient_is_told_by_the_bytes_that_hold_it(tmp_path: Path) -> None:
    found = ask(tmp_path, *prostate())
    (account,) = found.courses
    (word,) = [w for fact, w in account.sources if fact == "patient.id"]
    assert word.place is not None
    raw = Path(found.files[word.place.file].path).read_bytes()
    assert raw[word.place.start : word.place.end].strip() == b"MRN1"


def test_the_names_of_files_change_no_course(tmp_path: Path) -> None:
    given = list(prostate())
    assert one(tmp_path / "a", *given).form == one(tmp_path / "b", *reversed(given)).form


def test_a_plan_and_a_record_that_differ_are_a_conflict_and_no_fact(tmp_path: Path) -> None:
    account = one(tmp_path, *prostate(technique="3d_conformal"))
    assert "technique" not in account.form["plans"][0]
    ((fact, words),) = account.conflicts
    assert (fact, {(w.source, w.value) for w in words}) == (
        "plans[0].technique",
        {("dicom_plan", "vmat"), ("fhir", "3d_conformal")},
    )


def test_a_replan_restarts_the_numbers_and_stays_one_course(tmp_path: Path) -> None:
    before, after = plan("vmat", 1, "A"), plan("vmat", 2, "B")
    given = [treatment(p, FIRST + (n + k) * DAY, n) for p, k in ((before, 0), (after, 2)) for n in (1, 2)]
    account = one(tmp_path, before, after, *given)
    assert told(account, "plan", "fraction") == [("A", 1), ("A", 2), ("B", 1), ("B", 2)]


@pytest.mark.parametrize(("hours", "visits"), [(6, ["2026-01-05/1", "2026-01-05/2"]), (3, [None, None])])
def test_two_fractions_of_a_day_are_two_visits_when_far_enough_apart(
    tmp_path: Path, hours: int, visits: list[str | None]
) -> None:
    made = plan("vmat")
    account = one(tmp_path, made, treatment(made, FIRST, 1), treatment(made, FIRST + hours * HOUR, 2))
    assert [visit for (visit,) in told(account, "session")] == visits
    assert any(u.fact == "fractions[].session" for u in account.unknown) is (visits == [None, None])


def test_an_electron_boost_in_the_same_visit_is_told_beside_the_photons(tmp_path: Path) -> None:
    photons, boost = plan("conformal", label="Tangents"), plan("electron", label="Boost")
    account = one(tmp_path, photons, boost, treatment(photons, FIRST, 1), treatment(boost, FIRST + 15 * HOUR / 60, 1))
    assert told(account, "plan", "modality", "session", "isocenters") == [
        ("Tangents", "photon", "2026-01-05/1", 1),
        ("Boost", "electron", "2026-01-05/1", 0),
    ]


def test_beam_holds_prove_what_the_plan_meant(tmp_path: Path) -> None:
    made = plan("breath_hold")
    given = [treatment(made, FIRST, 1, is_held=True), treatment(made, FIRST + DAY, 2)]
    assert told(one(tmp_path, made, *given), "motion_management", "motion_evidence") == [
        ("breath_hold", ["beam_control"]),
        (None, None),
    ]


def test_a_beam_that_was_never_started_is_missed_and_an_export_that_comes_again_is_not_counted(tmp_path: Path) -> None:
    made = plan("conformal")
    given = [treatment(made, FIRST, 1, beams=(1, 2, 3)), treatment(made, FIRST, 1, beams=(1, 2, 3), export=2)]
    account = one(tmp_path, made, *given)
    assert told(account, "status", "delivered_fraction", "reason") == [("partial", "0.75", "no record of beam 4")]
    assert "exported_again" in kinds(account)


def test_a_record_without_its_plan_says_so_and_one_of_an_absent_plan_too(tmp_path: Path) -> None:
    made = plan("conformal")
    nameless = treatment(made, FIRST, 1, ReferencedRTPlanSequence=Sequence([]))
    assert "plan_inferred" in kinds(one(tmp_path / "nameless", made, nameless))
    absent = one(tmp_path / "absent", treatment(made, FIRST, 1))
    assert "plan_missing" in kinds(absent)
    assert {"plans[0].site", "plans[0].technique", "fractions[0].isocenters"} <= {u.fact for u in absent.unknown}


def test_a_visit_over_midnight_is_of_the_day_it_began(tmp_path: Path) -> None:
    made = plan("conformal")
    account = one(tmp_path, made, treatment(made, datetime(2026, 1, 5, 23, 57), 1))
    assert told(account, "started_at", "status") == [("2026-01-05T23:57:00", "complete")]


def test_a_verification_plan_is_not_billed_and_its_records_are_asked_about(tmp_path: Path) -> None:
    quality, made = plan("vmat", 9, "QA", PlanIntent="VERIFICATION"), plan("vmat")
    account = one(tmp_path, quality, made, treatment(quality, FIRST - 3 * DAY, 1), treatment(made, FIRST, 1))
    assert [p["plan"] for p in account.form["plans"]] == ["PLAN 1"]
    assert len(account.form["fractions"]) == 1
    assert any("Was it a treatment?" in u.reason and u.who == "physicist" for u in account.unknown)


def test_patients_are_never_mixed(tmp_path: Path) -> None:
    mine, other = plan("vmat"), plan("conformal", patient="MRN2")
    found = ask(tmp_path, mine, other, *(treatment(p, FIRST, 1) for p in (mine, other)))
    assert [a.form["patient"]["id"] for a in found.courses] == ["MRN1", "MRN2"]
    assert not any({"patient_id_alike", "plan_of_several"} & kinds(a) for a in found.courses)


@pytest.mark.parametrize("other", ["mrn1", "MRN-1", "0MRN1"])
def test_ids_written_differently_are_not_joined_and_are_said(tmp_path: Path, other: str) -> None:
    mine, same = plan("vmat"), plan("vmat", patient=other)
    found = ask(tmp_path, mine, treatment(mine, FIRST, 1), treatment(same, FIRST + DAY, 2))
    assert {a.form["patient"]["id"] for a in found.courses} == {"MRN1", other}
    assert all({"patient_id_alike", "plan_of_several"} <= kinds(a) for a in found.courses)


def test_blanks_around_an_id_make_no_other_patient(tmp_path: Path) -> None:
    account = one(tmp_path, plan("vmat"), treatment(plan("vmat", patient=" MRN1 "), FIRST, 1))
    assert account.form["patient"]["id"] == "MRN1"
