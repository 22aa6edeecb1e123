"""Small files read together give what each gives alone, under its own name, whatever its neighbors hold."""

import gzip
import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import pytest
from x12_samples import CLAIM_I, CLAIM_P, SAMPLES, claim837, ordered, sample

from beamclaim.ingest import router
from beamclaim.ingest.router import Numbered, Portion
from beamclaim.ingest.sources import Source, sources
from beamclaim.ingest.x12 import WholeFile, read_together, separators_of_whole
from beamclaim.ingest.x12.tokens import Delimiters

PLAIN = claim837(*CLAIM_P)
HOSPITAL = claim837(*CLAIM_I, form="I")
OTHER = PLAIN.translate(bytes.maketrans(b"*:^~", b"|>!\n"))
OLD = PLAIN.replace(b"005010X222A1", b"004010X098A1")
STANDARD = Delimiters(b"*", b":", b"^", b"~")


def gathered(portions: Iterator[Portion]) -> dict[str, pl.DataFrame]:
    parts: dict[str, list[pl.DataFrame]] = {}
    for portion in portions:
        for name, frame in portion.tables.items():
            parts.setdefault(name, []).append(frame)
    return {name: pl.concat(frames) for name, frames in parts.items()}


def numbered(paths: Sequence[Path]) -> list[Numbered]:
    return [Numbered(at, source) for at, source in enumerate(sources(paths))]


def assert_as_alone(paths: Sequence[Path]) -> dict[str, pl.DataFrame]:
    """All files in one run give the rows that each gives in a run of its own."""
    together = gathered(router.read(numbered(paths)))
    alone: dict[str, list[pl.DataFrame]] = {}
    for entry in numbered(paths):
        for name, frame in gathered(router.read([entry])).items():
            alone.setdefault(name, []).append(frame)
    assert together.keys() == alone.keys()
    for name, frames in alone.items():
        assert ordered(together[name]).equals(ordered(pl.concat(frames))), name
    assert together["files"]["file"].to_list() == list(range(len(paths)))
    return together


def written(folder: Path, contents: Sequence[bytes]) -> list[Path]:
    paths = [folder / f"{at:04}.837" for at in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


SPOILED = {
    "stray bytes before": b"note\n" + PLAIN,
    "stray bytes between two interchanges": PLAIN + b"note\n" + PLAIN,
    "stray bytes behind": PLAIN + b"note",
    "a byte order mark": b"\xef\xbb\xbf" + PLAIN,
    "blanks in front": b" \r\n" + PLAIN,
    "cut in the ISA": PLAIN[:60],
    "cut in a claim": PLAIN[: PLAIN.index(b"HI*") + 5],
    "cut before the IEA": PLAIN[: PLAIN.index(b"IEA")],
    "cut in the IEA": PLAIN[: PLAIN.index(b"IEA") + 9],
    "no SE": PLAIN.replace(PLAIN[PLAIN.index(b"SE*") : PLAIN.index(b"GE*")], b""),
    "an IEA too many": PLAIN + b"IEA*1*000000001~",
    "an ISA without its IEA in the middle": PLAIN[: PLAIN.index(b"CLM*")] + PLAIN,
    "two interchanges": PLAIN + b"\n" + HOSPITAL,
    "two interchanges, two kinds of separators": PLAIN + OTHER,
    "other separators": OTHER,
    "only blanks": b" \n ",
    "empty": b"",
    "version 4010": OLD,
    "both forms": PLAIN + HOSPITAL,
    "blanks behind": PLAIN + b"\r\n\x1a",
    "not X12": b"claim,line\nA,1\n",
    "over 256 kB": PLAIN[: PLAIN.index(b"SE*")]
    + b"NTE*ADD*WORDS OF THE CLINIC~" * 12_000
    + PLAIN[PLAIN.index(b"SE*") :],
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_file_costs_its_neighbors_nothing(tmp_path: Path, name: str) -> None:
    paths = written(tmp_path, [PLAIN, HOSPITAL, SPOILED[name], SPOILED[name], PLAIN, HOSPITAL])
    together = assert_as_alone(paths)
    lines = together["lines"].group_by("file").len().sort("file").rows()
    assert {file: lines for file, lines in lines if file in (0, 1, 4, 5)} == {0: 1, 1: 1, 4: 1, 5: 1}
    assert together["files"]["file.path"].to_list() == [str(path) for path in paths]


def _spoiled(rng: random.Random) -> bytes:
    """A sample or a written file, four times in ten with one to three kinds of damage."""
    raw = bytearray(rng.choice([PLAIN, HOSPITAL, OTHER, OLD, PLAIN + HOSPITAL, *map(sample, rng.sample(SAMPLES, 2))]))
    for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 3))):
        at, length = rng.randrange(len(raw) + 1), rng.choice((1, 2, 8, 60, 300))
        match rng.randrange(6):
            case 0:
                raw[at : at + length] = rng.randbytes(length)
            case 1:
                del raw[at : at + length]
            case 2:
                raw[at:at] = rng.choice((b"~", b"*", b"\n", b"ISA*", b"IEA*1*000000001~", b"SE*1*1~", PLAIN))
            case 3:
                del raw[at:]
            case 4:
                raw[:0] = rng.choice((b"\xef\xbb\xbf", b" ", b"\n", b"note"))
            case _:
                raw += rng.choice((b"\n", b"note", b"\x1a", b"~", OTHER))
    return bytes(raw)


