"""CMS files → Parquet files with a manifest in a policy folder, and from there the rows of the keys that are asked.

::

    FOLDER/imported/manifest.yaml    one entry a Parquet file: what it holds, of which file (hash), imported when
    FOLDER/imported/sources.yaml     a source for each CMS file
    FOLDER/imported/coverage.yaml    what each edition was verified for
    FOLDER/imported/*.parquet        key and value columns, first_day, last_day, line

The tables are too large to be read whole: the rows of the keys asked are fetched. All four are written by the import
and by nobody else.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from beamclaim.errors import PolicyError
from beamclaim.model.value_sets import ORIGINAL_MEDICARE
from beamclaim.policy.imports.edition import Edition, read_edition
from beamclaim.policy.imports.sheet import CmsSheet, sheets
from beamclaim.policy.sources import as_day, read_yaml, refuse_unknown
from beamclaim.progress import Progress, unheard

FOLDER = "imported"
#: Of these no row means nothing: CMS keeps some limits to itself. Diagnoses have days of their own.
_NOT_COVERED = {"mue", "icd10cm"}
#: Lives of codes hold for everyone; a code between the first and the last of the file that it does not hold is not in force.
_LIVES = "radonc.codes"
_ENTRY = {
    "table", "kind", "title", "quarter", "first_day", "last_day", "settings", "keys", "rows", "left_out", "sha256",
    "from", "from_sha256", "imported_on", "source",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """One Parquet file of the manifest: the rows of one table that one CMS file gives."""

    path: Path
    table: str
    kind: str
    title: str
    quarter: str
    first_day: date
    last_day: date
    settings: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]
    rows: int
    left_out: int
    sha256: str
    given: str
    given_sha256: str
    imported_on: date
    source: str

    def fetch(self, keys: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
        """The rows whose key is one of `keys`, as a policy table holds them (without `row.id`)."""
        scan = pl.scan_parquet(self.path)
        for column in key:
            scan = scan.filter(pl.col(column).is_in(keys[column].unique().implode()))
        return self._rows(scan.join(keys.lazy(), on=list(key), how="semi"))

    def days(self) -> pl.DataFrame:
        """The distinct days on which its rows begin and end, and the day it was imported."""
        days = pl.scan_parquet(self.path).select("first_day", "last_day").unique().collect()
        return days.with_columns(pl.lit(self.imported_on).alias("observed_on"))

    def about(self, code: str, key: tuple[str, ...]) -> pl.DataFrame:
        """The rows with `code` in any key column."""
        return self._rows(pl.scan_parquet(self.path).filter(pl.any_horizontal(pl.col(k) == code for k in key)))

    def _rows(self, scan: pl.LazyFrame) -> pl.DataFrame:
        wheres = pl.DataFrame({"setting": self.settings or ("any",)})
        return (
            scan.collect()
            .join(wheres, how="cross")
            .with_columns(
                scope=pl.lit("us" if self.table == _LIVES else "us/medicare"),
                source=pl.lit(self.source), at=pl.lit(""), confidence=pl.lit("high"),
                observed_on=pl.lit(self.imported_on),
            )
            .rename({"line": "row.line"})
            .with_columns(
                pl.lit(self.path.name).alias("row.file"), pl.lit("error").alias("row.cap"),
                pl.lit(False).alias("row.preview"), pl.lit(self.first_day).alias("row.known_since"),
            )
        )  # fmt: skip


def read_manifest(folder: Path) -> list[ImportedFile]:
    """What was imported into a policy folder, in order of name.

    Raises PolicyError: an entry is wrong, or a Parquet file is missing, changed, or stands there unnamed.
    """
    home = folder / FOLDER
    path = home / "manifest.yaml"
    entries = read_yaml(path) if path.exists() else {}
    for stray in sorted(p.name for p in home.glob("*.parquet") if p.name not in entries):
        raise PolicyError(f"{FOLDER}/{stray}: the manifest does not name it. Import the CMS file again, or remove it.")
    return [_entry(path, name, given) for name, given in sorted(entries.items())]


def _entry(manifest: Path, name: str, entry: Any) -> ImportedFile:
    refuse_unknown(manifest, name, entry, _ENTRY)
    missing = sorted(_ENTRY - set(entry))
    days = {k: as_day(entry.get(k)) for k in ("first_day", "last_day", "imported_on")}
    if missing or None in days.values():
        what = f"has no {missing[0]}" if missing else "has a day that is none"
        raise PolicyError(f"{FOLDER}/manifest.yaml: {name} {what}. Import the CMS file again.")
    path = manifest.parent / name
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
        raise PolicyError(f"{FOLDER}/{name}: it is missing or is not what was imported. Import the CMS file again.")
    return ImportedFile(
        path, entry["table"], entry["kind"], entry["title"], entry["quarter"], entry["first_day"], entry["last_day"],
        tuple(entry["settings"]), tuple(entry["keys"].items()), entry["rows"], entry["left_out"], entry["sha256"],
        entry["from"], entry["from_sha256"], entry["imported_on"], entry["source"],
    )  # fmt: skip


def import_files(
    files: list[Path],
    folder: Path,
    today: date,
    quarter: str | None = None,
    progress: Progress = unheard,
) -> list[ImportedFile]:
    """Reads CMS files as published and writes their rows into `folder`; gives what was written.

    All files are read before anything is written. A file imported again replaces what it gave before. `progress` hears
    which file is read, and how many bytes of how many are done. Raises InputError or PolicyError with file, row and remedy.
    """
    read: list[tuple[CmsSheet, Edition]] = []
    sizes = [path.stat().st_size if path.exists() else 0 for path in files]
    for number, path in enumerate(files):
        progress("reading", sum(sizes[:number]), sum(sizes), path.name)
        read += [(sheet, read_edition(sheet, quarter)) for sheet in sheets(path)]
    home = folder / FOLDER
    home.mkdir(parents=True, exist_ok=True)
    written = [file for sheet, edition in read for file in _write(home, sheet, edition, today)]
    kept = {b.path.name: b for b in _before(folder)} | {b.path.name: b for b in written}
    _record(home, [kept[name] for name in sorted(kept)])
    return written


def _before(folder: Path) -> list[ImportedFile]:
    path = folder / FOLDER / "manifest.yaml"
    entries = read_yaml(path) if path.exists() else {}
    sound = {n: e for n, e in entries.items() if (path.parent / n).exists()}
    return [_entry_as_written(path, n, e) for n, e in sorted(sound.items())]


def _entry_as_written(path: Path, name: str, entry: Any) -> ImportedFile:
    """The entry with the hash of the file as it stands: a file just written anew is not what the old entry says."""
    return _entry(path, name, {**entry, "sha256": hashlib.sha256((path.parent / name).read_bytes()).hexdigest()})


def _write(home: Path, sheet: CmsSheet, edition: Edition, today: date) -> list[ImportedFile]:
    who = "" if not edition.settings else "hospital." if edition.settings[0].startswith("hospital") else "practitioner."
    part = next(iter(edition.keys.values()), "").partition("-")[0]
    written = []
    for table, frame in edition.tables.items():
        name = f"{table}.{who}{edition.quarter}{f'.{part}' if part else ''}.parquet"
        frame.write_parquet(home / name, compression="zstd", row_group_size=100_000)
        written.append(
            ImportedFile(
                home / name, table, edition.kind, edition.title, edition.quarter, edition.first_day, edition.last_day,
                edition.settings, tuple(_keys(edition, table, frame).items()), frame.height, edition.left_out,
                hashlib.sha256((home / name).read_bytes()).hexdigest(), sheet.name, sheet.sha256, today,
                f"CMS-{edition.kind.upper()}-{who.rstrip('.').upper() or 'ALL'}-{edition.quarter}-{sheet.sha256[:8]}",
            )
        )  # fmt: skip
    return written


def _keys(edition: Edition, table: str, frame: pl.DataFrame) -> dict[str, str]:
    """The range of a key column the file spans for a table; none where it holds all."""
    if table != _LIVES or frame.is_empty():
        return edition.keys
    codes = frame["code"].to_list()
    return {"code": f"{codes[0]}-{codes[-1]}"}


def _record(home: Path, files: list[ImportedFile]) -> None:
    """Writes manifest, sources and coverage of everything imported."""
    import yaml

    class Plain(yaml.SafeDumper):
        """A writer that repeats a day instead of pointing at it."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def write(name: str, content: dict[str, Any]) -> None:
        head = "# Written by `beamclaim policy import`; do not edit.\n"
        (home / name).write_text(
            head + yaml.dump(content, Dumper=Plain, sort_keys=False, allow_unicode=True), encoding="utf-8"
        )

    write("manifest.yaml", {
        b.path.name: {
            "table": b.table, "kind": b.kind, "title": b.title, "quarter": b.quarter, "first_day": b.first_day,
            "last_day": b.last_day, "settings": list(b.settings), "keys": dict(b.keys), "rows": b.rows,
            "left_out": b.left_out, "sha256": b.sha256, "from": b.given, "from_sha256": b.given_sha256,
            "imported_on": b.imported_on, "source": b.source,
        }
        for b in files
    })  # fmt: skip
    write("sources.yaml", {
        b.source: {
            "title": f"{b.title}, {b.quarter} ({b.given})", "publisher": "CMS", "published": b.first_day,
            "retrieved": b.imported_on, "voice": f"CMS {b.kind}", "sha256": b.given_sha256,
        }
        for b in files
    })  # fmt: skip
    covered: dict[str, list[dict[str, Any]]] = {}
    for b in files:
        if b.table in _NOT_COVERED:
            continue
        entry: dict[str, Any] = {"first_day": b.first_day, "last_day": b.last_day}
        if b.table != _LIVES:
            entry["payer_lines"] = [ORIGINAL_MEDICARE]
        if b.settings:
            entry["settings"] = list(b.settings)
        if b.keys:
            entry["keys"] = dict(b.keys)
        covered.setdefault(b.table, []).append(
            {**entry, "source": b.source, "verified_on": b.imported_on, "note": f"imported from {b.given}"}
        )
    write("coverage.yaml", covered)
