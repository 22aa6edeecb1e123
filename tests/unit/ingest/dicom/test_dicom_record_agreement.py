"""The length-skipping reader and pydicom agree on every sound record, in every encoding."""

from datetime import datetime
from pathlib import Path

import pytest
from dicom_files import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import UID
from shipped import evidence_of

from beamclaim.model.persona import Persona
from beamclaim.synthetic.dicom import plain
from beamclaim.synthetic.dicom.records import SYNTAXES, Session, session_record, written

BEAM_TAGS = (
    *(0x300C0006, 0x300A00C2, 0x30080022, 0x3008002A, 0x3008002C, 0x30080032, 0x30080036, 0x300A00C6),
    *(0x300A0110,),
)
TOP_TAGS = (0x00100030, 0x00100040, 0x00200052, 0x300C0022, 0x300A0078, 0x300C0002, 0x300A00B3, 0x300A0206, 0x30080251)
POINT_TAGS = (0x30080024, 0x30080025, 0x300A0128)


def agree(data: bytes) -> None:
    found = evidence_of(data, 0)
    assert found.faults == []
    expected = plain.deliveries(data)
    assert len(found.deliveries) == len(expected) > 0
    for delivery, row in zip(found.deliveries, expected, strict=True):
        named = delivery._replace(patient=delivery.patient and Persona.read(delivery.patient).name)
        assert {name: getattr(named, name) for name in row} == row


def without(holder: Dataset, tags: list[int]) -> None:
    for tag in tags:
        if tag in holder:
            del holder[tag]


@st.composite
def records(draw: st.DrawFn) -> Dataset:
    """A record with some of its optional elements taken out and some foreign ones put in."""
    session = Session(
        seed=draw(st.integers(0, 10_000)),
        beams=draw(st.integers(1, 4)),
        control_points=draw(st.integers(2, 5)),
        leaf_pairs=draw(st.sampled_from((0, 2))),
        is_ion=draw(st.booleans()),
        # A time of noughts is no time; what is made of it is asked in test_dicom_record.
        began=draw(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1))).replace(microsecond=0, second=1),
    )
    record = session_record(session)
    without(record, draw(st.lists(st.sampled_from(TOP_TAGS), max_size=3)))
    for beam in record.get("TreatmentSessionBeamSequence") or record.TreatmentSessionIonBeamSequence:
        without(beam, draw(st.lists(st.sampled_from(BEAM_TAGS), max_size=3)))
        points = beam.get("ControlPointDeliverySequence") or beam.IonControlPointDeliverySequence
        without(points[0], draw(st.lists(st.sampled_from(POINT_TAGS), max_size=2)))
    if draw(st.booleans()):
        block = record.private_block(0x3253, "SYNTHETIC", create=True)
        block.add_new(0x00, "OB", draw(st.binary(max_size=40)) * 2)
        inner = Dataset()
        inner.BeamName = "not a beam"
        block.add_new(0x01, "SQ", [inner, Dataset()])
    return record


@given(records(), st.sampled_from(SYNTAXES), st.booleans(), st.booleans())
@settings(max_examples=100, deadline=None)
def test_any_record(record: Dataset, syntax: UID, undefined: bool, meta: bool) -> None:
    deflated = syntax == SYNTAXES[-1]
    agree(written(record, syntax, undefined_lengths=undefined, meta=meta or deflated))


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("records/*/*.dcm")), ids=lambda p: "/".join(p.parts[-2:]))
def test_samples(path: Path) -> None:
    agree(path.read_bytes())


@pytest.mark.parametrize("undefined", [False, True])
def test_a_volumetric_arc_of_180_control_points(undefined: bool) -> None:
    agree(written(session_record(Session(control_points=180, leaf_pairs=60)), undefined_lengths=undefined))
