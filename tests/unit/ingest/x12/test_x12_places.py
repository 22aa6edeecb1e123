"""A finding can show the bytes: the place of a column, found again in one loop, is its value."""

import numpy as np
import pytest
from x12_samples import CLAIM_I, LINE_P, SAMPLES, claim837, read, sample

from beamclaim.ingest.x12 import Delimiters, place
from beamclaim.ingest.x12.located import LocatedSegments

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


def shown(
    raw: bytes, loop: tuple[int, int], column: str, form: str = "837P", marks: Delimiters = MARKS
) -> bytes | None:
    """The bytes of a column's value in one loop of a file; None where the loop does not say it."""
    wanted = place(column, form)
    if wanted is None:
        return None
    segments = LocatedSegments(raw, marks)
    starts, ends = segments.find(wanted, segments.first_of(np.array([loop[0]])), np.array([loop[1]]))
    return None if starts[0] < 0 else raw[starts[0] : ends[0]]


def path(column: str, line: int, form: str = "837P") -> str:
    wanted = place(column, form)
    assert wanted is not None
    return wanted.path.format(line=line)


@pytest.mark.parametrize("column", WANTED)
def test_columns_of_a_claim_are_found_in_its_loop(column: str) -> None:
    row = read(RICH)["claims"].row(0, named=True)
    assert shown(RICH, (row["start"], row["loop_end"]), column) == WANTED[column]


@pytest.mark.parametrize("column", SECOND)
def test_columns_of_a_line_are_found_in_its_loop(column: str) -> None:
    row = read(RICH)["lines"].row(1, named=True)
    assert (shown(RICH, (row["loop_start"], row["loop_end"]), column), path(column, 2)) == SECOND[column]


def test_what_another_payer_says_is_not_the_claims() -> None:
    raw = RICH.replace(b"REF*G1*A1~", b"")
    row = read(raw)["claims"].row(0, named=True)
    assert shown(raw, (row["start"], row["loop_end"]), "claim.authorization") is None


def test_the_institutional_form_has_its_own_places() -> None:
    raw = claim837(*CLAIM_I[:2], "NM1*71*1*ROE*RAY****XX*1234567893", *CLAIM_I[2:], form="I")
    claim = read(raw)["claims"].row(0, named=True)
    assert shown(raw, (claim["start"], claim["loop_end"]), "claim.attending_npi", "837I") == b"1234567893"
    row = read(raw)["lines"].row(0, named=True)
    loop = (row["loop_start"], row["loop_end"])
    for column, value, element in [
        ("line.code", b"77412", "2400/1 SV202-2"), ("line.revenue_code", b"0333", "2400/1 SV201"),
        ("line.charge", b"100", "2400/1 SV203"), ("line.units", b"1", "2400/1 SV205"),
    ]:  # fmt: skip
        assert (shown(raw, loop, column, "837I"), path(column, 1, "837I")) == (value, element)
    assert shown(raw, loop, "line.pointers", "837I") is None


@pytest.mark.parametrize(
    ("segment", "units"),
    [
        ("SV1*HC:77412*100*UN*3", b"3"),
        ("  \r\nSV1*HC:77412*100*UN*3\r\n", b"3"),
        ("sv1*HC:77412*100*UN*", b""),
        ("SV1*HC:77412*100", None),
    ],
)
def test_blanks_and_small_letters_change_no_place_and_an_absent_element_has_none(
    segment: str, units: bytes | None
) -> None:
    raw = f"LX*1~{segment}~DTP*472*D8*20260302~".encode()
    assert shown(raw, (0, len(raw)), "line.units") == units


def test_modifiers_end_with_the_last_one_and_a_code_alone_has_none() -> None:
    for composite, modifiers in [
        ("HC:77412", None),
        ("HC:77412:26", b"26"),
        ("HC:77412:26::59", b"26::59"),
        ("HC", None),
    ]:
        raw = f"LX*1~SV1*{composite}*100~".encode()
        assert shown(raw, (0, len(raw)), "line.modifiers") == modifiers


def test_each_of_many_loops_gets_its_own_element_or_none() -> None:
    raw = b"LX*1~SV1*HC:77412*10~LX*2~DTP*472*D8*20260302~LX*3~SV1*HC:77402*20~"
    starts = np.array([raw.index(b"LX*%d" % n) for n in (3, 2, 1)])
    stops = np.array([len(raw), raw.index(b"LX*3"), raw.index(b"LX*2")])
    wanted = place("line.charge", "837P")
    assert wanted is not None
    segments = LocatedSegments(raw, MARKS)
    found = segments.find(wanted, segments.first_of(starts), stops)
    assert [raw[a:b] if a >= 0 else None for a, b in zip(*found, strict=True)] == [b"20", None, b"10"]


def test_bytes_without_a_segment_have_no_place() -> None:
    assert shown(b"", (0, 0), "line.code") is None
    assert shown(b"~ \r\n~", (0, 5), "line.code") is None


def test_columns_above_the_loop_have_no_place_in_it() -> None:
    assert place("claim.payer", "837P") is None
    assert place("line.revenue_code", "837P") is None
    found = place("line.code", "837I")
    assert found is not None
    assert (found.segment, found.element, found.component, found.path) == ("SV2", 2, 2, "2400/{line} SV202-2")


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
        found = shown(raw, (row["loop_start"], row["loop_end"]), "line.code", forms[row["claim.key"]], marks)
        assert found is not None and found.decode() == row["line.code"]
