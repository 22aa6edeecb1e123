"""Damaged DICOM files: whatever the bytes, evidence or an input error, soon, and no value in a message."""

import random
import zlib
from pathlib import Path

import pytest
from dicom_files import SAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian
from pydicom_reading import bytes_at
from shipped import evidence_of

from beamclaim.errors import InputError
from beamclaim.model.tables.evidence import Evidence
from beamclaim.synthetic.dicom.records import Session, session_record, summary_record, written

SECRET = "ZQXSECRETZQX"
_SESSION = Session(beams=2, patient=SECRET)
FILES = (
    written(session_record(_SESSION)),
    written(session_record(_SESSION), undefined_lengths=True),
    written(session_record(_SESSION), ImplicitVRLittleEndian),
    written(session_record(_SESSION), ExplicitVRBigEndian, undefined_lengths=True),
    written(session_record(_SESSION), ImplicitVRLittleEndian, undefined_lengths=True, meta=False),
    written(session_record(_SESSION), DeflatedExplicitVRLittleEndian),
    written(session_record(_SESSION._replace(is_ion=True))),
    written(summary_record(_SESSION, fractions=4)),
)


def checked(data: bytes) -> Evidence | None:
    """Reads bytes; rows must stand inside the file, make frames, and no fault may quote."""
    try:
        found = evidence_of(data, 1)
    except InputError as error:
        assert SECRET not in str(error)
        return None
    for rows in (found.deliveries, found.assertions, found.faults):
        assert all(0 <= row.start <= row.end <= len(data) for row in rows)
    for fault in found.faults:
        assert SECRET not in fault.path + fault.expected + fault.found
    frames = found.frames()
    assert frames["deliveries"].height == len(found.deliveries)
    return found


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_bytes(data: bytes) -> None:
    checked(data)
    checked(b"\0" * 128 + b"DICM" + data)


@given(st.sampled_from(FILES), st.integers(0, 1 << 32), st.integers(1, 12))
@settings(max_examples=100, deadline=None)
def test_bytes_changed(data: bytes, seed: int, changes: int) -> None:
    chance, changed = random.Random(seed), bytearray(data)
    for _ in range(changes):
        at = chance.randrange(130, len(changed))
        match chance.randrange(4):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                changed[at:at] = chance.randbytes(chance.randrange(1, 9))
            case 2:
                del changed[at : at + chance.randrange(1, 40)]
            case _:
                stretch = bytes(changed[at : at + chance.randrange(8, 400)])
                changed[at:at] = stretch
    checked(bytes(changed))


@given(st.sampled_from(FILES), st.floats(0, 1))
@settings(max_examples=100, deadline=None)
def test_bytes_cut(data: bytes, share: float) -> None:
    checked(data[: int(len(data) * share)])


@given(st.sampled_from(FILES[:5]), st.integers(0, 1 << 32))
@settings(max_examples=60, deadline=None)
def test_lengths_changed(data: bytes, seed: int) -> None:
    """Lengths of sequences and items set to nothing, too much, or undefined."""
    chance, changed = random.Random(seed), bytearray(data)
    marks = [at for at in range(len(data)) if data[at : at + 4] in {b"\xfe\xff\x00\xe0", b"\x08\x30\x20\x00"}]
    for at in chance.sample(marks, min(3, len(marks))):
        changed[at + 4 : at + 8] = chance.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xf0\xff\xff\x7f", b"\x05\0\0\0"))
    checked(bytes(changed))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: "/".join(p.parts[-2:]))
def test_samples_changed_keep_places_inside_the_file(path: Path) -> None:
    data = path.read_bytes()
    chance = random.Random(zlib.crc32(data))
    for _ in range(20):
        changed = bytearray(data)
        for _ in range(6):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        for name in ("(3008,0020)[0].(3008,0040)[1].(3008,0044)", "(300A,00B0)[0]", "(0008,0060)"):
            try:
                start, end = bytes_at(bytes(changed), name)
            except (InputError, KeyError):
                continue
            assert 0 <= start <= end <= len(data)
