"""The files of a run: claims of either kind, one claim a file, replacements of one patient, courses.

Written once into a folder and used by every turn; `BENCH_FILES=FOLDER` keeps them for the next run. The same sizes give
the same bytes.
"""

import json
from collections.abc import Callable
from pathlib import Path

from benchmarks import corpus, wrong
from benchmarks.corpus import Corpus


def clean(folder: Path, size_mb: float) -> Path:
    """One file of careful claims."""
    return _made(folder / f"clean-{size_mb:g}.837", lambda path: corpus.write(path, size_mb))


def wrong_claims(folder: Path, size_mb: float) -> Path:
    """One file in which nearly every line has a finding."""
    return _made(folder / f"wrong-{size_mb:g}.837", lambda path: wrong.write(path, size_mb))


def small_files(folder: Path, count: int) -> Path:
    """A folder of `count` files of one careful claim each."""

    def write(path: Path) -> None:
        claims = Corpus(1)
        path.mkdir()
        for number in range(1, count + 1):
            parts = claims.interchange(number, 1, institutional=number % 3 == 0)
            (path / f"{number:06}.837").write_text("".join(parts))

    return _made(folder / f"files-{count}", write)


def joined(folder: Path, count: int) -> Path:
    """The same claims as `small_files`, one after another in one file."""

    def write(path: Path) -> None:
        path.write_bytes(b"".join(p.read_bytes() for p in sorted(small_files(folder, count).iterdir())))

    return _made(folder / f"joined-{count}.837", write)


def one_claim(folder: Path) -> Path:
    """One file of one careful claim."""
    return next(small_files(folder, 1).iterdir())


def replacements(folder: Path, count: int) -> Path:
    """A claims table: so many replacements (frequency 7) of one patient, each of another claim."""
    head = "claim,patient,date,code,units,charge,frequency,original_claim,payer,payer_line,setting,diagnoses"
    rows = (
        f"A{n},P1,2026-02-{1 + n % 28:02},77402,1,100.00,7,A{n},X,medicare_ffs,freestanding,C61" for n in range(count)
    )
    return _made(folder / f"replacements-{count}.csv", lambda path: path.write_text("\n".join((head, *rows)) + "\n"))


def courses(folder: Path, size_mb: float) -> tuple[Path, Path]:
    """At least so many megabytes of courses of the synthetic clinic, and the claims for one of them."""

    def write(path: Path) -> None:
        from beamclaim.synthetic.claims837 import write as interchanges
        from beamclaim.synthetic.clinic.biller import bill
        from beamclaim.synthetic.clinic.chart import treat

        path.mkdir()
        written, number = 0, 0
        with (path / "courses.course.json").open("wb") as out:
            while written < size_mb * 1_000_000:
                number += 1
                chart = treat(number, 1)[0]
                written += out.write(json.dumps(chart.course, separators=(",", ":")).encode() + b"\n")
        bill(chart, 1)
        (path / "claims.837").write_bytes(b"".join(interchanges(chart.rows)))

    made = _made(folder / f"courses-{size_mb:g}", write)
    return made / "courses.course.json", made / "claims.837"


def _made(path: Path, write: Callable[[Path], object]) -> Path:
    """The file or folder, written where it is not there yet; one that was cut short is never taken for whole."""
    if not path.exists():
        part = path.with_name(f".part-{path.name}")
        write(part)
        part.rename(path)
    return path
