"""One code on one day → everything the tables say of it, with days, sources and what is missing.

One `TableAnswer` per table and key that holds the code. Called by `beamclaim policy show`.
"""

import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

import polars as pl

from beamclaim.policy.answers import PolicyAnswers
from beamclaim.policy.declarations import BY_NAME
from beamclaim.policy.payers import UNLISTED
from beamclaim.policy.tables import PolicyTable

#: Tables that say nothing of one procedure, diagnosis or modifier: what the range is, codes of answers.
_NOT_LISTED = {"radonc.range", "carc", "rarc"}


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """What one table says. `status`: in force, none, not covered, depends (on something the question leaves open)."""

    table: str
    doc: str
    status: str
    key: dict[str, str]
    values: dict[str, Any]
    scope: str
    setting: str
    first_day: date | None
    last_day: date | None
    sources: tuple[str, ...]
    at: str
    confidence: str
    cap: str


@dataclass(frozen=True, slots=True)
class CodeAnswer:
    """What is known of a code on a day; `missing` says in words what the tables could not answer."""

    code: str
    day: date
    setting: str | None
    payer_line: str | None
    payer: str | None
    entries: tuple[TableAnswer, ...]
    missing: tuple[str, ...]
    sources: dict[str, str]
    life: str = ""
    """In one sentence: whether the code is in force that day, since when, until when, what followed."""

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON: days as text, keys as here."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    def text(self) -> str:
        """The same for reading, at most 100 columns wide."""
        asked = ", ".join(x for x in (self.setting, self.payer_line, self.payer) if x) or "setting and payer not said"
        lines = [f"{self.code} on {self.day} ({asked})", *([self.life] if self.life else []), ""]
        in_force = [e for e in self.entries if e.status == "in force"]
        for _, alike in groupby(sorted(in_force, key=_likeness), key=_likeness):
            lines += _entry_lines(self.code, list(alike))
        silent = sorted({e.table for e in self.entries if e.status == "none"})
        if silent:
            lines += ["", *_wrapped("  no row that day: ", ", ".join(silent))]
        if self.missing:
            lines += ["", "Not known"]
            lines += [line for words in self.missing for line in _wrapped("  - ", words)]
        if self.sources:
            lines += ["", "Sources"]
            lines += [line for id_, title in self.sources.items() for line in _wrapped(f"  {id_}: ", title)]
        return "\n".join(lines)


def show(
    policy: PolicyAnswers,
    code: str,
    day: date,
    *,
    setting: str | None = None,
    payer_line: str | None = None,
    payer: str | None = None,
    mac: str | None = None,
) -> CodeAnswer:
    """What every table says of `code` (a procedure, diagnosis or modifier) on `day`; null circumstances are unknown."""
    bare = code.strip().upper().replace(".", "")
    entries: list[TableAnswer] = []
    missing: list[str] = []
    known = None if payer is None else policy.payers.key_of(payer) or UNLISTED
    circumstances = {"day": day, "setting": setting, "payer_line": payer_line, "payer": known, "mac": mac}
    is_diagnosis = _is_diagnosis(policy, bare)
    for name in policy.names:
        table = policy.about(name, bare)
        if table.is_edition and table.is_range and not is_diagnosis:
            # Long ranges of diagnoses hold words that are none, and procedure codes that begin alike.
            continue
        for entry in _entries(policy, table, _keys_with(table, bare), circumstances):
            if entry.status == "in force" or "column1" not in entry.key:
                entries.append(entry)
                missing += _words(entry, day)
    validity = policy.diagnosis_validity(pl.DataFrame({"code": [bare], "day": [day]})).row(0, named=True)
    if is_diagnosis:
        entries.append(_validity_entry(bare, validity))
        if validity["status"] is None:
            missing.append(f"icd10cm: the release {validity['missing_release']} was not read")
    if not entries:
        missing.append(f"no table lists {bare}")
    cited = {s: policy.sources[s].title for e in entries for s in e.sources}
    return CodeAnswer(
        bare, day, setting, payer_line, payer, tuple(entries), tuple(missing), dict(sorted(cited.items())), _life(policy, bare, day)
    )  # fmt: skip


def _life(policy: PolicyAnswers, code: str, day: date) -> str:
    """What the lives of codes say of it, in one sentence; nothing for what is no procedure code of ours."""
    rows = policy.table("radonc.codes").frame.filter(pl.col("code") == code).sort("first_day", nulls_last=False)
    if rows.is_empty():
        return ""
    begun = [r for r in rows.rows(named=True) if r["first_day"] is None or r["first_day"] <= day]
    if not begun:
        return f"Not in force: it begins on {rows['first_day'][0]}."
    row = begun[-1]
    since = f"since {row['first_day']}" if row["first_day"] else "its first day was not read"
    after = f"; followed by {row['successor']}" if row["successor"] else ""
    if row["last_day"] is not None and row["last_day"] < day:
        return f"Not in force: it ended on {row['last_day']}{after}."
    until = f", to {row['last_day']}" if row["last_day"] else ""
    return f"In force: {since}{until}{after if row['last_day'] else ''}."


