"""What a run says of itself → a bar on standard error: only on a terminal, only for work over a second.

One bar that fills for each stage: reading, asking, writing, with the megabytes done of those there are. It is gone when the report is
on the terminal. Piped or redirected, standard error stays silent.
"""

import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from beamclaim.outputs.report.printable import printable
from beamclaim.progress import Doing

if TYPE_CHECKING:
    from rich.progress import Progress

_WORDS: dict[Doing, str] = {"reading": "reading", "asking": "asking the rules", "writing": "writing the report"}
_FILE_WIDTH = 40


class ProgressBar:
    """Hears of the work (`beamclaim.progress.Progress`); draws nothing until a second has passed. Use as a context manager."""

    def __init__(self, patience_seconds: float = 1.0) -> None:
        self._began = time.monotonic()
        self._patience_seconds = patience_seconds
        self._is_shown = sys.stderr.isatty()
        self._bar: Progress | None = None
        self._doing: Doing | None = None

    def __enter__(self) -> "ProgressBar":
        return self

    def __call__(self, doing: Doing, done: int, total: int | None, file: str = "") -> None:
        """Shows the work: bytes done of a stage, of a total that may not be known."""
        if not self._is_shown or time.monotonic() < self._began + self._patience_seconds:
            return
        if self._bar is None:
            self._bar = _bar(self._began)
            self._bar.start()
        words = f"{_WORDS[doing]} {printable(file)[-_FILE_WIDTH:]}".rstrip()
        if doing == self._doing:
            self._bar.update(self._bar.task_ids[0], description=words, completed=done)
            return
        # A stage is a task of its own: only a new one may have a total nobody knows.
        for task in self._bar.task_ids:
            self._bar.remove_task(task)
        self._bar.add_task(words, completed=done, total=total)
        self._doing = doing

    def stop(self) -> None:
        """Takes the bar away, for good: what follows is written where it stands."""
        self._is_shown = False
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def __exit__(self, *_: object) -> None:
        self.stop()


def _bar(began: float) -> "Progress":
    """An empty bar; its clock shows the seconds since `began`, over all stages."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
    from rich.text import Text

    class Clock(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(str(timedelta(seconds=int(time.monotonic() - began))))

    words = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), words, BarColumn(bar_width=30), DownloadColumn(), Clock())
    return Progress(*columns, console=Console(stderr=True), transient=True)
