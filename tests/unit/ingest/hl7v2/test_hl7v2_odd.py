"""Damaged and odd files: each is said with its place and without its value, and the rest is read."""

from io import BytesIO

import pytest
from hl7v2_written import DFT, MDM, PID, STAY, changed, codes, read, said, written

from beamclaim.errors import InputError
from beamclaim.ingest.hl7v2 import cases, read_hl7v2
from beamclaim.ingest.hl7v2.framing import LARGEST, MOST_SEGMENTS
from beamclaim.ingest.hl7v2.tokens import MOST_PARTS

FHS, BHS = r"FHS|^~\&|OIS|RADONC", r"BHS|^~\&|OIS|RADONC"


def renamed(lines: list[str], control_id: str) -> list[str]:
    return changed(lines, MSH_10=control_id)


@pytest.mark.parametrize(
    ("fields", "code", "path"),
    [
        ({"MSH_10": ""}, "009", "MSH-10"),
        ({"MSH_10": "9" * 200}, "009", "MSH-10"),
        ({"MSH_12": "3.0"}, "007", "MSH-12.1"),
        ({"MSH_18": "UTF-16"}, "018", "MSH-18.1"),
        ({"PID_3": ""}, "012", "PID[0]-3"),
        ({"PID_3": "^^^HOME^MR"}, "012", "PID[0]-3"),
        ({"PID_7": "19610431"}, "014", "PID[0]-7.1"),
        ({"PID_7": "1961"}, "014", "PID[0]-7.1"),
        ({"PID_8": "male"}, "021", "PID[0]-8.1"),
        ({"FT1_4": "03/03/2026"}, "014", "FT1[0]-4.1"),
        ({"FT1_4": "20260230"}, "014", "FT1[0]-4.1"),
        ({"FT1_4": "20260303246060"}, "014", "FT1[0]-4.1"),
        ({"FT1_10": "one"}, "015", "FT1[0]-10"),
        ({"FT1_10": "0"}, "015", "FT1[0]-10"),
        ({"FT1_10": "1e9"}, "015", "FT1[0]-10"),
        ({"FT1_11": "1,450.00&USD"}, "015", "FT1[0]-11.1"),
        ({"FT1_11": "NaN"}, "015", "FT1[0]-11.1"),
        ({"FT1_11": "1450.00&EUR"}, "016", "FT1[0]-11.1"),
        ({"FT1_25": "7741^^C4"}, "021", "FT1[0]-25.1"),
        ({"FT1_26": "7~LT"}, "021", "FT1[0]-26.1"),
        ({"FT1_2": r"T\1"}, "017", "FT1[0]-2.1"),
        ({"FT1_2": "T\xe9"}, "018", "FT1[0]-2.1"),
        ({"FT1_2": "T" * 5000}, "021", "FT1[0]-2.1"),
    ],
)
def test_a_bad_value_is_said_with_its_place(fields: dict[str, str], code: str, path: str) -> None:
    data = written(changed(DFT, **fields))
    evidence = read(data)
    assert [(c, f.path) for c, f in zip(codes(evidence), evidence.faults, strict=True)] == [(f"E-HL7-{code}", path)]
    value = next(iter(fields.values()))
    assert all(value not in f.found + f.expected for f in evidence.faults if len(value) > 3)
    assert evidence.frames()["faults"].height == 1
    assert len(said(evidence, "charge")) == 4  # the rest is read


def test_faults_never_repeat_what_a_message_holds() -> None:
    secret = "SECRETSECRET"
    for name in (
        "PID_3",
        "PID_7",
        "PID_8",
        "FT1_4",
        "FT1_10",
        "FT1_11",
        "FT1_25",
        "FT1_26",
        "MSH_12",
        "MSH_18",
        "MSH_9",
    ):
        evidence = read(written(changed(DFT, **{name: secret})))
        assert all("SECRET" not in f.expected + f.found + f.path for f in evidence.faults), name


def test_a_patient_behind_the_charges_is_nobody_of_theirs() -> None:
    lines = [line for line in DFT if line != PID]
    evidence = read(written([*lines[:5], PID, *lines[5:]]))
    assert codes(evidence) == ["E-HL7-013"]
    assert [s.patient for s in evidence.assertions if s.key == "OIS|RADONC|M1/FT1-1"][:1] == [None]


def test_no_patient_at_all() -> None:
    assert codes(read(written([line for line in DFT if line != PID]))) == ["E-HL7-012"]


def test_too_many_repetitions_are_not_read() -> None:
    for field, much in (
        ("FT1_26", "~" * (MOST_PARTS + 1)),
        ("FT1_19", "C61~" * (MOST_PARTS + 1)),
        ("MSH_3", "|" * MOST_PARTS),
    ):
        evidence = read(written(changed(DFT, **{field: much})) + written(MDM))
        assert codes(evidence) == ["E-HL7-019"]
        assert not said(evidence, "charge") and said(evidence, "document")
    spread = written([*DFT, *["NTE|1|" + "~" * 9000] * 6])
    assert codes(read(spread)) == ["E-HL7-019"]


