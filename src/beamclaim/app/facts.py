"""`facts`: what treatment machines and records say → courses, each fact with where it came from."""

import multiprocessing
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

import beamclaim
from beamclaim.courses import CourseDefaults, CourseRecord, Observation, courses
from beamclaim.courses.facts import EvidenceFile, Facts
from beamclaim.courses.identity import doubtful, owners
from beamclaim.courses.numbers import JoiningNumbers
from beamclaim.courses.references import resolved
from beamclaim.ingest.file_read import FileRead
from beamclaim.ingest.router import read_evidence
from beamclaim.ingest.sources import Refusal, Source, sources
from beamclaim.model.tables.evidence import Assertion, Beam, Delivery, Evidence, Fault
from beamclaim.model.thresholds import DEFAULT
from beamclaim.progress import Progress, unheard

if TYPE_CHECKING:
    from beamclaim.ingest.hl7v2 import Mapping

Numbered = tuple[int, Source | Refusal]
Frames = dict[str, pl.DataFrame]
Read = Callable[[list[Numbered]], tuple[list[EvidenceFile], list[Frames]]]

PORTION = 250
"""Files read at a time, by one worker."""
WORTH_WORKERS = 1_000
"""From so many files on, starting workers costs less than it saves."""
WORKERS = 2
HELD = 20_000
"""Rows held as tuples before they become a frame, which is many times smaller."""


@dataclass(frozen=True, slots=True)
class FactsOptions:
    """What `facts` is asked: the files, and what they may not say themselves."""

    paths: tuple[str, ...]
    given: CourseDefaults = field(default_factory=CourseDefaults)
    as_of: date = field(default_factory=date.today)
    mapping: Path | None = None
    """What senders of HL7 v2 put where."""


def facts(options: FactsOptions, *, stdin: BinaryIO | None = None, progress: Progress = unheard) -> Facts:
    """Reads every file and joins what they say into courses. The order of the files never shows.

    Raises PolicyError for a mapping it cannot use, before anything is read.
    """
    read = partial(read_portion, mapping=_mapping(options.mapping))
    # Folders are walked by name, so the same files come in the same order however they were named.
    sizes: list[int] = []
    found = _noting(sources(sorted(options.paths), stdin=stdin), sizes)
    out = Facts(beamclaim.__version__, DEFAULT.version, options.as_of)
    frames: list[Frames] = []
    for files, portion in _portions(found, read):
        out.files += files
        frames += portion
        if files:
            progress("reading", sum(sizes[: len(out.files)]), None, files[-1].path)
    whole = {name: pl.concat([f[name] for f in frames]) for name in frames[0]} if frames else Evidence().frames()
    frames.clear()
    assertions, deliveries, unheld = resolved(whole["assertions"], whole["deliveries"])
    whole["assertions"] = assertions.with_columns(_tidy("assertion.patient"))
    whole["deliveries"] = deliveries.with_columns(_tidy("delivery.patient"))
    out.faults = sorted([*unheld, *(Fault(*row) for row in whole.pop("faults").select(_FAULT).iter_rows())], key=_place)
    numbers = JoiningNumbers(DEFAULT, _same_visit(options.as_of))
    out.join = lambda: _joined(whole, options.given, numbers)
    return out


def _noting(found: Iterable[Source | Refusal], sizes: list[int]) -> Iterator[Source | Refusal]:
    """The sources, with their sizes noted as they are taken; no more of them are held than are being read."""
    for source in found:
        sizes.append(source.size_bytes)
        yield source


def _joined(
    whole: Frames, given: CourseDefaults, numbers: JoiningNumbers
) -> Iterator[tuple[list[CourseRecord], list[Observation]]]:
    """The records of the courses of one patient after the other, and observations on what belongs to none."""
    doubts = doubtful(whole["assertions"], whole["deliveries"])
    for patient, evidence in _patients(whole):
        records, loose = courses(evidence, given, patient=patient, numbers=numbers)
        for record in records:
            record.observations += doubts.get(patient or "", [])
        yield records, loose


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


