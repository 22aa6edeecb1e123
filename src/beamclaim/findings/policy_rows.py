"""Ids of policy rows, as they stand beside the answers → the rows behind each verdict, each made once for all findings.

A row is told by a number into `PolicyRows.all`. Called by `proof.py`.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from beamclaim.expressions.leaves import PolicyRead
from beamclaim.findings.finding import PolicyFact
from beamclaim.findings.texts import words
from beamclaim.model.value_sets import SEVERITIES
from beamclaim.policy import PolicyAnswers
from beamclaim.rules.declaration import Rule

#: Columns of a row that are told apart from what it says.
_ASIDE = frozenset({"first_day", "last_day", "source", "at", "confidence", "scope", "setting", "observed_on"})


class PolicyRows:
    """The policy rows that findings of a run rest on, in the order they were first met, and the caps they carry."""

    def __init__(self, policy: PolicyAnswers) -> None:
        self._policy = policy
        self._number: dict[tuple[str, int], int] = {}
        self.all: list[PolicyFact] = []
        self.caps: list[int] = []
        """Of each row the strongest severity it carries, as a number into `SEVERITIES`."""

    def numbers(self, column: PolicyRead, ids: pl.Series) -> pl.Series:
        """Row ids of a column's table as numbers into `all`."""
        distinct = ids.drop_nulls().unique().sort()
        numbers = pl.Series([self._of(column, int(at)) for at in distinct], dtype=pl.UInt32)
        return (
            ids.replace_strict(distinct, numbers, return_dtype=pl.UInt32, default=None)
            if len(distinct)
            else ids.cast(pl.UInt32)
        )

    def _of(self, column: PolicyRead, at: int) -> int:
        key = (column.table, at)
        if key not in self._number:
            is_parameter = column.kind == "param"
            table = self._policy.table("parameters" if is_parameter else column.table)
            row = table.frame.row(at, named=True)
            self._number[key] = len(self.all)
            self.all.append(_fact(column.table, row, is_edition=not is_parameter and table.is_edition))
            self.caps.append(SEVERITIES.index(str(row.get("row.cap") or SEVERITIES[0])))
        return self._number[key]

    def behind(self, rule: Rule, rows: pl.DataFrame) -> tuple[list[pl.Series], pl.Series]:
        """Of each row the policy rows it rests on, one column a question of the rule, and the severity they cap it at.

        Null where the question rests on no row, or on one that a question before it names. A rule with two grounds
        says for each row which tables and parameters it rests on, joined with `;` (``answer:rests_on``).
        """
        grounds = "answer:rests_on" if "answer:rests_on" in rows.columns else None
        has_grounds = pl.col(grounds).fill_null("") != "" if grounds else pl.lit(False)
        out: list[pl.Series] = []
        caps: list[pl.Series] = []
        before: dict[str, list[pl.Series]] = {}
        for column in rule.policy_reads:
            ids = self._ids(rule, column, rows)
            if ids is None or ids.null_count() == rows.height:
                continue
            is_ground = pl.lit(not rule.rests_on or column.table in rule.rests_on)
            if grounds:
                named = pl.col(grounds).str.split(";").list.contains(column.table)
                is_ground = pl.when(has_grounds).then(named).otherwise(is_ground)
            kept = is_ground | ~has_grounds if column.kind == "param" else is_ground
            seen = before.setdefault(column.table, [])
            frame = pl.DataFrame([
                ids.alias("at"), *([rows[grounds]] if grounds else []), *(s.alias(f"seen:{k}") for k, s in enumerate(seen)),
            ])  # fmt: skip
            for k in range(len(seen)):
                kept &= ~pl.col("at").eq_missing(pl.col(f"seen:{k}"))
            masked = frame.select(
                pl.when(kept).then("at").alias("at"), pl.when(kept & is_ground).then("at").alias("capped")
            )
            seen.append(masked["at"])
            if masked["at"].null_count() == rows.height:
                continue
            out.append(self.numbers(column, masked["at"]))
            capped = self.numbers(column, masked["capped"])
            caps.append(pl.Series(self.caps, dtype=pl.UInt8).gather(capped))
        none = pl.Series([0], dtype=pl.UInt8).new_from_index(0, rows.height)
        if not caps:
            return out, none
        return out, pl.DataFrame([c.alias(str(k)) for k, c in enumerate(caps)]).max_horizontal().fill_null(0)

    def _ids(self, rule: Rule, column: PolicyRead, rows: pl.DataFrame) -> pl.Series | None:
        if column.kind == "near":
            return None
        if column.kind == "ever":
            once = self._once(column, rows)
            # Where the table answers for the line itself, what it once held for others is no ground.
            answers = [c.row for c in rule.policy_reads if c.table == column.table and c.kind != "ever"]
            answering = [pl.col(name) for name in answers if name in rows.columns]
            if once is None or not answering:
                return once
            is_answered = rows.select(pl.any_horizontal(c.is_not_null() for c in answering)).to_series()
            return pl.Series([None], dtype=once.dtype).new_from_index(0, rows.height).zip_with(is_answered, once)
        return rows[column.row] if column.row in rows.columns else None

    def _once(self, column: PolicyRead, rows: pl.DataFrame) -> pl.Series | None:
        """The row of each code whose days come nearest before the day of service: what it once was."""
        if column.of not in rows.columns:
            return None
        day = pl.col("line.date") if "line.date" in rows.columns else pl.lit(None, dtype=pl.Date).alias("line.date")
        asked = rows.select(pl.col(column.of).alias("code"), day)
        distinct = asked.unique()
        table = self._policy.table(column.table)
        held = table.rows_about(distinct["code"])
        by_code: dict[str, list[tuple[date | None, int]]] = {}
        for code, first, at in (
            held.sort("first_day", nulls_last=False, maintain_order=True)
            .select(table.key[0], "first_day", "row.id")
            .iter_rows()
        ):
            by_code.setdefault(code, []).append((first, at))
        ids = [_nearest(by_code.get(code, []), on) for code, on in distinct.iter_rows()]
        found = distinct.with_columns(pl.Series("at", ids, dtype=pl.UInt32))
        return asked.join(found, on=asked.columns, how="left", nulls_equal=True, maintain_order="left")["at"]


def _nearest(rows: Sequence[tuple[date | None, int]], day: date | None) -> int | None:
    """Of rows by first day (unknown first) the last that began by the day, else the first."""
    if not rows:
        return None
    begun = 0 if day is None else bisect_right([first or date.min for first, _ in rows], day)
    return rows[max(begun - 1, 0)][1]


def _fact(name: str, row: dict[str, Any], *, is_edition: bool) -> PolicyFact:
    cells = tuple(
        (k, words(v)) for k, v in row.items() if k not in _ASIDE and not k.startswith("row.") and v not in (None, "")
    )
    return PolicyFact(
        name=name, value=", ".join(f"{k} {v}" for k, v in cells), first_day=row.get("first_day"), last_day=row.get("last_day"),
        source=row.get("source") or "", at=row.get("at") or "", confidence=row.get("confidence") or "",
        scope="/".join(x for x in (row.get("scope"), row.get("setting")) if x), cells=cells, is_edition=is_edition,
    )  # fmt: skip