def _keys_with(table: PolicyTable, code: str) -> list[dict[str, str]]:
    """The keys of the table that hold the code; a code a table does not list is no question to it."""
    if table.name in _NOT_LISTED or BY_NAME[table.name].whole:
        return []
    if table.is_range:
        low = pl.col("code_from") <= pl.lit(code)
        high = pl.lit(code).str.slice(0, pl.col("code_to").str.len_bytes()) <= pl.col("code_to")
        return [{"code": code}] if table.frame.filter(low & high).height else []
    columns = [k for k in table.key if k in {"code", "modifier", "column1", "column2"}]
    if not columns:
        return []
    holds = pl.any_horizontal(pl.col(k) == code for k in columns)
    return table.frame.filter(holds).select(table.key).unique(maintain_order=True).rows(named=True)


def _entries(
    policy: PolicyAnswers, table: PolicyTable, keys: list[dict[str, str]], circumstances: dict[str, Any]
) -> Iterator[TableAnswer]:
    if not keys:
        return
    schema = {"day": pl.Date, **dict.fromkeys(("setting", "payer_line", "payer", "mac", *table.key), pl.String)}
    asks = pl.DataFrame([{**key, **circumstances} for key in keys], schema=schema)
    for key, answer in zip(keys, policy.resolve(table.name, asks).rows(named=True), strict=True):
        if answer["row.id"] is None:
            status = {True: "none", False: "not covered", None: "depends"}[answer["covered"]]
            yield TableAnswer(table.name, table.doc, status, key, {}, "", "", None, None, (), "", "", "")
            continue
        row = table.frame.row(answer["row.id"], named=True)
        values = {name: printable(answer[name]) for name in table.value if answer[name] is not None}
        yield TableAnswer(
            table.name, table.doc, "in force", key, values, row["scope"], row["setting"], row["first_day"],
            row["last_day"], tuple(filter(None, row["source"].split(";"))), row["at"], row["confidence"],
            row["row.cap"],
        )  # fmt: skip


def _words(entry: TableAnswer, day: date) -> list[str]:
    name = f"{entry.table} {' '.join(entry.key.values())}"
    if entry.status == "not covered":
        return [f"{name}: {day} lies outside the days, settings and payers this table was verified for"]
    if entry.status == "depends":
        return [f"{name}: depends on the setting or the payer, or on a first day that was not in the copy read"]
    return []


def _is_diagnosis(policy: PolicyAnswers, code: str) -> bool:
    return bool(policy.diagnoses.codes.select((pl.col("code") == code).any()).item())


def _validity_entry(code: str, validity: dict[str, Any]) -> TableAnswer:
    status = "in force" if validity["status"] else "not covered"
    values = {"status": validity["status"]} if validity["status"] else {}
    sources = tuple((validity["source"] or "").split(";")) if validity["source"] else ()
    confidence = {1: "high", 2: "medium"}.get(len(sources), "")
    return TableAnswer(
        "icd10cm", "Validity of the diagnosis code", status, {"code": code}, values, "", "", None, None, sources,
        "", confidence, validity["row.cap"] or "",
    )  # fmt: skip


def _entry_lines(code: str, alike: list[TableAnswer]) -> list[str]:
    """One entry, or entries that differ in the other code of their pair only."""
    entry = alike[0]
    values = ", ".join(f"{k} {str(v).lower() if isinstance(v, bool) else v}" for k, v in entry.values.items())
    others = [other for e in alike for k, other in e.key.items() if other != code]
    among = ("with " if "column1" in entry.key else "per ") + ", ".join(others) if others else ""
    words = " ".join(filter(None, (values, among)))
    head = f"  {entry.table}: "
    if entry.status != "in force":
        return _wrapped(head, f"{words} {entry.status}".strip())
    days = f"{entry.first_day or 'start not read'} to {entry.last_day or 'now'}; {entry.scope}, {entry.setting}; "
    grade = entry.confidence + ("" if entry.sources else ", preview")
    cited = ", ".join(entry.sources) or "no source"
    return _wrapped(head, words or "yes") + _wrapped("      ", f"{days if entry.scope else ''}{grade}; {cited}")


def _likeness(entry: TableAnswer) -> tuple[str, ...]:
    """Equal for entries the text gives on one line: pairs that differ in the other code only."""
    side = [k for k in entry.key if k == "column1"]
    own = () if side else tuple(entry.key.values())
    days = (str(entry.first_day), str(entry.last_day))
    return (entry.table, entry.status, *own, str(entry.values), entry.scope, entry.setting, *days, str(entry.sources))


def _wrapped(head: str, words: str) -> list[str]:
    return textwrap.wrap(words, 100, initial_indent=head, subsequent_indent=" " * min(len(head), 6)) or [head.rstrip()]


def printable(value: Any) -> Any:
    """A value as it is written for people and JSON: an amount without idle zeros and a day as text, all else as it is."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return printable(value)
