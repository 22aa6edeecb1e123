"""Paths: what is found behind them, in which order, and that nothing is passed over without a word."""

import io
import os
import random
from pathlib import Path

import pytest

from beamclaim.errors import InputError
from beamclaim.ingest.router import kind_of, read_one
from beamclaim.ingest.sources import Refusal, Source, read_bytes, sources
from beamclaim.model.tables.frames import Tables

FIXTURES = Path(__file__).parents[2] / "fixtures"
CSV = "claim,line,code\nA,1,77386\n"
COURSE = '{"course": "C1"}'
ENVELOPE = (
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260106*1200*^*00501*000000001*0*P*:~"
    "GS*HC*S*R*20260106*1200*1*X*005010X222A1~GE*0*1~IEA*1*000000001~"
)


def is_passed_over(error: str | None) -> bool:
    """Said, and no error."""
    return error is not None and error.startswith("not a claim file: ")


def files(*paths: str | Path, stdin: bytes | None = None) -> list[tuple[str, str, str | None]]:
    """Path, kind and error of every file."""
    stream = None if stdin is None else io.BytesIO(stdin)
    rows = []
    for index, source in enumerate(sources(paths, stdin=stream)):
        table = Tables.gather(read_one(source, file=index))["files"]
        assert table.height == 1
        rows += table.select("file.path", "file.kind", "file.error").rows()
    return rows


def error(path: Path, content: bytes, kind: str = "unknown") -> str:
    path.write_bytes(content)
    ((label, found, error),) = files(path)
    assert (label, found) == (str(path), kind)
    assert error is not None
    return error


def only(path: Path) -> Source:
    (source,) = sources([path])
    assert isinstance(source, Source)
    return source


def test_each_kind_is_told_by_its_content(tmp_path: Path) -> None:
    for name, content, kind in [
        ("a.txt", CSV, "claims_csv"),
        ("b", '\ufeff\n {"claim": "A", "line": 1}', "claims_jsonl"),
        ("c.json", COURSE, "course"),
        ("d.json", f"[{COURSE}]", "course"),
        ("e.course.json", '{"patient": {"id": "P"}}', "course"),
        ("f.dat", ENVELOPE, "x12"),
        ("g.csv", "\ufeffclaim\nA", "claims_csv"),
    ]:
        (tmp_path / name).write_text(content, encoding="utf-8")
        assert kind_of(only(tmp_path / name)) == kind, name
        assert files(tmp_path / name)[0][2] is None, name


def test_the_fixtures_are_read_with_their_path() -> None:
    ((path, kind, error),) = files(FIXTURES / "intake" / "week.csv")
    assert (path, kind, error) == (str(FIXTURES / "intake" / "week.csv"), "claims_csv", None)


def test_a_folder_is_read_by_name_whatever_the_file_system_says(tmp_path: Path) -> None:
    names = ["b.csv", "a/z.csv", "a/b/c.csv", "c.csv", "a.csv"]
    random.Random(7).shuffle(names)
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(CSV)
    found = [path for path, _, _ in files(tmp_path)]
    assert found == [str(tmp_path / n) for n in ("a/b/c.csv", "a/z.csv", "a.csv", "b.csv", "c.csv")]


def test_what_lies_in_a_folder_and_is_no_claim_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("hello")
    (tmp_path / "page.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    (tmp_path / ".hidden.csv").write_text(CSV)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.csv").write_text(CSV)
    (tmp_path / "empty").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "real.csv").write_text(CSV)
    said = {Path(path).name: error for path, _, error in files(tmp_path)}
    assert said.pop("real.csv") is None
    assert all(is_passed_over(error) for error in said.values())
    assert {name: str(error).split(": ")[1][:14] for name, error in said.items()} == {
        "README.md": "neither an 837",
        "page.pdf": "a PDF document",
        "other.csv": "a table whose ",
        ".hidden.csv": "hidden (its na",
        ".git": "hidden (its na",
        "empty": "an empty folde",
        "link.csv": "a symbolic lin",
        "loop": "a symbolic lin",
        "pipe.csv": "a pipe, socket",
    }


