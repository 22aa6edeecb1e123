"""Compressed files: members are files of their own, and no archive costs more than its budget."""

import gzip
import io
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beamclaim.ingest import archive
from beamclaim.ingest.router import kind_of, read_one
from beamclaim.ingest.sources import Source, read_bytes, sources
from beamclaim.model.tables.frames import Tables

CSV = b"claim,line\nA,1\n"


def is_passed_over(error: str | None) -> bool:
    """Said, and no error."""
    return error is not None and error.startswith("not a claim file: ")


def files(path: Path) -> list[tuple[str, str | None]]:
    """What follows the path in each label, and the error."""
    rows = []
    for index, source in enumerate(sources([path])):
        for label, error in (
            Tables.gather(read_one(source, file=index))["files"].select("file.path", "file.error").iter_rows()
        ):
            rows.append((label.removeprefix(str(path)), error))
    return rows


def packed(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def test_a_gzip_file_is_its_content(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(CSV[:8]) + gzip.compress(CSV[8:]))
    assert files(path) == [("", None)]
    (source,) = sources([path])
    assert isinstance(source, Source)
    assert (kind_of(source), read_bytes(source, 11, 12)) == ("claims_csv", b"A")


def test_a_gzip_stream_on_standard_input(tmp_path: Path) -> None:
    (source,) = sources(["-"], stdin=io.BytesIO(gzip.compress(CSV)))
    assert isinstance(source, Source)
    assert read_bytes(source, 0, 99) == CSV


def test_members_are_files_of_their_own_in_order_of_names(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", **{"z.csv": CSV, "in/b.csv": CSV, "notes.txt": b"hello", ".x": CSV, "d/": b""})
    assert [(label, is_passed_over(error) if error else None) for label, error in files(path)] == [
        ("!.x", True),
        ("!in/b.csv", None),
        ("!notes.txt", True),
        ("!z.csv", None),
    ]
    source = list(sources([path]))[-1]
    assert isinstance(source, Source)
    assert read_bytes(source, 11, 14) == b"A,1"


@pytest.mark.parametrize("name", ["../a.csv", "/a.csv", "a/../../b.csv", "C:\\a.csv", "..\\a.csv"])
def test_a_name_that_leads_out_is_refused_and_the_others_are_read(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "a.zip", **{name: CSV, "good.csv": CSV})
    said = dict(files(path))
    assert said.pop("!good.csv") is None
    ((_, error),) = said.items()
    assert error is not None and "leads out of the archive" in error
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip"]


def test_what_is_not_read_in_an_archive_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("b.zip", b"PK\x03\x04")
        made.writestr("c.csv.gz", gzip.compress(CSV))
        made.writestr("d", gzip.compress(CSV))
        link = zipfile.ZipInfo("e.csv")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
        made.writestr("f.csv", CSV, zipfile.ZIP_BZIP2)
        made.writestr("g.csv", CSV)
        with pytest.warns(UserWarning, match="Duplicate name"):
            made.writestr("g.csv", CSV)
    said = files(path)
    assert [label for label, _ in said] == ["!b.zip", "!c.csv.gz", "!d", "!e.csv", "!f.csv", "!g.csv", "!g.csv"]
    words = ["archive inside", "archive inside", "gzip-compressed", "symbolic link", "a method", None, "same name"]
    for (_, error), word in zip(said, words, strict=True):
        assert error is None if word is None else word in str(error)


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", **{"a.csv": CSV})
    data = bytearray(path.read_bytes())
    directory = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[directory + 8] |= 1
    path.write_bytes(data)
    assert files(path) == [("!a.csv", "encrypted; unpack it with its password first")]


@pytest.mark.parametrize("name", ["a.zip", "a.csv.gz", "a.csv"])
def test_damaged_or_misnamed_archives_are_said_in_words(tmp_path: Path, name: str) -> None:
    for content in (
        gzip.compress(CSV)[:-4],
        packed(tmp_path / "x.zip", a=CSV).read_bytes()[:-30],
        b"PK\x05\x06",
        b"junk",
    ):
        path = tmp_path / name
        path.write_bytes(content)
        ((_, error),) = files(path)
        assert error


def test_a_wrong_check_sum_is_an_error(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", **{"a.csv": CSV})
    data = path.read_bytes()
    crc = struct.pack("<L", zlib.crc32(CSV))
    path.write_bytes(data.replace(crc, b"\0\0\0\0"))
    assert files(path) == [("!a.csv", "its compressed data is damaged or cut; copy or make it again")]


def test_bombs_are_refused_before_they_go_off(tmp_path: Path) -> None:
    zeros = b"0" * (64 << 20)
    packed(tmp_path / "a.zip", **{"a.csv": b"claim\n" + zeros})
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"claim\n" + zeros))
    del zeros
    tracemalloc.start()
    try:
        for name in ("a.zip", "b.csv.gz"):
            ((_, error),) = files(tmp_path / name)
            assert error is not None and "compressed more than 100:1" in error
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


def test_a_lying_directory_gets_no_more_than_it_declares(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", **{"a.csv": b"claim\n" + b"A\n" * 100_000})
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<L", 200_006), struct.pack("<L", 6)))
    ((_, error),) = files(path)
    assert error == "its compressed data is damaged or cut; copy or make it again"


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 3)
    path = packed(tmp_path / "a.zip", a=CSV, b=CSV, c=CSV, d=CSV)
    ((label, error),) = files(path)
    assert label == "" and "more than 3 members" in str(error)


def test_a_directory_without_end_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_LONGEST_DIRECTORY", 100)
    path = packed(tmp_path / "a.zip", a=CSV, b=CSV, c=CSV)
    ((_, error),) = files(path)
    assert "members" in str(error)


def test_too_much_in_all_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST", 20)
    path = packed(tmp_path / "a.zip", a=CSV, b=CSV)
    assert [("more than 20 bytes" in str(error)) for _, error in files(path)] == [True]
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(CSV * 2))
    assert [("more than 20 bytes" in str(error)) for _, error in files(tmp_path / "a.csv.gz")] == [True]


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", **{"a.csv": CSV, "b.csv": CSV})
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<L", 0)
    path.write_bytes(data)
    ((_, error),) = files(path)
    assert "overlap" in str(error)


@given(st.sampled_from(["a.zip", "a.csv.gz"]), st.integers(0, 250), st.integers(0, 255), st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_hurt_archive_is_read_or_said(
    tmp_path_factory: pytest.TempPathFactory, name: str, at: int, byte: int, cut: bool
) -> None:
    folder = tmp_path_factory.mktemp("hurt")
    path = folder / name
    if name == "a.zip":
        packed(path, **{"a.csv": CSV, "b.csv": CSV})
    else:
        path.write_bytes(gzip.compress(CSV))
    data = path.read_bytes()
    path.write_bytes(data[:at] if cut else data[:at] + bytes([byte]) + data[at + 1 :])
    said = files(path)
    assert said
    assert not any("the program failed" in str(error) for _, error in said)


def test_a_member_without_a_name_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", "claim,code\n")
    hurt = path.read_bytes().replace(b"x", b"\0")  # the name of the only member, in both headers
    path.write_bytes(hurt)
    assert any("without a name" in str(row) for row in files(path))
