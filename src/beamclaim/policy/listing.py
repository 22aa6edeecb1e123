"""Listing: the tables there are, the rows of one, and for what each was verified."""

import textwrap
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from beamclaim.errors import PolicyError
from beamclaim.policy.coverage import Coverage
from beamclaim.policy.load import PolicyTable
from beamclaim.policy.resolve import Policy
from beamclaim.policy.show import said

_MANY = 200
#: Cells every table has; the others are the key and what a row says.
COMMON = ("scope", "setting", "first_day", "last_day", "source", "at", "confidence", "observed_on")


@dataclass(frozen=True, slots=True)
class TableLine:
    """A table in one line: rows, first and last day any of them names, how many sources, what it answers."""

    name: str
    rows: int
    first_day: date | None
    last_day: date | None
    open_ended: bool
    sources: int
    doc: str


def tables(policy: Policy) -> list[TableLine]:
    """Every table, in order of name; imported rows are counted too."""
    return [_line(policy, name) for name in sorted(policy.names)]


def _line(policy: Policy, name: str) -> TableLine:
    table = policy.table(name)
    frame = table.frame.filter(~pl.col("row.file").str.ends_with(".parquet"))
    bulks = policy.imported(name)
    cited = {s for text in frame["source"].unique().to_list() for s in text.split(";") if s} | {b.source for b in bulks}
    own_first, own_last = frame["first_day"].min(), frame["last_day"].max()
    firsts = [d for d in (own_first, *(b.first_day for b in bulks)) if isinstance(d, date)]
    lasts = [d for d in (own_last, *(b.last_day for b in bulks)) if isinstance(d, date)]
    return TableLine(
        name, frame.height + sum(b.rows for b in bulks), min(firsts, default=None), max(lasts, default=None),
        bool(frame["last_day"].is_null().any()), len(cited), table.doc,
    )  # fmt: skip


def tables_text(lines: list[TableLine]) -> str:
    """The same for reading."""
    wide = max(len(t.name) for t in lines)
    told = []
    for t in lines:
        days = f"{t.first_day or '…'} to {'now' if t.open_ended else t.last_day or '…'}"
        head = f"{t.name:<{wide}}  {t.rows:>8} rows  {days:<24}  {t.sources:>3} source{'' if t.sources == 1 else 's'}"
        told += [head, *textwrap.wrap(t.doc, 96, initial_indent="    ", subsequent_indent="    ")]
    return "\n".join(told)


def rows(policy: Policy, name: str, code: str | None = None) -> list[dict[str, Any]]:
    """The rows of a table, those whose key holds `code` where one is given; ready for JSON.

    Raises PolicyError when there is no such table.
    """
    bare = code.strip().upper().replace(".", "") if code else None
    table = policy.about(name, bare) if bare else policy.table(name)
    frame = table.frame
    if bare and table.is_range:
        low = pl.lit(bare).str.slice(0, pl.col("code_from").str.len_bytes()) >= pl.col("code_from")
        high = pl.lit(bare).str.slice(0, pl.col("code_to").str.len_bytes()) <= pl.col("code_to")
        frame = frame.filter(low & high)
    elif bare:
        frame = frame.filter(pl.any_horizontal(pl.col(k).str.to_uppercase() == bare for k in table.key))
    return told(table, frame)


def told(table: PolicyTable, frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as they are told: key, what they say, for whom, when, by which source; ready for JSON."""
    keys = ("code_from", "code_to", "priority") if table.is_range else table.key
    shown = (*keys, *table.value, *COMMON)
    return [{k: said(v) for k, v in row.items()} for row in frame.select(shown).rows(named=True)]


def rows_text(name: str, found: list[dict[str, Any]]) -> str:
    """The same for reading: one row a line, blank cells left out, the first 200."""
    lines = [f"{name}: {len(found)} rows"]
    for row in found[:_MANY]:
        cells = [f"{k} {str(v).lower() if isinstance(v, bool) else v}" for k, v in row.items() if v not in (None, "")]
        lines += textwrap.wrap(", ".join(cells), 100, initial_indent="  ", subsequent_indent="      ")
    if len(found) > _MANY:
        lines.append(f"  … {len(found) - _MANY} more; name a code, or use --format json")
    return "\n".join(lines)


def coverage(policy: Policy, name: str | None = None) -> list[Coverage]:
    """What each table was verified for, in order of table and day. Raises PolicyError: no such table."""
    if name is not None and name not in (*policy.names, "parameters", "icd10cm"):
        raise PolicyError(f"there is no policy table {name!r}. There are {', '.join(sorted(policy.names))}.")
    chosen = [e for table in sorted(policy.coverage) if name in (None, table) for e in policy.coverage[table]]
    return sorted(chosen, key=lambda e: (e.table, e.settings, e.payer_lines, e.first_day or date.min))


def coverage_text(entries: list[Coverage]) -> str:
    """The same for reading: through which day, for whom, by whom, resting on what."""
    lines: list[str] = []
    before = ""
    for e in entries:
        if e.table != before:
            lines.append(e.table)
            before = e.table
        whom = ", ".join((*e.settings, *e.payer_lines)) or "everyone"
        spans = "; ".join(f"{a}-{b}" if a != b else a for ranges in (*e.keys.values(), e.either) for a, b in ranges)
        what = f"{e.first_day or '…'} to {e.last_day or 'now'}, {whom}"
        what += f", codes {spans}" if spans else ""
        what += ", codes listed" if e.listed else ""
        checked = f"verified {e.verified_on or 'on no day named'} by {e.by or 'Beamclaim'}"
        rest = f"against {e.source.replace(';', ', ')}" if e.source else "against no source"
        told = "; ".join(filter(None, (what, f"{checked} {rest}", e.note)))
        lines += textwrap.wrap(told, 100, initial_indent="  ", subsequent_indent="      ")
    return "\n".join(lines)


def coverage_rows(entries: list[Coverage]) -> list[dict[str, Any]]:
    """The same for JSON."""
    return [
        {
            "table": e.table, "first_day": said(e.first_day), "last_day": said(e.last_day), "settings": list(e.settings),
            "payer_lines": list(e.payer_lines), "listed": e.listed, "keys": {k: list(v) for k, v in e.keys.items()},
            "either": list(e.either), "source": e.source, "verified_on": said(e.verified_on),
            "by": e.by or "Beamclaim", "note": e.note,
        }
        for e in entries
    ]  # fmt: skip
