"""Files of treatment systems become courses: what the records of the samples mean, place by place, in any order."""

import csv
import io
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beamclaim.app import evidence as app
from beamclaim.app.facts import FactsOptions, facts
from beamclaim.courses import CourseDefaults, CourseRecord, courses
from beamclaim.courses.facts import Facts
from beamclaim.courses.numbers import JoiningNumbers
from beamclaim.ingest.course_form import read_course
from beamclaim.ingest.sources import read_bytes, sources
from beamclaim.model.persona import PatientNumber
from beamclaim.model.tables.course import PLAN_LIST
from beamclaim.model.tables.evidence import Assertion, Beam, Delivery, Evidence
from beamclaim.outputs.facts.json import write_course, write_json
from beamclaim.outputs.facts.text import write_text
from beamclaim.policy.thresholds import load_thresholds
from beamclaim.synthetic import fhir
from beamclaim.synthetic.dicom.records import Session, session_record, summary_record, written

FIXTURES = Path(__file__).parents[2] / "fixtures"
RECORDS = FIXTURES / "dicom/records"
EVERYTHING = [FIXTURES / name for name in ("dicom", "fhir", "hl7v2")]
AS_OF = date(2026, 3, 1)


def ask(*paths: Path, given: CourseDefaults | None = None) -> Facts:
    return facts(FactsOptions(tuple(map(str, paths)), given or CourseDefaults(), AS_OF))


def as_json(found: Facts) -> str:
    out = io.StringIO()
    write_json(found, out)
    return out.getvalue()


def read_back(account: CourseRecord) -> dict[str, Any]:
    out = io.StringIO()
    write_course(account, out)
    (tables,) = read_course(io.BytesIO(out.getvalue().encode()), file=0)
    return tables


def expected(course: str) -> list[tuple[str, int]]:
    """The day and number of each fraction that EXPECTED.csv calls complete, completed or given."""
    with (RECORDS / "EXPECTED.csv").open(newline="") as rows:
        mine = [row for row in csv.DictReader(rows) if row["course"] == course]
    given = {(row["treatment_date"], int(row["fraction_number"])) for row in mine if "no dose" not in row["meaning"]}
    return sorted((f"{day[:4]}-{day[4:6]}-{day[6:]}", number) for day, number in given)


@pytest.mark.parametrize(
    ("course", "fractions", "days"), [("course_2025", 7, 6), ("course_2026", 7, 6), ("vmat_2026", 2, 2)]
)
def test_records_of_a_course_are_its_fractions(course: str, fractions: int, days: int) -> None:
    (account,) = ask(RECORDS / course).courses
    rows = account.form["fractions"]
    delivered = [row for row in rows if row["status"] != "not_delivered"]
    assert sorted((row["started_at"][:10], row["fraction"]) for row in delivered) == expected(course)
    assert (len(delivered), len({row["started_at"][:10] for row in delivered})) == (fractions, days)


def test_what_happened_to_each_fraction_is_told() -> None:
    (account,) = ask(RECORDS / "course_2026").courses
    told = [
        (row["fraction"], row["started_at"], row["status"], row.get("session")) for row in account.form["fractions"]
    ]
    assert told[2] == (3, "2026-01-07T09:00:00", "interrupted_resumed", None)
    assert told[4:6] == [
        (5, "2026-01-09T09:00:00", "not_delivered", None),
        (5, "2026-01-12T09:00:00", "complete", None),
    ]
    assert told[6:] == [
        (6, "2026-01-13T08:00:00", "complete", "2026-01-13/1"),
        (7, "2026-01-13T15:00:00", "complete", "2026-01-13/2"),
    ]
    assert "ended by the operator" in account.form["fractions"][4]["reason"]


@pytest.mark.parametrize(
    ("plan", "technique"),
    [
        ("sliding_window", "imrt_dynamic"),
        ("vmat", "vmat"),
        ("ten_static_fields", None),
        ("static", None),
        ("rectangle", None),
    ],
)
def test_a_plan_tells_its_technique_right_or_not_at_all(plan: str, technique: str | None) -> None:
    (account,) = ask(FIXTURES / f"dicom/plans/{plan}.dcm").courses
    (row,) = account.form["plans"]
    assert row.get("technique") == technique
    assert technique is not None or any(u.fact == "plans[0].technique" and u.who for u in account.unknown)


@pytest.mark.parametrize(("course", "plan"), [("course_2026", "sliding_window"), ("vmat_2026", "vmat")])
def test_a_plan_and_its_records_are_one_course(course: str, plan: str) -> None:
    (account,) = ask(RECORDS / course, FIXTURES / f"dicom/plans/{plan}.dcm").courses
    (row,) = account.form["plans"]
    fractions = [f for f in account.form["fractions"] if f["status"] != "not_delivered"]
    assert row["fractions_planned"] == len(fractions)
    assert {(f["plan"], f["isocenters"]) for f in fractions} == {(row["plan"], 1)}
    assert "plan_missing" not in {n.kind for n in account.observations}


