"""Numbered files → what became of each and the rows of evidence they give, in portions; many files are read by workers.

One frame a table (`assertions`, `beams`, `deliveries`, `faults`) and portion. Called by `app/facts.py`.
"""

import multiprocessing
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from beamclaim.ingest.file_read import FileRead
from beamclaim.ingest.router import Numbered, read_evidence
from beamclaim.model.tables.evidence import Evidence

if TYPE_CHECKING:
    from beamclaim.ingest.hl7v2 import Mapping
    from beamclaim.model.thresholds import Thresholds

Frames = dict[str, pl.DataFrame]

PORTION = 250
"""Files read at a time, by one worker."""
WORTH_WORKERS = 1_000
"""From so many files on, starting workers costs less than it saves."""
WORKERS = 2
HELD = 20_000
"""Rows held as tuples before they become a frame, which is many times smaller."""


class EvidencePortion(NamedTuple):
    """What some files gave: each with its index in the run, and the rows of all of them."""

    files: list[tuple[int, FileRead]]
    frames: list[Frames]


Read = Callable[[Sequence[Numbered]], EvidencePortion]


def read_portions(
    files: Iterable[Numbered], *, thresholds: "Thresholds", mapping: "Mapping | None" = None
) -> Iterator[EvidencePortion]:
    """The files in order, portion by portion; no more are held than are being read. Never raises for a file.

    `thresholds` decide techniques of plans, `mapping` says what senders of HL7 v2 put where.
    """
    read = partial(read_portion, thresholds=thresholds, mapping=mapping)
    rest = iter(files)
    portions = iter(lambda: list(islice(rest, PORTION)), [])
    first = list(islice(portions, WORTH_WORKERS // PORTION))
    if sum(map(len, first)) < WORTH_WORKERS:
        yield from map(read, first)
        return
    # A fresh process, not a copy of this one: Polars has threads, and a copy of them would wait for ever.
    context = multiprocessing.get_context("spawn")
    waiting: deque[Callable[[], EvidencePortion]] = deque()
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        for portion in chain(first, portions):
            waiting.append(_submit(pool, read, portion))
            if len(waiting) > 3 * WORKERS:
                yield waiting.popleft()()
        while waiting:
            yield waiting.popleft()()


def read_portion(
    portion: Sequence[Numbered], *, thresholds: "Thresholds", mapping: "Mapping | None" = None
) -> EvidencePortion:
    """What became of each file, and the rows it gave, as frames."""
    files: list[tuple[int, FileRead]] = []
    frames: list[Frames] = []
    rows = Evidence()
    for numbered in portion:
        for part in read_evidence(numbered.source, numbered.file, thresholds=thresholds, mapping=mapping):
            if isinstance(part, FileRead):
                files.append((numbered.file, part))
                continue
            rows.extend(part)
            if len(rows.assertions) + len(rows.deliveries) + len(rows.beams) + len(rows.faults) > HELD:
                frames.append(rows.frames())
                rows = Evidence()
    return EvidencePortion(files, [*frames, rows.frames()])


def _submit(pool: ProcessPoolExecutor, read: Read, portion: Sequence[Numbered]) -> Callable[[], EvidencePortion]:
    """How to have the answer of a worker; standard input cannot be opened elsewhere and is read here."""
    try:
        task = pickle.dumps((read, portion))
    except (pickle.PicklingError, AttributeError, TypeError):
        return partial(read, portion)
    return pool.submit(_read_task, task).result


def _read_task(task: bytes) -> EvidencePortion:
    """What a worker does: reads the portion it was sent, with the reader it was sent."""
    read, portion = pickle.loads(task)
    answer: EvidencePortion = read(portion)
    return answer
