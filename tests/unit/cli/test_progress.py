"""The bar: all stages, by bytes, on a terminal alone."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
#: The command with a bar that waits for nothing.
PROGRAM = """
import functools, sys
from beamclaim.cli import main, progress
progress.ProgressBar = functools.partial(progress.ProgressBar, patience_seconds=0)
sys.exit(main.main(sys.argv[1:]))
"""
CLAIMS = "examples/hospital-2026-01.837"


def on_a_terminal(*arguments: str) -> str:
    """What a command shows on standard error where that is a terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    command = [sys.executable, "-c", PROGRAM, *arguments]
    running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    running.wait()
    os.close(ours)
    return shown.decode()


def test_a_check_shows_all_three_stages_and_what_there_is_to_read() -> None:
    shown = on_a_terminal("check", CLAIMS, "--format", "json")
    size = (ROOT / CLAIMS).stat().st_size
    assert f"reading {CLAIMS}" in shown
    assert f"/{size / 1000:.1f} kB" in shown
    assert shown.index("reading") < shown.index("asking the rules") < shown.index("writing the report")


def test_facts_show_what_they_read_and_write() -> None:
    shown = on_a_terminal("facts", "tests/fixtures/dicom/records/vmat_2026")
    assert "reading" in shown and "writing the report" in shown


@pytest.mark.parametrize("arguments", [("check", CLAIMS), ("facts", "tests/fixtures/dicom/records/vmat_2026")])
def test_a_pipe_is_told_nothing(arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-c", PROGRAM, *arguments, "--format", "json"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).stderr == b""
