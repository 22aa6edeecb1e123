"""Claims as a table: what the rows become, and how what cannot be read is said."""

import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from beamclaim.errors import InputError
from beamclaim.ingest.flat_tables import locate_cell, locate_key, read_claims_csv, read_claims_jsonl
from beamclaim.model.tables.frames import Tables

FIXTURES = Path(__file__).parents[3] / "fixtures" / "intake"
PLACES = ("claim.key", "line.key", "file", "start", "end", "segment", "loop_start", "loop_end")


def csv_book(text: str | bytes, chunk_rows: int = 40_000) -> Tables:
    data = text.encode() if isinstance(text, str) else text
    return Tables.gather(read_claims_csv(io.BytesIO(data), file=3, chunk_rows=chunk_rows))


def jsonl_book(*rows: dict[str, Any]) -> Tables:
    data = "\n".join(map(json.dumps, rows)).encode()
    return Tables.gather(read_claims_jsonl(io.BytesIO(data), file=3))


def one(text: str, column: str) -> Any:
    """The value of a line or claim column of a table of one row."""
    book = csv_book(text)
    return book["lines" if column.startswith("line") else "claims"][column].item()


def faults(book: Tables) -> list[tuple[str, str]]:
    return [(path, found) for path, found in book["faults"].select("fault.path", "fault.found").iter_rows()]


def test_rows_become_claims_lines_and_diagnoses() -> None:
    book = csv_book((FIXTURES / "week.csv").read_bytes())
    claims, lines = book["claims"], book["lines"]
    assert claims["claim.number"].to_list() == ["CL-1", "CL-2"]
    assert claims["claim.form"].to_list() == ["837I", "837P"]
    assert claims["claim.payer_name"].to_list() == ["Example Payer, East", "Example Plan"]
    assert claims["claim.diagnoses"].to_list() == ["Z510;C3411", "C50411"]
    assert claims["claim.charge"].to_list() == [None, None]
    assert claims["claim.submitted_on"].to_list() == [date(2026, 1, 6)] * 2
    assert claims["claim.mac"].to_list() == ["J6", None]
    assert claims["claim.authorization"].to_list() == ["", "AU-77"]
    assert lines["claim.key"].to_list() == [claims["claim.key"][n] for n in (0, 0, 1)]
    assert lines["line.modifiers"].to_list() == ["", "76;XE", ""]
    assert lines["line.charge"].to_list() == [Decimal("1450.00"), Decimal("1450.00"), Decimal("310.50")]
    assert lines["line.rendering_npi"].to_list() == [None, None, "2400400018"]
    assert lines["line.date_to"].to_list() == lines["line.date"].to_list()
    assert book["diagnoses"]["diagnosis.code"].to_list() == ["Z510", "C3411", "C50411"]
    assert book["diagnoses"]["diagnosis.qualifier"].to_list() == ["ABK", "ABF", "ABK"]
    assert book["diagnoses"]["diagnosis.position"].to_list() == [1, 2, 1]
    assert not book["faults"].height


def test_the_file_row_counts_and_hashes() -> None:
    data = (FIXTURES / "week.csv").read_bytes()
    (row,) = csv_book(data)["files"].iter_rows(named=True)
    assert (row["file"], row["file.kind"], row["file.size"]) == (3, "claims_csv", len(data))
    assert (row["file.claims"], row["file.lines"], row["file.error"]) == (2, 3, None)
    assert len(row["file.sha256"]) == 64


def test_json_lines_give_the_same_tables() -> None:
    left = csv_book((FIXTURES / "week.csv").read_bytes())
    right = Tables.gather(read_claims_jsonl(io.BytesIO((FIXTURES / "week.jsonl").read_bytes()), file=3))
    for name in ("claims", "lines", "diagnoses", "faults"):
        assert left[name].height == right[name].height
        assert left[name].drop(PLACES, strict=False).equals(right[name].drop(PLACES, strict=False)), name


