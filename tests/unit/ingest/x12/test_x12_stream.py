"""Files as they come: separators, encodings, broken envelopes, cuts, junk. Reading always ends, and never raises."""

import hashlib
import io
import random
import time

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from x12_samples import CLAIM_I, CLAIM_P, INSTITUTIONAL, LINE_P, PROFESSIONAL, SAMPLES, claim837, ordered, read, sample

from beamclaim.ingest.x12 import read_x12, reader

PLAIN = claim837(*CLAIM_P)
VALUES = (
    "claim.number",
    "claim.charge",
    "claim.member",
    "claim.diagnoses",
    "claim.billing_npi",
    "claim.place_of_service",
)


def kinds(tables: dict[str, pl.DataFrame]) -> list[tuple[str, str]]:
    """Kind and path of each fault."""
    return tables["faults"].select("fault.kind", "fault.path").rows()


def with_separators(raw: bytes, element: bytes, component: bytes, repetition: bytes, terminator: bytes) -> bytes:
    table = bytes.maketrans(b"*:^~", element + component + repetition + terminator[:1])
    return raw.translate(table).replace(terminator[:1], terminator) if len(terminator) > 1 else raw.translate(table)


@pytest.mark.parametrize(
    "separators",
    [
        (b"|", b">", b"<", b"\n"),
        (b"\x1d", b"\x1f", b"\x1e", b"\x1c"),
        (b"+", b"@", b"!", b"'"),
        (b"*", b":", b"^", b"\r"),
    ],
)
def test_separators_are_those_of_the_header(separators: tuple[bytes, bytes, bytes, bytes]) -> None:
    tables = read(with_separators(PLAIN, *separators))
    assert kinds(tables) == []
    assert tables["claims"].select(VALUES).rows() == read(PLAIN)["claims"].select(VALUES).rows()
    row = tables["interchanges"].row(0, named=True)
    found = tuple(row[f"interchange.{k}"].encode() for k in ("element", "component", "repetition", "terminator"))
    assert found == separators


@pytest.mark.parametrize("behind", [b"~\n", b"~\r\n", b"~  \r\n\r\n", b"~\t", b"~\n\n\n\n\n\n\n"])
def test_blanks_between_segments_are_nothing(behind: bytes) -> None:
    raw = PLAIN.replace(b"~", behind)
    tables = read(raw)
    assert kinds(tables) == []
    row = tables["lines"].row(0, named=True)
    assert raw[row["start"] : row["end"]] == b"SV1*HC:77412*100*UN*1***1"
    assert raw[row["loop_end"] - 8 : row["loop_end"]] == b"20260302"


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"  \r\n", b"\n\n\n", b"\xef\xbb\xbf\n"])
def test_a_byte_order_mark_and_blanks_in_front_are_nothing(before: bytes) -> None:
    tables = read(before + PLAIN)
    assert kinds(tables) == []
    assert tables["claims"]["start"].to_list() == [PLAIN.find(b"CLM*") + len(before)]


def test_line_breaks_as_terminator_may_be_two_bytes() -> None:
    assert kinds(read(PLAIN.replace(b"~", b"\r\n"))) == []
    assert read(PLAIN.replace(b"~", b"\r\n"))["lines"]["line.code"].to_list() == ["77412"]


def test_a_missing_last_terminator_is_no_fault() -> None:
    assert kinds(read(PLAIN[:-1])) == []


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("MÜLLER-ÅBERG-ÖSTLUND", "utf-8"), ("MÜLLER-ÅBERG-ÖSTLUND", "latin-1"), ("ÑÁ", "latin-1"), ("", "utf-8")],
)
def test_names_are_utf_8_or_latin_1_and_spans_count_bytes(name: str, encoding: str) -> None:
    raw = PLAIN.replace(b"DOE*JANE", name.encode(encoding) + b"*JOS\xc3\x89")
    tables = read(raw)
    row = tables["subscribers"].row(0, named=True)
    assert (row["subscriber.last_name"], row["subscriber.first_name"]) == (name or None, "JOSÉ")
    assert raw[row["start"] : row["end"]].split(b"*")[3] == name.encode(encoding)
    assert tables["lines"]["line.code"].to_list() == ["77412"]


def test_wrapped_lines_are_read_as_if_they_were_not() -> None:
    raw = PLAIN.replace(b"PAYER*****PI", b"PAY\nER*****PI")
    assert read(raw)["claims"]["claim.payer_name"].to_list() == ["PAYER"]


def test_several_interchanges_with_separators_of_their_own() -> None:
    raw = PLAIN + b"\n" + with_separators(PLAIN, b"|", b">", b"<", b"\n") + PLAIN
    tables = read(raw)
    assert kinds(tables) == []
    assert tables["claims"]["claim.number"].to_list() == ["C1", "C1", "C1"]
    assert tables["interchanges"]["segment"].to_list() == [1, 22, 43]
    assert tables["interchanges"]["interchange.sha256"].n_unique() == 2
    first = PLAIN[:-1]
    assert tables["interchanges"]["interchange.sha256"][0] == hashlib.sha256(first).hexdigest()


