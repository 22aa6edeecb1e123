"""Files, counts, policy rows and waivers of a run → plain dictionaries, keys in the order the interface promises."""

from datetime import date
from decimal import Decimal
from typing import Any

from beamclaim.findings.finding import PolicyFact, Waiver
from beamclaim.findings.result import Coverage, File, Result, UnknownPayer
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


def policy(row: PolicyFact) -> Record:
    """One policy row that a finding rests on."""
    return {
        "name": row.name, "value": row.value, "first_day": day(row.first_day), "last_day": day(row.last_day),
        "source": row.source, "at": row.at, "confidence": row.confidence, "scope": row.scope,
    }  # fmt: skip


def run(result: Result) -> Record:
    """What makes the run repeatable: engine, digest of the policy tables, as-of day; and the tables it reaches past."""
    return {
        "engine": result.engine, "policy": result.policy, "as_of": day(result.as_of),
        "last_service": day(result.last_service), "ended_tables": [table.as_dict() for table in result.ended],
    }  # fmt: skip


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


def payer(p: UnknownPayer) -> Record:
    """A payer nobody knows, with the row that would say who it is."""
    return {
        "payer": p.payer_id, "name": p.name, "doubt": p.doubt, "why": p.why, "claims": p.claims, "charge": str(p.charge),
        "row": p.row,
    }  # fmt: skip


def waiver(by: Waiver) -> Record:
    """The waiver that lets a finding stand."""
    return {
        "rule": by.rule, "scope": by.scope, "claim": by.claim, "line": by.line, "payer": by.payer, "code": by.code,
        "reason": by.reason, "who": by.who, "until": day(by.until), "where": span(by.where),
    }  # fmt: skip


def summary(result: Result) -> Record:
    """Counts of the run; the charge at risk counts a line once, errors only."""
    return {
        "claims": result.claims, "claims_with_errors": result.claims_with_errors,
        "charge_at_risk": money(result.charge_at_risk), "by_rule": result.by_rule,
    }  # fmt: skip
