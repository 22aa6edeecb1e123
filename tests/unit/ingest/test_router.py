"""One registry says who reads what; each file is told by its content and becomes one `FileRead`."""

from pathlib import Path
from typing import get_args

import pytest

from beamclaim.ingest import router
from beamclaim.ingest.file_read import FileRead, Status, file_rows
from beamclaim.ingest.router import READERS, Numbered, kind_of
from beamclaim.ingest.sources import Refusal, Source, sources
from beamclaim.model.tables import FILES
from beamclaim.model.value_sets import CLAIMS_TABLE_KINDS, EVIDENCE_KINDS

FIXTURES = Path(__file__).parents[2] / "fixtures"
EXAMPLES = {
    "x12": "x12/stupidedi/005010/X224A2_HC837_Health_Care_Claim_Dental/pass/commercial-health-insurance.edi",
    "claims_csv": "intake/week.csv",
    "dicom": "dicom/records/course_2025/fx01.dcm",
    "fhir": "fhir/Ex-XRTS-02-Prostate-2P-1V.bundle.json",
    "hl7v2": "hl7v2/fhir-converter/DFT-P03-01.hl7",
}


def first(path: Path) -> Source:
    return next(s for s in sources([path]) if isinstance(s, Source))


def test_every_kind_of_content_has_one_reader_that_loads() -> None:
    assert {kind for kind, reader in READERS.items() if reader.content == "evidence"} == set(EVIDENCE_KINDS)
    assert {"x12", "course", *CLAIMS_TABLE_KINDS} == {k for k, reader in READERS.items() if reader.content == "claims"}
    assert all(callable(reader.load()) for reader in READERS.values())


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_kind_is_told_without_reading_the_file(kind: str) -> None:
    assert kind_of(first(FIXTURES / EXAMPLES[kind])) == kind


@pytest.mark.parametrize("kind", EVIDENCE_KINDS)
def test_evidence_among_claims_is_refused_by_name_and_passed_over_in_a_folder(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "record"
    path.write_bytes((FIXTURES / EXAMPLES[kind]).read_bytes())
    for given, status in ((path, "refused"), (tmp_path, "passed_over")):
        (portion,) = router.read([Numbered(0, source) for source in sources([given])])
        (row,) = portion.tables["files"].iter_rows(named=True)
        assert (row["file.kind"], row["file.status"]) == (kind, status)
        assert "`beamclaim facts` reads those" in row["file.error"]
        assert row["file.error"].startswith("not a claim file: ") is (status == "passed_over")


def test_what_became_of_a_file_is_a_word_and_the_sentence_is_made_when_shown() -> None:
    assert get_args(Status) == ("read", "refused", "passed_over")
    became = [
        FileRead("837P", "a.837", "hash", 12, 1, 2),
        FileRead("unknown", "b", status="refused", reason="no such file"),
        FileRead("unknown", "c", status="passed_over", reason="hidden"),
    ]
    rows = file_rows(enumerate(became), is_history=True)
    assert rows.schema == FILES.schema
    assert rows.select("file", "file.status", "file.error").rows() == [
        (0, "read", None),
        (1, "refused", "no such file"),
        (2, "passed_over", "not a claim file: hidden"),
    ]


def test_what_cannot_be_opened_counts_no_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"claim,line\nA,1\n")
    entries = [Numbered(at, s) for at, s in enumerate(sources([tmp_path / "a.csv", tmp_path / "none"]))]
    assert isinstance(entries[1].source, Refusal)
    assert router.total_bytes(entries) == 15
    assert [portion.bytes_read for portion in router.read(entries)] == [15, 15]