def test_both_forms_in_one_file() -> None:
    tables = read(PLAIN + claim837(*CLAIM_I, form="I"))
    assert tables["files"]["file.kind"].to_list() == ["mixed"]
    assert tables["claims"]["claim.form"].to_list() == ["837P", "837I"]
    assert kinds(tables) == []


def test_wrong_counts_have_their_repair() -> None:
    raw = PLAIN.replace(b"SE*17*", b"SE*99*").replace(b"GE*1*", b"GE*7*").replace(b"IEA*1*", b"IEA*3*")
    tables = read(raw)
    rows = tables["faults"].select("fault.kind", "fault.path", "fault.repair", "start", "end").rows()
    assert [(kind, path, repair, raw[a:b]) for kind, path, repair, a, b in rows] == [
        ("count", "SE01", "17", b"99"), ("count", "GE01", "1", b"7"), ("count", "IEA01", "1", b"3"),
    ]  # fmt: skip


def test_control_numbers_that_differ_are_faults() -> None:
    raw = (
        PLAIN.replace(b"*0001~GE", b"*0002~GE")
        .replace(b"GE*1*1", b"GE*1*9")
        .replace(b"IEA*1*000000001", b"IEA*1*000000002")
    )
    assert kinds(read(raw)) == [("envelope", "SE02"), ("envelope", "GE02"), ("envelope", "IEA02")]


def test_missing_trailers_are_faults_at_what_they_should_close() -> None:
    raw = PLAIN[: PLAIN.find(b"SE*")]
    assert kinds(read(raw)) == [("envelope", "IEA"), ("envelope", "GE"), ("envelope", "SE")]
    assert read(raw)["lines"].height == 1


def test_a_transaction_that_is_not_read_is_named_and_the_next_is_read() -> None:
    other = claim837(*CLAIM_P).replace(b"005010X222A1", b"004010X098A1")
    remit = sample("linuxforhealth-x12/835_005010X221A1/managed-care.835")
    tables = read(other + remit + PLAIN)
    rows = tables["faults"].filter(pl.col("fault.kind") == "not_read")["fault.found"].to_list()
    assert rows == ["transaction 837, version 004010X098A1", "transaction 835, version 005010X221A1"]
    assert tables["claims"].height == 1


def test_a_remittance_alone_is_x12_without_claims() -> None:
    tables = read(sample("linuxforhealth-x12/835_005010X221A1/managed-care.835"))
    assert tables["files"]["file.kind"].to_list() == ["x12"]
    assert tables["segments"]["segment.id"].to_list() == ["GS", "GE", "IEA"]


@pytest.mark.parametrize(
    "raw", [b"", b"   \n", b"\x00\xff\x80" * 50, b"%PDF-1.7 ISA and more", b"claim,payer\n1,2\n", b"ISA", b"ISA*00*"]
)
def test_what_is_no_x12_is_one_envelope_fault(raw: bytes) -> None:
    tables = read(raw)
    assert [k for k, _ in kinds(tables)] == ["envelope"]
    assert tables["claims"].height == 0
    assert tables["files"]["file.sha256"].to_list() == [hashlib.sha256(raw).hexdigest()]


def test_bytes_in_front_of_an_interchange_are_reported_and_the_interchange_read() -> None:
    raw = b"From: someone\n\n" + PLAIN
    tables = read(raw)
    assert kinds(tables) == [("envelope", "ISA")]
    assert tables["faults"].select("start", "end").row(0) == (0, 13)
    assert tables["claims"].height == 1


def test_a_broken_claim_costs_nobody_else() -> None:
    """Flipping any byte of the second of three claims leaves the first and the third as they were."""
    three = claim837(*CLAIM_P, "HL*3*1*22*0", "SBR*P*18*******MB", "NM1*IL*1*ROE*RAY****MI*M2",
                     "NM1*PR*2*PAYER*****PI*P1", "CLM*MIDDLE*100***11:B:1*Y*A*Y*Y", "HI*ABK:C61", *LINE_P,
                     "HL*4*1*22*0", "SBR*P*18*******MB", "NM1*IL*1*POE*PIA****MI*M3", "NM1*PR*2*PAYER*****PI*P1",
                     "CLM*C3*100***11:B:1*Y*A*Y*Y", "HI*ABK:C61", *LINE_P)  # fmt: skip
    begin = three.find(b"CLM*MIDDLE")
    end = three.find(b"HL*4") - 1
    outer = ("C1", "C3")
    untouched = read(three)["claims"].filter(pl.col("claim.number").is_in(outer)).select(VALUES).rows()
    random_ = random.Random(7)
    for place in random_.sample(range(begin, end), 40):
        for byte in (b"Q", b"\xff"):
            broken = three[:place] + byte + three[place + 1 :]
            found = read(broken)["claims"].filter(pl.col("claim.number").is_in(outer))
            assert found.select(VALUES).rows() == untouched


