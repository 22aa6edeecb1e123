"""How fast treatment records become deliveries and courses, against pydicom reading the same fields of the same files.

``python -m benchmarks records [FILES]`` writes a folder of small records (one beam, first and last control
point), reads it with two processes, opening the files included, and prints files/s, CPU time per file and
peak memory; the same for `beamclaim facts`, down to the courses; then whole sessions and full arcs in one
process. Ratios are to pydicom in the same run.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from beamclaim.ingest.dicom import evidence_of
from beamclaim.model.tables.evidence import Evidence
from beamclaim.policy.thresholds import load_thresholds
from beamclaim.synthetic.dicom import plain
from beamclaim.synthetic.dicom.records import Session, session_record, written

CHUNK = 2_000
"""Files whose rows become one frame: what bounds memory."""

PROCESSES = 2
_PATIENT = "SYN0001"


def write_records(folder: Path, files: int) -> list[Path]:
    """A folder of small records: 40 fractions a patient; thousands of files for one that pydicom wrote."""
    began = datetime(2026, 1, 5, 8, 0)
    models = [
        written(session_record(Session(fraction=n + 1, began=began + timedelta(days=n), patient=_PATIENT)))
        for n in range(40)
    ]
    paths = []
    for number in range(files):
        patient, fraction = divmod(number, len(models))
        if not fraction:
            place = folder / f"{patient:05}"
            place.mkdir()
        path = place / f"{fraction:02}.dcm"
        path.write_bytes(models[fraction].replace(_PATIENT.encode(), f"P{patient:06}".encode()))
        paths.append(path)
    return paths


def frames(task: tuple[int, Sequence[Path]]) -> tuple[pl.DataFrame, float]:
    """The deliveries of a chunk of files, and the CPU seconds they took."""
    first, paths = task
    spent = time.process_time()
    evidence = Evidence()
    for index, path in enumerate(paths, first):
        evidence.extend(evidence_of(path.read_bytes(), index, load_thresholds()))
    return evidence.frames()["deliveries"], time.process_time() - spent


def chunks(paths: Sequence[Path]) -> Iterator[tuple[int, Sequence[Path]]]:
    return ((start, paths[start : start + CHUNK]) for start in range(0, len(paths), CHUNK))


def plainly(paths: Sequence[Path]) -> int:
    """The same fields with pydicom alone; rows."""
    return sum(len(plain.deliveries(path.read_bytes())) for path in paths)


def spent(read: Callable[[bytes], object], data: bytes, times: int) -> float:
    """CPU milliseconds to read one file."""
    read(data)
    began = time.process_time()
    for _ in range(times):
        read(data)
    return (time.process_time() - began) / times * 1000


def folder(files: int) -> None:
    """The small records of a folder, with two processes, both ways."""
    with tempfile.TemporaryDirectory() as place:
        paths = write_records(Path(place), files)
        with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
            list(pool.map(frames, [(0, paths[:10])] * PROCESSES))
            began = time.perf_counter()
            rows, cpu = 0, 0.0
            for frame, seconds in pool.map(frames, chunks(paths)):
                rows, cpu = rows + frame.height, cpu + seconds
            ours = len(paths) / (time.perf_counter() - began)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        sample = paths[:: max(1, len(paths) // 2000)]
        with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
            list(pool.map(plainly, [paths[:10]] * PROCESSES))
            began = time.perf_counter()
            sum(pool.map(plainly, [sample[n::PROCESSES] for n in range(PROCESSES)]))
            theirs = len(sample) / (time.perf_counter() - began)
    print(
        f"treatment records       {ours:8.0f} files/s, {PROCESSES} processes   peak {peak:4.0f} MB a process"
        f"   {files} files, {rows} deliveries, {cpu / files * 1000:.2f} ms CPU a file"
    )
    print(f"pydicom, same fields    {theirs:8.0f} files/s, {PROCESSES} processes")
    print(f"ratio to pydicom        {ours / theirs:8.1f}")


def courses(files: int) -> None:
    """`beamclaim facts` over such a folder, from opening the files to the last course written as JSON."""
    with tempfile.TemporaryDirectory() as place, open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
        write_records(Path(place), files)
        began = time.perf_counter()
        command = [sys.executable, "-m", "beamclaim", "facts", place, "--format", "json"]
        process = subprocess.Popen(command, stdout=nowhere)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    print(
        f"course facts, whole     {files / seconds:8.0f} files/s, {PROCESSES} processes   peak {used.ru_maxrss / 1024:4.0f} MB"
        f"   {files} files" + ("" if os.waitstatus_to_exitcode(status) == 0 else "   FAILED")
    )


def main(files: int = 100_000) -> None:
    print(f"processors              {os.cpu_count():8}")
    folder(files)
    courses(files // 10)
    courses(files)
    for label, session, undefined in (
        ("one beam", Session(), False),
        ("session of 7 beams", Session(beams=7), False),
        ("arc, 180 points", Session(control_points=180, leaf_pairs=60), False),
        ("the same, no lengths", Session(control_points=180, leaf_pairs=60), True),
    ):
        data = written(session_record(session), undefined_lengths=undefined)
        ours, theirs = (
            spent(lambda d: evidence_of(d, 0, load_thresholds()), data, 100),
            spent(plain.deliveries, data, 10),
        )
        print(
            f"{label:23} {ours:8.2f} ms CPU   pydicom {theirs:7.2f} ms   {theirs / ours:5.1f} times   {len(data)} bytes"
        )
