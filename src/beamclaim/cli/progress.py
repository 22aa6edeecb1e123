"""The progress bar: on standard error, only on a terminal, only for work over a second."""

import sys
import time
from typing import TYPE_CHECKING

from beamclaim.outputs.report.printable import printable

if TYPE_CHECKING:
    from rich.progress import Progress


class ProgressBar:
    """Called with (what, done, total); draws nothing until a second has passed. Use as a context manager."""

    def __init__(self, patience: float = 1.0) -> None:
        self._start = time.monotonic() + patience
        self._is_seen = sys.stderr.isatty()
        self._bar: Progress | None = None

    def __enter__(self) -> "ProgressBar":
        return self

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """Shows the work; `done` and `total` are bytes, `total` None where it is not known."""
        if not self._is_seen or time.monotonic() < self._start:
            return
        if self._bar is None:
            self._bar = _bar()
            self._bar.start()
        is_reading = total is None or done < total
        words = f"reading {printable(what)[-40:]}" if is_reading else "asking the rules"
        self._bar.update(self._bar.task_ids[0], description=words, completed=done, total=total if is_reading else None)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()


def _bar() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    words = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), words, BarColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task("")
    return bar
