"""``with stage("read"):`` around a step of a run → CPU seconds and peak memory of each stage, for `make bench`.

The stages follow one another in one process; where one stands inside another, its seconds count for itself alone. CPU
is of all threads of the process, so it is measured at the ends of a stage and not by a profiler. Costs a microsecond; a
run that nobody measures asks for nothing. Called by `app` and `engine`; read by `benchmarks`.
"""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

Stage = Literal["read", "views", "policy", "ask", "prove", "render"]


@dataclass(slots=True)
class StageCost:
    """What a stage took so far; `peak_mb` is the most the process had held when it last ended."""

    cpu_seconds: float = 0.0
    peak_mb: float = 0.0


costs: dict[Stage, StageCost] = {}
"""Of every stage that has begun, since the process did. A measure runs one command a process."""

_inner: list[float] = []
"""Of each stage that is open, the seconds of the stages inside it."""


@contextmanager
def stage(name: Stage) -> Iterator[None]:
    """Counts what the block takes for a stage."""
    began = time.process_time()
    _inner.append(0.0)
    try:
        yield
    finally:
        spent = time.process_time() - began
        cost = costs.setdefault(name, StageCost())
        cost.cpu_seconds += spent - _inner.pop()
        cost.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if _inner:
            _inner[-1] += spent
