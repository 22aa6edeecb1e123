"""`check --diff` and `--fix`: repairs shown, or written to copies; the input is never touched."""

from pathlib import Path

import pytest

from beamclaim.cli.main import main as beam
from beamclaim.synthetic.claims837 import InterchangeWriter
from beamclaim.testing.cases import sample


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """One file with a wrong count, one that is right, one that only a person can put right."""
    sound = InterchangeWriter("837P", day="2026-02-10").write([sample("837P")])
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "count.837").write_bytes(sound.replace(b"SE*30", b"SE*29"))
    (folder / "sound.837").write_bytes(sound.replace(b"000000001", b"000000002").replace(b"CLM*A", b"CLM*B"))
    (folder / "total.837").write_bytes(
        sound.replace(b"CLM*A*788.1", b"CLM*C*999.1").replace(b"000000001", b"000000003")
    )
    return folder


def ask(*words: object) -> int:
    return beam(["check", *(str(w) for w in words), "--as-of", "2026-03-01", "--select", "FMT"])


def test_diff_shows_and_changes_nothing(inbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {p.name: p.read_bytes() for p in inbox.iterdir()}
    assert ask(inbox, "--diff") == 1
    told = capsys.readouterr().out
    assert "-SE*29*0001\n+SE*30*0001\n" in told
    assert "Can be repaired: 1 place in 1 file" in told
    assert "Left for a person: 1 finding (FMT004 1)" in told
    assert {p.name: p.read_bytes() for p in inbox.iterdir()} == before


def test_fix_writes_all_files_to_a_folder_and_says_what_is_left(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {p.name: p.read_bytes() for p in inbox.iterdir()}
    assert ask(inbox, "--fix", "--output", tmp_path / "out") == 1  # the claim total is left
    told = capsys.readouterr().out
    assert "Repaired: 1 place in 1 file" in told and "Copied as they are: 2 files" in told
    after = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    assert after == before | {"count.837": before["count.837"].replace(b"SE*29", b"SE*30")}
    assert {p.name: p.read_bytes() for p in inbox.iterdir()} == before
    assert ask(tmp_path / "out", "--fix", "--output", tmp_path / "again") == 1
    assert "Repaired: 0 places" in capsys.readouterr().out


def test_the_status_is_of_what_is_left(inbox: Path, tmp_path: Path) -> None:
    assert ask(inbox / "count.837", "--diff") == 1
    assert ask(inbox / "count.837", "--fix", "--output", tmp_path / "out") == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--fix"], "name a new folder with --output"),
        (["--fix", "--output", "-"], "name a new folder with --output"),
        (["--diff", "--format", "json"], "leave --format out"),
        (["--fix", "--output", "{inbox}"], "which is checked"),
        (["--fix", "--output", "{inbox}/copies"], "which is checked"),
        (["--fix", "--output", "{inbox}/../full"], "is not an empty folder"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    assert ask(inbox, *(w.format(inbox=inbox) for w in words)) == 2
    assert said in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before
