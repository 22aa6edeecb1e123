"""How fast the X12 reader and the whole check are, against a copy of memory and against pyx12, and the memory they take.

``python -m benchmarks`` (``make bench``) writes files of 20 and 200 MB, measures each in a process of its own, and
prints MB/s (1 MB = 1,000,000 bytes) and peak memory. Ratios are to peers in the same run on the same machine.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.corpus import write


def tables(path: Path) -> int:
    """All typed tables of the file, chunk after chunk; rows."""
    from beamclaim.ingest.x12 import read_x12

    with path.open("rb") as stream:
        return sum(frame.height for chunk in read_x12(stream, file=0) for frame in chunk.values())


def check(path: Path) -> int:
    """The whole check, every rule; findings and open questions."""
    from datetime import date

    from beamclaim.app.check import CheckOptions
    from beamclaim.app.check import check as ask

    result = ask(CheckOptions((str(path),), as_of=date(2026, 6, 30))).result
    return len(result.findings) + len(result.undecided)


def pyx12(path: Path) -> int:
    """All segments of the file with pyx12, no table; segments."""
    from pyx12.x12file import X12Reader

    with path.open(encoding="ascii") as stream:
        return sum(1 for _ in X12Reader(stream))


def memcpy(path: Path) -> int:
    """The bytes of the file copied once, for the speed of the machine."""
    raw = path.read_bytes()
    began = time.perf_counter()
    for _ in range(20):
        bytearray(raw)
    print(json.dumps({"speed": 20 * len(raw) / 1e6 / (time.perf_counter() - began)}), file=sys.stderr)
    return len(raw)


MEASURES: dict[str, Callable[[Path], int]] = {"tables": tables, "check": check, "pyx12": pyx12, "memcpy": memcpy}


def measured(name: str, path: Path) -> dict[str, float]:
    """Seconds, peak memory (MB) and count of one measure, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks", name, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    if done.stderr.startswith("{"):
        found |= json.loads(done.stderr)
    return found


def run_one(name: str, path: Path) -> None:
    """Entry of the measuring process: a small file first, so that imports do not count."""
    with tempfile.TemporaryDirectory() as folder:
        warm = Path(folder) / "warm.837"
        write(warm, 0.1)
        if name != "memcpy":
            MEASURES[name](warm)
    began = time.perf_counter()
    count = MEASURES[name](path)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak": peak, "count": count}))


def compared(
    measure: str, label: str, counted: str, claims: dict[Path, int], size: dict[Path, float]
) -> dict[Path, float]:
    """MB/s of one measure on each file, told as it goes, and whether the cost is linear."""
    speeds = {}
    for path, many in claims.items():
        found = measured(measure, path)
        speeds[path] = size[path] / found["seconds"]
        print(
            f"{label}, {size[path]:4.0f} MB   {speeds[path]:8.1f} MB/s   peak {found['peak']:4.0f} MB"
            f"   {many} claims, {found['count']:.0f} {counted}"
        )
    small, large = claims
    print(f"200 MB against 20 MB    {speeds[large] / speeds[small]:8.2f} times the speed")
    return speeds


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "20.837", Path(folder) / "200.837"
        claims = {path: write(path, size) for path, size in ((small, 20), (large, 200))}
        size = {path: path.stat().st_size / 1e6 for path in claims}
        copy = measured("memcpy", large)["speed"]
        print(f"copy of memory          {copy:8.0f} MB/s")
        speeds = compared("tables", "typed tables", "rows", claims, size)
        compared("check", "whole check", "findings and open questions", claims, size)
        other = measured("pyx12", small)
        print(f"pyx12, segments only    {size[small] / other['seconds']:8.2f} MB/s")
        print(f"ratio to pyx12          {speeds[small] * other['seconds'] / size[small]:8.1f}")
        print(f"ratio to a copy         {speeds[small] / copy:8.4f}")
