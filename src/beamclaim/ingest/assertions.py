"""What a reader takes from a source → rows of evidence: the one recorder of what a source asserts, for all formats.

A reader makes a `Recorder` for what it reads (a DICOM object, a file of FHIR, a message of HL7 v2), says whose it is as
soon as it knows (`patient`), and adds one assertion at a time about a `Subject`. Each carries the bytes it was taken
from. What the source holds and the reader cannot accept becomes a fault: a class of what was found, never the value.
Called by the readers of `dicom`, `fhir` and `hl7v2`; the rows are joined by `courses`.
"""

from typing import NamedTuple

from beamclaim.model.tables.evidence import Assertion, Evidence, Fault


class ValuePlace(NamedTuple):
    """Bytes `[start, end)` of a file, their path in words of the format, and the segment or line (from 1) they stand in."""

    start: int
    end: int
    path: str
    segment: int | None = None


class Recorder:
    """The rows taken from one source so far. `source` is the word of `assertion.source`, `patient` the id it gives (or null)."""

    def __init__(self, file: int, source: str) -> None:
        self.file = file
        self.source = source
        self.patient: str | None = None
        self.evidence = Evidence()

    def add(
        self,
        subject: "Subject",
        name: str,
        value: str | None,
        *,
        at: ValuePlace,
        reason: str | None = None,
        settled_by: str | None = None,
    ) -> None:
        """Adds an assertion of the source.

        `value` null: looked for and inconclusive, with the `reason` and `settled_by`, who can settle it (kept for
        those alone). Of a value, `reason` is how it was worked out; null where it stands as written.
        """
        self.evidence.assertions.append(
            Assertion(
                self.file, at.start, at.end, at.segment, self.source, at.path, self.patient, subject.kind, subject.key,
                name, value, reason, settled_by if value is None else None,
            )
        )  # fmt: skip

    def fault(self, kind: str, *, at: ValuePlace, expected: str, found: str) -> None:
        """Adds what the source holds and the reader cannot accept; `found` is a class, never the value."""
        self.evidence.faults.append(Fault(self.file, at.start, at.end, at.segment, kind, at.path, expected, found))

    def taken(self) -> Evidence:
        """The rows since the last time; the recorder is empty then."""
        taken, self.evidence = self.evidence, Evidence()
        return taken


class Subject(NamedTuple):
    """What assertions are about: its kind (plan, charge, patient …) and its key, the name it has in its source."""

    kind: str
    key: str
