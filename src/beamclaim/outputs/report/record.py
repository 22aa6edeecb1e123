"""Records: findings, files and counts as plain dictionaries, keys in the order the interface promises."""

from datetime import date
from decimal import Decimal
from typing import Any

from beamclaim.findings.finding import Coverage, Fact, File, Finding, Fix, PolicyFact, Result, Undecided, Waived
from beamclaim.model.span import Span

Record = dict[str, Any]


def money(amount: Decimal | None) -> str | None:
    """An amount as text with two decimals; null is unknown."""
    return None if amount is None else f"{amount:.2f}"


def day(value: date | None) -> str | None:
    """A day as ISO 8601; null is unknown."""
    return None if value is None else value.isoformat()


def span(where: Span) -> Record:
    """A place: file label, byte offsets (first, past the last), element, segment number."""
    return {"file": where.file, "start": where.start, "end": where.end, "path": where.path, "segment": where.segment}


def _fact(fact: Fact) -> Record:
    return {"name": fact.name, "value": fact.value, "where": span(fact.where) if fact.where else {}}


def _policy(row: PolicyFact) -> Record:
    return {
        "name": row.name, "value": row.value, "first_day": day(row.first_day), "last_day": day(row.last_day),
        "source": row.source, "at": row.at, "confidence": row.confidence, "scope": row.scope,
    }  # fmt: skip


def _fix(fix: Fix) -> Record:
    edit = {"where": span(fix.edit.where), "replacement": fix.edit.replacement} if fix.edit else None
    return {"grade": fix.grade, "text": fix.text, "who": fix.who, "edit": edit}


def finding(f: Finding) -> Record:
    """One finding with its facts, policy rows and fix."""
    return {
        "id": f.id, "rule": f.rule, "name": f.name, "severity": f.severity, "risk": f.risk, "claim": f.claim,
        "line": f.line, "course": f.course, "fraction": f.fraction, "date": day(f.date), "code": f.code,
        "message": f.message, "charge": money(f.charge), "where": span(f.where) if f.where else None,
        "facts": [_fact(fact) for fact in f.facts], "policy": [_policy(row) for row in f.policy], "fix": _fix(f.fix),
    }  # fmt: skip


def run(result: Result) -> Record:
    """What makes the run repeatable: engine, digest of the policy tables, as-of day."""
    return {"engine": result.engine, "policy": result.policy, "as_of": day(result.as_of)}


def file(f: File) -> Record:
    """One file of the run."""
    return {
        "path": f.path, "sha256": f.sha256, "kind": f.kind, "claims": f.claims, "lines": f.lines, "error": f.error,
    }  # fmt: skip


def coverage(c: Coverage) -> Record:
    """How often one rule gave each verdict."""
    return {
        "rule": c.rule, "fires": c.fires, "clear": c.clear, "cannot_tell": c.cannot_tell,
        "not_applicable": c.not_applicable,
    }  # fmt: skip


def undecided(u: Undecided) -> Record:
    """One question left open, and what is missing to answer it."""
    return {"rule": u.rule, "claim": u.claim, "line": u.line, "missing": list(u.missing)}


def waived(w: Waived) -> Record:
    """A finding that does not count, and the waiver that says so."""
    by = w.waiver
    return {
        "finding": finding(w.finding),
        "waiver": {
            "rule": by.rule, "scope": by.scope, "claim": by.claim, "line": by.line, "payer": by.payer, "code": by.code,
            "reason": by.reason, "who": by.who, "until": day(by.until), "where": span(by.where),
        },
    }  # fmt: skip


def summary(result: Result) -> Record:
    """Counts of the run; the charge at risk counts a line once, errors only."""
    return {
        "claims": result.claims, "claims_with_errors": result.claims_with_errors,
        "charge_at_risk": money(result.charge_at_risk), "by_rule": result.by_rule,
    }  # fmt: skip
