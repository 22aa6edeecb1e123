"""Evidence given to `check --course`: read as `facts` reads it, so the findings are those of its course files."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from beamclaim.app.check import Checked, CheckOptions, check
from beamclaim.app.facts import FactsOptions, facts
from beamclaim.findings.result import File
from beamclaim.outputs.facts.json import write_course
from beamclaim.outputs.report.json import write_json
from beamclaim.synthetic import fhir
from beamclaim.synthetic.dicom import plan_parts, plans, records
from beamclaim.synthetic.dicom.treatments import treatment

AS_OF = date(2026, 6, 1)
FIRST = datetime(2026, 1, 5, 8, 10)
CLAIMS = """claim,patient,birth_date,sex,payer_line,setting,diagnoses,line,date,code,units,charge
C1,MRN1,1961-04-02,M,medicare_ffs,hospital_outpatient,C61,1,2026-01-05,77402,1,500.00
C1,MRN1,1961-04-02,M,medicare_ffs,hospital_outpatient,C61,2,2026-01-06,77402,2,1000.00
C1,MRN1,1961-04-02,M,medicare_ffs,hospital_outpatient,C61,3,2026-01-20,77402,1,500.00
C1,MRN1,1961-04-02,M,medicare_ffs,hospital_outpatient,C61,4,2026-01-07,77427,1,300.00
"""


def evidence(folder: Path) -> Path:
    """A plan, three fractions and a bundle of FHIR, in folders."""
    (folder / "machine").mkdir(parents=True)
    plan = plans.plan("vmat", 1)
    plan.PatientID, plan.PatientBirthDate, plan.PatientSex, plan.FrameOfReferenceUID = (
        "MRN1",
        "19610402",
        "M",
        "1.2.3.4",
    )
    plan.ReviewDate = "20260110"  # approved after the first fractions
    (folder / "machine/plan.dcm").write_bytes(plan_parts.written(plan))
    for number in range(1, 4):
        record = treatment(plan, FIRST + timedelta(days=number - 1), number)
        (folder / f"machine/{number}.dcm").write_bytes(records.written(record))
    (folder / "record.json").write_bytes(fhir.bundle(fhir.resources(fhir.Course())))
    return folder


def claims(folder: Path) -> Path:
    path = folder / "claims.csv"
    path.write_text(CLAIMS)
    return path


def course_files(source: Path, target: Path) -> Path:
    """What `facts --output` writes."""
    target.mkdir()
    for record in facts(FactsOptions((str(source),), as_of=AS_OF)).course_records():
        with (target / f"{record.form['course']}.course.json").open("w") as out:
            write_course(record, out)
    return target


def checked(claims: Path, *course: Path) -> Checked:
    return check(CheckOptions((str(claims),), course=tuple(map(str, course)), as_of=AS_OF))


def answers(result: Checked, tmp_path: Path) -> Any:
    """The report without its files and without the names of course files in its places."""
    path = tmp_path / "report.json"
    with path.open("w") as out:
        write_json(result.result, out)
    report = json.loads(path.read_text())
    del report["files"]
    return json.loads(json.dumps(report).replace("from evidence: ", "").replace(f"{tmp_path}/courses/", ""))


def context(result: Checked) -> list[File]:
    return [file for file in result.result.files if file.is_history]


def test_a_folder_of_evidence_gives_the_findings_of_its_course_files(tmp_path: Path) -> None:
    source = evidence(tmp_path / "treatments")
    by_files = checked(claims(tmp_path), course_files(source, tmp_path / "courses"))
    assert len(by_files.result.findings) > len(checked(claims(tmp_path)).result.findings)
    assert answers(checked(claims(tmp_path), source), tmp_path) == answers(by_files, tmp_path)


def test_evidence_tells_what_claims_alone_do_not(tmp_path: Path) -> None:
    alone = {f.rule for f in checked(claims(tmp_path)).result.findings}
    source = evidence(tmp_path / "treatments")
    assert {f.rule for f in checked(claims(tmp_path), source).result.findings} - alone


def test_every_file_of_evidence_is_a_row_of_files_and_every_course_too(tmp_path: Path) -> None:
    source = evidence(tmp_path / "treatments")
    files = context(checked(claims(tmp_path), source))
    assert sorted(f.kind for f in files) == ["course", "course", "dicom", "dicom", "dicom", "dicom", "fhir"]
    assert {f.error for f in files} == {None}
    assert all(f.path.startswith("from evidence: C-") for f in files if f.kind == "course")


def test_a_record_that_cannot_be_read_is_a_row_with_its_reason_and_the_others_count(tmp_path: Path) -> None:
    source = evidence(tmp_path / "treatments")
    sound = answers(checked(claims(tmp_path), source), tmp_path)
    (source / "cut.dcm").write_bytes(b"\0" * 128 + b"DICM")
    (source / "notes.txt").write_text("room 2 closed on Friday")
    result = checked(claims(tmp_path), source)
    reasons = {Path(f.path).name: (f.error, f.is_stray) for f in context(result) if f.error}
    assert reasons["cut.dcm"][0] and "export" in reasons["cut.dcm"][0] and not reasons["cut.dcm"][1]
    assert reasons["notes.txt"][1]
    assert answers(result, tmp_path) == sound


def test_course_forms_beside_evidence_are_read_as_they_are(tmp_path: Path) -> None:
    source = evidence(tmp_path / "treatments")
    forms = course_files(source, tmp_path / "courses")
    mixed = tmp_path / "mixed"
    forms.rename(mixed)
    (mixed / "message.hl7").write_bytes(b"MSH|^~\\&|LAB|X|||20260105||ADT^A08|1|P|2.5\rPID|1||MRN9^^^H^MR\r")
    files = context(checked(claims(tmp_path), mixed))
    assert sorted(f.kind for f in files if not f.path.startswith("from evidence")) == ["course", "course", "hl7v2"]
