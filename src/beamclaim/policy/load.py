"""Our tables and a clinic's own → `PolicyTables`, as known on a day.

Ours come from a snapshot where there is one (`snapshot.py`), else from their files; a clinic's folder is always read and
checked anew. Begin here; then `folder.py` (what files say) and `tables.py` (what is made of them).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from beamclaim.errors import PolicyError
from beamclaim.policy.coverage import TableCoverage
from beamclaim.policy.declarations import BY_NAME, DECLARED, PARAMETERS, Declaration
from beamclaim.policy.declarations.lives import DIAGNOSES
from beamclaim.policy.diagnoses import ICD10CM, Diagnoses
from beamclaim.policy.folder import OWN, FolderContent, digest_of, read_folder
from beamclaim.policy.horizon import with_until
from beamclaim.policy.imports.imported import ImportedFile, read_manifest
from beamclaim.policy.payers import refuse_own_payers
from beamclaim.policy.read_table import known_on, refuse_overlaps
from beamclaim.policy.readings import with_readings
from beamclaim.policy.snapshot import read_snapshot, write_snapshot
from beamclaim.policy.sources import PolicySource
from beamclaim.policy.tables import PolicyTable, PolicyTables


def load_policy(folder: Path | None = None, *, as_of: date | None = None) -> PolicyTables:
    """Our own tables, and those of `folder` (the same form) after them; without rows nobody could know on `as_of`.

    Raises PolicyError when anything in `folder` is wrong, with file, line and remedy.
    """
    if folder is not None and not folder.is_dir():
        raise PolicyError(f"{folder} is no folder of policy tables. Name the folder that holds codes/, edits/ …")
    own_digest = digest_of([OWN])
    own = read_snapshot(own_digest)
    if own is None:
        own = read_folder(OWN, described={})
        write_snapshot(own_digest, own)
    contents = [own]
    imported: list[ImportedFile] = []
    if folder is not None:
        contents.append(read_folder(folder, described=own.sources))
        imported = read_manifest(folder)
    editions = [edition for edition in imported if as_of is None or edition.first_day <= as_of]
    sources = {id_: source for content in contents for id_, source in content.sources.items()}
    rows = _rows(contents)
    coverage = _coverage((entry for content in contents for entry in content.coverage), editions)
    refuse_own_payers(rows["payer.own"], rows["payers"]["payer"])
    return PolicyTables(
        as_of=as_of,
        digest=own_digest if folder is None else digest_of([OWN, folder]),
        sources=sources,
        coverage=_known_coverage(coverage, sources, as_of),
        tables=_tables(rows, coverage, as_of),
        whole_parameters=_whole_parameters(rows[PARAMETERS.name]),
        diagnoses=_diagnoses(own, editions),
        editions={name: tuple(e for e in editions if e.table == name) for name in {e.table for e in editions}},
        imported_sources=frozenset(edition.source for edition in imported),
    )


def _rows(contents: list[FolderContent]) -> dict[str, pl.DataFrame]:
    """Table → the rows of all folders, which together may not give two answers either."""
    own, *others = contents
    rows = dict(own.rows)
    for content in others:
        for name, frame in content.rows.items():
            rows[name] = pl.concat([rows[name], frame])
            refuse_overlaps(BY_NAME[name], rows[name])
    return rows


def _tables(
    rows: Mapping[str, pl.DataFrame], coverage: Mapping[str, Sequence[TableCoverage]], as_of: date | None
) -> dict[str, PolicyTable]:
    tables = {
        name: PolicyTable(
            BY_NAME[name],
            known_on(
                _with_days(BY_NAME[name], frame, coverage.get(name, ())), None if BY_NAME[name].is_timeless else as_of
            ),
        )
        for name, frame in rows.items()
    }
    for declared in DECLARED:
        if declared.whole:
            frame = _part(declared, tables[declared.whole])
            tables[declared.name] = PolicyTable(declared, frame.drop("row.id").with_row_index("row.id"))
    return tables


def _part(declared: Declaration, whole: PolicyTable) -> pl.DataFrame:
    """The rows of another table that are a table's own, by its key."""
    if declared.part_of:
        fixed = whole.key[len(declared.key) :]
        words = zip(fixed, declared.part_of[1:], strict=True)
        return whole.frame.filter(pl.col(k) == word for k, word in words).drop(fixed)
    first, second = declared.key
    words_of = pl.col(declared.pairs_of[1]).str.split(";").alias(first)
    pairs = whole.frame.with_columns(words_of).explode(first).drop_nulls(first).drop(whole.value)
    return pairs.rename({whole.key[0]: second}).select(first, pl.exclude(first))


def _with_days(declared: Declaration, frame: pl.DataFrame, entries: Sequence[TableCoverage]) -> pl.DataFrame:
    """The rows with the days on which each answers, surely or at a lower grade."""
    return with_readings(declared, with_until(declared, frame, entries), entries)


def _coverage(
    entries: Iterable[TableCoverage], editions: Iterable[ImportedFile]
) -> dict[str, tuple[TableCoverage, ...]]:
    """Table → its coverage; what stands on the categories of diagnoses holds as long as the newest release of them read."""
    releases = [edition.last_day for edition in editions if edition.table == ICD10CM]
    coverage: dict[str, tuple[TableCoverage, ...]] = {}
    for entry in entries:
        of_table = coverage.get(entry.table, ())
        is_of_diagnoses = entry.table != ICD10CM and BY_NAME[entry.table].lives is DIAGNOSES
        if is_of_diagnoses and entry.last_day is not None:
            of_table = (*of_table, replace(entry, last_day=max((entry.last_day, *releases))))
        else:
            of_table = (*of_table, entry)
        coverage[entry.table] = of_table
    return coverage


def _known_coverage(
    entries: Mapping[str, Sequence[TableCoverage]], sources: Mapping[str, PolicySource], as_of: date | None
) -> dict[str, tuple[TableCoverage, ...]]:
    """Table → its coverage somebody could know on the day; a table made of another's rows is covered as that is."""
    coverage = {
        name: tuple(e for e in of_table if as_of is None or e.known_since(sources) <= as_of)
        for name, of_table in entries.items()
    }
    coverage = {name: of_table for name, of_table in coverage.items() if of_table}
    for declared in DECLARED:
        if declared.whole in coverage:
            coverage[declared.name] = tuple(_of_part(declared, entry) for entry in coverage[declared.whole])
    return coverage


def _of_part(declared: Declaration, entry: TableCoverage) -> TableCoverage:
    """The coverage of a table for one made of its rows: in a table of pairs its key is the second code."""
    if not declared.pairs_of:
        return entry
    return replace(entry, keys=tuple((declared.key[1], ranges) for _, ranges in entry.keys))


def _whole_parameters(rows: pl.DataFrame) -> dict[str, bool]:
    """Name → whether all values are whole numbers; of all rows, whatever anybody could know."""
    is_whole = pl.col("value").str.contains(r"^-?\d+$").all()
    return dict(rows.group_by("parameter").agg(is_whole).iter_rows())


def _diagnoses(own: FolderContent, editions: Iterable[ImportedFile]) -> Diagnoses:
    assert own.diagnoses is not None, "our own folder holds the releases"
    diagnoses = own.diagnoses
    for edition in editions:
        if edition.table == ICD10CM:
            codes = pl.read_parquet(edition.path)
            diagnoses = diagnoses.with_release(codes, edition.first_day, edition.last_day, edition.source)
    return diagnoses
