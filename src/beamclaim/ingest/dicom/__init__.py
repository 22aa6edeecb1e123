"""Reader of DICOM files: an object is what it holds; its class and modality only help.

Plans, structure sets, doses, treatment and summary records are read; images of the day, brachytherapy
records and second-generation objects are mentioned; anything else is a fault of kind `not_read`.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from beamclaim.errors import InputError
from beamclaim.ingest.dicom import mention, record, summary
from beamclaim.ingest.dicom.dataset import opened, quiet
from beamclaim.ingest.dicom.entry import Source
from beamclaim.ingest.dicom.walker import Element
from beamclaim.model.tables.evidence import Evidence

LARGEST = 256 << 20
"""Bytes of a file; a dose grid or a plan of a helical machine has some tens of millions."""

_RADIOTHERAPY = "1.2.840.10008.5.1.4.1.1.481."
_PLANS = (f"{_RADIOTHERAPY}5", f"{_RADIOTHERAPY}8")
_BEAMS, _ION_BEAMS = 0x300A00B0, 0x300A03A2
_DIRECTORY = "1.2.840.10008.1.3.10"


def read_dicom(stream: BinaryIO, file: int) -> Iterator[Evidence]:
    """What one DICOM file says, as one `Evidence`; `file` is its index in the run.

    Raises InputError when the file is no DICOM, ends before its dataset, or has more than 256 MiB.
    """
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(f"a DICOM file of more than {LARGEST} bytes; treatment objects are smaller, leave it out")
    yield evidence_of(data, file)


def evidence_of(data: bytes, file: int) -> Evidence:
    """What the bytes of one DICOM file say. Raises InputError as `read_dicom`."""
    source = Source(opened(data), file, len(data))
    elements = source.top.elements
    modality, kind = source.top.raw(0x00080060), source.top.raw(0x00080016).decode("latin-1")
    if record.BEAMS in elements or record.ION_BEAMS in elements:
        record.read_record(source)
    elif kind == mention.BRACHY_CLASS or mention.BRACHY_SETUPS in elements:
        mention.read_brachy(source)
    elif summary.STATUS in elements or summary.GROUPS in elements or kind == f"{_RADIOTHERAPY}7":
        summary.read_summary(source)
    elif kind in mention.SECOND_GENERATION:
        mention.read_second_generation(source, mention.SECOND_GENERATION[kind])
    elif (reader := _of_plan(elements, modality, kind)) is not None:
        with quiet():
            source.evidence.extend(reader(data, file))
    elif modality in mention.IMAGES:
        mention.read_image(source)
    elif modality == b"RTRECORD":
        source.top.fault(record.BEAMS, "a session's beams, or a summary", "none", "missing")
    else:
        found = "a directory of files; its paths are not followed" if kind == _DIRECTORY else "another object"
        source.top.fault(0x00080016, "a radiotherapy object or an image of the day", found, "not_read")
    return source.evidence


def _of_plan(elements: dict[int, Element], modality: bytes, kind: str) -> Callable[[bytes, int], Evidence] | None:
    """The reader of a plan, a structure set or a dose; vendors give plans classes of their own."""
    if modality == b"RTPLAN" or kind in _PLANS or _BEAMS in elements or _ION_BEAMS in elements:
        from beamclaim.ingest.dicom.plan import read_plan

        return read_plan
    if modality == b"RTSTRUCT" or kind == f"{_RADIOTHERAPY}3":
        from beamclaim.ingest.dicom.structure_set import read_structure_set

        return read_structure_set
    if modality == b"RTDOSE" or kind == f"{_RADIOTHERAPY}2":
        from beamclaim.ingest.dicom.dose import read_dose

        return read_dose
    return None
