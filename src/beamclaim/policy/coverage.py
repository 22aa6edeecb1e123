"""For which days, settings, payer lines and keys a table was verified → so that no row means that there is none.

A stretch without a last day ends where the newest release it was verified against does (`declarations/lives.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from beamclaim.errors import PolicyError, nearest
from beamclaim.model.value_sets import PAYER_LINES, SETTINGS
from beamclaim.policy.declarations import BY_NAME, DECLARED
from beamclaim.policy.declarations.lives import DIAGNOSES
from beamclaim.policy.diagnoses import ICD10CM
from beamclaim.policy.payers import PAYER
from beamclaim.policy.sources import PolicySource, as_day, line_of, read_yaml, refuse_unknown

_KEYS = {
    "settings", "payer_lines", "payers", "first_day", "last_day", "listed", "keys", "either", "source", "release",
    "verified_on", "by", "note",
}  # fmt: skip


#: Table → the file beside its rows, in a policy folder, that says for what it was verified.
COVERAGE_FILES = {
    **{d.name: Path(d.file).with_suffix(".yaml").as_posix() for d in DECLARED if d.file},
    ICD10CM: f"diagnoses/{ICD10CM}.yaml",
}

Ranges = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TableCoverage:
    """A stretch of days a table answers for.

    `payers`: only for these payers, as scopes name them; the lists of others were not read. `listed`: only for keys the
    table lists at all. `keys`: only where each of these key columns lies in one of its ranges. `either`: only where some
    key column lies in one of these. A range is its inclusive first and last code.
    `last_day`: where none was stated and the table lives by releases, the last day of the release of `release` (else of
    `verified_on`). `by`: who verified it; blank in our own tables. `is_imported`: the rows of one CMS file answer for it,
    and no other row outlives its own days by it.
    """

    table: str
    first_day: date | None
    last_day: date | None
    settings: tuple[str, ...]
    payer_lines: tuple[str, ...]
    listed: bool
    keys: tuple[tuple[str, Ranges], ...]
    either: Ranges
    source: str
    verified_on: date | None
    by: str
    note: str
    is_imported: bool = False
    payers: tuple[str, ...] = ()

    def holds_day(self, day: date) -> bool:
        """Whether the stretch holds the day."""
        return (self.first_day or day) <= day <= (self.last_day or day)

    def holds_key(self, key: tuple[str, ...], listed: pl.Expr) -> pl.Expr:
        """Whether the entry is about an ask with these key columns, whatever its day, setting and payer line."""
        is_about = pl.lit(True)
        if self.listed:
            is_about &= listed
        for name, ranges in self.keys:
            is_about &= _within(name, ranges)
        if self.either:
            is_about &= pl.any_horizontal(_within(name, self.either) for name in key)
        return is_about

    def known_since(self, sources: Mapping[str, PolicySource]) -> date:
        """First day on which somebody could know it: the earliest publication of a source, else its own first day."""
        days = [sources[id_].published for id_ in self.source.split(";")] if self.source else [None]
        return min(day or self.first_day or date.min for day in days)


def _within(name: str, ranges: Ranges) -> pl.Expr:
    return pl.any_horizontal(pl.col(name).is_between(pl.lit(first), pl.lit(last)) for first, last in ranges)


def _payers(path: Path, name: str, listed: object) -> tuple[str, ...]:
    if not isinstance(listed, list) or not all(PAYER.fullmatch(str(word)) for word in listed):
        raise PolicyError(
            f"{_where(path, name)}: payers of {name} is a list of payers as scopes name them, as [unitedhealthcare]."
        )
    return tuple(map(str, listed))


def _ranges(text: str) -> Ranges:
    pairs = (part.strip().partition("-") for part in text.split(";"))
    return tuple((first, last or first) for first, _, last in pairs)


def read_coverage(folder: Path, sources: Mapping[str, PolicySource]) -> Iterator[TableCoverage]:
    """The coverage a policy folder states: beside each table (its name with `.yaml`), then for many tables in one file.

    Raises PolicyError: an unknown table or key, a word that is no setting or payer line, a source not described.
    """
    for name, file in COVERAGE_FILES.items():
        if (path := folder / file).exists():
            content = read_yaml(path)
            refuse_unknown(path, next(iter(content), ""), content, {"covered"})
            yield from _entries(path, name, content.get("covered"), sources)
    for path in (folder / file for file in ("coverage.yaml", "imported/coverage.yaml")):
        for name, entries in (read_yaml(path) if path.exists() else {}).items():
            if name not in BY_NAME and name != ICD10CM:
                raise PolicyError(
                    f"{_where(path, str(name))}: there is no table {name!r}.{nearest(str(name), BY_NAME)}"
                )
            yield from _entries(path, str(name), entries, sources)


def _entries(path: Path, name: str, entries: object, sources: Mapping[str, PolicySource]) -> Iterator[TableCoverage]:
    for entry in entries if isinstance(entries, list) else [entries]:
        yield _coverage(path, name, entry, sources)


def _where(path: Path, name: str) -> str:
    return f"{path.name} line {line_of(path, name)}"


def _coverage(path: Path, name: str, entry: Any, sources: Mapping[str, PolicySource]) -> TableCoverage:
    refuse_unknown(path, name, entry, _KEYS)
    source = str(entry.get("source") or "")
    for id_ in source.split(";") if source else ():
        if id_ not in sources:
            raise PolicyError(
                f"{_where(path, name)}: the source {id_!r} is not described; describe it in sources/.{nearest(id_, sources)}"
            )

    def words(key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        listed = entry.get(key, [])
        if not isinstance(listed, list) or any(word not in allowed for word in listed):
            raise PolicyError(f"{_where(path, name)}: {key} of {name} is a list of {', '.join(allowed)}.")
        return tuple(map(str, listed))

    def day(key: str) -> date | None:
        value = entry.get(key)
        if value is not None and as_day(value) is None:
            raise PolicyError(f"{_where(path, name)}: {key} {value!r} of {name} is no day. Write 2026-01-31.")
        return as_day(value)

    keys = entry.get("keys") or {}
    if not isinstance(keys, dict):
        raise PolicyError(f"{_where(path, name)}: keys of {name} is a mapping of key column to ranges.")
    first, last, verified = day("first_day"), day("last_day"), day("verified_on")
    release = day("release") or verified
    if last is None and release is not None:
        last = (DIAGNOSES if name == ICD10CM else BY_NAME[name].lives).last_day(release)
    if first is not None and last is not None and last < first:
        raise PolicyError(
            f"{_where(path, name)}: {name} is verified from {first}, after {last}, the last day of what it was verified "
            "against. Say the release it was verified against (release: 2027-01-01), or a last_day."
        )
    return TableCoverage(
        table=name,
        first_day=first,
        last_day=last,
        settings=words("settings", SETTINGS),
        payer_lines=words("payer_lines", PAYER_LINES),
        listed=bool(entry.get("listed", False)),
        keys=tuple((str(k), _ranges(str(v))) for k, v in keys.items()),
        either=_ranges(str(entry["either"])) if entry.get("either") else (),
        source=source,
        verified_on=verified,
        by=str(entry.get("by") or ""),
        note=str(entry.get("note") or ""),
        is_imported=path.parent.name == "imported",
        payers=_payers(path, name, entry.get("payers", [])),
    )