def test_every_row_is_found_again_in_the_file() -> None:
    data = (FIXTURES / "week.csv").read_bytes()
    lines = csv_book(data)["lines"]
    rows = data.splitlines()
    for start, end, number in lines.select("start", "end", "segment").iter_rows():
        assert data[start:end] == rows[number - 1]
    claims = csv_book(data)["claims"]
    assert data[claims["start"][0] : claims["loop_end"][0]] == b"\n".join(rows[1:3])


@pytest.mark.parametrize(
    ("column", "of", "absent", "empty"),
    [
        ("modifiers", "line.modifiers", None, ""),
        ("authorization", "line.authorization", None, ""),
        ("authorization", "claim.authorization", None, ""),
        ("frequency", "claim.frequency", None, "1"),
        ("pointers", "line.pointers", "", ""),
        ("code", "line.code", None, None),
        ("date", "line.date", None, None),
        ("units", "line.units", None, None),
        ("charge", "line.charge", None, None),
        ("patient", "claim.patient", None, None),
        ("sex", "claim.sex", None, None),
        ("diagnoses", "claim.diagnoses", None, None),
        ("rendering_npi", "line.rendering_npi", None, None),
        ("attending_npi", "claim.attending_npi", None, None),
        ("condition_codes", "claim.condition_codes", None, None),
        ("original_claim", "claim.original_claim", None, None),
        ("bill_type", "claim.bill_type", None, None),
    ],
)
def test_absent_is_unknown_and_empty_is_what_the_contract_says(column: str, of: str, absent: Any, empty: Any) -> None:
    assert one("claim,line\nA,1\n", of) == absent
    assert one(f"claim,line,{column}\nA,1,\n", of) == empty
    assert one(f"claim,line,{column}\nA,1,  \n", of) == empty
    assert not csv_book(f"claim,line,{column}\nA,1,\n")["faults"].height


def test_a_row_that_names_the_attending_physician_and_no_rendering_one_has_none() -> None:
    assert one("claim,attending_npi,rendering_npi\nA,2400400018,\n", "line.rendering_npi") == ""
    assert one("claim,attending_npi,rendering_npi\nA,2400400018,2400400026\n", "line.rendering_npi") == "2400400026"
    assert one("claim,attending_npi,rendering_npi\nA,,\n", "line.rendering_npi") is None
    assert one("claim,attending_npi\nA,2400400018\n", "line.rendering_npi") is None


@pytest.mark.parametrize(
    ("column", "written", "of", "value"),
    [
        ("code", "g6015", "line.code", "G6015"),
        ("modifiers", "xe; 26 ", "line.modifiers", "XE;26"),
        ("diagnoses", "c34.11;Z510", "claim.diagnoses", "C3411;Z510"),
        ("units", "1.000", "line.units", Decimal("1.000")),
        ("charge", "-12.5", "line.charge", Decimal("-12.50")),
        ("date", "2024-02-29", "line.date", date(2024, 2, 29)),
        ("bill_type", "0131", "claim.bill_type", "131"),
        ("revenue_code", "333", "line.revenue_code", "0333"),
        ("pointers", "1;02", "line.pointers", "1;2"),
        ("payer_sequence", "S", "claim.payer_sequence", "S"),
        ("condition_codes", "45;a1", "claim.condition_codes", "45;A1"),
        ("setting", "freestanding", "claim.form", "837P"),
        ("patient", "=cmd()", "claim.patient", "=cmd()"),
        ("sex", "f", "claim.sex", "F"),
    ],
)
def test_a_fit_value_is_read(column: str, written: str, of: str, value: Any) -> None:
    book = csv_book(f"claim,line,{column}\nA,1,{written}\n")
    assert one(f"claim,line,{column}\nA,1,{written}\n", of) == value
    assert not book["faults"].height