def _portions(found: Iterator[Source | Refusal], read: Read) -> Iterator[tuple[list[EvidenceFile], list[Frames]]]:
    """The files in order, portion by portion; many of them are read by workers. No more are held than are being read."""
    numbered: Iterator[Numbered] = enumerate(found)
    portions = iter(lambda: list(islice(numbered, PORTION)), [])
    first = list(islice(portions, WORTH_WORKERS // PORTION))
    if sum(map(len, first)) < WORTH_WORKERS:
        yield from map(read, first)
        return
    # A fresh process, not a copy of this one: Polars has threads, and a copy of them would wait for ever.
    context = multiprocessing.get_context("spawn")
    waiting: deque[Callable[[], tuple[list[EvidenceFile], list[Frames]]]] = deque()
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        for portion in chain(first, portions):
            waiting.append(_asked(pool, read, portion))
            if len(waiting) > 3 * WORKERS:
                yield waiting.popleft()()
        while waiting:
            yield waiting.popleft()()


def _asked(
    pool: ProcessPoolExecutor, read: Read, portion: list[Numbered]
) -> Callable[[], tuple[list[EvidenceFile], list[Frames]]]:
    """How to have the answer of a worker; standard input cannot be opened elsewhere and is read here."""
    try:
        sent = pickle.dumps((read, portion))
    except (pickle.PicklingError, AttributeError, TypeError):
        return partial(read, portion)
    return pool.submit(_read_sent, sent).result


def _read_sent(sent: bytes) -> tuple[list[EvidenceFile], list[Frames]]:
    """What a worker does: reads the portion it was sent, with the reader it was sent."""
    read, portion = pickle.loads(sent)
    told: tuple[list[EvidenceFile], list[Frames]] = read(portion)
    return told


def read_portion(
    portion: Sequence[Numbered], mapping: "Mapping | None" = None
) -> tuple[list[EvidenceFile], list[Frames]]:
    """What became of each file, and what they say, as frames."""
    files: list[EvidenceFile] = []
    frames: list[Frames] = []
    held = Evidence()
    for index, source in portion:
        for part in read_evidence(source, index, mapping):
            if isinstance(part, FileRead):
                files.append(
                    EvidenceFile(source.path, part.sha256, part.kind, part.reason, part.status == "passed_over")
                )
                continue
            held.extend(part)
            if len(held.assertions) + len(held.deliveries) + len(held.beams) + len(held.faults) > HELD:
                frames.append(held.frames())
                held = Evidence()
    return files, [*frames, held.frames()]


def _patients(whole: Frames) -> Iterator[tuple[str | None, Evidence]]:
    """The evidence of each patient, by patient id; last what does not say whose it is."""
    assertions, beams, deliveries = whole["assertions"], whole["beams"], whole["deliveries"]
    # A beam does not name its patient: it belongs to whoever has or is treated by its plan.
    owned = beams.join(owners(assertions, deliveries), left_on="beam.plan", right_on="plan", how="left")
    said, given, held = (
        _rows_of(assertions, "assertion.patient"), _rows_of(deliveries, "delivery.patient"), _rows_of(owned, "patient")
    )  # fmt: skip
    owned = owned.select(beams.columns)
    for patient in sorted({*said, *given, *held}, key=lambda k: (k is None, k or "")):
        evidence = Evidence()
        evidence.assertions = [Assertion(*row) for row in assertions[said.get(patient, [])].iter_rows()]
        evidence.beams = [Beam(*row) for row in owned[held.get(patient, [])].iter_rows()]
        evidence.deliveries = [Delivery(*row) for row in deliveries[given.get(patient, [])].iter_rows()]
        yield patient, evidence


def _rows_of(frame: pl.DataFrame, patient: str) -> dict[str | None, pl.Series]:
    """The numbers of each patient's rows: a few bytes a row, where a frame for each would copy them all."""
    rows = frame.lazy().with_row_index("_row").group_by(patient, maintain_order=True).agg("_row").collect()
    return dict(zip(rows[patient], rows["_row"], strict=True))


def _tidy(column: str) -> pl.Expr:
    """The id without blanks around it; an empty one is none."""
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text).alias(column)
