"""Paths of evidence → courses, each fact with where it came from: DICOM, FHIR and HL7 v2, joined patient by patient.

`facts` serves the command; `facts_of` takes files that are numbered already, as `course_evidence.py` has them for `check`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

import beamclaim
from beamclaim.app.evidence import Frames, read_portions
from beamclaim.courses import CourseDefaults, CourseRecord, Observation, courses
from beamclaim.courses.alike import ask_about_alike
from beamclaim.courses.facts import EvidenceFile, Facts
from beamclaim.courses.identity import ask_about_plans, owners
from beamclaim.courses.issuers import Issuer, Issuers
from beamclaim.courses.merges import merges_of
from beamclaim.courses.numbers import JoiningNumbers
from beamclaim.courses.people import SamePerson, people
from beamclaim.courses.references import resolved
from beamclaim.ingest.file_read import FileRead
from beamclaim.ingest.router import Numbered
from beamclaim.ingest.sources import sources
from beamclaim.model.tables.evidence import Assertion, Beam, Delivery, Evidence, Fault
from beamclaim.model.thresholds import Thresholds
from beamclaim.progress import Progress, unheard

if TYPE_CHECKING:
    from beamclaim.ingest.hl7v2 import Mapping


@dataclass(frozen=True, slots=True)
class FactsOptions:
    """What `facts` is asked: the files, and what they may not say themselves."""

    paths: tuple[str, ...]
    defaults: CourseDefaults = field(default_factory=CourseDefaults)
    as_of: date = field(default_factory=date.today)
    mapping: Path | None = None
    """What senders of HL7 v2 put where."""


def facts(options: FactsOptions, *, stdin: BinaryIO | None = None, progress: Progress = unheard) -> Facts:
    """Paths → courses, worked out as they are asked for. The order of the paths never shows.

    Raises PolicyError for a mapping it cannot use, before anything is read.
    """
    mapping = _mapping(options.mapping)
    # Folders are walked by name, so the same files come in the same order however they were named.
    files = (Numbered(n, source) for n, source in enumerate(sources(sorted(options.paths), stdin=stdin)))
    return facts_of(files, options.as_of, defaults=options.defaults, mapping=mapping, progress=progress)[0]


def facts_of(
    files: Iterable[Numbered],
    as_of: date,
    *,
    defaults: CourseDefaults,
    mapping: "Mapping | None" = None,
    thresholds: Thresholds | None = None,
    progress: Progress = unheard,
) -> tuple[Facts, list[tuple[int, FileRead]]]:
    """Numbered files → courses, worked out as they are asked for, and what became of each file. Never raises for a file.

    `thresholds`: the numbers of techniques, isocenters and fractions; those of policy where not said.
    """
    if thresholds is None:
        from beamclaim.policy.thresholds import load_thresholds  # loaded only by the process that joins

        thresholds = load_thresholds()
    out = Facts(beamclaim.__version__, thresholds.version, as_of)
    reads: list[tuple[int, FileRead]] = []
    frames: list[Frames] = []
    sizes: list[int] = []
    for portion in read_portions(_with_sizes(files, sizes), thresholds=thresholds, mapping=mapping):
        reads += portion.files
        frames += portion.frames
        if portion.files:
            progress("reading", sum(sizes[: len(reads)]), None, str(portion.files[-1][1].path))
    out.files = [EvidenceFile(str(r.path), r.sha256, r.kind, r.reason, r.status == "passed_over") for _, r in reads]
    rows = {name: pl.concat([f[name] for f in frames]) for name in frames[0]} if frames else Evidence().frames()
    frames.clear()
    assertions, deliveries, unresolved = resolved(rows["assertions"], rows["deliveries"])
    rows["assertions"] = assertions.with_columns(_tidy("assertion.patient"))
    rows["deliveries"] = deliveries.with_columns(_tidy("delivery.patient"))
    issuers = _issuers(mapping)
    faults = (Fault(*row) for row in rows.pop("faults").select(_FAULT).iter_rows())
    out.faults = sorted([*unresolved, *faults], key=_place)
    numbers = JoiningNumbers(thresholds, _same_visit(as_of), as_of)
    out.join = lambda: _joined(rows, defaults, numbers, issuers)
    return out, reads


def _with_sizes(files: Iterable[Numbered], sizes: list[int]) -> Iterator[Numbered]:
    """The files, their sizes noted as they are taken; no more of them are held than are being read."""
    for numbered in files:
        sizes.append(numbered.source.size_bytes)
        yield numbered


def _joined(
    rows: Frames, defaults: CourseDefaults, numbers: JoiningNumbers, issuers: Issuers
) -> Iterator[tuple[list[CourseRecord], list[Observation]]]:
    """The records of the courses of one person after the other, and observations on what belongs to none."""
    for person, evidence in _people(rows, issuers):
        records, loose = courses(evidence, defaults, patient=person.number if person else None, numbers=numbers)
        if person is not None:
            for record in records:
                record.observations += person.observations
        yield records, loose


def _people(rows: Frames, issuers: Issuers) -> Iterator[tuple[SamePerson | None, Evidence]]:
    """The people of the run in the order of their numbers, each with the evidence; last what does not say whose it is."""
    assertions, deliveries = rows["assertions"], rows["deliveries"]
    texts = pl.concat([assertions["assertion.patient"], deliveries["delivery.patient"].rename("assertion.patient")])
    merges, questions = merges_of(assertions)
    everyone, of_text = people(texts.drop_nulls().unique(), merges, issuers)
    for text, asked in questions.items():
        everyone[of_text[text]].observations += asked
    index = pl.DataFrame(
        {"text": list(of_text), "person": list(of_text.values())}, {"text": pl.String, "person": pl.Int64}
    )
    owned = {
        table: frame.join(index, left_on=f"{name}.patient", right_on="text", how="left", maintain_order="left")
        for table, name, frame in (("assertions", "assertion", assertions), ("deliveries", "delivery", deliveries))
    }
    ask_about_alike(everyone, issuers)
    ask_about_plans(everyone, owned["assertions"], owned["deliveries"])
    order = sorted(range(len(everyone)), key=lambda n: (everyone[n].number or ("",), everyone[n].personas[0].text))
    for n, evidence in _evidence(owned | {"beams": rows["beams"]}, [*order, None]):
        yield None if n is None else everyone[n], evidence


def _issuers(mapping: "Mapping | None") -> Issuers:
    """The issuers of patients' numbers that a site names."""
    return Issuers(
        Issuer(
            frozenset(issuer.names),
            is_default=issuer.default,
            ignores_zeros=issuer.leading_zeros == "ignored",
            ignores_case=issuer.case == "ignored",
            suffix=issuer.suffix,
        )
        for issuer in (mapping.issuers if mapping else ())
    )


