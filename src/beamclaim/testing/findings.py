"""Findings written by hand → findings as a run holds them: columns, a part for each rule and set of facts.

For tests of what is written from findings: they say each `Finding` in full and need no claims, rules or policy.
"""

from collections.abc import Sequence
from typing import Any

import polars as pl

from beamclaim.findings.finding import Finding, PolicyFact
from beamclaim.findings.schema import CHARGED, DETAIL, FACT_PLACE, SPINE, Findings, Part


def findings_of(objects: Sequence[Finding]) -> Findings:
    """The findings in the order given, nothing sorted and no id numbered."""
    files = sorted({p.file for f in objects for p in (f.where, *(fact.where for fact in f.facts)) if p is not None})
    policy_rows = list(dict.fromkeys(row for f in objects for row in f.policy))
    kinds: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    spine, charged = [], []
    for number, f in enumerate(objects):
        key = (f.rule, f.name, f.title, f.fix.who, f.preview, tuple(fact.name for fact in f.facts), len(f.policy))
        rows = kinds.setdefault(key, [])
        spine.append({**_spine(f, files), "part": list(kinds).index(key), "row": len(rows), "claim.key": number})
        charged += [(number, line, charge) for line, charge in f.charged_lines]
        if f.line is not None and f.charged_lines:
            ((spine[-1]["line.key"], _),) = f.charged_lines
        rows.append(_detail(f, files, policy_rows))
    parts = [
        Part(rule, name, title, who, is_preview, facts, _part(rows, len(facts), policy))
        for (rule, name, title, who, is_preview, facts, policy), rows in kinds.items()
    ]
    charges = pl.DataFrame(charged, schema=CHARGED, orient="row")
    return Findings(pl.DataFrame(spine, schema=SPINE), parts, files=files, policy_rows=policy_rows, charged=charges)


def _spine(f: Finding, files: Sequence[str]) -> dict[str, Any]:
    return {
        "rule": f.rule, "file": files.index(f.where.file) if f.where else None, "start": f.where and f.where.start,
        "end": f.where and f.where.end, "segment": f.where and f.where.segment, "claim": f.claim, "line": f.line,
        "lines": len(f.lines),
        "course": f.course, "fraction": f.fraction, "date": f.date, "code": f.code, "charge": f.charge,
        "severity": f.severity, "risk": f.risk, "grade": f.fix.grade, "id": f.id, "cause": f.cause, "payer": f.payer,
        "payer_line": f.payer_line, "setting": f.setting, "line.key": None,
    }  # fmt: skip


def _detail(f: Finding, files: Sequence[str], policy_rows: Sequence[PolicyFact]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "path": f.where and f.where.path, "message": f.message, "to_do": f.fix.text,
        "repair": f.fix.edit and f.fix.edit.replacement, "row.file": None, "row.segment": None,
    }  # fmt: skip
    for k, fact in enumerate(f.facts):
        row[f"fact:{k}"] = fact.value
        where = fact.where
        place = (
            (None,) * 5
            if where is None
            else (where.start, where.end, where.path, files.index(where.file), where.segment)
        )
        row |= {f"fact:{k}{ending}": value for ending, value in zip(FACT_PLACE, place, strict=True)}
    return row | {f"policy:{k}": policy_rows.index(p) for k, p in enumerate(f.policy)}


def _part(rows: Sequence[dict[str, Any]], facts: int, policy: int) -> pl.DataFrame:
    schema = {**DETAIL}
    for k in range(facts):
        schema |= {f"fact:{k}": pl.String, **{f"fact:{k}{ending}": t for ending, t in FACT_PLACE.items()}}
    return pl.DataFrame(rows, schema=schema | {f"policy:{k}": pl.UInt32 for k in range(policy)})
