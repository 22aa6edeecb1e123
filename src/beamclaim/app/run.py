"""A batch: the files of one run, read once, in memory or in buckets of patients on disk.

A small batch is one book. A large one is cut by a hash of the patient into buckets that are read back
one at a time, so that memory follows the bucket and not the batch; no window of a rule crosses one.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import polars as pl

from beamclaim.ingest import router
from beamclaim.ingest.sources import Source, sources
from beamclaim.model.tables import TABLES
from beamclaim.model.tables.frames import Tables
from beamclaim.progress import Progress, unheard
from beamclaim.views.columns.claim import claim_numbers, same_numbers

#: Tables the rules of one patient read; the others are small or read for the whole batch.
PATIENT_TABLES = ("claims", "lines", "diagnoses")
COURSE_TABLES = (
    "courses", "plans", "fractions", "procedures", "documents", "authorizations", "charges", "stays", "prior_radiation",
)  # fmt: skip
BATCH_TABLES = ("files", "interchanges", "faults", *COURSE_TABLES)
#: Lines held in memory before they are written to buckets, and how many buckets there are then.
HELD, BUCKETS = 250_000, 32
#: Lines asked at once: enough to make the fixed cost of asking small, few enough to keep memory low.
ASKED = 100_000


@dataclass(frozen=True, slots=True)
class Inputs:
    """The paths of a run: claims that are checked; earlier claims and course evidence, which get no findings."""

    claims: Sequence[str]
    history: Sequence[str] = ()
    courses: Sequence[str] = ()


class Run:
    """The tables of a run. Use as a context manager: buckets on disk are removed at the end."""

    def __init__(self, held: int = HELD) -> None:
        self.sources: dict[int, Source] = {}
        self.bytes = 0
        """Of all files, as they lie on the disk."""
        self._most = held
        self._small: dict[str, list[pl.DataFrame]] = {}
        self._held: list[dict[str, pl.DataFrame]] = []
        self._size = 0
        self._numbers: list[pl.DataFrame] = []
        self._folder: Path | None = None
        self._part = 0

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *_: object) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def read(self, inputs: Inputs, stdin: BinaryIO | None = None, progress: Progress = unheard) -> None:
        """Reads every file of the run; claims come first, then what is context."""
        paths = ((inputs.claims, False), (inputs.history, True), (inputs.courses, True))
        named = [(source, is_context) for given, is_context in paths for source in sources(list(given), stdin=stdin)]
        numbered = [router.Numbered(index, source, is_context) for index, (source, is_context) in enumerate(named)]
        self.sources = {n.file: n.source for n in numbered if isinstance(n.source, Source)}
        self.bytes = router.total_bytes(numbered)
        for portion in router.read(numbered, tables=(*PATIENT_TABLES, *BATCH_TABLES)):
            self._take(portion.tables, portion.is_history)
            progress("reading", portion.bytes_read, self.bytes, portion.path)
        if self._folder is not None:
            self._spill()

    def _take(self, chunk: dict[str, pl.DataFrame], history: bool) -> None:
        for name in BATCH_TABLES:
            if name in chunk and chunk[name].height:
                self._small.setdefault(name, []).append(chunk[name])
        if not any(name in chunk and chunk[name].height for name in PATIENT_TABLES):
            return
        mine = {name: chunk.get(name, TABLES[name].empty()) for name in PATIENT_TABLES}
        numbers = claim_numbers(mine["claims"].with_columns(pl.lit(history).alias("is_history")))
        self._numbers.append(numbers)
        self._held.append({**mine, "keys": numbers})
        self._size += mine["lines"].height
        if self._size > self._most:
            self._spill()

    def _spill(self) -> None:
        """Writes what is held into the buckets of its patients; only the owner may read the folder."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="beamclaim-"))
        parts: dict[tuple[object, str], list[pl.DataFrame]] = {}
        for name in PATIENT_TABLES:
            for chunk in self._held:
                keys = chunk["keys"].select("claim.key", (pl.col("patient.key") % BUCKETS).alias("bucket"))
                part = chunk.pop(name).join(keys, on="claim.key", how="left", maintain_order="left")
                for (bucket,), rows in part.partition_by("bucket", as_dict=True, include_key=False).items():
                    parts.setdefault((bucket, name), []).append(rows)
        for (bucket, name), frames in parts.items():
            target = self._folder / f"{bucket:02}" / name
            target.mkdir(parents=True, exist_ok=True)
            pl.concat(frames).write_ipc(target / f"{self._part:06}.arrow", compression="lz4")
        self._part += 1
        self._held, self._size = [], 0

    def batch_book(self) -> Tables:
        """Files, interchanges, faults and courses of the whole batch."""
        return Tables({name: pl.concat(frames) for name, frames in self._small.items()})

    def books(self) -> Iterator[Tables]:
        """Books of whole patients, each with the courses and files of the batch."""
        small = {n: pl.concat(f) for n, f in self._small.items() if n in (*COURSE_TABLES, "files")}
        if self._folder is None:
            yield Tables({**small, **{n: pl.concat([c[n] for c in self._held]) for n in PATIENT_TABLES if self._held}})
            return
        waiting: dict[str, list[pl.DataFrame]] = {}
        for bucket in sorted(self._folder.iterdir()):
            for name in PATIENT_TABLES:
                waiting.setdefault(name, []).extend(pl.read_ipc(p) for p in sorted((bucket / name).glob("*.arrow")))
            lines = sum(part.height for part in waiting["lines"])
            if lines >= ASKED:
                yield Tables({**small, **{n: pl.concat(f) for n, f in waiting.items() if f}})
                waiting = {}
        if waiting:
            yield Tables({**small, **{n: pl.concat(f) for n, f in waiting.items() if f}})

    def data(self) -> dict[str, pl.DataFrame]:
        """What views need of the whole batch: `same_numbers`, where a claim was read."""
        return {"same_numbers": same_numbers(pl.concat(self._numbers))} if self._numbers else {}

    def claims_of(self, keys: pl.Series) -> Tables:
        """The claims and lines of these claim keys, wherever they are, for faults that name them."""
        wanted = keys.drop_nulls().unique()
        if wanted.is_empty():
            return Tables()
        parts: dict[str, list[pl.DataFrame]] = {"claims": [], "lines": []}
        for book in self.books():
            for name, frames in parts.items():
                frames.append(book[name].filter(pl.col("claim.key").is_in(wanted.implode())))
        return Tables({name: pl.concat(frames) for name, frames in parts.items() if frames})
