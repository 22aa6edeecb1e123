"""Bytes of a DICOM file → its dataset: where it starts and how it is written, whatever its preamble says or lacks.

The transfer syntax is believed where the bytes bear it out. A file without a preamble, without file
meta elements, or with the wrong transfer syntax is read by what its first element looks like.
Deflated datasets are inflated up to a bound; places in them are those of the whole file, since
no byte of the file is a byte of a value.
"""

import logging
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from pydicom import config

from beamclaim.errors import InputError
from beamclaim.ingest.dicom.walker import (
    EXPLICIT,
    EXPLICIT_BIG,
    IMPLICIT,
    Damage,
    Encoding,
    Region,
    header,
    is_plausible,
)

LARGEST_INFLATED = 64 << 20
"""Bytes a deflated dataset may have."""

_PIECE = 1 << 20
_LARGEST_META = 1 << 16
_SYNTAX = 0x00020010
_DEFLATED = "1.2.840.10008.1.2.1.99"
_NATIVE = {"1.2.840.10008.1.2": IMPLICIT, "1.2.840.10008.1.2.1": EXPLICIT, "1.2.840.10008.1.2.2": EXPLICIT_BIG}
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"PK\x03\x04", b"%PDF")


class DatasetBytes(NamedTuple):
    """A file's dataset: the bytes that hold it, where in them, and what was odd on the way."""

    data: bytes
    region: Region
    is_deflated: bool
    oddities: tuple[Damage, ...]


def opened(data: bytes) -> DatasetBytes:
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
    return DatasetBytes(data, Region(at, len(data), _encoding(data, at, syntax, odd)), is_deflated, tuple(odd))


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


def _start(data: bytes, odd: list[Damage]) -> int:
    """First byte after the preamble; of a dataset kept without one, zero, which is common and not odd."""
    if data[128:132] == b"DICM":
        if data.startswith(_PROGRAMS):
            odd.append(
                Damage(0, "a preamble of zeros or TIFF", "the first bytes of a program or another file", is_loss=False)
            )
        return 132
    for at in (0, 128, 132):
        if any(is_plausible(data, at, encoding) for encoding in (EXPLICIT, EXPLICIT_BIG, IMPLICIT)):
            if at:
                odd.append(Damage(at, "DICM after the preamble", "other bytes", is_loss=False))
            return at
    raise InputError("not a DICOM file: no DICM after 128 bytes, and no element at the start; export it as DICOM")


def _meta(data: bytes, at: int, odd: list[Damage]) -> tuple[int, str]:
    """First byte after the file meta elements (PS3.10 7.1: group 0002, explicit little endian); transfer syntax."""
    encoding = EXPLICIT if is_plausible(data, at, EXPLICIT) else IMPLICIT
    if encoding is IMPLICIT:
        odd.append(Damage(at, "file meta elements in explicit little endian", "implicit ones", is_loss=False))
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
    declared = _NATIVE.get(syntax, EXPLICIT if syntax else None)  # every compressed syntax is explicit little endian
    if declared and is_plausible(data, at, declared):
        return declared
    for encoding in (EXPLICIT, EXPLICIT_BIG, IMPLICIT):
        if is_plausible(data, at, encoding):
            if declared:
                odd.append(Damage(at, "the encoding that the transfer syntax says", "another", is_loss=False))
            return encoding
    raise InputError("no element stands where the dataset starts; export the file again, uncompressed")