def test_two_courses_of_one_patient_are_told_apart_by_their_plans_and_nearness() -> None:
    found = ask(RECORDS)
    assert sum(len(a.form["fractions"]) for a in found.courses) == 8 + 8 + 2
    patients = [a.form["patient"]["id"] for a in found.courses]
    assert patients == sorted(patients)


def test_every_course_of_every_sample_reads_back_without_a_fault() -> None:
    found = ask(*EVERYTHING)
    assert found.courses
    for account in found.courses:
        tables = read_back(account)
        assert tables["faults"].is_empty(), account.form
        assert tables["courses"].height == 1
        assert tables["fractions"].height == len(account.form.get("fractions", []))


def test_the_order_of_files_never_shows(tmp_path: Path) -> None:
    paths = [*sorted((RECORDS / "course_2025").iterdir()), *sorted((FIXTURES / "fhir").glob("*.json"))]
    assert as_json(ask(*paths)) == as_json(ask(*reversed(paths)))


def test_every_place_is_in_its_file_and_every_fact_of_a_plan_and_fraction_has_one() -> None:
    found = ask(RECORDS / "vmat_2026", FIXTURES / "fhir")
    files = {s.path: s for s in sources([RECORDS / "vmat_2026", FIXTURES / "fhir"])}
    document = json.loads(as_json(found))
    for course in document["courses"]:
        said = {source["fact"] for source in course["sources"]}
        for part in ("plans", "fractions", "charges", "documents"):
            for n, row in enumerate(course["course"].get(part, [])):
                assert {f"{part}[{n}].{key}" for key in row} <= said
        for source in course["sources"]:
            where = source["where"]
            raw = read_bytes(files[where["file"]], where["start"], where["end"])  # type: ignore[arg-type]
            assert raw and len(raw) == where["end"] - where["start"]


def test_the_document_has_what_is_promised() -> None:
    document = json.loads(as_json(ask(RECORDS / "vmat_2026")))
    assert list(document) == ["version", "run", "files", "courses", "notes", "faults"]
    assert document["run"]["as_of"] == "2026-03-01" and document["run"]["thresholds"]
    assert [sorted(f) for f in document["files"]] == [["error", "kind", "path", "sha256"]] * 2
    (course,) = document["courses"]
    assert list(course) == ["course", "sources", "unknown", "conflicts", "notes"]
    assert {"fact", "value", "source", "where", "reason"} == set(course["sources"][0])


def test_a_summary_that_counts_the_same_makes_the_records_complete(tmp_path: Path) -> None:
    first = Session(patient="SYN9", fraction=1, fractions_planned=1)
    (tmp_path / "fx1.dcm").write_bytes(written(session_record(first)))
    (tmp_path / "summary.dcm").write_bytes(written(summary_record(first, fractions=1, status="COMPLETED")))
    (account,) = ask(tmp_path).courses
    assert account.form["records_complete"] is True
    (tmp_path / "summary.dcm").write_bytes(written(summary_record(first, fractions=3, status="COMPLETED")))
    (other,) = ask(tmp_path).courses
    assert "records_complete" not in other.form
    assert [fact for fact, _ in other.conflicts] == ["records_complete"]


@pytest.mark.parametrize("form", ["bundle", "ndjson"])
def test_a_course_told_in_fhir_is_whole(tmp_path: Path, form: str) -> None:
    resources = fhir.resources(fhir.Course(fractions=5, motion="gating"))
    path = tmp_path / f"course.{form}"
    path.write_bytes((fhir.bundle if form == "bundle" else fhir.ndjson)(resources))
    (account,) = ask(path).courses
    assert account.form["records_complete"] is True
    (plan,) = account.form["plans"]
    assert (plan["technique"], plan["fractions_planned"]) == ("vmat", 5)
    assert [f["motion_management"] for f in account.form["fractions"]] == ["gating"] * 5


def test_workers_give_what_one_process_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(1, 7):
        (tmp_path / f"{n}.dcm").write_bytes(written(session_record(Session(patient=f"SYN{n % 2}", fraction=n))))
    alone = as_json(ask(tmp_path))
    monkeypatch.setattr(app, "WORTH_WORKERS", 2)
    monkeypatch.setattr(app, "PORTION", 2)
    assert as_json(ask(tmp_path)) == alone


def test_files_of_another_patient_change_nothing(tmp_path: Path) -> None:
    mine = ask(RECORDS / "course_2025").courses[0].form
    assert mine in [a.form for a in ask(RECORDS / "course_2025", RECORDS / "vmat_2026", FIXTURES / "hl7v2").courses]


def test_a_damaged_file_stops_no_other(tmp_path: Path) -> None:
    whole = (RECORDS / "vmat_2026/fx01.dcm").read_bytes()
    (tmp_path / "a.dcm").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "b.dcm").write_bytes(whole)
    (tmp_path / "c.json").write_bytes(b'{"resourceType": "Bundle", ')
    found = ask(tmp_path)
    assert [f.kind for f in found.files] == ["dicom", "dicom", "fhir"]
    assert found.files[2].error is not None
    assert any(a.form.get("fractions") for a in found.courses)


