"""A DICOM file opened: where its dataset starts and how it is written, whatever its preamble says or lacks.

The transfer syntax is believed where the bytes bear it out. A file without a preamble, without file
meta elements, or with the wrong transfer syntax is read by what its first element looks like.
Deflated datasets are inflated up to a bound; places in them are those of the whole file, since
no byte of the file is a byte of a value.
"""

import io
import logging
import re
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

import pydicom
from pydicom import config
from pydicom.filereader import read_dataset

from beamclaim.errors import InputError
from beamclaim.ingest.dicom.walker import (
    EXPLICIT,
    EXPLICIT_BIG,
    IMPLICIT,
    Damage,
    Element,
    Encoding,
    Item,
    Region,
    header,
    is_plausible,
    items,
    scan,
)

LARGEST_INFLATED = 64 << 20
"""Bytes a deflated dataset may have."""

MOST_ITEMS = 65_536
"""Items of one sequence; a treatment plan has a few hundred."""

_PIECE = 1 << 20
_LARGEST_META = 1 << 16
_SYNTAX = 0x00020010
_DEFLATED = "1.2.840.10008.1.2.1.99"
_NATIVE = {"1.2.840.10008.1.2": IMPLICIT, "1.2.840.10008.1.2.1": EXPLICIT, "1.2.840.10008.1.2.2": EXPLICIT_BIG}
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"PK\x03\x04", b"%PDF")
_STEP = re.compile(r"\(([0-9A-Fa-f]{4}),([0-9A-Fa-f]{4})\)(?:\[([0-9]{1,6})\])?")


class Opened(NamedTuple):
    """A file's dataset: the bytes that hold it, where in them, and what was odd on the way."""

    data: bytes
    region: Region
    is_deflated: bool
    oddities: tuple[Damage, ...]


def opened(data: bytes) -> Opened:
    """Finds the dataset of a file.

    Raises InputError when the bytes are no DICOM file, hold nothing after their file meta elements, or inflate to
    more than 64 MiB.
    """
    if not data:
        raise InputError("the file is empty; export it again")
    odd: list[Damage] = []
    at = _start(data, odd)
    syntax = ""
    if data[at : at + 2] == b"\x02\0":
        at, syntax = _meta(data, at, odd)
    if at >= len(data):
        raise InputError("the file ends before its dataset; export it again")
    is_deflated = False
    if syntax == _DEFLATED:
        data, at, is_deflated = _inflated(data, at, odd), 0, True
    return Opened(data, Region(at, len(data), _encoding(data, at, syntax, odd)), is_deflated, tuple(odd))


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


@contextmanager
def quiet() -> Iterator[None]:
    """A time without pydicom's warnings and log, which may quote what a patient's file says."""
    level = config.logger.level
    config.logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        config.logger.setLevel(level)


class Places:
    """Where the values of a file stand: byte spans by path; a level is walked once, when first asked for."""

    def __init__(self, data: bytes) -> None:
        self._file = opened(data)
        self._size = len(data)
        self._levels: dict[str, dict[int, Element]] = {}
        self._items: dict[str, list[Item]] = {}

    def of(self, path: str) -> tuple[int, int]:
        """First byte and byte past the last of the value at `(300A,0070)[0].(300A,0078)`; deflated: the whole file.

        The span is the value field, padding included; of a path that ends with `[0]`, the item's elements without
        its own header. Raises KeyError when nothing stands there.
        """
        steps = path.split(".")
        holder = ""
        for place, step in enumerate(steps):
            form = _STEP.fullmatch(step)
            if not form:
                raise KeyError(path)
            group, number, index = form.groups()
            name = f"{holder}({group},{number})".upper()
            element = self._level(holder).get(int(group + number, 16))
            if element is None or (index is None and place < len(steps) - 1):
                raise KeyError(path)
            span = element.start, element.end
            if index is not None:
                if int(index) >= len(self._of(name, element)):
                    raise KeyError(path)
                region = self._items[name][int(index)].region
                span = region.start, region.end
                holder = f"{name}[{int(index)}]."
        return (0, self._size) if self._file.is_deflated else span

    def _level(self, holder: str) -> dict[int, Element]:
        if holder not in self._levels:
            region = self._file.region
            if holder:
                sequence, _, index = holder[:-2].rpartition("[")
                region = self._items[sequence][int(index)].region
            self._levels[holder] = scan(self._file.data, region).elements
        return self._levels[holder]

    def _of(self, name: str, element: Element) -> list[Item]:
        if name not in self._items:
            bounded = islice(items(self._file.data, element), MOST_ITEMS)
            # A value that is no sequence gives one empty, damaged item.
            self._items[name] = [i for i in bounded if not i.damage or i.region.start < i.region.end]
        return self._items[name]


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


