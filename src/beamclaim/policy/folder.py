"""A folder of policy → what its files say, checked and graded, whatever the day of asking.

Ours is `data/`; a clinic's own folder has the same form. Called by `load.py`, which keeps of ours a snapshot.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from beamclaim.errors import PolicyError, nearest
from beamclaim.policy.coverage import COVERAGE_FILES, TableCoverage, read_coverage
from beamclaim.policy.declarations import DECLARED, PARAMETERS
from beamclaim.policy.diagnoses import RELEASES, Diagnoses
from beamclaim.policy.parameters import read_parameters
from beamclaim.policy.read_table import read_rows
from beamclaim.policy.sources import PolicySource, read_sources

OWN = Path(__file__).parent / "data"
#: The folders of a policy folder.
_TABLES = ("claims", "codes", "courses", "diagnoses", "edits", "payers", "rates")
_PARTS = (*_TABLES, "imported", "parameters", "sources")
_SUFFIXES = {".csv", ".yaml", ".gz", ".parquet"}


@dataclass(frozen=True, slots=True)
class FolderContent:
    """What the files of one folder say.

    `rows`: table → its rows as `read_table` gives them; tables without a file are left out. `diagnoses`: the releases of
    ours; null in a clinic's folder, whose releases are imported.
    """

    sources: Mapping[str, PolicySource]
    coverage: tuple[TableCoverage, ...]
    rows: Mapping[str, pl.DataFrame]
    diagnoses: Diagnoses | None


def read_folder(folder: Path, *, described: Mapping[str, PolicySource]) -> FolderContent:
    """Reads every file of a policy folder; `described`: sources it may cite beside its own.

    Raises PolicyError: a file no table has, a wrong source, row, parameter or coverage.
    """
    refuse_strangers(folder)
    sources = read_sources(folder, described)
    known = {**described, **sources}
    coverage = tuple(read_coverage(folder, known))
    rows = {
        declared.name: read_rows(declared, folder / declared.file, known)
        for declared in DECLARED
        if declared.file and (folder / declared.file).exists()
    }
    rows[PARAMETERS.name] = read_parameters(folder, known)
    return FolderContent(sources, coverage, rows, Diagnoses.read(folder / "diagnoses") if folder == OWN else None)


def policy_files(folder: Path) -> list[Path]:
    """Every file of a policy folder that holds policy, in order of name."""
    paths = [folder / "coverage.yaml", *(p for part in _PARTS for p in (folder / part).rglob("*"))]
    return sorted(p for p in paths if p.is_file() and p.suffix in _SUFFIXES)


def refuse_strangers(folder: Path) -> None:
    """Raises PolicyError for a file no table is declared for: a table nobody reads is a table that seems to hold."""
    tables = {declared.file for declared in DECLARED if declared.file} | ({RELEASES} if folder == OWN else set())
    known = tables | set(COVERAGE_FILES.values())
    for path in policy_files(folder):
        name = path.relative_to(folder).as_posix()
        if name.partition("/")[0] in _TABLES and path.suffix in {".csv", ".yaml"} and name not in known:
            raise PolicyError(f"{name}: no table has this file.{nearest(name, known)}")


def digest_of(folders: Iterable[Path]) -> str:
    """sha256 (hex) over names and contents of all policy files of some folders; line endings do not count."""
    total = hashlib.sha256()
    for folder in folders:
        for path in policy_files(folder):
            content = path.read_bytes()
            content = content if path.suffix == ".gz" else content.replace(b"\r\n", b"\n")
            name = path.relative_to(folder).as_posix()
            total.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return total.hexdigest()
