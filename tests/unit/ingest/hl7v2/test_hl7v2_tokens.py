"""Splitting loses no byte, escapes are undone once, and what they give stays data."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hl7v2_written import ALL, DFT, changed, codes, read, said, written
from hypothesis import given, settings
from hypothesis import strategies as st

from beamclaim.ingest.hl7v2.tokens import STANDARD, FieldBytes, Marks, Segment, decode, read_marks
from beamclaim.ingest.values import Unfit

SAMPLES = sorted((Path(__file__).parents[3] / "fixtures" / "hl7v2" / "fhir-converter").glob("*.hl7"))


def rejoined(part: FieldBytes, marks: tuple[bytes, ...]) -> bytes:
    """The bytes of a part, put together again from its smallest parts."""
    if not marks:
        return part.raw
    return marks[0].join(rejoined(inner, marks[1:]) for inner in part.split(marks[0]))


def leaves(part: FieldBytes, marks: tuple[bytes, ...]) -> Iterator[FieldBytes]:
    for inner in part.split(marks[0]):
        yield inner
        if marks[1:]:
            yield from leaves(inner, marks[1:])


LEVELS = (STANDARD.field, STANDARD.repetition, STANDARD.component, STANDARD.subcomponent)


@pytest.mark.parametrize("data", [*(p.read_bytes() for p in SAMPLES), *(written(m) for m in ALL.values())])
def test_parts_joined_give_the_bytes_back(data: bytes) -> None:
    at = 0
    for line in data.splitlines(keepends=True):
        bare = line.rstrip(b"\r\n")
        part = FieldBytes(bare, at)
        assert rejoined(part, LEVELS) == bare
        assert all(data[leaf.start : leaf.end] == leaf.raw for leaf in leaves(part, LEVELS))
        at += len(line)


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_joined_give_themselves_back(raw: bytes) -> None:
    assert rejoined(FieldBytes(raw, 0), LEVELS) == raw
    assert all(raw[leaf.start : leaf.end] == leaf.raw for leaf in leaves(FieldBytes(raw, 0), LEVELS))


def test_fields_have_the_numbers_of_the_standard() -> None:
    msh = Segment(FieldBytes(rb"MSH|^~\&|APP^1.2^ISO|FAC", 0), 1, 0, STANDARD)
    assert [msh.at(n).raw for n in (1, 2, 3, 4, 5)] == [b"|", rb"^~\&", b"APP^1.2^ISO", b"FAC", b""]
    assert msh.at(3, 2).raw == b"1.2"
    pid = Segment(FieldBytes(b'PID|1||A&B^C~D|""', 10), 2, 0, STANDARD)
    assert (pid.at(3, 1).raw, pid.at(3, 1, 2).raw, pid.at(3, 2).raw, pid.at(4).raw) == (b"A", b"B", b"C", b"")
    assert [r.raw for r in pid.repetitions(3)] == [b"A&B^C", b"D"]
    assert pid.at(3, 2).start == 21


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (rb"a\F\b\S\c\T\d\R\e\E\f", "a|b^c&d~e\\f"),
        (rb"\E\F\E\ ", "\\F\\ "),
        (rb"\X41\\X0D\x", "A\rx"),
        (rb"one\.br\two\H\three\N\ ", "one\ntwothree "),
        (b"plain", "plain"),
    ],
)
def test_escapes_are_undone_once(raw: bytes, text: str) -> None:
    assert decode(raw, STANDARD, "ascii") == text


@pytest.mark.parametrize("raw", [rb"a\Fb", rb"a\ ", b"a\\", rb"a\Q\b", rb"a\X4\b", rb"a\XZZ\b", rb"\C2842\a"])
def test_an_odd_escape_stays_as_written(raw: bytes) -> None:
    with pytest.raises(Unfit) as met:
        decode(raw, STANDARD, "ascii")
    assert met.value.value == raw.decode()


def test_an_escaped_mark_never_becomes_structure() -> None:
    evidence = read(written(changed(DFT, PID_3=r"P\F\1\X0D\FT1\F\9^^^HOME^MR")))
    assert list(said(evidence, "patient")) == ["P|1\rFT1|9"]
    assert len(said(evidence, "charge")) == 4
    assert codes(evidence) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"MSH",
        b"MSH|",
        rb"MSH|^~\|A",
        rb"MSH|^~^&|A",
        rb"MSH|^~\||A",
        rb"MSH|^~\&#X|A",
        b"MSH|^~ &|A",
        b"MSHAB~CD|A",
        b"MSH|1~C&|A",
    ],
)
def test_marks_that_cannot_be_are_refused(raw: bytes) -> None:
    assert read_marks(raw) is None


def test_marks_are_taken_as_they_are_set() -> None:
    assert read_marks(rb"MSH|^~\&|A") == STANDARD
    assert read_marks(rb"BHS|^~\&") == STANDARD
    assert read_marks(rb"MSH|^~\&#|A") == Marks(*STANDARD[:5], b"#")
    assert read_marks(rb"MSH*#+!%*A") == Marks(b"*", b"#", b"+", b"!", b"%")


@given(st.binary(max_size=60), st.integers(1, 8))
@settings(max_examples=100, deadline=None)
def test_one_part_is_that_of_all(raw: bytes, number: int) -> None:
    part, parts = FieldBytes(raw, 7), FieldBytes(raw, 7).split(b"^")
    assert part.nth(b"^", number) == (parts[number - 1] if number <= len(parts) else FieldBytes(b"", part.end))
