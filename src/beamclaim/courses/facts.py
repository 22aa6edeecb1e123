"""The answer of a run over evidence: the files, the accounts of the courses, and what could not be accepted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from beamclaim.courses.course_record import Account, Note
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
    faults: list[Fault] = field(default_factory=list)
    join: Callable[[], Iterator[tuple[list[Account], list[Note]]]] = field(default=lambda: iter(()), repr=False)
    """The accounts and the notes of one patient after the other, worked out as they are asked for."""
    notes: list[Note] = field(default_factory=list)
    """On evidence that belongs to no course; known when the last account was given."""

    def accounts(self) -> Iterator[Account]:
        """The courses one by one, so that a hundred thousand records need the memory of one patient's."""
        self.notes = []
        for accounts, notes in self.join():
            self.notes += notes
            yield from accounts

    @property
    def courses(self) -> list[Account]:
        """All courses at once."""
        return list(self.accounts())
