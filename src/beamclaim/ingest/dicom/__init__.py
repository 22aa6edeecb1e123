"""A DICOM file → evidence: an object is what it holds; its class and modality only help.

Begin with `object.py` and `item.py`, through which all of it is read.
Plans, structure sets, doses, treatment and summary records are read; images of the day, brachytherapy
records and second-generation objects are mentioned; anything else is a fault of kind `not_read`.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO

from beamclaim.errors import InputError
from beamclaim.ingest.dicom import mention, record, summary
from beamclaim.ingest.dicom.dataset import opened, quiet
from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.ingest.dicom.object import PATIENT, SOP_CLASS, DicomObject
from beamclaim.ingest.dicom.person import persona_text
from beamclaim.model.tables.evidence import Evidence
from beamclaim.model.thresholds import Thresholds

LARGEST = 256 << 20
"""Bytes of a file; a dose grid or a plan of a helical machine has some tens of millions."""

_RADIOTHERAPY = "1.2.840.10008.5.1.4.1.1.481."
_PLANS = (f"{_RADIOTHERAPY}5", f"{_RADIOTHERAPY}8")
_BEAMS, _ION_BEAMS = 0x300A00B0, 0x300A03A2
_DIRECTORY = "1.2.840.10008.1.3.10"


def read_dicom(stream: BinaryIO, file: int, thresholds: Thresholds) -> Iterator[Evidence]:
    """A DICOM file → its rows, as one `Evidence`; `file` is its index in the run, `thresholds` decide techniques.

    Raises InputError when the file is no DICOM, ends before its dataset, or has more than 256 MiB.
    """
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(f"a DICOM file of more than {LARGEST} bytes; treatment objects are smaller, leave it out")
    yield evidence_of(data, file, thresholds)


def evidence_of(data: bytes, file: int, thresholds: Thresholds) -> Evidence:
    """The bytes of a DICOM file → its rows. Raises InputError as `read_dicom`."""
    object = DicomObject(opened(data), file, len(data))
    top = object.top
    modality, kind = top.raw(0x00080060), top.raw(SOP_CLASS).decode("latin-1")
    if (read_planning := _planning_reader(top, modality, kind, thresholds)) is not None:
        with quiet():
            object.recorder.evidence.extend(read_planning(data, file))
        return object.recorder.evidence
    object.recorder.patient = persona_text(top, top.text(PATIENT))
    if top.has(record.BEAMS) or top.has(record.ION_BEAMS):
        record.read_record(object)
    elif kind == mention.BRACHY_CLASS or top.has(mention.BRACHY_SETUPS):
        mention.read_brachy(object)
    elif _is_summary(top, kind):
        summary.read_summary(object)
    elif kind in mention.SECOND_GENERATION:
        mention.read_second_generation(object, mention.SECOND_GENERATION[kind])
    elif modality in mention.IMAGES:
        mention.read_image(object)
    elif modality == b"RTRECORD":
        top.fault(record.BEAMS, expected="a session's beams, or a summary", found="none", kind="missing")
    else:
        other = "a directory of files; its paths are not followed" if kind == _DIRECTORY else "another object"
        expected = "a radiotherapy object or an image of the day"
        top.fault(SOP_CLASS, expected=expected, found=other, kind="not_read")
    return object.recorder.evidence


def _is_summary(top: DicomItem, kind: str) -> bool:
    return top.has(summary.STATUS) or top.has(summary.GROUPS) or kind == f"{_RADIOTHERAPY}7"


def _planning_reader(
    top: DicomItem, modality: bytes, kind: str, thresholds: Thresholds
) -> Callable[[bytes, int], Evidence] | None:
    """The reader of a plan, a structure set or a dose; null for a record. Vendors give plans classes of their own."""
    is_record = any(map(top.has, (record.BEAMS, record.ION_BEAMS, mention.BRACHY_SETUPS))) or _is_summary(top, kind)
    if is_record or kind == mention.BRACHY_CLASS or kind in mention.SECOND_GENERATION:
        return None
    if modality == b"RTPLAN" or kind in _PLANS or top.has(_BEAMS) or top.has(_ION_BEAMS):
        from beamclaim.ingest.dicom.plan import read_plan

        return partial(read_plan, thresholds=thresholds)
    if modality == b"RTSTRUCT" or kind == f"{_RADIOTHERAPY}3":
        from beamclaim.ingest.dicom.structure_set import read_structure_set

        return read_structure_set
    if modality == b"RTDOSE" or kind == f"{_RADIOTHERAPY}2":
        from beamclaim.ingest.dicom.dose import read_dose

        return read_dose
    return None