def test_the_text_of_every_sample_fits_its_width() -> None:
    out = io.StringIO()
    write_text(ask(*EVERYTHING), out, width=80)
    said = out.getvalue()
    assert "Unknown, and who can settle it" in said
    assert all(len(line) <= 160 for line in said.splitlines())


_PLAN_KEYS = [fact.path for fact in PLAN_LIST.facts[1:]]
_TEXTS = st.one_of(
    st.sampled_from(
        ["1.2", "1.3", "Procedure/1", "photon", "vmat", "3d_conformal", "imrt", "true", "false", "5", "completed", "2026-01-05",
         "2026-01-05T09:00:00", "C61", "77386", "-1", "prostate", "machine_qa", "gating", "credit", "", ";", "1e400", "NaN", "99999999"]
    ),
    st.text(max_size=6),
)  # fmt: skip
_STATEMENTS = st.builds(
    Assertion,
    file=st.just(0), start=st.integers(0, 9), end=st.integers(0, 9), segment=st.none(),
    source=st.sampled_from(["dicom_plan", "fhir", "hl7v2", "dicom_summary"]), path=st.just("p"), patient=st.just("P1"),
    subject=st.sampled_from(
        ["patient", "course", "phase", "plan", "session", "fraction", "structure_set", "dose", "charge", "document", "stay",
         "coverage", "order"]
    ),
    key=_TEXTS,
    name=st.sampled_from(
        [*_PLAN_KEYS, "label", "dicom_plan", "based_on", "part_of", "uid", "intent", "diagnoses", "code", "date", "units", "kind",
         "status", "fractions_delivered", "sessions_delivered", "technique_family", "frame_of_reference", "item", "signed_by", "birth_date",
         "sex", "image",
         "planned_at", "setting", "payer_line", "ended_on", "modifiers", "first_day"]
    ),
    value=st.none() | _TEXTS, reason=st.none() | st.just("why"), who=st.none() | st.just("records"),
)  # fmt: skip
_TIMES = st.datetimes(datetime(1, 1, 2), datetime(9998, 12, 30))
_NUMBERS = st.none() | st.integers(-3, 99_999)
_METERSETS = st.none() | st.floats(allow_nan=False, allow_infinity=False)
_DELIVERIES = st.builds(
    Delivery,
    file=st.just(0), start=st.integers(0, 9), end=st.integers(0, 9), segment=st.none(),
    source=st.sampled_from(["dicom_record", "fhir"]), path=st.just("p"), record=_TEXTS, patient=st.just("P1"),
    birth_date=st.none() | st.dates(), sex=st.sampled_from([None, "M", "O"]), plan=st.none() | _TEXTS, group=_NUMBERS,
    fractions_planned=_NUMBERS, beam=_NUMBERS, beam_name=st.none() | _TEXTS, fraction=_NUMBERS, day=st.none() | st.dates(),
    started_at=st.none() | _TIMES, ended_at=st.none() | _TIMES, kind=st.sampled_from([None, "treatment", "setup"]),
    specified=_METERSETS, delivered=_METERSETS, status=st.sampled_from([None, "completed", "stopped", "not-done"]),
    modality=st.sampled_from([None, "photon", "electron", "ion"]), machine=st.none() | _TEXTS, session=st.none() | _TEXTS,
    held=st.sampled_from([None, True, False]), motion=st.sampled_from([None, "gating", "odd"]), guidance=st.none() | _TEXTS,
)  # fmt: skip
_BEAMS = st.builds(
    Beam,
    file=st.just(0), start=st.just(0), end=st.just(1), segment=st.none(), path=st.just("b"), plan=_TEXTS,
    group=_NUMBERS, number=_NUMBERS, name=st.none() | _TEXTS, is_treatment=st.sampled_from([None, True, False]), meterset=_METERSETS,
    modality=st.none(), technique=st.none(), isocenter_x=_METERSETS, isocenter_y=_METERSETS, isocenter_z=_METERSETS,
    machine=st.none() | _TEXTS,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(_STATEMENTS, max_size=25), st.lists(_DELIVERIES, max_size=8), st.lists(_BEAMS, max_size=5))
def test_any_evidence_becomes_courses_that_read_back(
    assertions: list[Assertion], deliveries: list[Delivery], beams: list[Beam]
) -> None:
    evidence = Evidence()
    evidence.assertions, evidence.deliveries, evidence.beams = assertions, deliveries, beams
    accounts, _ = courses(
        evidence,
        CourseDefaults(),
        patient=PatientNumber("P1"),
        numbers=JoiningNumbers(load_thresholds(), timedelta(minutes=60)),
    )
    ids = [account.form["course"] for account in accounts]
    assert len(ids) == len(set(ids))
    for account in accounts:
        assert read_back(account)["faults"].is_empty(), account.form