def test_a_claim_name_with_other_content_is_an_error_even_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.837").write_bytes(b"%PDF-1.7")
    (tmp_path / "b.837").write_bytes(b"")
    assert [is_passed_over(error) for _, _, error in files(tmp_path)] == [False, False]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"\xef\xbb\xbf \n", "only blanks"),
        (b"%PDF-1.7", "a PDF document"),
        (b"PK\x03\x04....", "a ZIP archive"),
        (b"\x1f\x8b....", "gzip-compressed data"),
        (ENVELOPE.encode("utf-16"), "UTF-16"),
        (ENVELOPE.encode("utf-16-le"), "UTF-16"),
        (b"GS*HC*S*R~", "does not begin with ISA"),
        (b'{"a": {"course": 1}}', 'neither "course" nor "claim"'),
        (b'[{"claim": "A", "line": 1}]', "claim rows in a JSON list"),
    ],
)
def test_what_cannot_be_read_is_named_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in error(tmp_path / "claims.837", content)


PREAMBLE = b"\0" * 128 + b"DICM"


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (PREAMBLE, "dicom", "a DICOM file"),
        (b"MZ" + b"\x90" * 126 + b"DICM", "dicom", "a DICOM file"),
        (b"\x08\x00\x05\x00CS\x0a\x00ISO_IR 100", "dicom", "a DICOM file"),
        (b"\x08\x00\x05\x00\x0a\x00\x00\x00ISO_IR 100", "dicom", "a DICOM file"),
        (b"\x00\x08\x00\x05CS\x00\x0aISO_IR 100", "dicom", "a DICOM file"),
        (b"MSH|^~\\&|", "hl7v2", "an HL7 v2 message"),
        (b"MSH$^~\\&$", "hl7v2", "an HL7 v2 message"),
        (b"\xef\xbb\xbf\r\nMSH|^~\\&|", "hl7v2", "an HL7 v2 message"),
        (b"\x0bMSH|^~\\&|A\r\x1c\r", "hl7v2", "an HL7 v2 message"),
        (b"FHS|^~\\&|", "hl7v2", "an HL7 v2 message"),
        (b"BHS|^~\\&|", "hl7v2", "an HL7 v2 message"),
        (b'{"resourceType": "Claim"}', "fhir", "a FHIR resource"),
        (b'{"id": "1", "resourceType": "Claim"}\n{"resourceType": "Claim"}', "fhir", "a FHIR resource"),
        (b'[{"resourceType": "Claim"}]', "fhir", "a FHIR resource"),
        (b'{"type": "collection", "entry": [{"resource": {"resourceType": "Claim"}}', "fhir", "a FHIR resource"),
    ],
)
def test_treatment_evidence_is_recognised_by_its_content_and_sent_to_facts(
    tmp_path: Path, content: bytes, kind: str, words: str
) -> None:
    said = error(tmp_path / "claims.837", content, kind)
    assert words in said and "`beamclaim facts`" in said and "--course" in said


@pytest.mark.parametrize(
    "content",
    [b"MSHA table of things", b"MSH\n", b"\x08\x00", b"\x02\x00\x00\x00\xff\xff", b'{"claim": 1, "a": "resourceType"}'],
)
def test_what_only_resembles_treatment_evidence_is_none(tmp_path: Path, content: bytes) -> None:
    assert "facts" not in error(tmp_path / "claims.837", content)


def test_a_reader_that_refuses_gives_its_reason(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("claim,lien\nA,1\n")
    (tmp_path / "b.course.json").write_text('{"course": "C", "plnas": []}')
    (tmp_path / "c.csv").write_text(CSV)
    (a, b, c) = files(tmp_path)
    assert (a[1], b[1], c[1]) == ("claims_csv", "course", "claims_csv")
    assert a[2] is not None and 'column 2, "lien", is not known' in a[2]
    assert b[2] is not None and 'line 1 column 17: the key "plnas" is not known' in b[2]
    assert c[2] is None


def test_a_path_that_cannot_be_opened_is_said_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "turn").symlink_to(tmp_path / "turn")
    asked = [str(tmp_path / name) for name in ("none.837", "pipe", "turn", "a\0b", "a.csv/b", "a.csv")]
    said = files(*asked)
    assert [path for path, _, _ in said] == asked
    assert [e is None for _, _, e in said] == [False] * 5 + [True]
    assert not any(is_passed_over(e) for _, _, e in said)
    assert said[0][2] == "no such file; check the path"
    assert "a pipe, socket or device" in str(said[1][2])


