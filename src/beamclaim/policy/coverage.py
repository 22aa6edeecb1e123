"""Coverage: for which days, settings, payer lines and keys a table was verified, so that no row means none."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from beamclaim.errors import PolicyError
from beamclaim.model.value_sets import PAYER_LINES, SETTINGS
from beamclaim.policy.sources import Source, as_day, line_of, read_yaml, refuse_unknown
from beamclaim.policy.tables import BY_NAME

_KEYS = {
    "settings", "payer_lines", "first_day", "last_day", "listed", "keys", "either", "source", "verified_on", "by", "note",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coverage:
    """A stretch of days a table answers for.

    `listed`: only for keys the table lists at all. `keys`: only where each of these key columns lies in one of its
    ranges. `either`: only where some key column lies in one of these. A range is its inclusive first and last code.
    `by`: who verified it; blank in our own tables.
    """

    table: str
    first_day: date | None
    last_day: date | None
    settings: tuple[str, ...]
    payer_lines: tuple[str, ...]
    listed: bool
    keys: dict[str, tuple[tuple[str, str], ...]]
    either: tuple[tuple[str, str], ...]
    source: str
    verified_on: date | None
    by: str
    note: str

    def holds_day(self, day: date) -> bool:
        """Whether the stretch holds the day."""
        return (self.first_day or day) <= day <= (self.last_day or day)

    def holds_key(self, key: tuple[str, ...], listed: pl.Expr) -> pl.Expr:
        """Whether the entry is about an ask with these key columns, whatever its day, setting and payer line."""
        held = pl.lit(True)
        if self.listed:
            held &= listed
        for name, ranges in self.keys.items():
            held &= _within(name, ranges)
        if self.either:
            held &= pl.any_horizontal(_within(name, self.either) for name in key)
        return held


def _within(name: str, ranges: tuple[tuple[str, str], ...]) -> pl.Expr:
    return pl.any_horizontal(pl.col(name).is_between(pl.lit(first), pl.lit(last)) for first, last in ranges)


def _ranges(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (part.strip().partition("-") for part in text.split(";"))
    return tuple((first, last or first) for first, _, last in pairs)


def read_coverage(folders: list[Path], sources: dict[str, Source], as_of: date | None) -> dict[str, list[Coverage]]:
    """Coverage by table name; stretches whose source nobody could know on `as_of` are left out.

    Raises PolicyError: an unknown table or key, a word that is no setting or payer line, a source not described.
    """
    found: dict[str, list[Coverage]] = {}
    paths = [f / name for f in folders for name in ("coverage.yaml", "imported/coverage.yaml")]
    for path in (p for p in paths if p.exists()):
        for name, entries in read_yaml(path).items():
            if name not in BY_NAME and name != "icd10cm":
                raise PolicyError(f"{_where(path, str(name))}: there is no table {name!r}.")
            for given in entries if isinstance(entries, list) else [entries]:
                refuse_unknown(path, str(name), given, _KEYS)
                entry = _coverage(path, str(name), given)
                for id_ in entry.source.split(";") if entry.source else ():
                    if id_ not in sources:
                        where = _where(path, str(name))
                        raise PolicyError(f"{where}: the source {id_!r} is not described; describe it in sources/.")
                if as_of is None or _known(entry, sources) <= as_of:
                    found.setdefault(str(name), []).append(entry)
    return found


def _known(entry: Coverage, sources: dict[str, Source]) -> date:
    days = [sources[id_].published for id_ in entry.source.split(";")] if entry.source else [None]
    own = entry.first_day or date.min
    return min(day or own for day in days)


def _where(path: Path, name: str) -> str:
    return f"{path.name} line {line_of(path, name)}"


def _coverage(path: Path, name: str, given: dict[str, object]) -> Coverage:
    def words(key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        listed = given.get(key, [])
        if not isinstance(listed, list) or any(word not in allowed for word in listed):
            raise PolicyError(f"{_where(path, name)}: {key} of {name} is a list of {', '.join(allowed)}.")
        return tuple(map(str, listed))

    def day(key: str) -> date | None:
        value = given.get(key)
        if value is not None and as_day(value) is None:
            raise PolicyError(f"{_where(path, name)}: {key} {value!r} of {name} is no day. Write 2026-01-31.")
        return as_day(value)

    keys = given.get("keys") or {}
    if not isinstance(keys, dict):
        raise PolicyError(f"{_where(path, name)}: keys of {name} is a mapping of key column to ranges.")
    return Coverage(
        table=name,
        first_day=day("first_day"),
        last_day=day("last_day"),
        settings=words("settings", SETTINGS),
        payer_lines=words("payer_lines", PAYER_LINES),
        listed=bool(given.get("listed", False)),
        keys={str(k): _ranges(str(v)) for k, v in keys.items()},
        either=_ranges(str(given["either"])) if given.get("either") else (),
        source=str(given.get("source") or ""),
        verified_on=day("verified_on"),
        by=str(given.get("by") or ""),
        note=str(given.get("note") or ""),
    )