def test_a_message_too_large_is_left_out_and_the_next_is_read() -> None:
    large = written(changed(DFT, FT1_8="x" * LARGEST))
    evidence = read(large + written(renamed(MDM, "M9")))
    assert codes(evidence) == ["E-HL7-004"]
    assert "DOC17" in said(evidence, "document")
    many = written([*DFT, *["NTE|1"] * MOST_SEGMENTS])
    assert codes(read(many + written(MDM))) == ["E-HL7-004"]


def test_a_line_that_is_no_segment_is_said() -> None:
    evidence = read(written([*DFT[:5], "and the rest of a text", *DFT[5:]]))
    assert codes(evidence) == ["E-HL7-022"]
    assert evidence.faults[0].segment == 6
    assert len(said(evidence, "charge")) == 4


@pytest.mark.parametrize(
    ("charset", "raw"), [("UNICODE UTF-8", "é".encode()), ("8859/1", b"\xe9"), ("8859/15", b"\xe9")]
)
def test_declared_characters_are_read(charset: str, raw: bytes) -> None:
    data = written(changed(MDM, MSH_18=charset)).replace(b"DOE", b"DO" + raw)
    evidence = read(data)
    assert said(evidence, "document")["DOC17"]["signed_by"] == "DOé, JANE"
    assert not evidence.faults


def test_messages_one_after_the_other_and_in_frames() -> None:
    first, second = written(DFT), written(MDM)
    plain = read(first + second)
    framed = read(b"\x0b" + first + b"\x1c\x0d\x0b" + second + b"\x1c\x0d")
    blank = read(b"\xef\xbb\xbf" + first + b"\n\n" + second)
    for other in (framed, blank):
        assert [(s.path, s.value, s.key) for s in other.assertions] == [
            (s.path, s.value, s.key) for s in plain.assertions
        ]
        assert not other.faults
    assert {"charge", "document"} <= {s.subject for s in plain.assertions}


def test_a_message_that_comes_again_is_read_once() -> None:
    evidence = read(written(DFT) + written(DFT, "\n"))
    assert len(said(evidence, "charge")) == 4
    assert [s.value for s in evidence.assertions if s.name == "not_read"] == ["resent"]
    assert not evidence.faults


def test_a_control_id_used_for_another_message_is_quarantined() -> None:
    evidence = read(written(DFT) + written(changed(DFT, FT1_10="5")))
    assert codes(evidence) == ["E-HL7-011"]
    assert said(evidence, "charge")["OIS|RADONC|M1/FT1-1"]["units"] == "1"
    other_sender = read(written(DFT) + written(changed(MDM, MSH_3="OTHER", MSH_10="M1")))
    assert codes(other_sender) == []


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([FHS, BHS, *DFT, *MDM, "BTS|2", "FTS|1"], []),
        ([BHS, *DFT, "BTS|1"], []),
        ([BHS, *DFT, "BTS"], []),
        ([FHS, *DFT, "FTS|1"], []),
        ([FHS, BHS, *DFT, "BTS|1", BHS, *MDM, "BTS|1", "FTS|2"], []),
        ([BHS, *DFT, "BTS|2"], ["E-HL7-020"]),
        ([FHS, BHS, *DFT, "BTS|1", "FTS|3"], ["E-HL7-020"]),
        ([BHS, *DFT, "BTS|two"], ["E-HL7-015"]),
        ([BHS, *DFT], ["E-HL7-020"]),
        ([*DFT, "BTS|1"], ["E-HL7-020"]),
        ([BHS, *DFT, BHS, *MDM, "BTS|1"], ["E-HL7-020"]),
    ],
)
def test_batches_are_counted(lines: list[str], found: list[str]) -> None:
    evidence = read(written(lines))
    assert codes(evidence) == found
    assert said(evidence, "charge")


def test_a_message_without_usable_marks_is_refused_alone() -> None:
    broken = written(DFT).replace(rb"|^~\&|", b"|^^^^|")
    evidence = read(broken + written(MDM))
    assert codes(evidence) == ["E-HL7-006"]
    assert said(evidence, "document") and not said(evidence, "charge")


def test_lines_before_the_first_message_are_said() -> None:
    assert codes(read(b"export of monday\r\n" + written(DFT))) == ["E-HL7-005"]


@pytest.mark.parametrize(
    "data", [b"", b"\r\n\r\n", b"hello", b"PID|1||P1", b"\xff\xfeM\0S\0H\0", b"MSHA", b"x" * 3_000_000]
)
def test_what_is_no_hl7_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        list(read_hl7v2(BytesIO(data), 0))


def test_an_inpatient_class_without_days_says_no_day() -> None:
    lines = changed(STAY, PV1_44="", PV1_45="")
    assert said(read(written(lines)), "stay") == {"V1": {"event": "discharged", "kind": "inpatient"}}


def test_cases_have_one_number_each_and_words_without_values() -> None:
    assert [case.number for case in cases.CASES] == [*range(1, len(cases.CASES) + 1)]
    declared = {name for name, value in vars(cases).items() if isinstance(value, cases.ErrorCase)}
    assert len(declared) == len(cases.CASES)
