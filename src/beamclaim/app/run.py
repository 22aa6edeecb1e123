"""The files of one run, read once → `Tables` of whole patients, one set after the other.

A small run is one set. A large one is cut by a hash of the patient into buckets on disk that are read back a few at a time, so that
memory follows the bucket and not the run; no window of a rule crosses one. Called by `check.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import BinaryIO

import polars as pl

from beamclaim.app.buckets import Buckets
from beamclaim.app.payers import grouped
from beamclaim.ingest import router
from beamclaim.ingest.sources import Source, sources
from beamclaim.model.tables import TABLES
from beamclaim.model.tables.frames import Tables
from beamclaim.progress import Doing, Progress, unheard
from beamclaim.views.columns.claim import claim_numbers, same_numbers

#: Tables the rules of one patient read; the others are small or read for the whole run.
PATIENT_TABLES = ("claims", "lines", "diagnoses")
COURSE_TABLES = (
    "courses", "plans", "fractions", "procedures", "documents", "authorizations", "charges", "stays", "prior_radiation",
)  # fmt: skip
RUN_TABLES = ("files", "interchanges", "faults", *COURSE_TABLES)
#: Lines held in memory before they are written to buckets.
HELD = 250_000
#: Lines asked at once: enough to make the fixed cost of asking small, few enough to keep memory low.
ASKED = 100_000


@dataclass(frozen=True, slots=True)
class Inputs:
    """The paths of a run: claims that are checked; earlier claims and course evidence, which get no findings."""

    claims: Sequence[str]
    history: Sequence[str] = ()
    courses: Sequence[str] = ()
    as_of: date = field(default_factory=date.today)
    """The day asked about: evidence is joined by the policy of that day."""


class Run:
    """The tables of a run. Use as a context manager: buckets on disk are removed at the end."""

    def __init__(self, held: int = HELD) -> None:
        self.sources: dict[int, Source] = {}
        self.bytes = 0
        """Of all files, as they lie on the disk."""
        self._most = held
        self._small: dict[str, list[pl.DataFrame]] = {}
        self._waiting: list[dict[str, pl.DataFrame]] = []
        self._size = 0
        self._numbers: list[pl.DataFrame] = []
        self.payers: list[pl.DataFrame] = []
        """What the claims that are checked say of their payers, grouped."""
        self._buckets: Buckets | None = None

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *_: object) -> None:
        if self._buckets is not None:
            self._buckets.close()

    def read(self, inputs: Inputs, stdin: BinaryIO | None = None, progress: Progress = unheard) -> None:
        """Reads every file of the run; claims come first, then what is context."""
        paths = ((inputs.claims, False), (inputs.history, True), (inputs.courses, True))
        named = [[(s, is_context) for s in sources(list(given), stdin=stdin)] for given, is_context in paths]
        numbered = [router.Numbered(n, *each) for n, each in enumerate(chain.from_iterable(named))]
        self.sources = {n.file: n.source for n in numbered if isinstance(n.source, Source)}
        self.bytes = router.total_bytes(numbered)
        first_course = len(numbered) - len(named[-1])
        evidence, forms = _split(numbered[first_course:])
        for portion in router.read([*numbered[:first_course], *forms], tables=(*PATIENT_TABLES, *RUN_TABLES)):
            self._take(portion.tables, portion.is_history)
            progress("reading", portion.bytes_read, self.bytes, portion.path)
        if evidence:
            self._take_evidence(evidence, len(numbered), inputs.as_of, progress)
        if self._buckets is not None:
            self._spill(self._buckets)

    def _take_evidence(self, evidence: Sequence[router.Numbered], first: int, as_of: date, progress: Progress) -> None:
        """Files of DICOM, FHIR, HL7 v2: a row of `files` each, and the courses they make, numbered from `first`."""
        from beamclaim.app.course_evidence import read_courses  # loaded only where there is evidence

        before = self.bytes - router.total_bytes(evidence)

        def reading(doing: Doing, done: int, total: int | None, file: str = "") -> None:
            progress(doing, before + done, self.bytes if total is None else before + total, file)

        from_evidence = read_courses(evidence, as_of, progress=reading)
        for file, file_read in from_evidence.files:
            self._take({"files": file_read.row(file, is_history=True)}, True)
        numbered = [router.Numbered(n, source, True) for n, source in enumerate(from_evidence.courses, first)]
        self.sources |= dict(enumerate(from_evidence.courses, first))
        for portion in router.read(numbered, tables=(*PATIENT_TABLES, *RUN_TABLES)):
            self._take(portion.tables, True)

    def _take(self, chunk: dict[str, pl.DataFrame], is_history: bool) -> None:
        for name in RUN_TABLES:
            if name in chunk and chunk[name].height:
                self._small.setdefault(name, []).append(chunk[name])
        if not any(name in chunk and chunk[name].height for name in PATIENT_TABLES):
            return
        of_patients = {name: chunk.get(name, TABLES[name].empty()) for name in PATIENT_TABLES}
        self._numbers.append(claim_numbers(of_patients["claims"].with_columns(pl.lit(is_history).alias("is_history"))))
        if not is_history:
            self.payers.append(grouped(of_patients["claims"], of_patients["lines"]))
        self._waiting.append(of_patients)
        self._size += of_patients["lines"].height
        if self._size > self._most:
            if self._buckets is None:
                self._buckets = Buckets(PATIENT_TABLES)
            self._spill(self._buckets)

    def _spill(self, buckets: Buckets) -> None:
        """Puts away what waits in memory."""
        if self._waiting:
            numbers = pl.concat(self._numbers[-len(self._waiting) :])
            buckets.put(self._in_memory(), numbers)
        self._waiting, self._size = [], 0

    def _in_memory(self) -> dict[str, pl.DataFrame]:
        return {name: pl.concat([chunk[name] for chunk in self._waiting]) for name in PATIENT_TABLES if self._waiting}

    def run_tables(self) -> Tables:
        """Files, interchanges, faults and courses of the whole run."""
        return Tables({name: pl.concat(frames) for name, frames in self._small.items()})

    def patients(self) -> Iterator[Tables]:
        """Tables of whole patients, each with the courses and files of the run."""
        small = {n: pl.concat(f) for n, f in self._small.items() if n in (*COURSE_TABLES, "files")}
        parts = iter([self._in_memory()]) if self._buckets is None else self._buckets.books(ASKED)
        for of_patients in parts:
            yield Tables({**small, **of_patients})

    def data(self) -> dict[str, pl.DataFrame]:
        """What views need of the whole run: `same_numbers`, where a claim was read."""
        return {"same_numbers": same_numbers(pl.concat(self._numbers))} if self._numbers else {}

    def claims_of(self, keys: pl.Series) -> Tables:
        """The claims and lines of these claim keys, wherever they are, for faults that name them."""
        wanted = keys.drop_nulls().unique()
        if wanted.is_empty():
            return Tables()
        parts: dict[str, list[pl.DataFrame]] = {"claims": [], "lines": []}
        for tables in self.patients():
            for name, frames in parts.items():
                frames.append(tables[name].filter(pl.col("claim.key").is_in(wanted.implode())))
        return Tables({name: pl.concat(frames) for name, frames in parts.items() if frames})


def _split(files: list[router.Numbered]) -> tuple[list[router.Numbered], list[router.Numbered]]:
    if not files:
        return [], []
    from beamclaim.app.course_evidence import split  # loaded only where courses are given

    return split(files)
