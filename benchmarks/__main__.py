"""``python -m benchmarks [--full]``: the table and the ratios; ``records [FILES]``: treatment records on their own.

``BENCH_OLD=CHECKOUT`` measures that program too, in alternation with this one; ``BENCH_FILES=FOLDER`` keeps the inputs.
Exit status 1 where a ratio fails twice.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import inputs, measure, records, table
from benchmarks.measure import Measured
from benchmarks.peers import PEERS
from benchmarks.ratios import RATIOS, Quantity, Ratio, value
from benchmarks.workloads import FULL, QUICK, Sizes, workloads

#: Peers that are too slow for the file the others read.
_ON_A_MEGABYTE = ("pyx12 x12valid",)
_PYX12 = "pyx12 X12Reader"
_IMPORTS = "import polars, pyarrow"
#: Measures one line again, and gives what it took and the megabytes it read.
Again = Callable[[], tuple[Measured, float | None]]


class Bench:
    """The lines measured so far, and how each is measured again."""

    def __init__(self, folder: Path, sizes: Sizes, *, turns: int, old: Path | None) -> None:
        self._folder, self._sizes, self._turns, self._old = folder, sizes, turns, old
        self._again: dict[str, Again] = {}
        self._lines: dict[str, dict[Quantity, float]] = {}

    def run(self) -> None:
        """Every peer, then every workload, a line each as soon as it is known."""
        print(table.heading())
        peers_file = inputs.clean(self._folder, self._sizes.small_mb)
        megabyte = inputs.clean(self._folder, min(1, self._sizes.small_mb / 10))
        for name in PEERS:
            self._add(name, name, self._peer(name, megabyte if name in _ON_A_MEGABYTE else peers_file))
        self._add(_IMPORTS, _IMPORTS, self._process([sys.executable, "-c", _IMPORTS]))
        count = self._sizes.fractions
        self._add("sessions", f"{count:,} fractions to sessions", self._module("sessions", str(count)))
        for workload in workloads(self._folder, self._sizes):
            self._add(
                workload.key, workload.label, self._command(workload.arguments, workload.turns, workload.megabytes)
            )
            if self._old is not None:
                self._show(
                    f"  {self._old.name}", self._command_of_old(workload.arguments, workload.turns, workload.megabytes)
                )

    def failures(self, *, full: bool) -> list[Ratio]:
        """Prints every ratio; those that fail are measured again, line and peer, and given where they fail twice."""
        print()
        failed = []
        for ratio in RATIOS:
            number = value(ratio, self._lines)
            if number is None or (ratio.full and not full):
                continue
            verdict = "holds" if ratio.holds(number) else "FAILS, measured again:"
            print(f"{ratio.says:45} {number:9.2f}  {ratio.limit:8} {verdict}")
            if ratio.holds(number):
                continue
            for key in filter(None, (ratio.line, ratio.peer)):
                self._measure(key, key)
            number = value(ratio, self._lines)
            if number is None or not ratio.holds(number):
                failed.append(ratio)
            print(f"{'':45} {number:9.2f}  {'FAILS' if ratio in failed else 'holds'}")
        return failed

    def _add(self, key: str, label: str, again: Again) -> None:
        self._again[key] = again
        self._measure(key, label)

    def _measure(self, key: str, label: str) -> None:
        measured, megabytes = self._again[key]()
        quantities: dict[Quantity, float] = {"CPU s": measured.cpu_seconds, "peak MB": measured.peak_mb}
        if megabytes:
            quantities["MB per CPU s"] = megabytes / measured.cpu_seconds
        if "render" in measured.stages:
            quantities["render"] = measured.stages["render"] / measured.cpu_seconds
        self._lines[key] = quantities
        print(table.line(label, megabytes, measured, self._lines.get(_PYX12, {}).get("MB per CPU s")), flush=True)

    def _show(self, label: str, again: Again) -> None:
        """A line that no ratio asks for."""
        measured, megabytes = again()
        print(table.line(label, megabytes, measured, self._lines[_PYX12]["MB per CPU s"]), flush=True)

    def _peer(self, name: str, path: Path) -> Again:
        return lambda: (self._median(lambda: measure.module("peers", name, str(path))), path.stat().st_size / 1e6)

    def _module(self, name: str, *arguments: str) -> Again:
        return lambda: (self._median(lambda: measure.module(name, *arguments)), None)

    def _process(self, command: Sequence[str]) -> Again:
        return lambda: (self._median(lambda: measure.process(command)), None)

    def _command(self, arguments: Sequence[str], turns: int, megabytes: float) -> Again:
        return lambda: (
            self._median(lambda: measure.beamclaim(arguments, self._folder, turns=turns)),
            None if turns else megabytes,
        )

    def _command_of_old(self, arguments: Sequence[str], turns: int, megabytes: float) -> Again:
        old = self._old
        assert old is not None
        return lambda: (
            self._median(lambda: measure.beamclaim(arguments, self._folder, checkout=old, turns=turns)),
            None if turns else megabytes,
        )

    def _median(self, once: Callable[[], Measured]) -> Measured:
        """The turn with the median CPU, its peak the highest of all."""
        turns = [once() for _ in range(self._turns)]
        middle = statistics.median_low([turn.cpu_seconds for turn in turns])
        chosen = next(turn for turn in turns if turn.cpu_seconds == middle)
        return replace(chosen, peak_mb=max(turn.peak_mb for turn in turns))


def main(*, full: bool) -> int:
    """The table, then the ratios."""
    old = os.environ.get("BENCH_OLD")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(os.environ.get("BENCH_FILES") or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(folder, FULL if full else QUICK, turns=3 if full else 1, old=Path(old) if old else None)
        bench.run()
        failed = bench.failures(full=full)
    if full:
        # In a process of its own, so that the peak of one measure is not taken for another's.
        subprocess.run([sys.executable, "-m", "benchmarks", "records"], check=True)
    return 1 if failed else 0


if __name__ == "__main__":  # not again in the processes that the measures start
    match sys.argv[1:]:
        case ["records", *files]:
            records.main(*map(int, files))
        case words:
            raise SystemExit(main(full="--full" in words))
