"""How far a run has come: what `app` says while it works, and whoever shows it hears.

Three stages in order, each counted in bytes: reading the files, asking the rules (the bytes of the claims that were asked), writing
the report. Called by `app` and `policy`; heard by `cli/progress.py`.
"""

from typing import Literal, Protocol

Doing = Literal["reading", "asking", "writing"]


class Progress(Protocol):
    """Hears `done` bytes of `total` (None: not known beforehand) of a stage, and which file it is at."""

    def __call__(self, doing: Doing, done: int, total: int | None, file: str = "") -> None:
        """Takes note."""


def unheard(doing: Doing, done: int, total: int | None, file: str = "") -> None:
    """Nobody listens."""