def _same_visit(as_of: date) -> timedelta | None:
    """What policy says on the day of asking: fractions that begin less than this apart are one visit."""
    from beamclaim.policy import PolicyAnswers, load_policy  # loaded only by the process that joins

    day = pl.DataFrame({"day": [as_of]}, schema={"day": pl.Date})
    minutes = PolicyAnswers(load_policy(as_of=as_of)).param("radonc.session.same_visit_minutes", day)["value"].item()
    return None if minutes is None else timedelta(minutes=float(minutes))


def _place(fault: Fault) -> tuple[object, ...]:
    return fault.file, fault.start, fault.end, fault.segment or 0, *fault[4:]


_FAULT = ["file", "start", "end", "segment", "fault.kind", "fault.path", "fault.expected", "fault.found"]


def _mapping(path: Path | None) -> "Mapping | None":
    if path is None:
        return None
    from beamclaim.ingest.hl7v2 import load_mapping  # loaded only when asked for, like the readers

    return load_mapping(path)


def _evidence(rows: Frames, order: Sequence[int | None]) -> Iterator[tuple[int | None, Evidence]]:
    """The evidence of each person of an order, where there is any; `person` is a column of assertions and deliveries."""
    assertions, beams, deliveries = rows["assertions"], rows["beams"], rows["deliveries"]
    # A beam does not name its patient: it belongs to whoever has its plan, or is treated by it where nobody has it.
    owned = beams.join(owners(assertions, deliveries), left_on="beam.plan", right_on="plan", how="left")
    of_assertions = _rows_of(assertions, "person")
    of_deliveries = _rows_of(deliveries, "person")
    of_beams = _rows_of(owned, "person")
    assertions, deliveries, owned = (frame.drop("person") for frame in (assertions, deliveries, owned))
    for n in order:
        if n not in of_assertions and n not in of_deliveries and n not in of_beams:
            continue
        evidence = Evidence()
        evidence.assertions = [Assertion(*row) for row in assertions[of_assertions.get(n, [])].iter_rows()]
        evidence.beams = [Beam(*row) for row in owned[of_beams.get(n, [])].iter_rows()]
        evidence.deliveries = [Delivery(*row) for row in deliveries[of_deliveries.get(n, [])].iter_rows()]
        yield n, evidence


def _rows_of(frame: pl.DataFrame, person: str) -> dict[int | None, pl.Series]:
    """The numbers of each person's rows: a few bytes a row, where a frame for each would copy them all."""
    rows = frame.lazy().with_row_index("_row").group_by(person, maintain_order=True).agg("_row").collect()
    return dict(zip(rows[person], rows["_row"], strict=True))


def _tidy(column: str) -> pl.Expr:
    """The id without blanks around it; an empty one is none."""
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text).alias(column)
