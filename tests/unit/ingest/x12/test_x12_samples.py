"""Every public sample file: what is read from it, and that each value stands where the table says."""

import csv
import io
import re
from collections import Counter
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
import pyx12.x12file
from x12_samples import FIXTURES, SAMPLES, ordered, read, sample

EXPECTED = {r["path"]: r for r in csv.DictReader((FIXTURES / "expected.csv").read_text().splitlines())}
READ = [s for s in SAMPLES if int(EXPECTED[s]["claims"])]
FORM = re.compile(r"005010X22(2(A[12])?|3(A[123])?)$")


def counted(raw: bytes) -> tuple[int, int]:
    """Claims and lines of an X12 file, counted by hand: CLM, and SV1/SV2 behind one, in 837P and 837I transactions."""
    claims = lines = 0
    for found in re.finditer(rb"ISA([^0-9A-Za-z\s]).{100}.(.)", raw, re.DOTALL):
        element, terminator = found[1].decode(), found[2].decode("latin-1")
        following = raw.find(b"ISA" + found[1], found.end())
        group, is_read, in_claim = "", False, False
        for segment in raw[found.end() : following if following > 0 else None].decode("latin-1").split(terminator):
            fields = segment.strip().split(element)
            if fields[0] == "GS":
                group = fields[8] if len(fields) > 8 else ""
            elif fields[0] == "ST":
                version = fields[3] if len(fields) > 3 else group
                is_read = fields[1] == "837" and FORM.match(version) is not None
            elif fields[0] == "SE":
                is_read = in_claim = False
            in_claim = in_claim or (is_read and fields[0] == "CLM")
            claims += is_read and fields[0] == "CLM"
            lines += in_claim and fields[0] in {"SV1", "SV2"}
    return claims, lines


def test_every_sample_has_its_expectation() -> None:
    assert sorted(EXPECTED) == SAMPLES
    assert len(SAMPLES) > 200 and len(READ) > 45


