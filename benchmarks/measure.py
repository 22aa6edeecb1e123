"""A command → what it took: CPU, wall time, peak memory, what it counted, and the share of each stage.

Each command is a process of its own, so that no measure carries another's memory or caches. CPU is user + system of the
whole process, start included. Commands of Beamclaim run through `child.py`, which leaves the seconds of the stages in a
file; of an older program that has no stages, the rest is measured all the same.
"""

import hashlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
CHILD = Path(__file__).with_name("child.py")
_QUESTION = b'"missing": ['


@dataclass(frozen=True, slots=True)
class Measured:
    """What one command took: CPU and wall seconds, peak in MB; counts are None where the output does not say them."""

    cpu_seconds: float
    wall_seconds: float
    peak_mb: float
    claims: int | None = None
    findings: int | None = None
    questions: int | None = None
    sha256: str = ""
    stages: dict[str, float] = field(default_factory=dict)


def python_of(checkout: Path) -> str:
    """The interpreter of a checkout's own environment."""
    return str(checkout / ".venv/bin/python")


def beamclaim(arguments: Sequence[str], folder: Path, *, checkout: Path = ROOT, turns: int = 0) -> Measured:
    """Runs `beamclaim ARGUMENTS` and reads its report; with `turns` so often in one process, the median of all but the first.

    Raises:
        RuntimeError: it ended with a status that is no verdict; what it said is in the message.
    """
    report, notes = folder / "report", folder / "stages.json"
    notes.unlink(missing_ok=True)
    command = [python_of(checkout), str(CHILD), str(notes), str(turns), *arguments, "--output", str(report)]
    measured = process(command, accepted=(0, 1, 3))
    told = json.loads(notes.read_text()) if notes.exists() else {}
    counts = _counts(report) if arguments[0] == "check" else {}
    seconds = {"cpu_seconds": statistics.median(told["turns"])} if turns else {}
    return Measured(
        seconds.get("cpu_seconds", measured.cpu_seconds),
        measured.wall_seconds,
        measured.peak_mb,
        sha256=hashlib.sha256(report.read_bytes()).hexdigest() if report.is_file() else "",
        stages={stage: cost / (turns + 1) for stage, cost in told.get("stages", {}).items()},
        **counts,
    )


def process(command: Sequence[str], *, accepted: Sequence[int] = (0,)) -> Measured:
    """Runs a command to its end, its output thrown away.

    Raises:
        RuntimeError: the status is none of those accepted.
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    running = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert running.stderr is not None
    complaint = running.stderr.read()
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode not in accepted:
        raise RuntimeError(f"{' '.join(command)} ended with {running.returncode}: {complaint[-2000:]}")
    return Measured(used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / 1024)


def module(name: str, *arguments: str) -> Measured:
    """A module of ours that measures its own work and prints what it took: `peers`, `sessions`. Imports are left out."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def _counts(report: Path) -> dict[str, int]:
    """Claims, findings and open questions of a JSON report; nothing of another format."""
    with report.open("rb") as stream:
        if stream.read(11) != b'{"version":':
            return {}
        questions, rest = 0, b""
        while block := stream.read(1 << 20):
            # A question that lies over the end of a block is counted with the next.
            block = rest[-len(_QUESTION) + 1 :] + block
            questions += block.count(_QUESTION)
            rest = block
        stream.seek(max(0, report.stat().st_size - (1 << 20)))
        tail = stream.read().decode()
    summary = json.JSONDecoder().raw_decode(tail, tail.rindex('"summary": ') + len('"summary": '))[0]
    return {"claims": summary["claims"], "findings": sum(summary["by_rule"].values()), "questions": questions}
