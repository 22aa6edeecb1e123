"""DICOM, FHIR and HL7 v2 among the files of `--course` → course forms, as `facts --output` writes them, each a source to read.

`split` tells the files apart; `read_courses` gives what became of each file of evidence, and the courses they make.
Called by `app/run.py`, once a run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from io import BytesIO, StringIO
from typing import NamedTuple

from beamclaim.app.facts import facts_of
from beamclaim.courses import CourseDefaults
from beamclaim.errors import InputError
from beamclaim.ingest.file_read import FileRead
from beamclaim.ingest.router import READERS, Numbered, kind_of
from beamclaim.ingest.sniff import is_claim_name
from beamclaim.ingest.sources import Source
from beamclaim.outputs.facts.json import write_course
from beamclaim.progress import Progress, unheard

LABEL = "from evidence: "
"""Before the name of a course form that stands in no file: bytes shown of it are those `facts --output` writes."""


@dataclass(frozen=True, slots=True)
class CoursesOfEvidence:
    """What became of the files of evidence, each with its index in the run, and the course forms they make."""

    files: list[tuple[int, FileRead]]
    courses: list[Source]


class Split(NamedTuple):
    """The files of a run: those of evidence, and the others (claims, course forms, what cannot be opened)."""

    evidence: list[Numbered]
    others: list[Numbered]


def split(files: Sequence[Numbered]) -> Split:
    """Files given as courses → those of evidence and the others, by their first bytes; each keeps its index."""
    parts = Split([], [])
    for numbered in files:
        (parts.evidence if _is_evidence(numbered) else parts.others).append(numbered)
    return parts


def read_courses(files: Sequence[Numbered], as_of: date, *, progress: Progress = unheard) -> CoursesOfEvidence:
    """Files of evidence → courses, in the order of their names. Never raises for a file.

    Settings, payers and diagnoses that no file says stay
    unknown, and the layouts of senders of HL7 v2 are the standard's: `beamclaim facts` takes both.
    """
    facts, reads = facts_of(files, as_of, defaults=CourseDefaults(), progress=progress)
    forms: dict[str, bytes] = {}
    for record in facts.course_records():
        text = StringIO()
        write_course(record, text)
        forms[f"{LABEL}{record.form['course']}.course.json"] = text.getvalue().encode()
    courses = [
        Source(label, partial(BytesIO, forms[label]), is_named=False, size_bytes=len(forms[label]))
        for label in sorted(forms)
    ]
    return CoursesOfEvidence(reads, courses)


def _is_evidence(numbered: Numbered) -> bool:
    source = numbered.source
    if not isinstance(source, Source) or is_claim_name(source.name):
        return False
    try:
        kind = kind_of(source)
    except InputError:  # the reader of the others says why
        return False
    return kind in READERS and READERS[kind].content == "evidence"
