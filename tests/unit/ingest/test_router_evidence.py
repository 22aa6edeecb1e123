"""A file of treatment evidence is read by its content, hashed whole, and never stops the others."""

import hashlib
import io
from pathlib import Path

import pytest

from beamclaim.ingest.file_read import FileRead
from beamclaim.ingest.router import read_evidence
from beamclaim.ingest.sources import sources
from beamclaim.model.tables.evidence import Evidence
from beamclaim.policy.thresholds import load_thresholds

FIXTURES = Path(__file__).parents[2] / "fixtures"
RECORD = FIXTURES / "dicom/records/course_2025/fx01.dcm"
BUNDLE = FIXTURES / "fhir/Ex-XRTS-02-Prostate-2P-1V.bundle.json"
CHARGES = FIXTURES / "hl7v2/fhir-converter/DFT-P03-01.hl7"


def read(path: Path) -> tuple[list[Evidence], FileRead]:
    (source,) = sources([path])
    *parts, reading = read_evidence(source, 0, thresholds=load_thresholds())
    assert isinstance(reading, FileRead)
    return [p for p in parts if isinstance(p, Evidence)], reading


@pytest.mark.parametrize(("path", "kind"), [(RECORD, "dicom"), (BUNDLE, "fhir"), (CHARGES, "hl7v2")])
def test_each_kind_is_read_and_hashed_whole(path: Path, kind: str) -> None:
    parts, reading = read(path)
    raw = path.read_bytes()
    assert reading == FileRead(kind, str(path), hashlib.sha256(raw).hexdigest(), len(raw))
    assert any(p.assertions or p.deliveries for p in parts)


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b'{"course": "C1"}', "course", "check --course"),
        (b"claim,line\nA,1\n", "claims_csv", "`beamclaim check`"),
        (b"nothing of the kind", "unknown", "no DICOM, FHIR or HL7 v2: "),
        (b"", "unknown", "an empty file"),
        (b'<Bundle xmlns="http://hl7.org/fhir">', "unknown", "export it as JSON"),
        (b'{"resourceType": "Patient", "id": NaN}', "fhir", ""),
    ],
)
def test_what_is_no_evidence_says_what_it_is(tmp_path: Path, content: bytes, kind: str, words: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    parts, reading = read(path)
    assert (parts, reading.kind, reading.status) == ([], kind, "refused")
    assert reading.reason is not None and words in reading.reason


def test_other_files_of_a_folder_are_said_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("of the week")
    (tmp_path / ".hidden").write_text("x")
    readings = [
        part for source in sources([tmp_path]) for part in read_evidence(source, 0, thresholds=load_thresholds())
    ]
    assert all(isinstance(r, FileRead) and r.status == "passed_over" and r.reason for r in readings)


def test_standard_input_is_read_as_a_file_is() -> None:
    (source,) = sources(["-"], stdin=io.BytesIO(RECORD.read_bytes()))
    *_, reading = read_evidence(source, 0, thresholds=load_thresholds())
    assert isinstance(reading, FileRead) and reading.sha256 == hashlib.sha256(RECORD.read_bytes()).hexdigest()


def test_a_message_never_holds_what_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"resourceType": "Patient", "id": "ZQCANARY", "id": "ZQCANARY"}')
    _, reading = read(path)
    assert reading.reason is not None and "ZQCANARY" not in reading.reason
