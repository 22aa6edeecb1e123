"""Policy tables → the page of them in Markdown: what each answers, for which days, and who reads what no rule asks.

Written to `TABLES.md` by `scripts/policy_tables.py`, and to the reference of the documentation; a test holds the two equal.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from beamclaim.policy.coverage import TableCoverage
from beamclaim.policy.declarations import BY_NAME, PARAMETERS
from beamclaim.policy.tables import PolicyTables

PAGE = Path(__file__).parent / "TABLES.md"
_FEW = 4


def tables_page(tables: PolicyTables) -> str:
    """Every table by folder, then every parameter. Deterministic: the same files give the same text."""
    text = (
        "# Policy tables\n\n"
        "Written by `python scripts/policy_tables.py` from the declarations, the files beside the tables and the "
        "parameters; do not edit. How they are read and asked stands in `README.md`.\n"
    )
    folders: dict[str, list[str]] = {}
    for name in tables.names:
        declared = BY_NAME[name]
        folder = (declared.file or BY_NAME[declared.whole].file).partition("/")[0]
        folders.setdefault(folder, []).append(name)
    for folder, names in folders.items():
        text += f"\n## {folder.capitalize()}\n\n"
        text += _rows(("table", "key", "values", "what it answers", "verified for"), (_line(tables, n) for n in names))
        reads = [(f"`{n}`", _reads(n)) for n in names if BY_NAME[n].read_by]
        if reads:
            text += "\nNo rule asks these; they are read by\n\n" + _rows(("table", "who"), reads)
    return text + "\n## Parameters\n\n" + _parameters(tables)


def _line(tables: PolicyTables, name: str) -> tuple[str, ...]:
    declared = BY_NAME[name]
    key = ", ".join(declared.key) + (" (range)" if declared.is_range else "")
    covered = "; ".join(_days(entry) for entry in tables.coverage.get(name, ()))
    return f"`{name}`", key or "–", ", ".join(declared.value) or "–", declared.detail or declared.doc, covered


def _days(entry: TableCoverage) -> str:
    whom = ", ".join((*entry.payers, *entry.payer_lines, *entry.settings))
    days = f"{entry.first_day or '…'} {f'to {entry.last_day}' if entry.last_day else 'on'}"
    ranges = [f"{a}–{b}" if a != b else a for spans in (*dict(entry.keys).values(), entry.either) for a, b in spans]
    codes = ", ".join((*ranges[:_FEW], *(["…"] if len(ranges) > _FEW else []), *(["codes listed"] * entry.listed)))
    return " · ".join(filter(None, (whom, days, codes)))


def _reads(name: str) -> str:
    return "; ".join(f"{'all' if column == '*' else column}: {who}" for column, who in BY_NAME[name].read_by.items())


def _parameters(tables: PolicyTables) -> str:
    frame = tables.table(PARAMETERS.name).stated
    preview = pl.when("row.preview").then(pl.lit(" (preview)")).otherwise(pl.lit(""))
    words = (
        pl.when(pl.col("scope") == "us")
        .then("value")
        .otherwise(pl.concat_str("value", pl.lit(" ("), "scope", pl.lit(")")))
    )
    grouped = frame.group_by("parameter", "row.label", "row.unit", "row.read_by", maintain_order=True).agg(
        pl.concat_str(words, preview).alias("values")
    )
    rows = (
        (f"`{name}`", label, ", ".join(values), unit, read_by)
        for name, label, unit, read_by, values in grouped.iter_rows()
    )
    return _rows(("parameter", "meaning", "value", "unit", "read by, where no rule asks"), rows)


def _rows(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *body]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)
