"""Proofs: from a row that fired to a finding that explains itself.

A proof is built from the rule and never written by its author: the plain columns the rule read are
facts with their places, the policy columns are rows with dates and sources, the rest are answers.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from beamclaim.engine.verdicts import ASKED, Verdicts
from beamclaim.expressions.leaves import Neighbor, PolicyRead
from beamclaim.findings.finding import Edit, Fact, Finding, Fix, PolicyFact
from beamclaim.findings.questions import Questions, joined
from beamclaim.model.span import Span
from beamclaim.model.value_sets import SEVERITIES
from beamclaim.policy import PolicyAnswers
from beamclaim.rules.declaration import Rule
from beamclaim.views.registry import views

#: Where a column's value stands: asked with the finding's row and the column, answered by the readers.
Locate = Callable[[dict[str, Any], str], Span | None]

#: Columns that steer the engine, and a birth date, which names a person: no facts of a finding.
_INTERNAL = {
    "line.counts",
    "patient.key",
    "claim.key",
    "line.key",
    "seen.order",
    "today",
    "course.key",
    "care.key",
    "line.component",
    "claim.birth_date",
}
#: What follows from other facts, and the fact a person can supply.
_SUPPLIED_AS = {
    "line.component_modifier": "line.modifiers", "line.has_modifiers": "line.modifiers", "line.modifier_twice": "line.modifiers",
    "line.in_facility": "line.place_of_service", "line.highest_pointer": "line.pointers", "claim.form": "claim.setting",
    "claim.diagnosis_count": "claim.diagnoses", "claim.line_charges": "line.charge", "plan.site_group": "plan.site",
    "interchange.seen_before": "interchange.control", "claim.bills_stay": "claim.bill_type",
    "care.key": "line.target", "care.begins": "earlier claims of the course",
    "course.is_stereotactic": "plan.technique",
    "line.neoplasms": "line.diagnoses", "claim.neoplasms": "claim.diagnoses", "claim.codes": "line.code", "day.technique": "plan.technique",
}  # fmt: skip
_STEERING = {"answer:fires", "answer:grade", "answer:risk", "answer:to_do", "answer:rests_on", "answer:missing"}
_NAME = re.compile(r"\{([^{}]+)\}")
_WEAKEST: dict[str, int] = {name: i for i, name in enumerate(SEVERITIES)}


def words(value: Any) -> str:
    """A value as a person writes it: no trailing zeros on units, two decimals on money, ISO days."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        if value.as_tuple().exponent == -2:
            return f"{value:.2f}"
        return f"{value.normalize():f}"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _fill(template: str, row: dict[str, Any]) -> str:
    def put(match: re.Match[str]) -> str:
        name = match[1]
        return words(row.get(f"answer:{name}", row.get(name)))

    return _NAME.sub(put, template)


