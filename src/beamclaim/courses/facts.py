"""What a run over evidence gives: the files, the records of the courses one by one, and what could not be accepted.

Made by `app/facts.py`, written by `outputs/facts`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from beamclaim.courses.course_record import CourseRecord, Observation
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
    join: Callable[[], Iterator[tuple[list[CourseRecord], list[Observation]]]] = field(
        default=lambda: iter(()), repr=False
    )
    """The records of the courses of one patient after the other, with observations on the rest, worked out as they are asked for."""
    observations: list[Observation] = field(default_factory=list)
    """On evidence that belongs to no course; known when the last course was given."""

    def course_records(self) -> Iterator[CourseRecord]:
        """The courses one by one, so that a hundred thousand records need the memory of one patient's."""
        self.observations = []
        for course_records, observations in self.join():
            self.observations += observations
            yield from course_records

    @property
    def courses(self) -> list[CourseRecord]:
        """All courses at once."""
        return list(self.course_records())
