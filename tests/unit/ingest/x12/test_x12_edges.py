"""Where a value, a code or a length stops being taken: each edge by what is read on both sides of it."""

import pytest
from x12_samples import CLAIM_I, CLAIM_P, LINE_P, claim837, read

OUTPATIENT = ("12", "13", "14", "22", "23", "34", "71", "72", "73", "74", "75", "76", "77", "83", "85")


def faults(raw: bytes) -> list[tuple[str, str]]:
    return read(raw)["faults"].select("fault.kind", "fault.path").rows()


@pytest.mark.parametrize(("body", "form"), [(CLAIM_P, "P"), (CLAIM_I, "I")])
def test_a_control_number_used_twice_in_a_group_is_a_fault(body: tuple[str, ...], form: str) -> None:
    raw = claim837(*body, form=form)
    transaction = raw[raw.index(b"ST*") : raw.index(b"GE*")]
    twice = raw.replace(b"GE*1*", transaction + b"GE*2*")
    assert faults(twice) == [("envelope", "ST02")]
    other = raw.replace(b"GE*1*", transaction.replace(b"*0001", b"*0002") + b"GE*2*")
    assert faults(other) == []


def test_a_control_number_may_come_again_in_another_group() -> None:
    raw = claim837(*CLAIM_P)
    group = raw[raw.index(b"GS*") : raw.index(b"IEA*")]
    assert faults(raw.replace(b"IEA*1*", group + b"IEA*2*")) == []


@pytest.mark.parametrize("kind", OUTPATIENT)
def test_lines_of_an_outpatient_bill_need_their_day(kind: str) -> None:
    claim = [segment.replace("*13:A:1*", f"*{kind}:A:1*") for segment in CLAIM_I if not segment.startswith("DTP*472")]
    assert faults(claim837(*claim, form="I")) == [("missing", "2400/1 DTP03")]


@pytest.mark.parametrize("kind", ["11", "18", "21", "32"])
def test_lines_of_another_bill_need_no_day(kind: str) -> None:
    claim = [segment.replace("*13:A:1*", f"*{kind}:A:1*") for segment in CLAIM_I if not segment.startswith("DTP*472")]
    assert faults(claim837(*claim, form="I")) == []


def test_the_reason_for_the_visit_is_a_diagnosis_of_today() -> None:
    tables = read(claim837(CLAIM_I[0], CLAIM_I[1], "HI*APR:Z5189", *CLAIM_I[2:], form="I"))
    assert tables["faults"].is_empty()
    rows = tables["diagnoses"].select("diagnosis.qualifier", "diagnosis.code", "diagnosis.position").rows()
    assert rows == [("ABK", "C61", 1), ("APR", "Z5189", None)]


def with_pointers(written: str) -> bytes:
    return claim837(*CLAIM_P[:-3], "LX*1", f"SV1*HC:77412*100*UN*1***{written}", LINE_P[2])


@pytest.mark.parametrize("written", ["0", "00", "1:00", "1:2:3:0"])
def test_a_pointer_of_zero_points_nowhere(written: str) -> None:
    component = written.count(":") + 1
    assert faults(with_pointers(written)) == [("element", f"2400/1 SV107-{component}")]


@pytest.mark.parametrize("written", ["1", "01", "12", "1:2:3:4"])
def test_a_pointer_from_one_is_read(written: str) -> None:
    tables = read(with_pointers(written))
    assert tables["faults"].is_empty()
    assert tables["lines"]["line.pointers"].to_list() == [written.replace(":", ";")]


@pytest.mark.parametrize(
    ("written", "is_read"),
    [
        ("202603010830", True),
        ("20260301083059", True),
        ("2026030108305", False),
        ("202603010830590", False),
        ("2026030108", False),
    ],
)
def test_a_day_with_its_time_has_twelve_or_fourteen_digits(written: str, is_read: bool) -> None:
    tables = read(claim837(CLAIM_P[0], f"DTP*435*DT*{written}", *CLAIM_P[1:]))
    assert tables["faults"]["fault.path"].to_list() == ([] if is_read else ["2300 DTP03"])
    days = tables["dates"].filter(tables["dates"]["date.qualifier"] == "435")["date.first_day"]
    assert [str(day) for day in days] == (["2026-03-01"] if is_read else ["None"])


@pytest.mark.parametrize("written", ["20260200", "20260100", "20260001", "20261301", "20260229", "00000101"])
def test_a_day_outside_the_calendar_is_no_day(written: str) -> None:
    tables = read(claim837(*CLAIM_P[:-1], f"DTP*472*D8*{written}"))
    assert tables["faults"].select("fault.kind", "fault.path").rows() == [("element", "2400/1 DTP03")]
    assert tables["lines"]["line.date"].to_list() == [None]


@pytest.mark.parametrize(("written", "is_read"), [("1", False), ("11", True), ("111", False)])
def test_a_place_of_service_has_two_characters(written: str, is_read: bool) -> None:
    raw = claim837(*CLAIM_P[:-3], "LX*1", f"SV1*HC:77412*100*UN*1*{written}**1", LINE_P[2])
    assert faults(raw) == ([] if is_read else [("element", "2400/1 SV105")])
    assert read(raw)["lines"]["line.place_of_service"].to_list() == ([written] if is_read else [None])


@pytest.mark.parametrize(("size", "is_read"), [(1_048_576, True), (1_048_577, False)])
def test_a_segment_of_a_mebibyte_is_read_and_one_byte_more_is_not(size: int, is_read: bool) -> None:
    note = "NTE*ADD*" + "A" * (size - len("NTE*ADD*"))
    tables = read(claim837(*CLAIM_P[:2], note, *CLAIM_P[2:]))
    notes = tables["notes"]["note.text"].str.len_bytes().to_list()
    assert notes == ([size - 8] if is_read else [])
    assert ("envelope", "segment") in tables["faults"].select("fault.kind", "fault.path").rows() or is_read
    assert tables["claims"].height == 1