@pytest.mark.parametrize("name", SAMPLES)
def test_claims_lines_and_faults_are_as_expected(name: str) -> None:
    tables = read(sample(name))
    row = EXPECTED[name]
    faults = Counter(tables["faults"]["fault.kind"].to_list())
    assert (tables["claims"].height, tables["lines"].height) == (int(row["claims"]), int(row["lines"]))
    assert " ".join(f"{k}:{n}" for k, n in sorted(faults.items())) == row["faults"]
    assert tables["files"].row(0, named=True) | {"file.claims": int(row["claims"]), "file.size": len(sample(name))} == (
        tables["files"].row(0, named=True)
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_claims_and_lines_agree_with_an_independent_count(name: str) -> None:
    tables = read(sample(name))
    assert (tables["claims"].height, tables["lines"].height) == counted(sample(name))


@pytest.mark.parametrize("name", READ)
def test_pyx12_counts_the_same_claims(name: str) -> None:
    raw = sample(name)
    begin = raw.find(b"ISA")
    reader = pyx12.x12file.X12Reader(io.StringIO(raw[begin:].decode("latin-1")))
    ids = Counter(segment.get_seg_id() for segment in reader)
    tables = read(raw)
    assert tables["claims"].height == ids["CLM"]
    assert tables["lines"].height == ids["SV1"] + ids["SV2"]


class Source:
    """A file and its separators, to look values up by span without the reader."""

    def __init__(self, raw: bytes, separators: dict[str, str]) -> None:
        self.raw = raw
        self.element, self.component = (
            separators[f"interchange.{k}"].encode("latin-1") for k in ("element", "component")
        )

    def fields(self, row: dict[str, object]) -> list[str]:
        start, end = row["start"], row["end"]
        assert isinstance(start, int) and isinstance(end, int)
        return [self.text(f) for f in self.raw[start:end].split(self.element)]

    def parts(self, value: str) -> list[str]:
        return value.split(self.component.decode("latin-1"))

    @staticmethod
    def text(raw: bytes) -> str:
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode("latin-1")


def amount(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch(r"-?(\d{1,10}(\.\d{1,3})?|\.\d{1,3})", text) else None


def period(kind: str, text: str) -> tuple[date | None, date | None]:
    def day(part: str) -> date | None:
        try:
            return date(int(part[:4]), int(part[4:6]), int(part[6:8]))
        except ValueError:
            return None

    if kind == "RD8" and len(text) == 17:
        return day(text[:8]), day(text[9:])
    if (kind == "D8" and len(text) == 8) or (kind == "DT" and len(text) == 12):
        return day(text), day(text)
    return None, None


def at(fields: list[str], number: int) -> str:
    return fields[number] if number < len(fields) else ""


@pytest.mark.parametrize("name", READ)
def test_slicing_the_bytes_gives_each_value_back(name: str) -> None:
    tables = read(sample(name))
    source = Source(sample(name), tables["interchanges"].row(0, named=True))
    refused = set(zip(tables["faults"]["segment"], tables["faults"]["fault.path"], strict=True))

    def rows(table: str) -> list[tuple[dict[str, object], list[str]]]:
        return [(r, source.fields(r)) for r in tables[table].iter_rows(named=True)]

    def same(seen: object, written: object, row: dict[str, object]) -> None:
        """Equal, or null because the value was refused at this segment."""
        if seen is None and any(segment == row["segment"] for segment, _ in refused):
            return
        assert seen == written

    for row, f in rows("claims"):
        place = source.parts(at(f, 5))
        assert f[0] == "CLM" and row["claim.number"] == f[1]
        same(row["claim.charge"], amount(f[2]), row)
        if row["claim.form"] == "837P":
            same(row["claim.place_of_service"], place[0] if at(place, 1) == "B" else None, row)
        else:
            same(row["claim.bill_type"], place[0] + at(place, 2) if at(place, 1) == "A" else None, row)
        same(row["claim.frequency"], at(place, 2) or None, row)
    for row, f in rows("lines"):
        own = f if f[0] == "SV1" else [f[0], at(f, 2), *f[3:5], at(f, 5), "", "", ""]
        procedure = source.parts(at(own, 1))
        same(row["line.code"], at(procedure, 1).upper(), row)
        same(row["line.modifiers"], ";".join(m for m in procedure[2:6] if m), row)
        same(row["line.charge"], amount(own[2]), row)
        same(row["line.unit_basis"], own[3], row)
        same(row["line.units"], amount(own[4]), row)
        if f[0] == "SV1":
            same(row["line.pointers"], ";".join(source.parts(at(f, 7))), row)
            assert row["line.revenue_code"] is None
            if at(f, 5):
                assert row["line.place_of_service"] == f[5]
        else:
            assert (row["line.revenue_code"], row["line.pointers"], row["line.place_of_service"]) == (f[1], "", None)
        first, last = row["loop_start"], row["loop_end"]
        assert isinstance(first, int) and isinstance(last, int)
        loop = sample(name)[first:last]
        assert loop.startswith(b"LX") and loop.split(source.element)[1].startswith(str(row["line.number"]).encode())
    for row, f in rows("diagnoses"):
        parts = source.parts(f[0])
        assert row["diagnosis.qualifier"] == parts[0]
        same(row["diagnosis.code"], parts[1].replace(".", ""), row)
        assert row["diagnosis.present_on_admission"] == at(parts, 8)
    for row, f in rows("health_codes"):
        parts = source.parts(f[0])
        assert (row["health_code.qualifier"], row["health_code.code"]) == (parts[0], at(parts, 1) or None)
        assert (row["health_code.first_day"], row["health_code.last_day"]) == period(at(parts, 2), at(parts, 3))
        same(row["health_code.amount"], amount(at(parts, 4)), row)
    for row, f in rows("providers"):
        assert (f[0], row["provider.role"], row["provider.name"]) == ("NM1", f[1], at(f, 3) or None)
        same(row["provider.npi"], at(f, 9) if at(f, 8) == "XX" else "", row)
    for row, f in rows("subscribers"):
        found = (
            row["subscriber.role"],
            row["subscriber.last_name"],
            row["subscriber.first_name"],
            row["subscriber.member"],
        )
        assert found == (f[1], at(f, 3) or None, at(f, 4) or None, at(f, 9) or None)
    for row, f in rows("payers"):
        assert (f[1], row["payer.name"], row["payer.id"]) == ("PR", at(f, 3) or None, at(f, 9) or None)
    for row, f in rows("references"):
        assert (f[0], row["reference.qualifier"], row["reference.value"]) == ("REF", f[1], at(f, 2) or None)
    for row, f in rows("dates"):
        assert (f[0], row["date.qualifier"], row["date.format"]) == ("DTP", f[1], f[2])
        assert (row["date.first_day"], row["date.last_day"]) == period(f[2], f[3])
    for row, f in rows("notes"):
        assert (row["note.kind"], row["note.code"]) == (f[0], f[1])
        assert row["note.text"] == (at(f, 2 if f[0] == "NTE" else 6) or None)
    for row, f in rows("adjustments"):
        triples = {(f[i], amount(at(f, i + 1)), amount(at(f, i + 2))) for i in range(2, len(f), 3)}
        assert row["adjustment.group"] == f[1]
        assert (row["adjustment.reason"], row["adjustment.amount"], row["adjustment.quantity"]) in triples
    for row, f in rows("adjudications"):
        assert (row["adjudication.payer"], row["adjudication.paid"]) == (f[1], amount(f[2]))
        assert row["adjudication.code"] == (at(source.parts(at(f, 3)), 1) or None)
    for row, f in rows("segments"):
        assert row["segment.id"] == f[0].upper()


@pytest.mark.parametrize("name", READ)
def test_no_segment_is_lost(name: str) -> None:
    """The rows of all tables together are the segments of the file, the transactions not read left out."""
    tables = read(sample(name))
    assert "not_read" not in tables["faults"]["fault.kind"].to_list()
    placed = pl.concat([frame.select("segment") for key, frame in tables.items() if key not in {"files", "faults"}])
    last = tables["segments"]["segment"].max()
    assert isinstance(last, int)
    assert sorted(placed["segment"].unique().to_list()) == list(range(1, last + 1))


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("chunk_bytes", [64, 1000])
def test_chunks_do_not_change_what_is_read(name: str, chunk_bytes: int) -> None:
    whole, parts = read(sample(name)), read(sample(name), chunk_bytes)
    assert whole.keys() == parts.keys()
    for table, frame in whole.items():
        assert ordered(frame).equals(ordered(parts[table])), table