def _start(data: bytes, odd: list[Damage]) -> int:
    """First byte after the preamble; of a dataset kept without one, zero, which is common and not odd."""
    if data[128:132] == b"DICM":
        if data.startswith(_PROGRAMS):
            odd.append(Damage(0, "a preamble of zeros or TIFF", "the first bytes of a program or another file"))
        return 132
    for at in (0, 128, 132):
        if any(is_plausible(data, at, encoding) for encoding in (EXPLICIT, EXPLICIT_BIG, IMPLICIT)):
            if at:
                odd.append(Damage(at, "DICM after the preamble", "other bytes"))
            return at
    raise InputError("not a DICOM file: no DICM after 128 bytes, and no element at the start; export it as DICOM")


def _meta(data: bytes, at: int, odd: list[Damage]) -> tuple[int, str]:
    """First byte after the file meta elements (PS3.10 7.1: group 0002, explicit little endian); transfer syntax."""
    encoding = EXPLICIT if is_plausible(data, at, EXPLICIT) else IMPLICIT
    if encoding is IMPLICIT:
        odd.append(Damage(at, "file meta elements in explicit little endian", "implicit ones"))
    syntax = ""
    while data[at : at + 2] == b"\x02\0":
        head = header(data, at, len(data), encoding)
        if head is None or head[3] > len(data) - head[2] or at > _LARGEST_META:
            raise InputError("the file ends in its file meta elements, or they do not end; export it again")
        group, element, start, length, _ = head
        at = start + length
        if group << 16 | element == _SYNTAX:
            syntax = data[start:at].rstrip(b"\0 ").decode("latin-1")
    return at, syntax


def _inflated(data: bytes, at: int, odd: list[Damage]) -> bytes:
    """The dataset of the deflated transfer syntax (PS3.5 A.5), as far as it can be inflated."""
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    parts: list[bytes] = []
    left, size = data[at:], 0
    try:
        while left and not inflating.eof:
            parts.append(inflating.decompress(left, _PIECE))
            left = inflating.unconsumed_tail
            size += len(parts[-1])
            if size > LARGEST_INFLATED:
                raise InputError(f"a dataset of more than {LARGEST_INFLATED} bytes inflated; export it uncompressed")
    except zlib.error:
        odd.append(Damage(at, "a deflated dataset", "bytes that do not inflate"))
    else:
        if not inflating.eof:
            odd.append(Damage(len(data), "the end of a deflated dataset", "the end of the file"))
    if not size:
        raise InputError("the deflated dataset does not inflate; export the file uncompressed")
    return b"".join(parts)


def _encoding(data: bytes, at: int, syntax: str, odd: list[Damage]) -> Encoding:
    """How the dataset is written: as its transfer syntax says if the first element bears it out."""
    said = _NATIVE.get(syntax, EXPLICIT if syntax else None)  # every compressed syntax is explicit little endian
    if said and is_plausible(data, at, said):
        return said
    for encoding in (EXPLICIT, EXPLICIT_BIG, IMPLICIT):
        if is_plausible(data, at, encoding):
            if said:
                odd.append(Damage(at, "the encoding that the transfer syntax says", "another"))
            return encoding
    raise InputError("no element stands where the dataset starts; export the file again, uncompressed")
