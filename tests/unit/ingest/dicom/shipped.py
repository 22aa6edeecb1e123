"""The readers of DICOM with the thresholds as shipped."""

from collections.abc import Iterator
from typing import BinaryIO

from beamclaim.ingest import dicom
from beamclaim.ingest.dicom import plan
from beamclaim.model.tables.evidence import Evidence
from beamclaim.model.thresholds import Thresholds
from beamclaim.policy.thresholds import load_thresholds

SHIPPED = load_thresholds()


def read_dicom(stream: BinaryIO, file: int, thresholds: Thresholds = SHIPPED) -> Iterator[Evidence]:
    return dicom.read_dicom(stream, file, thresholds)


def evidence_of(data: bytes, file: int, thresholds: Thresholds = SHIPPED) -> Evidence:
    return dicom.evidence_of(data, file, thresholds)


def read_plan(data: bytes, file: int, thresholds: Thresholds = SHIPPED) -> Evidence:
    return plan.read_plan(data, file, thresholds)