@pytest.mark.parametrize(
    ("column", "written", "of"),
    [
        ("date", "01/02/2026", "line.date"),
        ("date", "2026-02-30", "line.date"),
        ("date", "20260102", "line.date"),
        ("date_to", "2026-1-2", "line.date_to"),
        ("birth_date", "61-04-02", "claim.birth_date"),
        ("submitted_on", "soon", "claim.submitted_on"),
        ("charge", '"1.234,50"', "line.charge"),
        ("charge", "$12.00", "line.charge"),
        ("charge", "1_000", "line.charge"),
        ("charge", "1E+999999999", "line.charge"),
        ("charge", "NaN", "line.charge"),
        ("charge", "١٢", "line.charge"),
        ("charge", "12.345", "line.charge"),
        ("charge", "12345678901", "line.charge"),
        ("units", "0", "line.units"),
        ("units", "-1", "line.units"),
        ("units", "1.0001", "line.units"),
        ("rendering_npi", "1234567890", "line.rendering_npi"),
        ("rendering_npi", "240040001", "line.rendering_npi"),
        ("billing_npi", "2400400O18", "claim.billing_npi"),
        ("payer_line", "Medicare", "claim.payer_line"),
        ("setting", "office", "claim.setting"),
        ("sex", "X", "claim.sex"),
        ("frequency", "new", "claim.frequency"),
        ("code", "7738", "line.code"),
        ("code", "=77386", "line.code"),
        ("modifiers", "76;5", "line.modifiers"),
        ("diagnoses", "C34.11;cancer", "claim.diagnoses"),
        ("diagnoses", "C34.", "claim.diagnoses"),
        ("pointers", "1;A", "line.pointers"),
        ("pointers", "0", "line.pointers"),
        ("place_of_service", "5", "line.place_of_service"),
        ("bill_type", "13", "claim.bill_type"),
        ("patient", "P\0", "claim.patient"),
    ],
)
def test_an_unfit_value_is_null_and_a_fault_that_does_not_repeat_it(column: str, written: str, of: str) -> None:
    text = f"claim,line,{column}\nA,1,{written}\n"
    book = csv_book(text)
    assert one(text, of) is None
    (fault,) = book["faults"].iter_rows(named=True)
    assert fault["fault.kind"] == "element"
    assert fault["fault.path"] == f"row 2 column {column}"
    assert written not in fault["fault.found"]
    assert fault["claim.key"] == book["claims"]["claim.key"][0]
    assert fault["line.key"] == book["lines"]["line.key"][0]
    assert text.encode()[fault["start"] : fault["end"]].decode() == written.strip('"')


def test_an_unreadable_line_number_is_null() -> None:
    book = csv_book("claim,line\nA,one\n")
    assert book["lines"]["line.number"].to_list() == [None]
    assert faults(book) == [("row 2 column line", "3 characters: AAA")]


def test_a_fraction_of_a_session_is_said_and_kept() -> None:
    book = csv_book("claim,units\nA,0.5\n")
    assert book["lines"]["line.units"].to_list() == [Decimal("0.500")]
    assert faults(book) == [("row 2 column units", "a part of a unit")]


def test_an_unreadable_diagnosis_keeps_its_place() -> None:
    book = csv_book("claim,diagnoses\nA,C61;??;Z51.0\n")
    assert book["diagnoses"]["diagnosis.code"].to_list() == ["C61", None, "Z510"]
    assert book["diagnoses"]["diagnosis.position"].to_list() == [1, 2, 3]
    assert book["claims"]["claim.diagnoses"].to_list() == [None]


def test_a_last_day_before_the_first_is_a_fault() -> None:
    book = csv_book("claim,date,date_to\nA,2026-01-05,2026-01-04\nA,2026-01-05,2026-01-06\n")
    assert book["lines"]["line.date_to"].to_list() == [None, date(2026, 1, 6)]
    assert [path for path, _ in faults(book)] == ["row 2 column date_to"]


def test_two_patients_under_one_number_are_two_claims() -> None:
    book = csv_book("claim,patient,line\nA,P1,1\nA,P2,1\nA,P1,2\n")
    assert book["claims"]["claim.patient"].to_list() == ["P1", "P2"]
    keys = book["claims"]["claim.key"].to_list()
    assert book["lines"]["claim.key"].to_list() == [keys[0], keys[1], keys[0]]


