"""DICOM files of the tests, and writing of values that pydicom would refuse to write."""

from pathlib import Path

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

FIXTURES = Path(__file__).parents[3] / "fixtures" / "dicom"
SAMPLES = sorted(FIXTURES.glob("records/*/*.dcm")) + sorted(FIXTURES.glob("encodings/*.dcm"))


def put(holder: Dataset, tag: int, value: bytes) -> None:
    """Sets an element to bytes as they stand; written in implicit encoding nothing tells them from a proper value."""
    holder[tag] = DataElement(tag, "OB", value + b" " * (len(value) % 2))


def remove(holder: Dataset, *tags: int) -> None:
    """Takes elements out."""
    for tag in tags:
        del holder[tag]
