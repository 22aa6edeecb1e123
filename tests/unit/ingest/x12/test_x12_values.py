"""What the reader takes from a claim, and what it refuses: each fault with its place, class and repair."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from x12_samples import CLAIM_I, CLAIM_P, INSTITUTIONAL, LINE_P, PROFESSIONAL, SECONDARY, claim837, read, sample

Faults = list[tuple[str, str, str, str | None]]


def faults(tables: dict[str, pl.DataFrame]) -> Faults:
    """Kind, path, found and repair of each fault."""
    names = ("fault.kind", "fault.path", "fault.found", "fault.repair")
    return tables["faults"].select(names).rows()


def claim_with(**elements: str) -> bytes:
    """The plain professional claim with some elements replaced: ``SV1_2="abc"``."""
    body = []
    for segment in CLAIM_P:
        fields = segment.split("*")
        for place, value in elements.items():
            name, number = place.split("_")
            if fields[0] == name:
                fields += [""] * (int(number) + 1 - len(fields))
                fields[int(number)] = value
        body.append("*".join(fields))
    return claim837(*body)


def test_a_plain_claim_has_no_fault_and_all_its_values() -> None:
    tables = read(claim837(*CLAIM_P))
    assert faults(tables) == []
    claim, line = tables["claims"].row(0, named=True), tables["lines"].row(0, named=True)
    names = ("claim.number", "claim.form", "claim.version", "claim.charge", "claim.submitted_on")
    assert {k: claim[k] for k in names} == {
        "claim.number": "C1", "claim.form": "837P", "claim.version": "005010X222A1", "claim.charge": Decimal("100.00"),
        "claim.submitted_on": date(2026, 3, 1),
    }  # fmt: skip
    assert (claim["claim.place_of_service"], claim["claim.bill_type"], claim["claim.frequency"]) == ("11", None, "1")
    assert (claim["claim.payer"], claim["claim.payer_name"], claim["claim.filing_code"]) == ("P1", "PAYER", "MB")
    assert (claim["claim.member"], claim["claim.first_name"], claim["claim.birth_date"]) == (
        "M1",
        "JANE",
        date(1950, 1, 1),
    )
    assert (claim["claim.billing_npi"], claim["claim.rendering_npi"], claim["claim.patient"]) == (
        "1234567893",
        "",
        None,
    )
    assert (claim["claim.authorization"], claim["claim.condition_codes"], claim["claim.diagnoses"]) == ("", "", "C61")
    assert (line["line.date"], line["line.date_to"], line["line.units"]) == (
        date(2026, 3, 2),
        date(2026, 3, 2),
        Decimal(1),
    )
    assert (line["line.code"], line["line.modifiers"], line["line.pointers"], line["line.control"]) == (
        "77412",
        "",
        "1",
        "",
    )
    assert (line["line.place_of_service"], line["line.revenue_code"], line["line.number"]) == ("11", None, 1)


def test_an_institutional_claim_has_a_bill_type_and_no_place_of_service() -> None:
    tables = read(claim837(*CLAIM_I, form="I"))
    assert faults(tables) == []
    claim, line = tables["claims"].row(0, named=True), tables["lines"].row(0, named=True)
    assert (claim["claim.form"], claim["claim.bill_type"], claim["claim.place_of_service"]) == ("837I", "131", None)
    assert (line["line.revenue_code"], line["line.pointers"], line["line.place_of_service"]) == ("0333", "", None)


def test_keys_are_those_of_the_first_bytes() -> None:
    raw = claim837(*CLAIM_P)
    tables = read(raw, file=5)
    assert tables["claims"]["claim.key"].to_list() == [(5 << 44) | raw.find(b"CLM*")]
    assert tables["lines"]["line.key"].to_list() == [(5 << 44) | raw.find(b"LX*1")]
    assert tables["dates"]["line.key"].to_list() == tables["lines"]["line.key"].to_list()


@pytest.mark.parametrize(
    "text", ["1,234.50", "$5", "1_000", "1E5", "NaN", "--5", "5.", "12345678901", "1.005", "+5", "٣", " 5", ".", "-"]
)
def test_what_is_no_amount_is_null_and_a_fault(text: str) -> None:
    tables = read(claim_with(SV1_2=text))
    assert tables["lines"]["line.charge"].to_list() == [None]
    assert [f[:2] for f in faults(tables)] == [("element", "2400/1 SV102")]


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", "0"), ("100", "100"), ("100.5", "100.5"), ("0.01", "0.01"), (".5", "0.5"), ("-12.30", "-12.30"),
     ("9999999999.99", "9999999999.99"), ("007", "7"), ("1.10", "1.1")],
)  # fmt: skip
def test_amounts_are_exact(text: str, value: str) -> None:
    tables = read(claim_with(SV1_2=text))
    assert tables["lines"]["line.charge"].to_list() == [Decimal(value)]
    assert faults(tables) == []


@pytest.mark.parametrize("text", ["20260230", "20261301", "2026030", "202603011", "2026O301", "20250229", "00000101"])
def test_what_is_no_day_is_null_and_a_fault(text: str) -> None:
    tables = read(claim_with(DTP_3=text))
    assert tables["lines"]["line.date"].to_list() == [None]
    assert [f[:2] for f in faults(tables)] == [("element", "2400/1 DTP03")]


def test_every_day_of_leap_and_common_years_is_read() -> None:
    days = [date(2024, 2, 29), date(2000, 2, 29), date(2025, 12, 31), date(1900, 3, 1), date(2026, 1, 1)]
    for day in days:
        assert read(claim_with(DTP_3=f"{day:%Y%m%d}"))["lines"]["line.date"].to_list() == [day]


def test_a_range_has_two_days_and_must_not_run_backwards() -> None:
    tables = read(claim_with(DTP_2="RD8", DTP_3="20260302-20260306"))
    assert tables["lines"].select("line.date", "line.date_to").row(0) == (date(2026, 3, 2), date(2026, 3, 6))
    tables = read(claim_with(DTP_2="RD8", DTP_3="20260306-20260302"))
    assert tables["lines"]["line.date"].to_list() == [None]
    assert faults(tables) == [("element", "2400/1 DTP03", "a range that ends before it begins", None)]


def test_a_fraction_of_a_unit_is_refused_and_minutes_are_not() -> None:
    tables = read(claim_with(SV1_4="0.5"))
    assert tables["lines"]["line.units"].to_list() == [None]
    assert faults(tables) == [("element", "2400/1 SV104", "a fraction of a unit", None)]
    tables = read(claim_with(SV1_3="MJ", SV1_4="12.5"))
    assert (tables["lines"]["line.units"].to_list(), faults(tables)) == ([Decimal("12.5")], [])
    assert read(claim_with(SV1_4="1.00"))["lines"]["line.units"].to_list() == [Decimal(1)]


@pytest.mark.parametrize(
    ("place", "value", "path"),
    [
        ("SV1_1", "HC:7741", "2400/1 SV101-2"),
        ("SV1_1", "HC:7X412", "2400/1 SV101-2"),
        ("SV1_1", "XX:77412", "2400/1 SV101-1"),
        ("SV1_1", "HC:77412:5", "2400/1 SV101-3"),
        ("SV1_1", "HC:77412:26:59:7", "2400/1 SV101-5"),
        ("SV1_3", "QQ", "2400/1 SV103"),
        ("SV1_7", "1:X", "2400/1 SV107-2"),
        ("DTP_2", "XX", "2400/1 DTP02"),
        ("HI_1", "ABK:61", "2300 HI01-2"),
        ("HI_1", "ZZZ:C61", "2300 HI01-1"),
        ("LX_1", "X", "2400/? LX01"),
        ("CLM_5", "1:B:1", "2300 CLM05-1"),
        ("CLM_5", "11:Q:1", "2300 CLM05-2"),
    ],
)
def test_an_element_out_of_shape_is_a_fault_at_its_path(place: str, value: str, path: str) -> None:
    found = faults(read(claim_with(**{place: value})))
    assert ("element", path) in [f[:2] for f in found]


def test_the_span_of_a_fault_is_the_value_and_its_text_never_is() -> None:
    raw = claim_with(SV1_2="12X4")
    tables = read(raw)
    fault = tables["faults"].row(0, named=True)
    assert raw[fault["start"] : fault["end"]] == b"12X4"
    assert fault["fault.found"] == "4 characters, letter in place 3"
    assert fault["claim.key"] == tables["claims"]["claim.key"][0]
    assert fault["line.key"] == tables["lines"]["line.key"][0]
    assert all("12X4" not in str(v) for v in fault.values())


def test_a_point_in_a_diagnosis_is_a_fault_with_its_repair_and_the_code_is_read() -> None:
    tables = read(claim_with(HI_1="ABK:c50.911"))
    assert faults(tables) == [("element", "2300 HI01-2", "7 characters, letter in place 1", "C50911")]
    assert tables["claims"]["claim.diagnoses"].to_list() == ["C50911"]


def test_an_unreadable_diagnosis_makes_the_list_unknown() -> None:
    body = ("CLM*C1*100***11:B:1*Y*A*Y*Y", "HI*ABK:C61*ABF:!!!", *LINE_P)
    tables = read(claim837(*body))
    assert tables["claims"]["claim.diagnoses"].to_list() == [None]
    assert tables["diagnoses"]["diagnosis.code"].to_list() == ["C61", None]


def test_the_principal_diagnosis_comes_first_and_others_have_no_position() -> None:
    body = ("CLM*C1*100***13:A:1**A*Y*Y", "HI*APR:R52", "HI*ABF:C7951*ABF:Z510", "HI*ABK:C61:::::::Y", *CLAIM_I[2:])
    tables = read(claim837(*body, form="I"))
    assert tables["claims"]["claim.diagnoses"].to_list() == ["C61;C7951;Z510"]
    rows = tables["diagnoses"].select("diagnosis.code", "diagnosis.position", "diagnosis.present_on_admission").rows()
    assert rows == [("R52", None, ""), ("C7951", 2, ""), ("Z510", 3, ""), ("C61", 1, "Y")]


def test_lower_case_codes_are_read_in_upper_case() -> None:
    body = (
        "clm*c1*100***11:b:1*Y*A*Y*Y",
        "hi*abk:c61",
        "lx*1",
        "sv1*hc:g6015:tc:xs*100*un*1***1",
        "dtp*472*d8*20260302",
    )
    tables = read(claim837(*body))
    assert faults(tables) == []
    line = tables["lines"].row(0, named=True)
    assert (line["line.code"], line["line.modifiers"], line["line.unit_basis"]) == ("G6015", "TC;XS", "UN")
    assert tables["claims"].row(0, named=True)["claim.diagnoses"] == "C61"
    assert tables["claims"].row(0, named=True)["claim.number"] == "c1"


def test_modifiers_keep_their_order_and_leave_out_empty_places() -> None:
    for value, found in [("HC:77412:26", "26"), ("HC:77412:26:59:XS:TC", "26;59;XS;TC"), ("HC:77412::59", "59"),
                         ("HC:77412:26::XS", "26;XS"), ("HC:77412::::", ""),
                         ("HC:77412:26:59:XS:TC:text", "26;59;XS;TC")]:  # fmt: skip
        assert read(claim_with(SV1_1=value))["lines"]["line.modifiers"].to_list() == [found]


def test_pointers_are_joined() -> None:
    assert read(claim_with(SV1_7="1:2:3:4"))["lines"]["line.pointers"].to_list() == ["1;2;3;4"]
    assert read(claim_with(SV1_7="12:10:11:9"))["lines"]["line.pointers"].to_list() == ["12;10;11;9"]
    assert read(claim_with(SV1_7=""))["lines"]["line.pointers"].to_list() == [None]


@pytest.mark.parametrize(
    ("npi", "found"),
    [
        ("1234567890", "10 digits, check digit wrong"),
        ("123456789", "9 characters, all digits"),
        ("12345678X3", "10 characters, letter in place 9"),
    ],
)
def test_a_wrong_npi_is_null_and_a_fault(npi: str, found: str) -> None:
    tables = read(claim837(*CLAIM_P[:2], f"NM1*82*1*ROE*RAY****XX*{npi}", *LINE_P))
    assert faults(tables) == [("element", "2310B NM109", found, None)]
    assert tables["claims"]["claim.rendering_npi"].to_list() == [None]
    assert tables["lines"]["line.rendering_npi"].to_list() == [None]


def test_what_is_missing_is_named_at_its_claim() -> None:
    cases = {
        "2300 CLM01": claim_with(CLM_1=""),
        "2300 CLM02": claim_with(CLM_2=""),
        "2300 HI01-2": claim837(CLAIM_P[0], *LINE_P),
        "2400/1 SV102": claim_with(SV1_2=""),
        "2400/1 DTP03": claim837(*CLAIM_P[:-1]),
        "2010AA NM109": claim837(*CLAIM_P).replace(b"*XX*1234567893", b""),
        "2010BA NM109": claim837(*CLAIM_P).replace(b"*MI*M1", b""),
    }
    for path, raw in cases.items():
        tables = read(raw)
        assert [f[:2] for f in faults(tables)] == [("missing", path)]
        assert tables["faults"]["claim.key"].to_list() == tables["claims"]["claim.key"].to_list()


def test_inpatient_lines_need_no_date() -> None:
    body = ("CLM*C1*100***11:A:1**A*Y*Y", "HI*ABK:C61", "LX*1", "SV2*0120**100*DA*1")
    tables = read(claim837(*body, form="I"))
    assert faults(tables) == []
    assert tables["lines"].select("line.code", "line.date").rows() == [("", None)]


def test_the_destination_payer_is_not_one_of_the_other_payers() -> None:
    tables = read(sample(SECONDARY))
    claim = tables["claims"].row(0, named=True)
    assert (claim["claim.payer"], claim["claim.payer_sequence"], claim["claim.filing_code"]) == ("567890", "S", "CI")
    rows = tables["payers"].select("payer.sequence", "payer.id", "payer.paid", pl.col("claim.key").is_null()).rows()
    assert rows == [("S", "567890", None, True), ("P", "999996666", Decimal("39.15"), False)]


def test_a_dependent_is_the_patient_and_the_subscriber_the_member() -> None:
    tables = read(sample(SECONDARY))
    claim = tables["claims"].row(0, named=True)
    assert (claim["claim.first_name"], claim["claim.birth_date"], claim["claim.member"]) == (
        "TED",
        date(1973, 5, 1),
        "22233444",
    )
    assert tables["subscribers"]["subscriber.role"].to_list() == ["IL", "QC", "IL"]
    assert tables["subscribers"]["claim.key"].is_null().to_list() == [True, True, False]


def test_prior_payments_hang_on_their_line_and_payer() -> None:
    tables = read(sample(SECONDARY))
    rows = (
        tables["adjustments"]
        .select("adjustment.payer", "adjustment.group", "adjustment.reason", "adjustment.amount")
        .rows()
    )
    assert rows == [
        ("", "PR", "1", Decimal("21.89")),
        ("", "PR", "2", Decimal("15.00")),
        ("999996666", "CO", "42", Decimal("3.00")),
    ]
    assert tables["adjustments"]["line.key"].is_null().to_list() == [True, True, False]
    assert tables["adjudications"]["adjudication.paid"].to_list() == [
        Decimal("40.00"),
        Decimal("15.00"),
        Decimal("21.04"),
    ]
    assert tables["adjudications"]["line.key"].to_list() == tables["lines"]["line.key"].to_list()


def test_references_of_other_payers_are_not_the_claims_own() -> None:
    body = (*CLAIM_P[:2], "SBR*S*18*******CI", "OI***Y***Y", "NM1*IL*1*DOE*JANE****MI*M2", "NM1*PR*2*OTHER*****PI*P2",
            "REF*G1*NOT-OURS", *LINE_P, "REF*G1*NEITHER**2U:P2", "REF*6R*K1")  # fmt: skip
    tables = read(claim837(*body))
    assert faults(tables) == []
    assert tables["claims"]["claim.authorization"].to_list() == [""]
    assert tables["lines"].select("line.authorization", "line.control").rows() == [("", "K1")]
    assert tables["claims"]["claim.payer"].to_list() == ["P1"]


def test_a_line_takes_the_claims_authorization_and_rendering_provider_unless_it_has_its_own() -> None:
    second = (
        "LX*2",
        "SV1*HC:77336*50*UN*1***1",
        "DTP*472*D8*20260303",
        "REF*G1*B2",
        "NM1*82*1*POE*PIA****XX*1245319599",
    )
    body = (
        "CLM*C1*150***11:B:1*Y*A*Y*Y",
        "REF*G1*A1",
        "HI*ABK:C61",
        "NM1*82*1*ROE*RAY****XX*1234567893",
        *LINE_P,
        *second,
    )
    tables = read(claim837(*body))
    assert faults(tables) == []
    assert tables["lines"].select("line.authorization", "line.rendering_npi").rows() == [
        ("A1", "1234567893"), ("B2", "1245319599"),
    ]  # fmt: skip


def test_a_hospital_claim_names_who_attended_and_a_line_who_rendered_it() -> None:
    second = ("LX*2", "SV2*0961*HC:77301:26*50*UN*1", "DTP*472*D8*20260302", "NM1*82*1*POE*PIA****XX*1245319599")
    attending = "NM1*71*1*ROE*RAY****XX*1234567893"
    tables = read(claim837(*CLAIM_I[:2], attending, *CLAIM_I[2:], *second, form="I"))
    assert faults(tables) == []
    assert tables["claims"]["claim.attending_npi"].to_list() == ["1234567893"]
    assert tables["lines"]["line.rendering_npi"].to_list() == ["", "1245319599"]
    assert read(claim837(*CLAIM_I, form="I"))["claims"]["claim.attending_npi"].to_list() == [""]


def test_an_unknown_segment_is_kept_and_reported() -> None:
    raw = claim837(*CLAIM_P[:2], "ZZZ*SECRET", *LINE_P)
    tables = read(raw)
    assert faults(tables) == [("unknown_segment", "2300 ZZZ", "another", None)]
    kept = tables["segments"].filter(~pl.col("segment.is_known")).row(0, named=True)
    assert raw[kept["start"] : kept["end"]] == b"ZZZ*SECRET"
    assert kept["claim.key"] == tables["claims"]["claim.key"][0]
    assert tables["lines"].height == 1


def test_a_line_without_service_is_missing_and_its_neighbour_is_read() -> None:
    tables = read(claim837(*CLAIM_P[:2], "LX*1", "LX*2", *LINE_P[1:]))
    assert faults(tables) == [("missing", "2400/1 SV1", "none", None)]
    assert tables["lines"]["line.number"].to_list() == [2]


def test_value_occurrence_and_condition_codes() -> None:
    tables = read(sample(INSTITUTIONAL))
    rows = (
        tables["health_codes"]
        .select("health_code.qualifier", "health_code.code", "health_code.first_day", "health_code.amount")
        .rows()
    )
    assert rows[0] == ("BH", "A1", date(1926, 11, 11), None)
    assert rows[-2:] == [("BE", "A2", None, Decimal("15.31")), ("BG", "09", None, None)]
    assert tables["claims"]["claim.condition_codes"].to_list() == ["09"]


def test_files_row_says_what_was_read() -> None:
    row = read(sample(PROFESSIONAL))["files"].row(0, named=True)
    assert (row["file"], row["file.path"], row["file.kind"], row["file.claims"], row["file.lines"]) == (
        3,
        None,
        "837P",
        1,
        4,
    )
    assert (row["file.size"], row["file.is_history"], row["file.error"]) == (len(sample(PROFESSIONAL)), False, None)
