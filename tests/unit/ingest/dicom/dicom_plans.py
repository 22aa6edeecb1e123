"""What tests of plans share: the sample files, what a reading said, and a judge of the bytes it points at."""

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pydicom
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag
from pydicom_reading import open_dataset
from shipped import read_plan

from beamclaim.ingest.dicom.dataset import quiet
from beamclaim.model.tables.evidence import Assertion, Beam, Evidence, Fault
from beamclaim.synthetic.dicom.plan_parts import written
from beamclaim.synthetic.dicom.plans import plan

SAMPLES = Path(__file__).parents[3] / "fixtures" / "dicom" / "plans"

_STEP = re.compile(r"\(([0-9A-F]{4}),([0-9A-F]{4})\)(?:\[(\d+)\])?")


def sample(name: str) -> bytes:
    """The bytes of a sample file."""
    return (SAMPLES / f"{name}.dcm").read_bytes()


@cache
def made(kind: str, seed: int) -> bytes:
    """The file of a synthetic plan; writing one takes longer than reading it."""
    return written(plan(kind, seed))


@cache
def read(kind: str, seed: int) -> Evidence:
    """What a synthetic plan says."""
    return read_plan(made(kind, seed), 0)


def said(evidence: Evidence) -> dict[str, list[str | None]]:
    """Name → every value said, in order."""
    values: dict[str, list[str | None]] = defaultdict(list)
    for assertion in evidence.assertions:
        values[assertion.name].append(assertion.value)
    return dict(values)


def the(evidence: Evidence, name: str) -> Assertion:
    """The one assertion of a name."""
    (assertion,) = [each for each in evidence.assertions if each.name == name]
    return assertion


def rows(evidence: Evidence) -> list[Assertion | Beam | Fault]:
    """Everything a reading returned that has a place."""
    return [*evidence.assertions, *evidence.beams, *evidence.faults]


def assert_spans_slice(data: bytes, evidence: Evidence) -> None:
    """Every span is the value field of its path, as pydicom reads it from the same bytes."""
    with quiet():
        dataset = open_dataset(data)
        assert rows(evidence)
        for row in rows(evidence):
            assert 0 <= row.start <= row.end <= len(data), row
            value = _raw(dataset, row.path)
            if isinstance(value, bytes):
                assert data[row.start : row.end] == value, row
            elif value is not None:
                inner = _first(value)
                assert data[row.start : row.end].find(inner) >= 0, row
                assert row.end - row.start < len(data)


def _raw(dataset: pydicom.Dataset, path: str) -> object:
    """The bytes of an element, or the item or sequence a path ends at; None where nothing stands there."""
    for step in path.split("."):
        match = _STEP.fullmatch(step)
        assert match, path
        tag = Tag(int(match[1] + match[2], 16))
        if tag not in dataset:
            return None
        element = dataset.get_item(tag)
        if match[3] is None:
            if (
                isinstance(element, RawDataElement)
                and element.VR != "SQ"
                and pydicom.datadict.dictionary_VR(tag) != "SQ"
            ):
                return element.value or b""
            return dataset[tag].value
        dataset = dataset[tag].value[int(match[3])]
    return dataset


def _first(value: object) -> bytes:
    """The bytes of the first element with a value of an item, or of the first item of a sequence."""
    item = value if isinstance(value, pydicom.Dataset) else next(iter(value), pydicom.Dataset())  # type: ignore[call-overload]
    for tag in item.keys():  # noqa: SIM118 iterating would decode every value
        element = item.get_item(tag)
        if isinstance(element, RawDataElement) and isinstance(element.value, bytes) and element.value:
            return element.value
    return b""
