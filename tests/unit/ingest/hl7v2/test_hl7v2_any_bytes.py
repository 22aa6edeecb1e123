"""Whatever a file holds, reading it ends with rows or with InputError, and every row lies in the file."""

import random
from io import BytesIO
from pathlib import Path

import pytest
from hl7v2_written import ALL, written
from hypothesis import given, settings
from hypothesis import strategies as st

from beamclaim.errors import InputError
from beamclaim.ingest.hl7v2 import Mapping, read_hl7v2
from beamclaim.model.tables.evidence import Assertion, Fault

SAMPLES = sorted((Path(__file__).parents[3] / "fixtures" / "hl7v2" / "fhir-converter").glob("*.hl7"))
WHOLE = [*(path.read_bytes() for path in SAMPLES), *(written(lines) for lines in ALL.values())]
MAPPING = Mapping.model_validate(
    {"senders": [{"application": "OIS", "version": "1", "code": "PR1-3.1", "plan": "ZPM-2.1.3", "modifiers": "NTE-3"}]}
)


def hold(data: bytes) -> None:
    """Reads the bytes and holds what must hold of any."""
    for mapping in (None, MAPPING):
        try:
            for evidence in read_hl7v2(BytesIO(data), 3, mapping):
                rows: list[Assertion | Fault] = [*evidence.assertions, *evidence.faults]
                for row in rows:
                    assert row.file == 3
                    assert 0 <= row.start <= row.end <= len(data)
                    assert row.segment is not None and row.segment >= 1
                evidence.frames()
        except InputError:
            return


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few flips, cuts, insertions and parts given twice."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randrange(len(changed) + 1), chance.randint(1, 80)
        match chance.randrange(5):
            case 0 if at < len(changed):
                changed[at] = chance.randrange(256)
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = chance.choice(
                    [b"|", b"^", b"~", b"\\", b"&", b"\r", b"MSH|", b"\x0b", b"\x1c\r", b'""']
                )
            case 3:
                changed[at:at] = changed[max(0, at - length) : at] * chance.randint(1, 20)
            case _:
                changed[at:at] = chance.randbytes(length)
        if not changed:
            changed = bytearray(b"MSH")
    return bytes(changed)


@pytest.mark.parametrize("number", range(len(WHOLE)))
def test_mutated_messages(number: int) -> None:
    chance = random.Random(number)
    for _ in range(40):
        hold(mutated(WHOLE[number], chance))


@pytest.mark.parametrize("data", WHOLE[-7:])
def test_a_message_cut_anywhere(data: bytes) -> None:
    for end in range(0, len(data), 5):
        hold(data[:end])


SIGNS = st.text(alphabet='|^~\\&\r\nA1.\x0b\x1c"', max_size=200)


@given(SIGNS, st.sampled_from(["DFT^P03", "MDM^T02", "ORU^R01", "SIU^S12", "OMG^O19", "ADT^A40", "BAR^P01", ""]))
@settings(max_examples=100, deadline=None)
def test_any_text_behind_a_header(text: str, kind: str) -> None:
    header = rf"MSH|^~\&|OIS|F|||20260101||{kind}|1|P|2.5.1" + "\r"
    for name in ("PID", "FT1", "DG1", "TXA", "OBR", "SCH", "ORC", "PR1", "PV1", "IN1", "MRG"):
        header += f"{name}|{text}\r"
    hold(header.encode())


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_bytes_behind_msh(data: bytes) -> None:
    hold(b"MSH" + data)
    hold(rb"MSH|^~\&|" + data)