@pytest.mark.parametrize(
    "column", ["payer", "payer_sequence", "frequency", "original_claim", "setting", "submitted_on"]
)
def test_what_tells_claims_apart(column: str) -> None:
    values = {
        "payer_sequence": ("P", "S"), "frequency": ("1", "7"), "setting": ("freestanding", "professional"),
        "submitted_on": ("2026-01-01", "2026-01-02"),
    }.get(column, ("X", "Y"))  # fmt: skip
    assert csv_book(f"claim,{column}\nA,{values[0]}\nA,{values[1]}\n")["claims"].height == 2
    assert csv_book(f"claim,{column}\nA,{values[0]}\nA,{values[0]}\n")["claims"].height == 1


def test_rows_without_a_claim_number_are_not_taken_for_one_claim() -> None:
    book = csv_book("claim,line\n,1\n,2\n")
    assert book["claims"]["claim.number"].to_list() == [None, None]
    assert book["faults"]["fault.kind"].to_list() == ["missing", "missing"]


def test_rows_of_a_claim_that_contradict_each_other_are_said_and_the_first_stands() -> None:
    book = csv_book("claim,sex,diagnoses,mac\nA,M,C61,\nA,F,C61,J6\n")
    assert book["claims"].select("claim.sex", "claim.mac", "claim.diagnoses").rows() == [("M", "J6", "C61")]
    assert faults(book) == [("row 3 column sex", "another value than in the rows before")]


def test_chunks_never_change_what_is_read() -> None:
    rows = [f"C{n // 3},P{n // 3},{n % 3 + 1},C61" for n in range(60)] + ["C0,P0,4,C61"]
    text = "claim,patient,line,diagnoses\n" + "\n".join(rows)
    whole = csv_book(text)
    parts = csv_book(text, chunk_rows=4)
    assert len(list(read_claims_csv(io.BytesIO(text.encode()), file=3, chunk_rows=4))) > 10
    for name in ("lines", "diagnoses", "faults", "files"):
        assert whole[name].equals(parts[name]), name
    # Only the end of a claim whose rows stand apart is known too late.
    assert whole["claims"].drop("loop_end").equals(parts["claims"].drop("loop_end"))


def test_rows_far_apart_that_contradict_the_claim_are_said() -> None:
    rows = ["A,M,C61", *(f"B{n},F,C50.411" for n in range(20)), "A,F,C61"]
    book = csv_book("claim,sex,diagnoses\n" + "\n".join(rows), chunk_rows=4)
    assert book["claims"].height == 21
    assert faults(book) == [("row 23 column sex", "another value than in the rows before")]


def test_one_endless_claim_is_still_given_in_chunks() -> None:
    text = "claim,line\n" + "\n".join(f"A,{n + 1}" for n in range(100))
    chunks = list(read_claims_csv(io.BytesIO(text.encode()), file=0, chunk_rows=8))
    assert max(chunk["lines"].height for chunk in chunks) <= 10
    assert Tables.gather(chunks)["claims"].height == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("claim,lien\nA,1\n", 'row 1: column 2, "lien", is not known; did you mean line?'),
        ("claim,line,line\nA,1,1\n", "row 1: the column line stands twice (again as column 3)"),
        ("line,code\n1,77386\n", "row 1: the column claim is missing"),
        ("claim;line\nA;1\n", "row 1: semicolons between the cells"),
        ("claim\tline\nA\t1\n", "row 1: tabs between the cells"),
        ("claim|line\nA|1\n", "row 1: bars between the cells"),
        ('claim,"line\nA,1\n', "row 1: a quote in cell 2"),
        ("\n\n", "no header row"),
        ("", "no header row"),
        ("claim" + ",x" * 100_001, "row 1: column 2"),
    ],
)
def test_a_header_that_is_not_one_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(InputError) as refused:
        csv_book(text)
    assert words in str(refused.value)