class Prover:
    """Turns verdict rows into findings, with the policy at hand and a way to find bytes."""

    def __init__(self, policy: PolicyAnswers, locate: Locate) -> None:
        self._policy = policy
        self._locate = locate

    def findings(self, verdicts: Verdicts, lines: pl.DataFrame | None = None) -> Iterator[Finding]:
        """The findings of one rule; `lines` (line.key, claim.key, line.charge) tells the charges behind a claim."""
        rule = verdicts.rule
        columns = rule.policy_reads
        charges = _charges(verdicts.fires, lines)
        for row in verdicts.fires.iter_rows(named=True):
            yield self._finding(rule, row, columns, charges)

    def _finding(
        self,
        rule: Rule,
        row: dict[str, Any],
        columns: Sequence[PolicyRead],
        charges: dict[int, tuple[tuple[int, Decimal], ...]],
    ) -> Finding:
        facts = self._facts(rule, row)
        policy, cap = self._rests_on(rule, row, columns)
        severity = _weakest(row.get("answer:grade") or rule.severity, cap)
        if rule.status == "preview":
            severity = "info"
        where = self._locate(row, rule.at)
        number, line = row.get("claim.number"), row.get("line.number")
        charge = row.get("line.charge")
        if line is None:
            charge = row.get("claim.charge") or row.get("claim.line_charges")
            charged = charges.get(row.get("claim.key") or -1, ())
        else:
            charged = ((row["line.key"], charge),) if charge is not None else ()
        to_do = _fill(row.get("answer:to_do") or rule.to_do, row)
        repair = row.get("fault.repair") if rule.repair == "safe" else None
        edit = Edit(where, repair) if where is not None and repair is not None else None
        grade = "safe" if edit else ("advice" if severity == "info" else "review")
        subject = [
            rule.code,
            number or "",
            str(line or ""),
            str(row.get("patient.key") or ""),
            words(where.path if where else ""),
        ]
        identity = "\x1f".join([*subject, *(f"{f.name}={f.value}" for f in facts)])
        # Faults of one element have one cause; those of another element have another.
        element = (row.get("fault.path") or "").rpartition(" ")[2]
        cause = "\x1f".join([rule.code, severity, to_do, element, *(f"{p.name}{p.value}{p.source}" for p in policy)])
        return Finding(
            id=_digest(identity), rule=rule.code, name=rule.name, title=rule.title, severity=severity,
            risk=row.get("answer:risk") or rule.risk,
            message=_fill(rule.message, row), claim=number, line=line, course=row.get("course.id"), fraction=None,
            date=row.get("line.date") or row.get("claim.first_service"), code=row.get("line.code") or row.get("diagnosis.code"),
            charge=charge, where=where, facts=facts, policy=policy, fix=Fix(grade, to_do, rule.who, edit),
            cause=f"{rule.code}-{_digest(cause)[:8]}", preview=rule.status == "preview", charged_lines=charged,
            payer=row.get("claim.payer"), payer_line=row.get("claim.payer_line"), setting=row.get("claim.setting"),
        )  # fmt: skip

    def _facts(self, rule: Rule, row: dict[str, Any]) -> tuple[Fact, ...]:
        columns = views()[rule.view].columns
        out = []
        answered = {c.name for c in rule.policy_reads}
        for name in rule.reads:
            if name in answered or name in _INTERNAL or name.startswith("fault."):
                continue
            # What is unknown had no part in a verdict that is sure.
            if row.get(name) is None:
                continue
            shown = columns[name].cell if name in columns else ""
            out.append(Fact(name, _value(row[name]), self._locate(row, shown) if shown else None))
        partners = {
            str(row[f"{beginning}partner_code"]): f"{beginning}partner"
            for beginning in dict.fromkeys(
                c.beginning for c in rule.policy_reads if isinstance(c, Neighbor) and c.kind == "pair"
            )
            if row.get(f"{beginning}partner_code") is not None
        }
        for name, value in row.items():
            if name.startswith("answer:") and name not in _STEERING and value is not None:
                column = partners.get(str(value)) if name == "answer:partner" else None
                out.append(Fact(name[7:], _value(value), self._locate(row, column) if column else None))
        if row.get("answer:partner") is None:
            out += [Fact("partner", code, self._locate(row, column)) for code, column in [*partners.items()][:1]]
        return tuple(out)

    def _rests_on(
        self, rule: Rule, row: dict[str, Any], columns: Sequence[PolicyRead]
    ) -> tuple[tuple[PolicyFact, ...], str]:
        """The policy rows behind the verdict, and the strongest grade they carry together."""
        out: list[PolicyFact] = []
        cap: str = SEVERITIES[0]
        # A rule with two grounds says for each row which tables and parameters it rests on, joined with `;`.
        said = row.get("answer:rests_on")
        grounds = tuple(said.split(";")) if said else rule.rests_on
        seen: set[tuple[str, int]] = set()
        for column in columns:
            if column.kind == "ever":
                at = self._closest(column, row)
            elif column.kind == "near":
                at = None
            else:
                at = row.get(column.row)
            rests = not grounds or column.table in grounds
            if at is None or (column.table, at) in seen or not (rests or (column.kind == "param" and not said)):
                continue
            seen.add((column.table, at))
            held = self._row(column.table, at, column.kind)
            out.append(
                _policy_fact(
                    column, held, is_edition=column.kind != "param" and self._policy.table(column.table).is_edition
                )
            )
            if rests:
                cap = _weakest(cap, str(held.get("row.cap") or SEVERITIES[0]))
        return tuple(out), cap

    def _row(self, table: str, at: int, kind: str) -> dict[str, Any]:
        """A policy row by its id, which is its place in the table."""
        return self._policy.table("parameters" if kind == "param" else table).frame.row(at, named=True)

    def _closest(self, column: PolicyRead, row: dict[str, Any]) -> int | None:
        """The row of a code whose days come nearest before the day of service: what it once was."""
        frame = self._policy.table(column.table).frame
        key = self._policy.table(column.table).key[0]
        rows = frame.filter(pl.col(key) == row.get(column.of)).sort("first_day", nulls_last=False).to_dicts()
        day = row.get("line.date")
        past = [r for r in rows if day is not None and (r["first_day"] is None or r["first_day"] <= day)]
        chosen = past[-1] if past else (rows[0] if rows else None)
        return None if chosen is None else int(chosen["row.id"])

    def undecided(self, verdicts: Verdicts, questions: Questions) -> None:
        """Adds what one rule could not tell, and what it is missing."""
        rule, rows = verdicts.rule, verdicts.undecided
        if rows.is_empty():
            return
        # Few rows differ in what they lack: the words are found once per pattern.
        lacks = rows.select(pl.lit(0).alias("_"), pl.exclude(f"^{ASKED}.*$"))
        patterns = lacks.unique()
        words = [joined(missing(rule, row)) for row in patterns.iter_rows(named=True)]
        told = lacks.join(
            patterns.with_columns(pl.Series("_words", words)),
            on=lacks.columns,
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        empty = pl.Series([None] * rows.height, dtype=pl.String)
        claims = rows["asked:claim"] if "asked:claim" in rows.columns else empty
        lines = rows["asked:line"] if "asked:line" in rows.columns else empty.cast(pl.UInt32)
        questions.add(rule.code, claims, lines, told["_words"])


def missing(rule: Rule, row: dict[str, Any]) -> tuple[str, ...]:
    """The facts whose absence leaves the verdict open: what the rule says, else null columns, and policy that does not answer."""
    if row.get("answer:missing"):
        return (str(row["answer:missing"]),)
    facts, tables = [], []
    answers = {c.name: c for c in rule.policy_reads}
    for name in rule.reads:
        if row.get(name) is not None or name in rule.optional:
            continue
        column = answers.get(name)
        if column is None:
            if name in row:
                facts.append(name)
        elif column.kind == "pair" and column.field == "exists":
            tables.append(f"policy.{column.table}")
        elif column.kind in ("in", "all", "clash", "param") or (column.kind == "value" and not rule.needs):
            # An answer is missing because its question is, or because the claim does not say its day, setting or payer.
            asked = [n for n in (column.of, column.on) if n in row and row[n] is None]
            if not asked and row.get(column.open):
                circumstances = views()[rule.view].circumstances
                asked = [n for n, _, is_asked_for in circumstances if is_asked_for and n in row and row[n] is None]
            facts += [n for n in asked if n not in rule.optional]
            if not asked:
                tables.append(f"policy.{column.table}")
    found = tuple(dict.fromkeys([*(_SUPPLIED_AS.get(n, n) for n in facts), *tables]))
    return found or rule.needs or ("another line of the patient",)


def _charges(fires: pl.DataFrame, lines: pl.DataFrame | None) -> dict[int, tuple[tuple[int, Decimal], ...]]:
    """claim.key → its lines and charges, for the claims of findings that name no line."""
    if lines is None or "claim.key" not in fires.columns:
        return {}
    if "line.number" in fires.columns and fires["line.number"].null_count() == 0:
        return {}
    wanted = lines.join(fires.select("claim.key").unique(), on="claim.key", how="semi")
    out: dict[int, list[tuple[int, Decimal]]] = {}
    for claim, line, charge in wanted.select("claim.key", "line.key", "line.charge").iter_rows():
        if charge is not None:
            out.setdefault(claim, []).append((line, charge))
    return {claim: tuple(rows) for claim, rows in out.items()}


def _policy_fact(column: PolicyRead, held: dict[str, Any], *, is_edition: bool) -> PolicyFact:
    aside = {"first_day", "last_day", "source", "at", "confidence", "scope", "setting", "observed_on"}
    cells = tuple(
        (k, words(v)) for k, v in held.items() if k not in aside and not k.startswith("row.") and v not in (None, "")
    )
    return PolicyFact(
        name=column.table, value=", ".join(f"{k} {v}" for k, v in cells), first_day=held.get("first_day"), last_day=held.get("last_day"),
        source=held.get("source") or "", at=held.get("at") or "", confidence=held.get("confidence") or "",
        scope="/".join(x for x in (held.get("scope"), held.get("setting")) if x), cells=cells, is_edition=is_edition,
    )  # fmt: skip


def _weakest(*grades: str) -> str:
    return max(grades, key=lambda g: _WEAKEST[g])


def _value(value: Any) -> str | None:
    return None if value is None else words(value)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
