"""Every column of a finding is shown by its own bytes, in whatever file, under whatever separators, beside whatever else."""

import gzip
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from beamclaim.app.check import Checked, CheckOptions, check
from beamclaim.findings.finding import Fact
from beamclaim.ingest.excerpts import PLACE, Excerpts
from beamclaim.model.tables.frames import Tables
from beamclaim.synthetic.claims837 import InterchangeWriter
from beamclaim.testing.cases import sample

HEADER = "claim,payer,payer_line,setting,patient,diagnoses,line,date,code,modifiers,units,charge,billing_npi"
LINE = "{},00001,medicare_ffs,hospital_outpatient,P1,C61,{},2026-02-03,{},,1,100.00,1003000126"


def written(form: str = "837I", control: int = 1, claims: int = 1) -> bytes:
    """A hospital's claims with a code that had ended."""
    rows = [[{**row, "code": "77386", "claim": f"{control}-{n}"} for row in sample(form)] for n in range(claims)]
    return InterchangeWriter(form, day="2026-02-10", control=control).write(rows)


def asked(*paths: Path, **options: Any) -> Checked:
    return check(CheckOptions(tuple(map(str, paths)), **options))


def shown(checked: Checked) -> set[tuple[str, str, bytes]]:
    """Of each fact with a place: its name, its value, the bytes at that place."""
    facts = [f for finding in checked.result.findings for f in finding.facts if f.where is not None]
    return {(f.name, f.value, bytes_of(checked, f)) for f in facts}


def bytes_of(checked: Checked, fact: Fact) -> bytes:
    assert fact.where is not None
    with checked.excerpts.open(fact.where.file) as stream:
        return stream.read()[fact.where.start : fact.where.end]


def test_two_envelopes_with_other_separators_in_one_file_each_show_their_own(tmp_path: Path) -> None:
    path = tmp_path / "both.837"
    other = written(control=2).replace(b"*", b"|").replace(b":", b">").replace(b"~", b"!")
    path.write_bytes(written(control=1) + other)
    codes = [(v, b) for n, v, b in shown(asked(path, select=("COD",))) if n == "line.code"]
    assert codes == [("77386", b"77386")]
    places = {
        f.where.start > len(written(control=1)) for f in asked(path, select=("COD101",)).result.findings if f.where
    }
    assert places == {True, False}


@pytest.mark.parametrize("name", ["a.837", "a.837.gz"])
def test_a_stream_is_read_whether_or_not_it_can_seek(tmp_path: Path, name: str) -> None:
    raw = written(claims=30)
    (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    checked = asked(tmp_path / name, select=("COD101",))
    assert len(checked.result.findings) == 60
    assert {(v, b) for n, v, b in shown(checked) if n == "line.code"} == {("77386", b"77386")}


def test_rows_of_a_table_and_loops_of_an_837_are_shown_in_one_run(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\n".join([HEADER, LINE.format("A", 1, "77386"), LINE.format("A", 2, "77386")]))
    (tmp_path / "b.jsonl").write_text(
        '{"claim":"B","line":1,"date":"2026-02-03","code":"77386","setting":"hospital_outpatient","charge":"1"}\n'
    )
    (tmp_path / "c.837").write_bytes(written())
    checked = asked(tmp_path, select=("COD101",))
    files = {f.where.file.rpartition("/")[2]: f.where.path for f in checked.result.findings if f.where}
    assert files == {"a.csv": "row 3 column code", "b.jsonl": "row 1 column code", "c.837": "2400/2 SV202-2"}
    assert {(v, b.strip(b'"')) for n, v, b in shown(checked) if n == "line.code"} == {("77386", b"77386")}


def test_a_claim_longer_than_is_read_shows_its_lines_from_their_own_loops(tmp_path: Path) -> None:
    path = tmp_path / "long.837"
    note = (b"NTE*ADD*" + b"X" * 70 + b"~") * 14_000
    raw = written()
    at = raw.index(b"LX*1")
    path.write_bytes(raw[:at] + note + raw[at:])
    found = [f for f in asked(path, select=("COD101",)).result.findings if f.where]
    assert [path.read_bytes()[f.where.start : f.where.end] for f in found if f.where] == [b"77386", b"77386"]


def test_what_is_in_no_file_of_the_run_has_no_place() -> None:
    excerpts = Excerpts({}, Tables(), ())
    rows = pl.DataFrame({"file": [0, None], "start": [1, 2], "end": [3, 4]}, schema_overrides={"file": pl.UInt32})
    for column in ("line.code", "claim.number", "fault.path", "diagnosis.code"):
        found = excerpts.find(rows, column)
        assert dict(found.schema) == PLACE
        assert found.null_count().row(0) == (2,) * len(PLACE)
