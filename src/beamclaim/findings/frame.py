"""Findings → one table for notebooks and exports: names instead of numbers, lists of facts and policy rows.

One row a finding, in the order of the run. Called by whoever asks for `Findings.frame`.
"""

from collections.abc import Sequence
from typing import Any

import polars as pl

from beamclaim.findings.schema import SPINE, Findings, Part

FACTS: dict[str, Any] = {
    "name": pl.String, "value": pl.String, "file": pl.String, "start": pl.Int64, "end": pl.Int64, "path": pl.String,
    "segment": pl.UInt32,
}  # fmt: skip
POLICY: dict[str, Any] = {
    "table": pl.String, "value": pl.String, "first_day": pl.Date, "last_day": pl.Date, "source": pl.String,
}  # fmt: skip
#: Numbers of the run itself, which say nothing outside of it.
_NUMBERS = frozenset({"part", "row", "lines", "claim.key", "line.key", "file"})
_WORDS = ("path", "message", "to_do", "repair")
SCHEMA: dict[str, Any] = {
    **{n: t for n, t in SPINE.items() if n not in _NUMBERS},
    "file": pl.String,
    **dict.fromkeys(_WORDS, pl.String),
    "title": pl.String,
    "who": pl.String,
    "facts": pl.List(pl.Struct(FACTS)),
    "policy": pl.List(pl.Struct(POLICY)),
}


def as_frame(findings: Findings) -> pl.DataFrame:
    """The findings with the columns of `SCHEMA`."""
    labels = pl.Series("file", findings.files, dtype=pl.String)
    rows = [(p.name, p.value, p.first_day, p.last_day, p.source) for p in findings.policy_rows]
    known = pl.DataFrame(rows, schema=POLICY, orient="row").to_struct("policy")
    pieces = [_piece(part, rows, labels, known) for part, rows in findings.by_part(findings.spine)]
    if not pieces:
        return pl.DataFrame(schema=SCHEMA)
    return pl.concat(pieces).sort("at").drop("at")


def _piece(part: Part, rows: pl.DataFrame, labels: pl.Series, known: pl.Series) -> pl.DataFrame:
    facts = [_fact(k, name, rows, labels) for k, name in enumerate(part.facts)]
    policy = [known.gather(rows[n]).zip_with(rows[n].is_not_null(), _none(rows, POLICY)) for n in part.policy]
    return rows.with_columns(labels.gather(rows["file"]).alias("file")).select(
        "at", *(n for n in SCHEMA if n in rows.columns),
        pl.lit(part.title).alias("title"), pl.lit(part.who).alias("who"),
        _listed(facts, FACTS, rows).alias("facts"), _listed(policy, POLICY, rows).alias("policy"),
    ).select("at", *SCHEMA)  # fmt: skip


def _fact(k: int, name: str, rows: pl.DataFrame, labels: pl.Series) -> pl.Series:
    """A fact as structs; null where the finding has none."""
    column = f"fact:{k}"
    is_elsewhere = f"{column}.file" in rows.columns
    is_placed = f"{column}.start" in rows.columns
    file = rows[f"{column}.file" if is_elsewhere else "row.file"]
    parts: dict[str, Any] = {
        "name": pl.lit(name),
        "value": pl.col(column),
        "file": labels.gather(file),
        "start": pl.col(f"{column}.start") if is_placed else pl.lit(None),
        "end": pl.col(f"{column}.end") if is_placed else pl.lit(None),
        "path": pl.col(f"{column}.path") if is_placed else pl.lit(None),
        "segment": pl.col(f"{column}.segment" if is_elsewhere else "row.segment"),
    }
    there = pl.col(f"{column}.start").is_not_null() if is_placed else pl.lit(False)
    typed = rows.select(
        (part if n in ("name", "value") else pl.when(there).then(part)).cast(FACTS[n]).alias(n)
        for n, part in parts.items()
    )
    return typed.to_struct(name).zip_with(rows[column].is_not_null(), _none(rows, FACTS))


def _none(rows: pl.DataFrame, fields: dict[str, Any]) -> pl.Series:
    return pl.Series([None], dtype=pl.Struct(fields)).new_from_index(0, rows.height)


def _listed(columns: Sequence[pl.Series], fields: dict[str, Any], rows: pl.DataFrame) -> pl.Series:
    """Columns of structs as one column of lists, nulls left out."""
    if not columns:
        return pl.Series([[]], dtype=pl.List(pl.Struct(fields))).new_from_index(0, rows.height)
    frame = pl.DataFrame([c.alias(str(k)) for k, c in enumerate(columns)])
    return frame.select(pl.concat_list(pl.all()).list.drop_nulls()).to_series()