def test_an_unknown_key_is_refused_with_its_line() -> None:
    with pytest.raises(InputError) as refused:
        jsonl_book({"claim": "A"}, {"claim": "B", "unit": 1})
    assert 'line 2: the key "unit" is not known; did you mean units?' in str(refused.value)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("{", "text that is not JSON"),
        ("[1]", "a JSON value that is no object"),
        ('{"claim": "A", "claim": "B"}', "a key given twice"),
        ('{"claim": NaN}', "NaN, which is no JSON number"),
        ('{"claim": "\\ud800"}', "text that is not JSON"),
        ('{"claim": ' + "[" * 100_000 + "}", "text that is not JSON"),
    ],
)
def test_a_line_that_is_no_object_is_a_fault_and_the_others_are_read(line: str, found: str) -> None:
    data = f'{{"claim": "A"}}\n{line}\n{{"claim": "B"}}'.encode()
    book = Tables.gather(read_claims_jsonl(io.BytesIO(data), file=0))
    assert book["claims"]["claim.number"].to_list() == ["A", "B"]
    assert faults(book) == [("line 2", found)]


def test_a_value_of_the_wrong_kind_is_a_fault_at_its_bytes() -> None:
    book = jsonl_book({"claim": "A", "units": True, "code": ["77386"], "date": "2026-01-02"})
    assert faults(book) == [("line 1 key units", "true or false"), ("line 1 key code", "a list")]
    assert book["lines"]["line.code"].to_list() == [None]


def test_locate_gives_the_bytes_of_a_cell() -> None:
    row = b'A,"a ""b"", c",\xc3\xa4'
    header = ["claim", "payer_name", "patient"]
    data = b"....." + row
    assert [data[slice(*(locate_cell(row, 5, header, name) or (0, 0)))] for name in header] == [
        b"A", b'a ""b"", c', b"\xc3\xa4",
    ]  # fmt: skip
    assert locate_cell(b"A", 0, header, "patient") is None
    assert locate_cell(row, 0, header, "code") is None
    line = b'{"claim": "A", "units": 2}'
    assert line[slice(*(locate_key(line, 0, "claim") or (0, 0)))] == b"A"
    assert line[slice(*(locate_key(line, 0, "units") or (0, 0)))] == b"2"
    assert locate_key(line, 0, "code") is None


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_a_byte_order_mark_do_not_matter(end: str) -> None:
    text = "claim,payer_name\nA,x\n\nB,y"
    plain, other = csv_book(text), csv_book(b"\xef\xbb\xbf" + text.replace("\n", end).encode())
    assert other["claims"]["claim.payer_name"].to_list() == plain["claims"]["claim.payer_name"].to_list() == ["x", "y"]
    assert other["lines"]["segment"].to_list() == [2, 4]
    assert not other["faults"].height


def test_latin_1_is_read_where_utf_8_fails() -> None:
    book = csv_book("claim,payer_name\nA,Käse\n".encode("latin-1") + "B,Käse\n".encode())
    assert book["claims"]["claim.payer_name"].to_list() == ["Käse", "Käse"]


@pytest.mark.parametrize(
    ("row", "kept", "found"),
    [
        ("B", ["A", "B", "C"], "1 cells"),
        ("B,1,2,3", ["A", "C"], "4 cells"),
        ("B,1,,", ["A", "B", "C"], None),
        (",,", ["A", "C"], None),
        ("claim,line", ["A", "C"], "the header once more"),
        ('B,"1', ["A", "B", "C"], "a quote in cell 2 that is not closed as it should be"),
        ('B,"1"2', ["A", "B", "C"], "a quote in cell 2 that is not closed as it should be"),
        ('"B,1', ["A", "C"], "a quote in cell 1 that is not closed as it should be"),
        ("B," + "9" * (1 << 21), ["A", "C"], "a row longer than 1048576 bytes"),
    ],
)
def test_a_row_that_is_none_is_said_and_the_others_are_read(row: str, kept: list[str], found: str | None) -> None:
    book = csv_book(f"claim,line\nA,1\n{row}\nC,1\n")
    assert book["claims"]["claim.number"].to_list() == kept
    assert faults(book) == ([("row 3", found)] if found else [])
