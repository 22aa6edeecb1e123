"""Where a report goes: standard output or a file, whole or not at all."""

import contextlib
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from beamclaim.errors import SettingError
from beamclaim.progress import Progress, unheard

_PIPED_WIDTH = 100


@contextlib.contextmanager
def report_to(target: str | None, progress: Progress = unheard) -> Iterator[TextIO]:
    """A text stream (UTF-8, line ends as written) to a file, or to standard output for None and ``-``.

    A file appears complete or not at all; `progress` hears the bytes written. A reader that stops reading (``| head``)
    ends the report quietly.

    Raises:
        SettingError: it cannot be written.
    """
    try:
        with _standard_output(progress) if target in (None, "-") else _file(Path(str(target)), progress) as out:
            yield out
    except BrokenPipeError:
        _abandon_standard_output()
    except OSError as error:
        place = "to standard output" if target in (None, "-") else f"to {target}"
        raise SettingError(f"cannot write the report {place}: {error.strerror or type(error).__name__}") from error


@contextlib.contextmanager
def _standard_output(progress: Progress) -> Iterator[TextIO]:
    sys.stdout.flush()
    out = _text(sys.stdout.buffer, progress)
    try:
        yield out
        out.flush()
    finally:
        # What is left unwritten after an error must not be tried again when the interpreter ends.
        with contextlib.suppress(OSError):
            out.detach()


@contextlib.contextmanager
def _file(path: Path, progress: Progress) -> Iterator[TextIO]:
    if path.exists() and not path.is_file():  # a device or a named pipe: nothing to replace
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as out:
            yield out
        return
    path = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file, _text(file, progress) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class _Counted:
    """A binary stream that says how much was written to it; all else is the stream's own."""

    def __init__(self, stream: BinaryIO, progress: Progress) -> None:
        self._stream, self._progress, self._bytes = stream, progress, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, data: bytes | memoryview) -> int:
        """Passes the bytes on."""
        written = self._stream.write(data)
        self._bytes += written
        self._progress("writing", self._bytes, None)
        return written


def _text(stream: BinaryIO, progress: Progress) -> io.TextIOWrapper:
    """The stream as text, counted."""
    counted: Any = _Counted(stream, progress)
    return io.TextIOWrapper(counted, "utf-8", "backslashreplace", newline="")


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
