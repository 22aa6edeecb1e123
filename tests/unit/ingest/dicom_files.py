"""DICOM files of the tests, and writing of values that pydicom would refuse to write."""

from pathlib import Path

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

FIXTURES = Path(__file__).parents[2] / "fixtures" / "dicom"
SAMPLES = sorted(FIXTURES.glob("records/*/*.dcm")) + sorted(FIXTURES.glob("encodings/*.dcm"))


def put(holder: Dataset, tag: int, vr: str, value: bytes) -> None:
    """Sets an element to bytes as they stand; one blank is added to an odd number of them."""
    value += b" " * (len(value) % 2)
    holder[tag] = RawDataElement(Tag(tag), vr, len(value), value, 0, False, True)


def remove(holder: Dataset, *tags: int) -> None:
    """Takes elements out."""
    for tag in tags:
        del holder[tag]
