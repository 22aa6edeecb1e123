"""A report arrives whole or not at all, replaces no input, and a reader who leaves is no error."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from beamclaim.cli.stream import refuse_overwriting, report_to
from beamclaim.errors import SettingError


def test_a_file_is_written_whole_with_its_line_ends(tmp_path: Path) -> None:
    target = tmp_path / "report.csv"
    with report_to(str(target)) as out:
        out.write("Zoë\r\n\udcff\n")
    assert target.read_bytes() == "Zoë\r\n\\udcff\n".encode()
    assert [p.name for p in tmp_path.iterdir()] == ["report.csv"]


def test_a_new_file_is_for_its_owner_alone_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    new, old = tmp_path / "new", tmp_path / "old"
    old.write_text("before")
    old.chmod(0o640)
    for target in (new, old):
        with report_to(str(target)) as out:
            out.write("after")
    assert (new.stat().st_mode & 0o777, old.stat().st_mode & 0o777) == (0o600, 0o640)
    assert old.read_text() == "after"


def test_what_fails_halfway_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text("before")
    with pytest.raises(ZeroDivisionError), report_to(str(target)) as out:
        out.write("half")
        raise ZeroDivisionError
    assert target.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    target = str(tmp_path / "missing" / "report.json")
    with pytest.raises(SettingError, match=r"cannot write the report to .*missing.*: No such file"), report_to(target):
        pass


def test_a_full_disk_is_a_refusal() -> None:
    with pytest.raises(SettingError, match="No space left on device"), report_to("/dev/full") as out:
        out.write("x")


def test_the_report_never_replaces_an_input(tmp_path: Path) -> None:
    given = tmp_path / "claims.csv"
    given.write_text("claim")
    (tmp_path / "link").symlink_to(given)
    for target in (given, tmp_path / "link"):
        with pytest.raises(SettingError, match="is one of the inputs"):
            refuse_overwriting(str(target), ["-", str(given)])
    refuse_overwriting(str(tmp_path / "new"), ["-", str(given)])
    refuse_overwriting(None, [str(given)])


def test_a_reader_who_leaves_ends_the_report_quietly() -> None:
    program = (
        "from beamclaim.cli.stream import report_to\n"
        "with report_to(None) as out:\n"
        "    for _ in range(100_000): out.write('x' * 100)\n"
    )
    reader, writer = os.pipe()
    process = subprocess.Popen([sys.executable, "-c", program], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    os.read(reader, 10)
    os.close(reader)
    _, told = process.communicate(timeout=30)
    assert (process.returncode, told) == (0, b"")
