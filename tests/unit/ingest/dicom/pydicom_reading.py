"""The same files as pydicom reads them, to judge our own walk by; and where our walk finds what a path names."""

import io
import re
from itertools import islice

import pydicom
from pydicom.filereader import read_dataset

from beamclaim.errors import InputError
from beamclaim.ingest.dicom.dataset import opened, quiet
from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.ingest.dicom.object import DicomObject
from beamclaim.ingest.dicom.walker import Region, items, scan

MOST_ITEMS = 65_536
_STEP = re.compile(r"\(([0-9A-Fa-f]{4}),([0-9A-Fa-f]{4})\)(?:\[([0-9]{1,6})\])?")


def open_dataset(data: bytes) -> pydicom.Dataset:
    """The dataset of a file as pydicom has it, values decoded when asked for; a value the file's end cuts is blank.

    Raises InputError as `opened`, and when pydicom cannot walk it: a file that ends in a sequence of undefined length
    is one it cannot. Its warnings may quote values: read the dataset
    under `quiet()`.
    """
    file = opened(data)
    start, _, encoding, _ = file.region
    try:
        with quiet():
            stream = io.BytesIO(file.data[: _sound_end(file.data, file.region)])
            stream.seek(start)
            return read_dataset(stream, not encoding.is_explicit, encoding.is_little)
    # What damaged bytes make pydicom raise has no end: struct, key, value, type, recursion and end-of-file errors.
    except Exception as error:
        raise InputError(f"the dataset cannot be walked ({type(error).__name__}); export the file again") from None


def bytes_at(data: bytes, path: str) -> tuple[int, int]:
    """First byte and byte past the last of the value (or the item) at `(300A,0070)[0].(300A,0078)`; KeyError for none."""
    holder = DicomObject(opened(data), 0, len(data)).top
    steps = path.split(".")
    for number, step in enumerate(steps, 1):
        form = _STEP.fullmatch(step)
        if not form:
            raise KeyError(path)
        group, element, index = form.groups()
        tag = int(group + element, 16)
        place = holder.at(tag)
        if not holder.has(tag) or (index is None and number < len(steps)):
            raise KeyError(path)
        if index is not None:
            holder = _item(holder, tag, int(index))
            place = holder.place
    return place.start, place.end


def _item(holder: DicomItem, tag: int, index: int) -> DicomItem:
    for item in islice(holder.items(tag), index, index + 1):
        return item
    raise KeyError(index)


def _sound_end(data: bytes, region: Region) -> int:
    """Where whole values end: half of a number is another number, which pydicom would not tell."""
    while True:
        elements, damage = scan(data, region)
        cut = next((element for element in elements.values() if element.is_cut), None)
        if cut is None:
            return damage.at if damage else len(data)
        inside = [item.region for item in islice(items(data, cut), MOST_ITEMS)][-1:]
        if not inside or inside[0].start == inside[0].end:
            return inside[0].start if inside else cut.start
        region = inside[0]
