"""Copies appear whole, in a folder of their own, byte for byte where nothing was repaired, and never outside it."""

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from beamclaim.errors import InputError, SettingError
from beamclaim.findings.result import File
from beamclaim.outputs.x12.copies import copy_names, refuse_folder, write_copies


def file(path: str, data: bytes) -> File:
    return File(path, hashlib.sha256(data).hexdigest(), "837P", 1, 1, None)


def test_every_file_is_copied_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    held = {"in/a.837": b"ISA a", "in/deep/b.837": b"ISA b"}
    files = [file(path, data) for path, data in held.items()]
    copies = write_copies(files, [], lambda label: io.BytesIO(held[label]), tmp_path / "out" / "copies")
    assert {str(p.relative_to(tmp_path / "out/copies")): p.read_bytes() for p in copies.values()} == {
        "a.837": b"ISA a", "deep/b.837": b"ISA b",
    }  # fmt: skip
    assert all(p.stat().st_mode & 0o777 == 0o600 for p in copies.values())


def test_an_existing_empty_folder_is_used_and_a_full_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write_copies([file("a.837", b"x")], [], lambda _: io.BytesIO(b"x"), tmp_path / "empty")
    assert (tmp_path / "empty/a.837").read_bytes() == b"x"
    with pytest.raises(SettingError, match="not an empty folder"):
        write_copies([file("a.837", b"y")], [], lambda _: io.BytesIO(b"y"), tmp_path / "empty")
    assert (tmp_path / "empty/a.837").read_bytes() == b"x"


def test_copies_may_not_lie_among_what_is_checked(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="which is checked"):
        refuse_folder(tmp_path / "inbox" / "repaired", [tmp_path / "inbox"])
    refuse_folder(tmp_path / "repaired", [tmp_path / "inbox"])


def test_a_file_that_changed_leaves_no_copy_at_all(tmp_path: Path) -> None:
    files = [file("a.837", b"before"), file("b.837", b"same")]
    held = {"a.837": b"after!", "b.837": b"same"}
    with pytest.raises(InputError, match=r"a\.837: it changed"):
        write_copies(files, [], lambda label: io.BytesIO(held[label]), tmp_path / "copies")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["inbox/a.837", "inbox/b.837"], ["a.837", "b.837"]),
        (["inbox/a.837", "archive/a.837"], ["inbox/a.837", "archive/a.837"]),
        (["a.zip!x/claims.837", "a.zip!claims.837"], ["x/claims.837", "claims.837"]),
        (["a.837", "a.837.gz"], ["a.837", "a-2.837"]),
        (["a.837", "A.837"], ["a.837", "A-2.837"]),
        (["-"], ["standard-input.837"]),
        (["a.zip!../../etc/passwd", "/etc/shadow"], ["a.zip/etc/passwd", "etc/shadow"]),
        (["a.zip!..\\\\..\\\\c.837"], ["c.837"]),
        (["inbox/.."], ["inbox"]),
    ],
)
def test_g28_names_stay_inside_and_apart(labels: list[str], names: list[str]) -> None:
    assert [str(name) for name in copy_names(labels).values()] == names


def test_archives_are_unpacked(tmp_path: Path) -> None:
    from beamclaim.cli.main import main
    from beamclaim.synthetic.claims837 import InterchangeWriter
    from beamclaim.testing.cases import sample

    data = InterchangeWriter("837P", day="2026-02-10").write([sample("837P")])
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("one.837", data)
    (tmp_path / "two.837.gz").write_bytes(gzip.compress(data.replace(b"SE*", b"SE*9")))
    given = [str(tmp_path / "a.zip"), str(tmp_path / "two.837.gz")]
    assert main(["check", *given, "--select", "FMT002", "--fix", "--output", str(tmp_path / "copies")]) == 0
    assert (tmp_path / "copies/a.zip/one.837").read_bytes() == data
    assert (tmp_path / "copies/two.837").read_bytes() == data
