"""What the writer writes: an independent validator accepts it, and Beamclaim reads back the same claims."""

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import pyx12.params
import pyx12.x12n_document

from beamclaim.ingest.router import read_one
from beamclaim.ingest.sources import Source, sources
from beamclaim.model.tables.frames import Tables
from beamclaim.synthetic.claims837 import form_of, write
from beamclaim.synthetic.clinic import clinic

Row = dict[str, Any]
#: One of everything the writer can say that careful claims of the clinic do not.
_COMMON = {
    "payer": "M100", "payer_name": "Original Medicare", "payer_line": "medicare_ffs", "patient": "MRN-7", "birth_date": "1951-09-30",
    "sex": "F", "diagnoses": "Z51.0;C79.51;C50.911;I10;E11.9", "submitted_on": "2026-02-10", "units": "1", "charge": "620.10",
    "modifiers": "", "date": "2026-02-02", "frequency": "1", "authorization": "", "original_claim": "", "condition_codes": "",
}  # fmt: skip
_OFFICE = {
    "setting": "freestanding",
    "place_of_service": "11",
    "billing_npi": "2200200014",
    "rendering_npi": "2400400018",
}
_HOSPITAL = {"setting": "hospital_outpatient", "billing_npi": "2100100017", "revenue_code": "0333", "rendering_npi": ""}
EDGES: list[Row] = [
    {**_COMMON, **_OFFICE, "claim": "E-1", "line": 1, "code": "77402"},
    {**_COMMON, **_OFFICE, "claim": "E-1", "line": 2, "code": "77387", "modifiers": "26;76", "rendering_npi": "2400400026"},
    {**_COMMON, **_OFFICE, "claim": "E-1", "line": 3, "code": "77427", "pointers": "2;3", "place_of_service": "22", "charge": "690"},
    {**_COMMON, **_OFFICE, "claim": "E-1", "line": 4, "code": "77300", "units": "3", "date_to": "2026-02-03"},
    {**_COMMON, **_OFFICE, "claim": "E-2", "line": 1, "code": "77402", "frequency": "7", "original_claim": "E-0", "authorization": "AU9"},
    {**_COMMON, **_OFFICE, "claim": "E-3", "line": 1, "code": "77402", "payer_line": "tricare", "rendering_npi": ""},
    {**_COMMON, **_HOSPITAL, "claim": "E-4", "line": 1, "code": "77402", "condition_codes": "45", "bill_type": "131"},
    {**_COMMON, **_HOSPITAL, "claim": "E-4", "line": 2, "code": "77336", "revenue_code": "0330", "modifiers": "PO"},
    {**_COMMON, **_HOSPITAL, "claim": "E-5", "line": 1, "code": "77402", "bill_type": "851", "frequency": "8", "original_claim": "E-4"},
]  # fmt: skip


def clinic_rows() -> list[Row]:
    # One day made for all: a handful of large interchanges, which the validator reads faster than many small ones.
    return [row | {"submitted_on": "2026-11-20"} for chart in clinic(60, 3).charts for row in chart.rows]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return EDGES + clinic_rows()


def accepted(interchange: bytes) -> tuple[bool, list[str]]:
    """What pyx12 says, and the errors of its acknowledgement."""
    answer = io.StringIO()
    good = pyx12.x12n_document.x12n_document(
        pyx12.params.params(), io.StringIO(interchange.decode("ascii")), answer, None, None
    )
    return bool(good), [s.strip() for s in answer.getvalue().split("~") if s.strip()[:3] in ("IK3", "IK4")]


def test_pyx12_accepts_every_interchange(rows: list[Row]) -> None:
    written = write(rows)
    assert {form_of(r) for r in rows} == {"837P", "837I"}
    for interchange in written:
        assert accepted(interchange) == (True, [])


def test_pyx12_sees_what_is_wrong() -> None:
    # Without this the test above could not fail.
    good = write(EDGES)[0]
    assert not accepted(good.replace(b"DTP*472*D8*", b"DTP*471*D8*", 1))[0]


def test_control_numbers_of_several_interchanges_differ(rows: list[Row]) -> None:
    numbers = [data.split(b"~\nIEA*1*")[1][:9] for data in write(rows, control=41)]
    assert len(set(numbers)) == len(numbers) > 2
    assert numbers[0] == b"000000041"


def read(rows: list[Row], folder: Path) -> Tables:
    path = folder / "all.837"
    path.write_bytes(b"".join(write(rows)))

    def chunks() -> Iterator[dict[str, pl.DataFrame]]:
        for at, source in enumerate(sources([str(path)])):
            assert isinstance(source, Source)
            yield from read_one(source, file=at)

    return Tables.gather(chunks())


@pytest.fixture(scope="module")
def book(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return read(rows, tmp_path_factory.mktemp("written"))


def test_nothing_of_it_is_a_fault(book: Tables) -> None:
    assert book["faults"].is_empty()
    assert book["segments"].filter(~pl.col("segment.is_known")).is_empty()


def test_lines_are_read_back_equal(rows: list[Row], book: Tables) -> None:
    lines = book["lines"].join(book["claims"].select("claim.key", "claim.number", "claim.payer"), on="claim.key")
    found = {(r["claim.payer"], r["claim.number"], r["line.number"]): r for r in lines.iter_rows(named=True)}
    assert len(found) == len(rows)
    for row in rows:
        hospital = row["setting"] == "hospital_outpatient"
        line = found[row["payer"], row["claim"], int(row["line"])]
        many = min(len(row["diagnoses"].split(";")), 4)
        expected = {
            "line.date": date.fromisoformat(row["date"]),
            "line.date_to": date.fromisoformat(row.get("date_to") or row["date"]),
            "line.code": row["code"],
            "line.modifiers": row["modifiers"],
            "line.units": Decimal(row["units"]),
            "line.charge": Decimal(row["charge"]),
            "line.revenue_code": row["revenue_code"] if hospital else None,
            "line.place_of_service": None if hospital else row["place_of_service"],
            "line.rendering_npi": row["rendering_npi"],
            "line.authorization": row["authorization"],
            "line.pointers": "" if hospital else row.get("pointers") or ";".join(str(i + 1) for i in range(many)),
        }  # fmt: skip
        assert {name: line[name] for name in expected} == expected


def test_claims_are_read_back_equal(rows: list[Row], book: Tables) -> None:
    # A copy to a second payer keeps the number.
    found = {(r["claim.payer"], r["claim.number"]): r for r in book["claims"].iter_rows(named=True)}
    heads = {(row["payer"], row["claim"]): row for row in reversed(rows)}
    assert found.keys() == heads.keys()
    for name_of, row in heads.items():
        claim = found[name_of]
        expected = {
            "claim.form": form_of(row),
            "claim.charge": sum(Decimal(r["charge"]) for r in rows if (r["payer"], r["claim"]) == name_of),
            "claim.frequency": row["frequency"],
            "claim.submitted_on": date.fromisoformat(row["submitted_on"]),
            "claim.payer": row["payer"],
            "claim.patient": row["patient"],
            "claim.birth_date": date.fromisoformat(row["birth_date"]),
            "claim.sex": row["sex"],
            "claim.billing_npi": row["billing_npi"],
            "claim.authorization": row["authorization"],
            "claim.original_claim": row.get("original_claim") or "",
            "claim.condition_codes": row.get("condition_codes") or "",
            "claim.diagnoses": row["diagnoses"].replace(".", ""),
        }
        assert {name: claim[name] for name in expected} == expected
