"""What is measured: a name, the command line, the bytes it reads. `quick` is a minute, `full` the sizes of `docs/explanation/speed.md`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import inputs

AS_OF = "2026-06-30"
FORMATS = ("text", "csv", "jsonl", "html", "xlsx")
WARM_TURNS = 30


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of each kind of input: megabytes, files, rows."""

    small_mb: float
    large_mb: float
    wrong_mb: float
    format_mb: float
    few_files: int
    many_files: int
    courses_mb: float
    replacements: int
    fractions: int


QUICK = Sizes(2, 10, 2, 1, 200, 1_000, 1, 2_000, 30_000)
FULL = Sizes(20, 200, 20, 5, 2_000, 10_000, 4, 16_000, 300_000)


@dataclass(frozen=True, slots=True)
class Workload:
    """One line of the table. `key` is what ratios call it; with `turns` the command is repeated in one process."""

    key: str
    label: str
    arguments: tuple[str, ...]
    read: tuple[Path, ...]
    turns: int = 0

    @property
    def megabytes(self) -> float:
        """What is read, 1 MB = 1,000,000 bytes."""
        return sum(_size(path) for path in self.read) / 1e6


def _size(path: Path) -> int:
    return sum(_size(p) for p in path.iterdir()) if path.is_dir() else path.stat().st_size


def _check(key: str, label: str, claims: Path, *more: str, format: str = "json", turns: int = 0) -> Workload:
    arguments = ("check", str(claims), *more, "--as-of", AS_OF, "--format", format)
    return Workload(key, label, arguments, (claims,), turns)


def workloads(folder: Path, sizes: Sizes) -> Iterator[Workload]:
    """The lines in their order; each input is written when its line is reached."""
    for key, size in (("clean", sizes.small_mb), ("clean large", sizes.large_mb)):
        yield _check(key, f"clean {size:g} MB", inputs.clean(folder, size))
    yield _check("wrong", f"wrong {sizes.wrong_mb:g} MB", inputs.wrong_claims(folder, sizes.wrong_mb))
    for key, count in (("files", sizes.few_files), ("many files", sizes.many_files)):
        yield _check(key, f"{count:,} files of one claim", inputs.small_files(folder, count))
    joined = inputs.joined(folder, sizes.many_files)
    yield _check("joined", f"the same {sizes.many_files:,} claims in one file", joined)
    yield _check("cold", "one claim, cold", inputs.one_claim(folder))
    yield _check("warm", "one claim, warm", inputs.one_claim(folder), turns=WARM_TURNS)
    courses, claims = inputs.courses(folder, sizes.courses_mb)
    arguments = _check("", "", claims, "--course", str(courses)).arguments
    yield Workload("courses", f"courses {sizes.courses_mb:g} MB", arguments, (claims, courses))
    label = f"{sizes.replacements:,} replacements of a patient"
    yield _check("replacements", label, inputs.replacements(folder, sizes.replacements))
    for format in FORMATS:
        claims = inputs.wrong_claims(folder, sizes.format_mb)
        yield _check(format, f"wrong {sizes.format_mb:g} MB as {format}", claims, format=format)
