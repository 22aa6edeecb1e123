"""Policy and a day → the tables that end before it, since when, and the release that would answer. For JSON, as text, in a sentence.

One `EndedTable` per stretch of coverage that ended before the day and that no later stretch of its kind goes on with. Called by
`beamclaim policy coverage --on` and by a run, which says once how far past the tables it reaches.
"""

import textwrap
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from beamclaim.policy.coverage import TableCoverage
from beamclaim.policy.declarations import BY_NAME
from beamclaim.policy.declarations.lives import DIAGNOSES, Life
from beamclaim.policy.diagnoses import ICD10CM
from beamclaim.policy.tables import PolicyTables

#: Tables that `policy import` fills from files as CMS publishes them.
IMPORTED = frozenset(
    {"ncci", "mue", "mpfs.indicators", "mpfs.rates", "opps.status", "radonc.codes", "radonc.known", ICD10CM}
)


@dataclass(frozen=True, slots=True)
class EndedTable:
    """A table, or a part of it, that speaks for no day after `last_day`; `answered_by`: the release that would, in words."""

    table: str
    last_day: date
    settings: tuple[str, ...]
    payer_lines: tuple[str, ...]
    codes: str
    answered_by: str
    can_import: bool

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON: days as text."""
        return {
            "table": self.table, "last_day": self.last_day.isoformat(), "settings": list(self.settings),
            "payer_lines": list(self.payer_lines), "codes": self.codes, "answered_by": self.answered_by,
            "can_import": self.can_import,
        }  # fmt: skip


def life_of(table: str) -> Life:
    """How long a table holds without being read again; diagnoses, which are no table, by their releases."""
    return DIAGNOSES if table == ICD10CM else BY_NAME[table].lives


def ended_tables(tables: PolicyTables, day: date, names: Collection[str] | None = None) -> list[EndedTable]:
    """What ends before a day, in order of table (of `names`, where some are given). A part of a table is said with its whole."""
    ended: list[EndedTable] = []
    for name in sorted(tables.coverage):
        if (names is None or name in names) and not (name != ICD10CM and BY_NAME[name].whole):
            ended += _ended(tables, name, day)
    return ended


def ended_text(ended: Sequence[EndedTable], day: date) -> str:
    """The same for reading: one release after another, with the tables it would answer for."""
    if not ended:
        return f"No table ends before {day}."
    lines = [
        f"{len({e.table for e in ended})} tables end before {day}. What had ended stays ended; nothing else is told from them after."
    ]
    for release, of_release in _by_release(ended):
        how = " (beamclaim policy import)" if any(e.can_import for e in of_release) else ""
        lines += ["", f"{release[0].upper()}{release[1:]}{how}"]
        for e in of_release:
            whom = ", ".join((*e.settings, *e.payer_lines))
            words = "; ".join(
                filter(None, (f"{e.table}  to {e.last_day}", whom, f"codes {e.codes}" if e.codes else ""))
            )
            lines += textwrap.wrap(words, 100, initial_indent="  ", subsequent_indent="      ")
    return "\n".join(lines)


def ended_sentence(ended: Sequence[EndedTable], day: date) -> str:
    """The same in a sentence for the head of a report; blank where nothing ended."""
    if not ended:
        return ""
    count = len({e.table for e in ended})
    releases = "; ".join(release for release, _ in _by_release(ended))
    tables = "one table that was asked ends" if count == 1 else f"{count} tables that were asked end"
    return (
        f"Services reach to {day}, and {tables} before: from them nothing is clear and no error is said after their last day. "
        f"Missing: {releases}. `beamclaim policy coverage --on {day}` lists them."
    )


def _by_release(ended: Iterable[EndedTable]) -> list[tuple[str, list[EndedTable]]]:
    by_release: dict[str, list[EndedTable]] = {}
    for e in ended:
        by_release.setdefault(e.answered_by, []).append(e)
    return sorted(by_release.items())


def _ended(tables: PolicyTables, name: str, day: date) -> Iterator[EndedTable]:
    entries = tables.coverage[name]
    for entry in entries:
        last = entry.last_day
        if last is None or last >= day or any(_goes_on(entry, other) for other in entries):
            continue
        if name != ICD10CM and _all_ended(tables, name, last):
            continue
        spans = (*(r for _, ranges in entry.keys for r in ranges), *entry.either)
        yield EndedTable(
            table=name,
            last_day=last,
            settings=entry.settings,
            payer_lines=entry.payer_lines,
            codes=", ".join(dict.fromkeys(a if a == b else f"{a} to {b}" for a, b in spans)),
            answered_by=life_of(name).release_of(day) or "the table, read again",
            can_import=name in IMPORTED,
        )


def _goes_on(entry: TableCoverage, other: TableCoverage) -> bool:
    """Whether a later stretch takes up where this one ends: for the same settings and lines, limited in the same way or not at all."""
    assert entry.last_day is not None
    is_later = other.last_day is None or other.last_day > entry.last_day
    same_whom = _holds(entry.settings, other.settings) and _holds(entry.payer_lines, other.payer_lines)
    is_unlimited = not (other.keys or other.either)
    alike = bool(entry.either) == bool(other.either) and dict(entry.keys).keys() == dict(other.keys).keys()
    same_codes = _first_letters(entry) == _first_letters(other)
    return is_later and same_whom and (is_unlimited or (alike and same_codes))


def _holds(words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return not others or (bool(words) and set(words) <= set(others))


def _first_letters(entry: TableCoverage) -> set[bool]:
    """Whether its codes begin with digits, with letters, or both: procedure codes of CPT are no HCPCS codes."""
    return {first[0].isdigit() for _, ranges in entry.keys for first, _ in ranges}


def _all_ended(tables: PolicyTables, name: str, last: date) -> bool:
    """Whether every row had ended by itself: nobody can release anything more about what is gone."""
    if BY_NAME[name].is_edition or not BY_NAME[name].lives.ends_for_good:
        return False
    return bool(tables.table(name).frame.select((pl.col("last_day") <= last).fill_null(False).all()).item())
