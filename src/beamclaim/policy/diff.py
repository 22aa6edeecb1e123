"""Two days → every answer that is another one on the second; what a new year changes. Called by `beamclaim policy diff`."""

import textwrap
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl

from beamclaim.policy.coverage import TableCoverage
from beamclaim.policy.declarations import BY_NAME, PARAMETERS
from beamclaim.policy.show import printable
from beamclaim.policy.tables import PolicyTable, PolicyTables

#: More changes of one kind in one table than this are counted in the text by the code they share.
_MANY = 24


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that differs. `kind`: begins, ends, changes. `before` and `after` hold the values that differ."""

    table: str
    kind: str
    key: tuple[str, ...]
    scope: str
    setting: str
    before: dict[str, Any]
    after: dict[str, Any]
    source: str


@dataclass(frozen=True, slots=True)
class EditionChange:
    """Rows that answer on one of the two days only because the table was verified for that day only."""

    table: str
    kind: str
    rows: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two days: changes in order of table and key, and editions that end or begin."""

    first: date
    second: date
    changes: tuple[Change, ...]
    editions: tuple[EditionChange, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON."""
        return {**asdict(self), "first": self.first.isoformat(), "second": self.second.isoformat()}

    def text(self) -> str:
        """The same for reading, at most 100 columns wide, grouped by table and kind."""
        lines = [f"From {self.first} to {self.second}"]
        groups: dict[str, dict[str, list[Change]]] = defaultdict(lambda: defaultdict(list))
        for change in self.changes:
            groups[change.table][change.kind].append(change)
        for table, kinds in groups.items():
            lines += ["", table]
            for kind, changes in kinds.items():
                lines += _changes(changes) if kind == "changes" else _wrapped(f"  {kind}: ", _listed(changes))
        if self.editions:
            lines += ["", "Editions"]
            lines += [f"  {e.table}: the days verified {e.kind[:-1]} for {e.rows} rows" for e in self.editions]
        if not self.changes and not self.editions:
            lines += ["", "  nothing changes"]
        return "\n".join(lines)


def diff(
    policy: PolicyTables, first: date, second: date, tables: tuple[str, ...] | None = None, setting: str | None = None
) -> Difference:
    """Every row whose answer differs between the days `first` and `second`, in every table or in `tables`.

    `setting` leaves out what holds only in another setting, in the changes and in the editions counted.
    A row that only changes its sources is no change. Where an edition of a table was read for one of the two days only,
    rows that stop or start with it are counted and not listed: nothing is known to change.
    """
    changes: list[Change] = []
    editions: list[EditionChange] = []
    for name in tables or (*(n for n in policy.names if not BY_NAME[n].whole), PARAMETERS.name):
        table = policy.table(name)
        entries = policy.coverage.get(name, ())
        differing = [
            c for c in _table_changes(table, first, second) if setting is None or c.setting in (setting, "any")
        ]
        silent = {
            "ends": _outside(table, entries, [c.key for c in differing if c.kind == "ends"], second),
            "begins": _outside(table, entries, [c.key for c in differing if c.kind == "begins"], first),
        }
        changes += [c for c in differing if c.key not in silent.get(c.kind, ())]
        editions += [EditionChange(name, kind, len(keys)) for kind, keys in silent.items() if keys]
    return Difference(first, second, tuple(changes), tuple(editions))


def _outside(
    table: PolicyTable, entries: Sequence[TableCoverage], keys: list[tuple[str, ...]], day: date
) -> set[tuple[str, ...]]:
    """Those of `keys` whose edition was not read for `day` in any setting; none in a table without editions."""
    if not table.is_edition or not keys:
        return set()
    # A range is asked by its first code.
    asked = pl.DataFrame([k[: len(table.key)] for k in keys], schema=dict.fromkeys(table.key, pl.String), orient="row")
    anywhere = [e.holds_key(table.key, pl.lit(True)) for e in entries if e.holds_day(day)]
    covered = asked.with_columns(pl.any_horizontal(pl.lit(False), *anywhere).alias("covered"))["covered"]
    return {key for key, is_covered in zip(keys, covered, strict=True) if not is_covered}


def _in_force(table: PolicyTable, day: date) -> pl.DataFrame:
    begun = pl.coalesce("first_day", "observed_on") <= day
    return (
        table.stated.filter(begun & (pl.col("last_day").is_null() | (pl.col("last_day") >= day)))
        .sort("observed_on", nulls_last=False)
        .unique([*_key(table), "scope", "setting"], keep="last", maintain_order=True)
    )


def _key(table: PolicyTable) -> tuple[str, ...]:
    """What tells two rows apart; the priority of a range does not."""
    return ("code_from", "code_to") if table.is_range else table.key


def _table_changes(table: PolicyTable, first: date, second: date) -> list[Change]:
    key = [*_key(table), "scope", "setting"]
    old = _in_force(table, first).select(*key, *table.value, "source", here=pl.lit(True))
    new = _in_force(table, second).select(*key, *table.value, "source", here=pl.lit(True))
    moved_to = [pl.col(v).ne_missing(pl.col(f"{v}_new")) for v in table.value]
    differs = pl.any_horizontal(*moved_to, pl.col("here").is_null(), pl.col("here_new").is_null())
    both = old.join(new, on=key, how="full", coalesce=True, suffix="_new").filter(differs).sort(key)
    changes = []
    for row in both.rows(named=True):
        kind = "begins" if row["here"] is None else "ends" if row["here_new"] is None else "changes"
        moved = [v for v in table.value if kind != "changes" or row[v] != row[f"{v}_new"]]
        before = {v: printable(row[v]) for v in moved} if kind != "begins" else {}
        after = {v: printable(row[f"{v}_new"]) for v in moved} if kind != "ends" else {}
        source = row["source"] if kind == "ends" else row["source_new"]
        named = tuple(str(row[k]) for k in _key(table))
        changes.append(Change(table.name, kind, named, row["scope"], row["setting"], before, after, source))
    return changes


def _listed(changes: list[Change]) -> str:
    """The keys; when there are many, how many for each code that all of a group share."""
    names = list(dict.fromkeys(" + ".join(c.key) or "every claim" for c in changes))
    if len(names) <= _MANY:
        return ", ".join(names)
    counted: dict[str, int] = defaultdict(int)
    for change in changes:
        for part in set(change.key):
            counted[part] += 1
    left = {c.key for c in changes}
    groups: list[str] = []
    for code in sorted(counted, key=lambda c: (-counted[c], c)):
        sharing = {key for key in left if code in key}
        if len(sharing) > 1 and len(groups) < _MANY:
            groups.append(f"{code} ({len(sharing)})")
            left -= sharing
    rest = [f"{len(left)} more"] if left and groups else sorted(" + ".join(k) for k in left)
    return ", ".join([*groups, *rest])


def _changes(changes: list[Change]) -> list[str]:
    grouped: dict[str, list[str]] = defaultdict(list)
    for change in changes:
        moves = "; ".join(f"{v} {_word(change.before[v])} → {_word(change.after[v])}" for v in change.before)
        where = "" if change.setting == "any" else f" ({change.setting})"
        grouped[moves].append(" + ".join(change.key) + where)
    return [line for moves, keys in grouped.items() for line in _wrapped(f"  {', '.join(keys)}: ", moves)]


def _word(value: Any) -> str:
    return "unknown" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _wrapped(head: str, words: str) -> list[str]:
    return textwrap.wrap(head + words, 100, subsequent_indent="      ")
