"""Assertions that two numbers are one patient's → the merges `people.py` follows, and questions on what only moved.

HL7 v2 merges by MRG (events such as A40), FHIR by Patient.link. Called by `app/facts.py`, once a run.
"""

from collections.abc import Iterator

import polars as pl

from beamclaim.courses.course_record import EvidencePlace, Observation
from beamclaim.courses.people import Merge
from beamclaim.model.persona import Persona, numbered
from beamclaim.model.tables.evidence import Assertion

MOVED = (
    "a message moves an account or a visit of another patient number to this patient (or links two records); "
    "which charges and records before it are this patient's, registration can say"
)
_JOINING = ("merged_from", "merged_into", "linked_to")


def merges_of(assertions: pl.DataFrame) -> tuple[list[Merge], dict[str, list[Observation]]]:
    """The merges of all files in the order of their messages, and the questions by the text of a persona."""
    about = assertions.filter(pl.col("assertion.subject") == "patient")
    joining = about.filter(pl.col("assertion.name").is_in((*_JOINING, "moved_from")))
    if joining.is_empty():
        return [], {}
    sent = assertions.filter(pl.col("assertion.name") == "sent_at").select("file", "start", at="assertion.value")
    moments = sorted(sent.drop_nulls().iter_rows())
    resources = _resources(about.filter(pl.col("assertion.name") == "id"))
    merges: set[Merge] = set()
    questions: dict[str, list[Observation]] = {}
    for row in map(Assertion._make, joining.iter_rows()):
        if row.patient is None or row.value is None:
            continue
        if row.name == "moved_from":
            questions.setdefault(row.patient, []).append(Observation("patient_moved", MOVED, EvidencePlace.of(row)))
        else:
            at = max((m for f, start, m in moments if f == row.file and start <= row.start), default="")
            merges.update(_merges(row, at, resources))
    return sorted(merges, key=lambda m: (m.sent_at, m.into, m.ended, m.place)), questions


def _merges(row: Assertion, sent_at: str, resources: dict[tuple[int | None, str], str]) -> Iterator[Merge]:
    assert row.patient is not None and row.value is not None
    place = EvidencePlace.of(row)
    if row.source == "hl7v2":
        if (ended := numbered(row.value)) is not None:
            yield Merge(row.patient, ended, sent_at, place)
        return
    other = resources.get((row.file, row.value)) or resources.get((None, row.value))
    if other is None:
        return
    into, ended_text = (other, row.patient) if row.name == "merged_into" else (row.patient, other)
    if (ended := Persona.read(ended_text).number) is not None:
        yield Merge(into, ended, sent_at, place, is_end=row.name != "linked_to")


def _resources(ids: pl.DataFrame) -> dict[tuple[int | None, str], str]:
    """The persona of each Patient resource: by file, and without a file where all files mean the same."""
    out: dict[tuple[int | None, str], str] = {}
    meanings: dict[str, set[str]] = {}
    fhir = ids.filter((pl.col("assertion.source") == "fhir") & pl.col("assertion.patient").is_not_null())
    for file, key, patient in fhir.select("file", "assertion.key", "assertion.patient").iter_rows():
        out[file, key] = patient
        meanings.setdefault(key, set()).add(patient)
    return out | {(None, key): min(meant) for key, meant in meanings.items() if len(meant) == 1}