def test_six_hundred_spoiled_files_together_are_each_alone(tmp_path: Path) -> None:
    rng = random.Random(603)
    contents = [_spoiled(rng) for _ in range(600)]
    contents = [raw if len(raw) < 20_000 else raw[:20_000] for raw in contents]
    assert_as_alone(written(tmp_path, contents))
    whole = sum(separators_of_whole(raw) is not None for raw in contents)
    assert 200 < whole < 500  # else the seed tries one of the two ways only


def test_chunks_of_any_size_give_the_same_rows() -> None:
    files = [WholeFile(at, f"{at}", raw) for at, raw in enumerate([PLAIN, HOSPITAL, PLAIN + HOSPITAL, OLD, PLAIN])]
    whole = [pl.concat([c[n] for c in read_together(files)]) for n in ("claims", "faults")]
    for chunk_bytes in (100, 1_000, 2_500):
        chunks = list(read_together(files, chunk_bytes=chunk_bytes))
        assert len(chunks) > 1
        assert all(
            ordered(pl.concat([c[n] for c in chunks])).equals(ordered(w))
            for n, w in zip(("claims", "faults"), whole, strict=True)
        )


def test_a_file_that_changes_while_read_is_said_and_its_neighbors_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = written(tmp_path, [PLAIN, PLAIN, HOSPITAL])
    entries = numbered(paths)
    second = entries[1].source
    assert isinstance(second, Source)
    opener = second.opener

    def opened_and_written_to():  # type: ignore[no-untyped-def]
        stream = opener()
        with paths[1].open("ab") as growing:
            growing.write(b"~")
        return stream

    entries[1] = Numbered(
        1, Source(second.path, opened_and_written_to, size_bytes=second.size_bytes, checker=second.checker)
    )
    tables = gathered(router.read(entries))
    errors = tables["files"].sort("file")["file.error"].to_list()
    assert [error is None for error in errors] == [True, False, True]
    assert "it changed while being read" in errors[1]
    assert tables["lines"]["file"].unique().sort().to_list() == [0, 2]


def test_each_file_is_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = written(tmp_path, [PLAIN, b"note" + PLAIN, SPOILED["over 256 kB"], b"", b"claim,line\nA,1\n"])
    opened: list[str] = []
    system_open = os.open

    def counted(path: str, flags: int) -> int:
        opened.append(path)
        return system_open(path, flags)

    monkeypatch.setattr(os, "open", counted)
    gathered(router.read(numbered(paths)))
    assert [Path(p) for p in opened if str(p).endswith(".837")] == paths


def test_files_of_the_history_are_not_joined_with_others(tmp_path: Path) -> None:
    entries = [Numbered(n.file, n.source, n.file > 1) for n in numbered(written(tmp_path, [PLAIN] * 4))]
    portions = list(router.read(entries))
    rows = pl.concat([p.tables["files"] for p in portions if "files" in p.tables])
    assert rows["file.is_history"].to_list() == [False, False, True, True]
    assert {p.is_history: p.tables["claims"]["file"].to_list() for p in portions if p.tables["claims"].height} == {
        False: [0, 1],
        True: [2, 3],
    }


def test_a_failure_of_ours_on_joined_files_is_read_file_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ValueError("of ours")

    monkeypatch.setattr("beamclaim.ingest.x12.read_together", fails)
    tables = gathered(router.read(numbered(written(tmp_path, [PLAIN, HOSPITAL]))))
    assert tables["files"]["file.error"].to_list() == [None, None]
    assert tables["lines"].height == 2


def test_bytes_read_grow_to_the_bytes_there_are(tmp_path: Path) -> None:
    paths = written(tmp_path, [PLAIN, PLAIN, SPOILED["over 256 kB"] * 8, b"", PLAIN])
    (tmp_path / "packed.837.gz").write_bytes(gzip.compress(SPOILED["over 256 kB"] * 8))
    entries = numbered([*paths, tmp_path / "packed.837.gz", tmp_path / "none.837"])
    total = router.total_bytes(entries)
    steps = [portion.bytes_read for portion in router.read(entries)]
    assert steps == sorted(steps) and steps[-1] == total
    assert total == sum(p.stat().st_size for p in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("raw", "separators"),
    [
        (PLAIN, STANDARD),
        (PLAIN + b"\r\n", STANDARD),
        (PLAIN + b"\n" + HOSPITAL, STANDARD),
        (OTHER, Delimiters(b"|", b">", b"!", b"\n")),
        (b" " + PLAIN, None),
        (PLAIN + OTHER, None),
        (PLAIN + b"x", None),
        (PLAIN[:-1], None),
        (PLAIN + b"GS*HC~", None),
        (PLAIN.replace(b"SUBMITTER", b"VISA*CARD"), None),
        (b"", None),
    ],
)
def test_a_whole_file_is_told_by_its_two_ends_and_its_headers(raw: bytes, separators: Delimiters | None) -> None:
    assert separators_of_whole(raw) == separators
