"""What others need for the same bytes: ``python -m benchmarks.peers NAME FILE`` prints CPU and wall seconds of the work alone.

From nothing done (a copy of memory) over what could be done at best (Polars alone, without types and checks) to what
does less (pyx12, which reads segments and makes no table). `our reader` is Beamclaim's, all the way to typed tables.
"""

import io
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path


def copy_of_memory(path: Path) -> Callable[[], object]:
    """The bytes copied once: what the machine can do."""
    data = path.read_bytes()
    return lambda: bytearray(data)


def bytes_split(path: Path) -> Callable[[], object]:
    """The segments as bytes objects."""
    data = path.read_bytes()
    return lambda: data.split(b"~")


def python_loop(path: Path) -> Callable[[], object]:
    """Four fields of each service line, as a careful script takes them."""
    data = path.read_bytes()

    def work() -> list[tuple[bytes, ...]]:
        lines = []
        for segment in data.split(b"~"):
            elements = segment.strip().split(b"*")
            if elements[0] in (b"SV1", b"SV2"):
                lines.append(tuple(elements[1:5]))
        return lines

    return work


def polars_alone(path: Path) -> Callable[[], object]:
    """Claims and service lines as columns of text: no types, no loops, no checks."""
    import polars as pl

    data = path.read_bytes()

    def work() -> list[pl.DataFrame]:
        segments = pl.Series([data.decode("latin-1")]).str.split("~").explode(empty_as_null=True).str.strip_chars()
        frames = []
        for kind in (r"^CLM\*", r"^SV[12]\*"):
            elements = segments.filter(segments.str.contains(kind)).str.split("*")
            frames.append(pl.DataFrame([elements.list.get(n, null_on_oob=True).alias(str(n)) for n in range(1, 5)]))
        return frames

    return work


def pyx12_reader(path: Path) -> Callable[[], object]:
    """pyx12's `X12Reader`: segments, envelopes counted, no table."""
    from pyx12.x12file import X12Reader

    text = path.read_text("ascii")
    return lambda: sum(1 for _ in X12Reader(io.StringIO(text)))


def pyx12_valid(path: Path) -> Callable[[], object]:
    """pyx12's `x12valid`: the guide's syntax (SNIP 1 and 2), no question of coding."""
    import pyx12.params
    import pyx12.x12n_document

    text = path.read_text("ascii")
    return lambda: pyx12.x12n_document.x12n_document(
        pyx12.params.params(), io.StringIO(text), io.StringIO(), None, None
    )


def our_reader(path: Path) -> Callable[[], object]:
    """Bytes to typed tables with their places, chunk after chunk."""
    from beamclaim.ingest.x12 import read_x12

    def work() -> int:
        with path.open("rb") as stream:
            return sum(frame.height for chunk in read_x12(stream, file=0) for frame in chunk.values())

    return work


PEERS: dict[str, Callable[[Path], Callable[[], object]]] = {
    "copy of memory": copy_of_memory,
    "bytes.split": bytes_split,
    "Python loop": python_loop,
    "Polars alone": polars_alone,
    "pyx12 X12Reader": pyx12_reader,
    "pyx12 x12valid": pyx12_valid,
    "our reader": our_reader,
}


def main(name: str, path: Path) -> None:
    """Runs one peer; where it takes less than a tenth of a second, so often that it takes that long."""
    work = PEERS[name](path)
    wall, cpu, turns = time.perf_counter(), time.process_time(), 0
    while not turns or time.process_time() - cpu < 0.1:
        work()
        turns += 1
    print(
        json.dumps(
            {
                "cpu_seconds": (time.process_time() - cpu) / turns,
                "wall_seconds": (time.perf_counter() - wall) / turns,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
