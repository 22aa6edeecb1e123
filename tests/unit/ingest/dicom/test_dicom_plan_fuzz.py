"""Readers of plans, structure sets and doses against damaged files: an answer or a refusal, soon, and no more."""

from collections.abc import Callable
from random import Random

import pytest
from dicom_plans import rows, sample
from hypothesis import given, settings
from hypothesis import strategies as some
from shipped import SHIPPED, read_plan

from beamclaim.errors import InputError
from beamclaim.ingest.dicom.dataset import quiet
from beamclaim.ingest.dicom.dose import read_dose
from beamclaim.ingest.dicom.object import PlanningObject
from beamclaim.ingest.dicom.plan.beam import BEAMS, read_beam
from beamclaim.ingest.dicom.structure_set import read_structure_set
from beamclaim.model.tables.evidence import Evidence
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
    with quiet():
        planning = PlanningObject(written(plan("conformal", 0)), 0, "dicom_plan", "plan")
        item = next(planning.top.items(BEAMS))
        assert read_beam(item, SHIPPED, is_ion=False, room=168).doubt is None
        crowded = read_beam(item, SHIPPED, is_ion=False, room=167)
    assert crowded.doubt and not crowded.collimator.layers
    assert [fault.kind for fault in planning.recorder.evidence.faults] == ["count"]


def test_positions_broken_inside_a_control_point_leave_the_technique_of_the_beam_unknown() -> None:
    data = written(plan("sliding_window", 0))
    sound = read_plan(data, 0)
    assert {row.technique for row in sound.beams} == {"sliding_window"} and not sound.faults
    at = data.rindex(bytes.fromhex("0a301c01"))  # Leaf/Jaw Positions of the last control point
    broken = read_plan(data[: at + 6] + b"\xff\xff" + data[at + 8 :], 0)
    assert "envelope" in {fault.kind for fault in broken.faults}
    assert [row.technique for row in broken.beams][-1] == "unknown"


def test_a_plan_that_ends_in_a_sequence_without_an_end_is_refused() -> None:
    data = written(plan("conformal", 0))
    head = data[: data.index(bytes.fromhex("0a30b000") + b"SQ")]
    with pytest.raises(InputError, match="without an end; export"):
        read_plan(head + bytes.fromhex("0a30b000") + b"SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\x10\0\0\0", 0)


def test_a_structure_set_cut_before_its_targets_does_not_deny_them() -> None:
    data = sample("structure_set")
    ends = range(data.index(bytes.fromhex("06302000")) + 40, len(data), 97)
    cuts = [evidence for end in ends if (evidence := _holds(read_structure_set, data[:end]))]
    answers = [row.value for evidence in cuts for row in evidence.assertions if row.name == "has_targets"]
    assert set(answers) <= {None, "true"} and None in answers


def test_a_group_whose_beams_are_broken_leaves_what_all_beams_share_unknown() -> None:
    data = written(plan("total_skin", 0))
    at = data.index(bytes.fromhex("0c300400") + b"SQ") + 8  # the length of Referenced Beam Sequence
    length = int.from_bytes(data[at : at + 4], "little")
    assert length < len(data)
    for size in range(2, length, 2):
        evidence = _holds(read_plan, data[:at] + size.to_bytes(4, "little") + data[at + 4 :])
        faults = evidence.faults if evidence else []
        if any(fault.kind == "envelope" and "(300C,0004)" in fault.path for fault in faults):
            known = {row.name for row in evidence.assertions if row.value is not None} if evidence else set()
            assert not known & {"fields", "isocenters", "modality", "blocks", "beam_dose_gy"}


def test_a_plan_cut_among_its_beams_does_not_say_what_all_of_them_share() -> None:
    data = written(plan("mixed", 0))
    sound = {(row.name, row.value) for row in read_plan(data, 0).assertions}
    for end in range(data.index(bytes.fromhex("0a30b000")), len(data), 7):
        evidence = _holds(read_plan, data[:end])
        for row in evidence.assertions if evidence else []:
            assert (
                row.name not in {"modality", "blocks", "fields"} or row.value is None or (row.name, row.value) in sound
            )


def test_a_sequence_written_as_a_number_has_no_items() -> None:
    for tag in ("0a30b000", "0a307000"):
        evidence = _holds(read_plan, sample("header_little_endian") + bytes.fromhex(tag) + b"IS\2\0" + b"7 ")
        assert evidence is not None and not evidence.beams
