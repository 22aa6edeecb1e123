"""The answer of a run over evidence: the files, the accounts of the courses, and what could not be accepted."""

from dataclasses import dataclass, field
from datetime import date

from beamclaim.model.evidence.account import Account, Note
from beamclaim.model.tables.evidence import Fault


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file of the run: what it was, its hash, why it (or a part of it) was not read."""

    path: str
    sha256: str | None
    kind: str
    error: str | None
    is_stray: bool = False


@dataclass(slots=True)
class Facts:
    """What the files of a run tell, course by course."""

    engine: str
    thresholds: str
    as_of: date
    files: list[EvidenceFile] = field(default_factory=list)
    courses: list[Account] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    """On evidence that belongs to no course."""
    faults: list[Fault] = field(default_factory=list)