def test_a_name_that_is_no_text_is_still_a_label(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"a\xff.csv")).write_text(CSV)
    ((path, _, error),) = files(tmp_path)
    assert error is None
    assert path.endswith("a\\xff.csv")


def test_a_file_is_read_once_however_often_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "b.csv").write_text(CSV)
    (tmp_path.parent / "elsewhere.csv").symlink_to(tmp_path / "b.csv")
    given = [tmp_path / "b.csv", tmp_path, tmp_path, tmp_path / "a.csv", tmp_path.parent / "elsewhere.csv"]
    assert [Path(path).name for path, _, _ in files(*given)] == ["b.csv", "a.csv"]


def test_a_link_the_user_names_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "latest").symlink_to(tmp_path / "a.csv")
    assert files(tmp_path / "latest") == [(str(tmp_path / "latest"), "claims_csv", None)]


def test_standard_input_is_kept_to_be_looked_at_again() -> None:
    big = CSV + ("B,2," + " " * 996 + "77336\n") * 10_000
    for text in (CSV, big):
        (source,) = sources(["-", "-"], stdin=io.BytesIO(text.encode()))
        assert isinstance(source, Source)
        lines = Tables.gather(read_one(source, file=0), ["files", "lines"])
        assert lines["files"]["file.path"].to_list() == ["-"]
        assert lines["files"]["file.size"].to_list() == [len(text)]
        start, end = lines["lines"].select("start", "end").row(0)
        assert read_bytes(source, start, end) == b"A,1,77386"
        assert read_bytes(source, len(text) - 10, len(text) + 5) == text[-10:].encode()


def test_standard_input_that_is_not_there_is_said() -> None:
    assert [isinstance(s, Refusal) for s in sources(["-"])] == [True]


def test_bytes_are_given_as_often_as_asked(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    source = only(tmp_path / "a.csv")
    assert [read_bytes(source, 16, 17), read_bytes(source, 0, 5), read_bytes(source, 99, 120)] == [b"A", b"claim", b""]


def test_a_file_that_changes_or_goes_is_an_error_row_after_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV)
    source = only(path)
    reading = read_one(source, file=0)
    path.write_text(CSV + "B,2,77386\n")
    (row,) = Tables.gather(reading)["files"].iter_rows(named=True)
    assert "it changed while being read" in row["file.error"]
    with pytest.raises(InputError, match=r"a\.csv: it changed"):
        read_bytes(source, 0, 5)
    path.unlink()
    (row,) = Tables.gather(read_one(source, file=0))["files"].iter_rows(named=True)
    assert row["file.error"] == "no such file; check the path"


def test_a_file_that_grows_while_it_is_read_keeps_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("claim,line\n" + "".join(f"C{n},1\n" for n in range(45_000)))
    reading = read_one(only(path), file=0)
    chunks = [next(reading)]
    with path.open("a") as growing:
        growing.write("Z,1\n")
    book = Tables.gather([*chunks, *reading])
    (row,) = book["files"].iter_rows(named=True)
    assert "it changed while being read" in row["file.error"]
    assert row["file.lines"] == book["lines"].height >= 45_000


def test_history_is_marked(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    for source in (only(tmp_path / "a.csv"), Refusal("x", "gone")):
        assert Tables.gather(read_one(source, file=4, is_history=True))["files"].select(
            "file", "file.is_history"
        ).rows() == [(4, True)]


def test_text_in_front_of_an_interchange_is_a_fault_and_the_claims_are_read(tmp_path: Path) -> None:
    from beamclaim.synthetic.claims837 import InterchangeWriter
    from beamclaim.testing.cases import sample

    path = tmp_path / "a.837"
    path.write_bytes(b"Sent by mistake with a note.\n\n" + InterchangeWriter("837P").write([sample("837P")]))
    (source,) = sources([path])
    book = Tables.gather(read_one(source, file=0))
    assert book["files"]["file.kind"].to_list() == ["837P"]
    assert book["lines"].height == 2
    assert book["faults"]["fault.kind"].to_list() == ["envelope"]
