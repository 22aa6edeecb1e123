"""Where a report goes: standard output or a file, whole or not at all."""

import contextlib
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from beamclaim.errors import SettingError

_PIPED_WIDTH = 100


@contextlib.contextmanager
def report_to(target: str | None) -> Iterator[TextIO]:
    """A text stream (UTF-8, line ends as written) to a file, or to standard output for None and ``-``.

    A file appears complete or not at all. A reader that stops reading (``| head``) ends the report quietly.

    Raises:
        SettingError: it cannot be written.
    """
    try:
        with _standard_output() if target in (None, "-") else _file(Path(str(target))) as out:
            yield out
    except BrokenPipeError:
        _abandon_standard_output()
    except OSError as error:
        place = "to standard output" if target in (None, "-") else f"to {target}"
        raise SettingError(f"cannot write the report {place}: {error.strerror or type(error).__name__}") from error


@contextlib.contextmanager
def _standard_output() -> Iterator[TextIO]:
    sys.stdout.flush()
    out = io.TextIOWrapper(sys.stdout.buffer, "utf-8", "backslashreplace", newline="")
    try:
        yield out
        out.flush()
    finally:
        # What is left unwritten after an error must not be tried again when the interpreter ends.
        with contextlib.suppress(OSError):
            out.detach()


@contextlib.contextmanager
def _file(path: Path) -> Iterator[TextIO]:
    if path.exists() and not path.is_file():  # a device or a named pipe: nothing to replace
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as out:
            yield out
        return
    path = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _abandon_standard_output() -> None:
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def refuse_overwriting(target: str | None, inputs: Sequence[str]) -> None:
    """Raises SettingError when the report would replace a file that is to be read."""
    if target in (None, "-"):
        return
    for path in inputs:
        with contextlib.suppress(OSError):
            if path != "-" and Path(path).samefile(str(target)):
                raise SettingError(f"--output {target} is one of the inputs; give the report a name of its own")


def is_colored() -> bool:
    """Whether standard output is a terminal that wants color (NO_COLOR unset, TERM not dumb)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns of the terminal; a fixed number where the output is piped, so that it does not depend on the window."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else _PIPED_WIDTH
