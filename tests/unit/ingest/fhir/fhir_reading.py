"""FHIR bytes read to the end, for the tests of the reader."""

import io
import json
from pathlib import Path
from typing import Any

from beamclaim.ingest.fhir import read_fhir
from beamclaim.model.tables.evidence import Evidence

SAMPLES = Path(__file__).parents[3] / "fixtures" / "fhir"


def read(data: bytes | str | dict[str, Any] | list[Any]) -> Evidence:
    """Everything a file gives, checked: every span lies in the file, every row fits its table."""
    raw = data if isinstance(data, bytes) else data.encode() if isinstance(data, str) else json.dumps(data).encode()
    evidence = Evidence()
    for part in read_fhir(io.BytesIO(raw), 3):
        evidence.extend(part)
    for rows in (evidence.assertions, evidence.deliveries, evidence.faults):
        for row in rows:
            file, start, end = row[:3]
            assert file == 3
            assert 0 <= start <= end <= len(raw), row
    evidence.frames()
    return evidence


def said(evidence: Evidence, name: str, key: str | None = None) -> list[str | None]:
    """The values of a name, in order."""
    return [s.value for s in evidence.assertions if s.name == name and key in {None, s.key}]


def faults(evidence: Evidence, *kinds: str) -> list[tuple[str, str]]:
    """Kind and path of the faults, or of those of some kinds."""
    return [(f.kind, f.path) for f in evidence.faults if not kinds or f.kind in kinds]
