"""Readers of plans, structure sets and doses against damaged files: an answer or a refusal, soon, and no more."""

from collections.abc import Callable
from random import Random

import pytest
from dicom_plans import rows, sample
from hypothesis import given, settings
from hypothesis import strategies as some

from beamclaim.errors import InputError
from beamclaim.ingest.dicom.dose import read_dose
from beamclaim.ingest.dicom.plan import read_plan
from beamclaim.ingest.dicom.plan.beam import BEAMS, read_beam
from beamclaim.ingest.dicom.structure_set import read_structure_set
from beamclaim.ingest.dicom.witness import Witness
from beamclaim.model.tables.evidence import Evidence
from beamclaim.model.thresholds import DEFAULT
from beamclaim.synthetic.dicom.plan_parts import beam, header, written
from beamclaim.synthetic.dicom.plans import plan
from beamclaim.synthetic.dicom.shapes import ellipse, still

WHOLE = {
    "static": (read_plan, sample("static")),
    "rectangle": (read_plan, sample("rectangle")),
    "field_in_field": (read_plan, written(plan("field_in_field", 0))),
    "proton": (read_plan, written(plan("proton_uniform", 0))),
    "structure_set": (read_structure_set, sample("structure_set")),
    "dose": (read_dose, sample("dose_1frame")),
}
SURE = {"imrt_static", "imrt_dynamic", "vmat", "helical", "electron_field"}


def _damaged(data: bytes, random: Random) -> bytes:
    """A file flipped, cut, with bytes put in or a part doubled."""
    spoilt = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(spoilt))
        match random.randrange(4):
            case 0:
                spoilt[at] ^= 1 << random.randrange(8)
            case 1:
                del spoilt[at : at + random.randint(1, 40)]
            case 2:
                spoilt[at:at] = random.randbytes(random.randint(1, 12))
            case _:
                spoilt[at:at] = spoilt[at : at + random.randint(1, 400)]
    return bytes(spoilt) or b"\0"


def _holds(read: Callable[[bytes, int], Evidence], data: bytes) -> Evidence | None:
    try:
        evidence = read(data, 0)
    except InputError:
        return None
    for row in rows(evidence):
        assert 0 <= row.start <= row.end <= len(data)
    assert evidence.frames()["assertions"].height == len(evidence.assertions)
    return evidence


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=60, deadline=None)
@given(some.integers(0, 1 << 32))
def test_a_damaged_file_gives_evidence_or_a_refusal(name: str, seed: int) -> None:
    read, data = WHOLE[name]
    _holds(read, _damaged(data, Random(seed)))


@pytest.mark.parametrize("name", ["static", "structure_set", "dose"])
def test_a_file_cut_anywhere_gives_evidence_or_a_refusal(name: str) -> None:
    read, data = WHOLE[name]
    for end in range(0, len(data), 37):
        _holds(read, data[:end])


@pytest.mark.parametrize("step", range(12))
def test_a_cut_plan_of_still_fields_never_becomes_another_technique(step: int) -> None:
    data = written(plan("field_in_field", 3))
    evidence = _holds(read_plan, data[: len(data) * (step + 1) // 13])
    values = [row.value for row in evidence.assertions if row.name == "technique"] if evidence else []
    assert not SURE & set(values)


@settings(max_examples=60, deadline=None)
@given(some.binary(max_size=400))
def test_any_bytes_behind_a_plan_s_header_give_evidence_or_a_refusal(tail: bytes) -> None:
    head = sample("header_little_endian")
    _holds(read_plan, head + tail)
    _holds(read_plan, head + bytes.fromhex("0a30b000") + b"SQ\0\0\xff\xff\xff\xff" + tail)


@pytest.mark.parametrize("number", [b"nan   ", b"inf   ", b"1e999 ", b"1_000 ", b"--5   ", b"9" * 6, "٣".encode() * 3])
def test_numbers_that_are_none_are_faults_or_numbers_and_nothing_breaks(number: bytes) -> None:
    data = sample("rectangle")
    evidence = _holds(read_plan, data.replace(b"301.937836", number.ljust(10)))
    assert evidence is not None
    met = evidence.beams[0].meterset
    assert met is None or met == 999_999.0


def test_huge_coordinates_and_counts_are_faults() -> None:
    made = header([beam(1, still(ellipse(30, 30), 0.0))], key="huge")
    made.FractionGroupSequence[0].NumberOfFractionsPlanned = 2_147_483_647
    made.BeamSequence[0].ControlPointSequence[0].IsocenterPosition = [1e15, 0, 0]
    evidence = _holds(read_plan, written(made))
    assert evidence is not None and any(fault.path.endswith("(300A,012C)") for fault in evidence.faults)


def test_more_items_than_any_plan_has_are_refused_before_they_are_read() -> None:
    empty = b"\xfe\xff\x00\xe0\0\0\0\0"
    tail = bytes.fromhex("0a30b000") + b"SQ\0\0" + (len(empty) * 400_000).to_bytes(4, "little") + empty * 400_000
    with pytest.raises(InputError, match="items"):
        read_plan(sample("header_little_endian") + tail, 0)


def test_a_beam_that_would_carry_too_many_positions_forward_is_in_doubt() -> None:
    witness = Witness(written(plan("conformal", 0)), 0, "dicom_plan", "plan")
    item = witness.root.items(BEAMS)[0]
    assert read_beam(item, DEFAULT, is_ion=False, room=168).doubt is None
    crowded = read_beam(item, DEFAULT, is_ion=False, room=167)
    assert crowded.doubt and not crowded.collimator.layers
    assert [fault.kind for fault in witness.evidence.faults] == ["count"]
