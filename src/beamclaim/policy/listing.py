"""Policy → the tables there are, the rows of one, and for what each was verified, as rows for JSON and as text.

Called by `beamclaim policy list` and `policy coverage`, and by the pages of rules.
"""

import textwrap
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from beamclaim.errors import PolicyError, nearest
from beamclaim.policy.answers import PolicyAnswers
from beamclaim.policy.coverage import TableCoverage
from beamclaim.policy.declarations import PARAMETERS
from beamclaim.policy.declarations.form import ROW
from beamclaim.policy.diagnoses import ICD10CM
from beamclaim.policy.show import printable
from beamclaim.policy.tables import PolicyTable, PolicyTables

_MANY = 200


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


def tables(policy: PolicyTables) -> list[TableLine]:
    """Every table, in order of name; imported rows are counted too."""
    return [_line(policy, name) for name in sorted(policy.names)]


def _line(policy: PolicyTables, name: str) -> TableLine:
    table = policy.table(name)
    frame = table.stated.filter(~pl.col("row.file").str.ends_with(".parquet"))
    editions = policy.editions.get(name, ())
    cited = {s for text in frame["source"].unique().to_list() for s in text.split(";") if s} | {
        e.source for e in editions
    }
    own_first, own_last = frame["first_day"].min(), frame["last_day"].max()
    firsts = [d for d in (own_first, *(e.first_day for e in editions)) if isinstance(d, date)]
    lasts = [d for d in (own_last, *(e.last_day for e in editions)) if isinstance(d, date)]
    return TableLine(
        name, frame.height + sum(e.rows for e in editions), min(firsts, default=None), max(lasts, default=None),
        bool(frame["last_day"].is_null().any()), len(cited), table.doc,
    )  # fmt: skip


def tables_text(lines: list[TableLine]) -> str:
    """The same for reading."""
    wide = max(len(t.name) for t in lines)
    text = []
    for t in lines:
        days = f"{t.first_day or '…'} to {'now' if t.open_ended else t.last_day or '…'}"
        head = f"{t.name:<{wide}}  {t.rows:>8} rows  {days:<24}  {t.sources:>3} source{'' if t.sources == 1 else 's'}"
        text += [head, *textwrap.wrap(t.doc, 96, initial_indent="    ", subsequent_indent="    ")]
    return "\n".join(text)


def rows(policy: PolicyAnswers, name: str, code: str | None = None) -> list[dict[str, Any]]:
    """The rows of a table, those whose key holds `code` where one is given; ready for JSON.

    Raises PolicyError when there is no such table.
    """
    bare = code.strip().upper().replace(".", "") if code else None
    table = policy.about(name, bare) if bare else policy.table(name)
    frame = table.stated
    if bare and table.is_range:
        low = pl.lit(bare).str.slice(0, pl.col("code_from").str.len_bytes()) >= pl.col("code_from")
        high = pl.lit(bare).str.slice(0, pl.col("code_to").str.len_bytes()) <= pl.col("code_to")
        frame = frame.filter(low & high)
    elif bare:
        frame = frame.filter(pl.any_horizontal(pl.col(k).str.to_uppercase() == bare for k in table.key))
    return row_cells(table, frame)


def row_cells(table: PolicyTable, frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table, cell by cell: key, what they say, for whom, when, by which source; ready for JSON."""
    shown = (*table.declared.key_cells, *table.value, *ROW)
    return [{k: printable(v) for k, v in row.items()} for row in frame.select(shown).rows(named=True)]


def rows_text(name: str, listed: list[dict[str, Any]]) -> str:
    """The same for reading: one row a line, blank cells left out, the first 200."""
    lines = [f"{name}: {len(listed)} rows"]
    for row in listed[:_MANY]:
        cells = [f"{k} {str(v).lower() if isinstance(v, bool) else v}" for k, v in row.items() if v not in (None, "")]
        lines += textwrap.wrap(", ".join(cells), 100, initial_indent="  ", subsequent_indent="      ")
    if len(listed) > _MANY:
        lines.append(f"  … {len(listed) - _MANY} more; name a code, or use --format json")
    return "\n".join(lines)


def coverage(policy: PolicyTables, name: str | None = None) -> list[TableCoverage]:
    """What each table was verified for, in order of table and day. Raises PolicyError: no such table."""
    if name is not None and name not in (*policy.names, PARAMETERS.name, ICD10CM):
        raise PolicyError(f"there is no policy table {name!r}.{nearest(name, policy.names)}")
    chosen = [e for table in sorted(policy.coverage) if name in (None, table) for e in policy.coverage[table]]
    return sorted(chosen, key=lambda e: (e.table, e.settings, e.payer_lines, e.payers, e.first_day or date.min))


def coverage_text(entries: list[TableCoverage]) -> str:
    """The same for reading: through which day, for whom, by whom, resting on what."""
    lines: list[str] = []
    before = ""
    for e in entries:
        if e.table != before:
            lines.append(e.table)
            before = e.table
        whom = ", ".join((*e.settings, *e.payers, *e.payer_lines)) or "everyone"
        spans = "; ".join(
            f"{a}-{b}" if a != b else a for ranges in (*dict(e.keys).values(), e.either) for a, b in ranges
        )
        what = f"{e.first_day or '…'} to {e.last_day or 'now'}, {whom}"
        what += f", codes {spans}" if spans else ""
        what += ", codes listed" if e.listed else ""
        checked = f"verified {e.verified_on or 'on no day named'} by {e.by or 'Beamclaim'}"
        rest = f"against {e.source.replace(';', ', ')}" if e.source else "against no source"
        words = "; ".join(filter(None, (what, f"{checked} {rest}", e.note)))
        lines += textwrap.wrap(words, 100, initial_indent="  ", subsequent_indent="      ")
    return "\n".join(lines)


def coverage_rows(entries: list[TableCoverage]) -> list[dict[str, Any]]:
    """The same for JSON."""
    return [
        {
            "table": e.table, "first_day": printable(e.first_day), "last_day": printable(e.last_day), "settings": list(e.settings),
            "payer_lines": list(e.payer_lines), "payers": list(e.payers), "listed": e.listed, "keys": {k: list(v) for k, v in e.keys},
            "either": list(e.either), "source": e.source, "verified_on": printable(e.verified_on),
            "by": e.by or "Beamclaim", "note": e.note,
        }
        for e in entries
    ]  # fmt: skip