def test_a_cut_segment_is_not_read_as_a_value() -> None:
    raw = PLAIN[: PLAIN.find(b"*100*UN") + 2]
    tables = read(raw)
    assert tables["lines"].height == 0
    assert ("envelope", "2400/1 SV1") in kinds(tables)


def test_a_segment_too_long_is_passed_over_at_any_chunk_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_SEGMENT", 300)
    raw = claim837(*CLAIM_P[:2], "NTE*ADD*" + "X" * 2000, *LINE_P, "HL*3*1*22*0", *CLAIM_P)
    whole = read(raw)
    assert kinds(whole)[0] == ("envelope", "segment")
    assert (whole["claims"].height, whole["lines"].height) == (2, 1)
    for chunk_bytes in (64, 500, 1000):
        assert ordered(read(raw, chunk_bytes)["segments"]).equals(ordered(whole["segments"]))
        assert ordered(read(raw, chunk_bytes)["faults"]).equals(ordered(whole["faults"]))


def test_a_claim_too_long_is_cut_at_the_same_place_at_any_chunk_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_UNIT", 400)
    raw = claim837(*CLAIM_P[:2], *(40 * LINE_P), "HL*3*1*22*0", *CLAIM_P)
    whole = read(raw)
    assert whole["claims"].height == 2
    assert 1 < whole["lines"].height < 10
    for chunk_bytes in (64, 500, 1000):
        for table, frame in read(raw, chunk_bytes).items():
            assert ordered(frame).equals(ordered(whole[table])), table


def test_no_terminator_at_all_is_not_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_SEGMENT", 10_000)
    endless = io.BytesIO(PLAIN[:106] + b"GS*" + b"A" * 1_000_000)
    machine = reader.Reader(0)
    most = 0
    for _ in machine.stretches(endless, 4096):
        most = max(most, len(machine._pending))
    assert most < 40_000


def test_hostile_files_take_time_in_proportion_to_their_size() -> None:
    """Headers without end, blanks, separators: each read again at four times the size costs about four times as much."""
    header = PLAIN[:106]
    for part in (b"ISA*", header, b"~", b" ", b"ISA*00*GS", b"LX*1~"):
        spent = []
        for times in (20_000, 80_000):
            raw = header + part * (times // len(part))
            began = time.process_time()
            assert read(raw)["files"]["file.size"].to_list() == [len(raw)]
            spent.append(time.process_time() - began)
        assert spent[1] < 12 * spent[0] + 0.5, part


FUZZED = [PROFESSIONAL, INSTITUTIONAL, "pyx12/mult_isa.x12", "linuxforhealth-x12/837_005010X222A2/demo.example12.837"]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_end_without_an_exception(raw: bytes) -> None:
    assert read(raw)["files"].height == 1
    tables = read(PLAIN[:106] + raw)
    assert tables["files"]["file.size"].to_list() == [106 + len(raw)]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FUZZED), st.randoms(use_true_random=False), st.integers(1, 12))
def test_damaged_samples_end_without_an_exception_and_alike_at_any_chunk_size(
    name: str, random_: random.Random, damages: int
) -> None:
    raw = bytearray(sample(name))
    for _ in range(damages):
        place = random_.randrange(len(raw))
        match random_.randrange(4):
            case 0:
                raw[place] = random_.randrange(256)
            case 1:
                del raw[place : place + random_.randrange(30)]
            case 2:
                raw[place:place] = bytes(random_.choices(b"*~:ISAGCLMHX0\n\xff", k=random_.randrange(12)))
            case _:
                del raw[random_.randrange(len(raw) // 2, len(raw)) :]
        if not raw:
            break
    whole, parts = read(bytes(raw)), read(bytes(raw), 100)
    for table, frame in whole.items():
        assert ordered(frame).equals(ordered(parts[table])), table


def test_every_prefix_of_a_sample_ends() -> None:
    raw = sample(PROFESSIONAL)
    for end in range(0, len(raw), 23):
        tables = read(raw[:end])
        assert tables["faults"].height > 0


def test_the_last_chunk_holds_the_files_row() -> None:
    chunks = list(read_x12(io.BytesIO(PLAIN), file=0, is_history=True, chunk_bytes=200))
    assert [i for i, c in enumerate(chunks) if "files" in c] == [len(chunks) - 1]
    assert chunks[-1]["files"]["file.is_history"].to_list() == [True]
    assert len(SAMPLES) > 200
