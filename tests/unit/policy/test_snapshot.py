"""The snapshot of our own tables: equal answers, and never trusted where it is damaged, foreign or cannot be written."""

import json
import os
from collections.abc import Iterator
from datetime import date as D
from pathlib import Path

import polars as pl
import pytest

from beamclaim.errors import PolicyError
from beamclaim.policy import PolicyTables, load_policy, snapshot
from beamclaim.policy.folder import OWN, digest_of, read_folder

DAY = D(2026, 11, 23)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "beamclaim"


@pytest.fixture(scope="module")
def from_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PolicyTables]:
    """The tables as read from their files, with no cache at all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("none") / "file"))
        (Path(os.environ["XDG_CACHE_HOME"])).write_text("a file is no folder")
        yield load_policy(as_of=DAY)


def kept(cache: Path) -> Path:
    (path,) = cache.glob("policy-*.snapshot")
    return path


def same(one: PolicyTables, other: PolicyTables) -> bool:
    frames = all(one.table(n).frame.equals(other.table(n).frame) for n in (*one.names, "parameters"))
    schemas = all(one.table(n).frame.schema == other.table(n).frame.schema for n in (*one.names, "parameters"))
    diagnoses = one.diagnoses.codes.equals(other.diagnoses.codes) and one.diagnoses.releases.equals(
        other.diagnoses.releases
    )
    return frames and schemas and diagnoses and (one.sources, one.coverage, one.digest, one.whole_parameters) == (
        other.sources, other.coverage, other.digest, other.whole_parameters,
    )  # fmt: skip


def test_tables_of_a_snapshot_are_those_of_the_files(cache: Path, from_files: PolicyTables) -> None:
    assert same(load_policy(as_of=DAY), from_files)  # writes it
    content = snapshot.read_snapshot(from_files.digest)
    assert content is not None
    assert same(load_policy(as_of=DAY), from_files)  # reads it
    assert load_policy(as_of=D(2024, 6, 1)).table("mue").frame.height == 0  # a day is asked of it after loading


def test_a_second_start_does_not_read_the_tables(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_policy(as_of=DAY)
    monkeypatch.setattr("beamclaim.policy.load.read_folder", lambda *_, **__: pytest.fail("read again"))
    load_policy(as_of=DAY)


def test_it_is_its_owners_alone(cache: Path) -> None:
    load_policy(as_of=DAY)
    assert kept(cache).stat().st_mode & 0o777 == 0o600
    assert cache.stat().st_mode & 0o777 == 0o700
    assert [p.name for p in cache.iterdir()] == [kept(cache).name]


@pytest.mark.parametrize("at", [0, 10, 40, 100, 5_000, 100_000, -1])
def test_one_damaged_byte_and_it_is_made_again(cache: Path, from_files: PolicyTables, at: int) -> None:
    load_policy(as_of=DAY)
    whole = kept(cache).read_bytes()
    damaged = bytearray(whole)
    damaged[at] ^= 1
    kept(cache).write_bytes(damaged)
    assert snapshot.read_snapshot(from_files.digest) is None
    assert same(load_policy(as_of=DAY), from_files)
    assert snapshot.read_snapshot(from_files.digest) is not None


@pytest.mark.parametrize("text", [b"", b"beamclaim policy snapshot 1\n", b"x" * 5_000])
def test_a_file_that_is_no_snapshot_is_made_again(cache: Path, from_files: PolicyTables, text: bytes) -> None:
    load_policy(as_of=DAY)
    kept(cache).write_bytes(text)
    assert same(load_policy(as_of=DAY), from_files)


@pytest.mark.parametrize("mode", [0o644, 0o620, 0o666])
def test_a_snapshot_others_may_read_or_write_is_not_used(cache: Path, from_files: PolicyTables, mode: int) -> None:
    load_policy(as_of=DAY)
    kept(cache).chmod(mode)
    assert snapshot.read_snapshot(from_files.digest) is None
    load_policy(as_of=DAY)
    assert kept(cache).stat().st_mode & 0o777 == 0o600


def test_a_folder_others_may_write_to_is_not_used(cache: Path, from_files: PolicyTables) -> None:
    cache.mkdir(mode=0o700)
    cache.chmod(0o777)
    assert same(load_policy(as_of=DAY), from_files)
    assert list(cache.iterdir()) == []


def test_a_link_is_not_followed(cache: Path, from_files: PolicyTables, tmp_path: Path) -> None:
    load_policy(as_of=DAY)
    path = kept(cache)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert snapshot.read_snapshot(from_files.digest) is None


def test_a_snapshot_of_other_files_is_not_used(cache: Path, from_files: PolicyTables) -> None:
    content = read_folder(OWN, described={})
    snapshot.write_snapshot("0" * 64, content)
    other = kept(cache)
    load_policy(as_of=DAY)
    (ours,) = (p for p in cache.glob("policy-*.snapshot") if p != other)
    ours.write_bytes(other.read_bytes())
    assert snapshot.read_snapshot(from_files.digest) is None


def test_a_snapshot_whose_columns_are_not_those_declared_is_not_used(cache: Path, from_files: PolicyTables) -> None:
    content = read_folder(OWN, described={})
    strange = {**content.rows, "mue": content.rows["mue"].with_columns(pl.col("limit").cast(pl.String))}
    for rows in (strange, {n: f for n, f in content.rows.items() if n != "mue"}):
        snapshot.write_snapshot(
            from_files.digest, type(content)(content.sources, content.coverage, rows, content.diagnoses)
        )
        assert snapshot.read_snapshot(from_files.digest) is None


def test_its_key_holds_polars_and_the_code_that_reads(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_policy(as_of=DAY)
    digest = digest_of([OWN])
    assert snapshot.read_snapshot(digest) is not None
    monkeypatch.setattr(pl, "__version__", "0.0.0")
    assert snapshot.read_snapshot(digest) is None


def test_it_holds_words_and_frames_and_nothing_that_runs(cache: Path) -> None:
    load_policy(as_of=DAY)
    _, _, header, streams = kept(cache).read_bytes().split(b"\n", 3)
    told = json.loads(header)
    assert set(told) == {"key", "sources", "coverage", "frames"}
    assert sum(told["frames"].values()) == len(streams)


def test_a_cache_that_cannot_be_written_costs_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, from_files: PolicyTables
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert same(load_policy(as_of=DAY), from_files)


def test_without_a_cache_folder_of_its_own_the_usual_one_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    monkeypatch.setattr("sys.platform", "linux")
    assert snapshot.cache_folder() == tmp_path / ".cache/beamclaim"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    assert snapshot.cache_folder() == tmp_path / "own/beamclaim"


def test_old_snapshots_do_not_gather(cache: Path) -> None:
    content = read_folder(OWN, described={})
    for i in range(8):
        snapshot.write_snapshot(f"{i}" * 64, content)
    assert len(list(cache.iterdir())) <= 5


def test_a_clinics_own_tables_never_come_from_it(cache: Path, tmp_path: Path) -> None:
    load_policy(as_of=DAY)
    own = tmp_path / "own"
    (own / "codes").mkdir(parents=True)
    table = own / "codes/radonc.weekly_management.csv"
    head = "code,first_day,last_day,source,at,confidence,observed_on\n"
    table.write_text(head + "A0001,2016-01-01,,,,high,\n")
    assert "A0001" in load_policy(own, as_of=DAY).table("radonc.weekly_management").frame["code"].to_list()
    assert [p.name for p in cache.iterdir()] == [kept(cache).name]
    table.write_text(head + "A0002,2016-01-01,,,,high,\n")
    again = load_policy(own, as_of=DAY)
    assert {"A0002"} == set(again.table("radonc.weekly_management").frame["code"].to_list()) - {"77427"}
    assert again.digest != load_policy(as_of=DAY).digest
    table.write_text(head + "77427,2016-01-01,,,,high,\n")
    with pytest.raises(PolicyError, match="hold for the same key, scope and setting"):
        load_policy(own, as_of=DAY)
