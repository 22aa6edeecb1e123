"""A finding can show the bytes: the place of a column, found again in one loop, is its value."""

import pytest
from x12_samples import CLAIM_I, LINE_P, SAMPLES, claim837, read, sample

from beamclaim.ingest.x12 import Delimiters, locate, place, span_of

MARKS = Delimiters(b"*", b":", b"^", b"~")
RICH = claim837(
    *(
        "CLM*C1*150***11:B:7*Y*A*Y*Y",
        "DTP*434*D8*20260301",
        "REF*G1*A1",
        "REF*F8*OLD",
        "REF*EA*MRN1",
        "HI*ABK:C61*ABF:C7951",
    ),
    *("NM1*82*1*ROE*RAY****XX*1234567893", "SBR*S*18*******CI", "OI***Y***Y", "NM1*IL*1*DOE*JANE****MI*M2"),
    *("NM1*PR*2*OTHER*****PI*P2", "REF*G1*NOT-OURS", *LINE_P, "LX*2", "SV1*HC:77336:26:59*50*UN*2*22**1:2"),
    *("DTP*472*RD8*20260302-20260306", "REF*G1*B2", "REF*6R*K2", "NM1*82*1*POE*PIA****XX*1245319599"),
)
WANTED = {
    "claim.number": b"C1", "claim.charge": b"150", "claim.place_of_service": b"11", "claim.frequency": b"7",
    "claim.first_day": b"20260301", "claim.patient": b"MRN1", "claim.authorization": b"A1",
    "claim.original_claim": b"OLD",
    "claim.diagnoses": b"C61", "claim.rendering_npi": b"1234567893",
}  # fmt: skip
SECOND = {
    "line.number": (b"2", "2400/2 LX01"), "line.code": (b"77336", "2400/2 SV101-2"),
    "line.modifiers": (b"26:59", "2400/2 SV101-3"), "line.charge": (b"50", "2400/2 SV102"),
    "line.unit_basis": (b"UN", "2400/2 SV103"), "line.units": (b"2", "2400/2 SV104"),
    "line.place_of_service": (b"22", "2400/2 SV105"), "line.pointers": (b"1:2", "2400/2 SV107"),
    "line.date": (b"20260302-20260306", "2400/2 DTP03"), "line.authorization": (b"B2", "2400/2 REF02"),
    "line.control": (b"K2", "2400/2 REF02"), "line.rendering_npi": (b"1245319599", "2420A/2 NM109"),
}  # fmt: skip


@pytest.mark.parametrize("column", WANTED)
def test_columns_of_a_claim_are_found_in_its_loop(column: str) -> None:
    row = read(RICH)["claims"].row(0, named=True)
    found = span_of(RICH[row["start"] : row["loop_end"]], row["start"], MARKS, "837P", column)
    assert found is not None
    assert RICH[found[0] : found[1]] == WANTED[column]


@pytest.mark.parametrize("column", SECOND)
def test_columns_of_a_line_are_found_in_its_loop(column: str) -> None:
    row = read(RICH)["lines"].row(1, named=True)
    found = span_of(RICH[row["loop_start"] : row["loop_end"]], row["loop_start"], MARKS, "837P", column, 2)
    assert found is not None
    assert (RICH[found[0] : found[1]], found[2]) == SECOND[column]


def test_what_another_payer_says_is_not_the_claims() -> None:
    raw = RICH.replace(b"REF*G1*A1~", b"")
    row = read(raw)["claims"].row(0, named=True)
    assert span_of(raw[row["start"] : row["loop_end"]], row["start"], MARKS, "837P", "claim.authorization") is None


def test_the_institutional_form_has_its_own_places() -> None:
    raw = claim837(*CLAIM_I, form="I")
    row = read(raw)["lines"].row(0, named=True)
    loop = raw[row["loop_start"] : row["loop_end"]]
    for column, value, path in [
        ("line.code", b"77412", "2400/1 SV202-2"), ("line.revenue_code", b"0333", "2400/1 SV201"),
        ("line.charge", b"100", "2400/1 SV203"), ("line.units", b"1", "2400/1 SV205"),
    ]:  # fmt: skip
        found = span_of(loop, row["loop_start"], MARKS, "837I", column, 1)
        assert found is not None
        assert (raw[found[0] : found[1]], found[2]) == (value, path)
    assert span_of(loop, row["loop_start"], MARKS, "837I", "line.pointers", 1) is None


def test_a_diagnosis_is_found_in_its_composite() -> None:
    row = read(RICH)["diagnoses"].row(1, named=True)
    found = span_of(RICH[row["start"] : row["end"]], row["start"], MARKS, "837P", "diagnosis.code")
    assert found is not None
    assert RICH[found[0] : found[1]] == b"C7951"


def test_columns_above_the_loop_have_no_place_in_it() -> None:
    assert place("claim.payer") is None
    assert place("line.revenue_code") is None
    found = place("line.code", "837I")
    assert found is not None
    assert (found.segment, found.element, found.component, found.path) == ("SV2", 2, 2, "2400/{line} SV202-2")


def test_locate_counts_segments_and_gives_nothing_for_what_is_absent() -> None:
    loop = b"LX*1~\nREF*6R*K1~\nREF*G1*A:B~\n"
    assert locate(loop, 100, MARKS, "REF", 2, nth=1) == (124, 127)
    assert locate(loop, 100, MARKS, "REF", 2, 2, nth=1) == (126, 127)
    assert locate(loop, 100, MARKS, "REF", 2, nth=2) is None
    assert locate(loop, 100, MARKS, "REF", 9) is None
    assert locate(loop, 100, MARKS, "SV1", 1) is None


@pytest.mark.parametrize("name", [s for s in SAMPLES if "X222A1_HC837" in s or "X223A2_HC837" in s])
def test_the_span_of_each_procedure_code_in_the_samples_is_the_code(name: str) -> None:
    raw = sample(name)
    tables = read(raw)
    head = tables["interchanges"].row(0, named=True)
    marks = Delimiters(
        *(head[f"interchange.{k}"].encode() for k in ("element", "component", "repetition", "terminator"))
    )
    forms = dict(tables["claims"].select("claim.key", "claim.form").rows())
    for row in tables["lines"].filter(tables["lines"]["line.code"] != "").iter_rows(named=True):
        loop = raw[row["loop_start"] : row["loop_end"]]
        found = span_of(loop, row["loop_start"], marks, forms[row["claim.key"]], "line.code", row["line.number"])
        assert found is not None
        assert raw[found[0] : found[1]].decode() == row["line.code"]
