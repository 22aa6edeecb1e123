"""Statements: columns, facts and policy rows in the words of the people who bill.

Programs read the names themselves (JSON, CSV); what is written here is for eyes only.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from beamclaim.findings.finding import Fact, Finding, PolicyFact
from beamclaim.findings.questions import SINCE
from beamclaim.model.tables.course import FACTS
from beamclaim.model.value_sets import ORIGINAL_MEDICARE, PAYER_LINE_LABELS
from beamclaim.outputs.report.printable import interval, printable
from beamclaim.policy.declarations import BY_NAME
from beamclaim.policy.ends import IMPORTED, EndedTable
from beamclaim.rules import registry
from beamclaim.views.registry import views

Cells = Mapping[str, str]

RISKS = {
    "rejection": "sent back unread",
    "denial": "not paid",
    "repayment": "may have to be returned; suspected until a person confirms it",
    "underpayment": "money left",
    "advice": "advice",
}
GRADES = {
    "safe": "a repair of format: nothing that is billed changes",
    "review": "changes what is billed: a person decides",
    "advice": "advice",
}
_LABELS = {fact.name: fact.label for fact in FACTS.values() if fact.label} | {
    "line.date": "date of service", "line.charge": "charge", "claim.charge": "claim total", "claim.line_charges": "sum of the lines",
    "claim.number": "claim", "claim.form": "form", "claim.setting": "setting", "claim.made_on": "claim made on",
    "claim.submitted_on": "claim made on", "claim.is_x12": "came as an 837", "line.in_facility": "physician in a hospital",
    "line.has_modifiers": "has modifiers", "line.modifier_twice": "one modifier twice", "claim.first_service": "first day of service",
    "claim.last_service": "last day of service", "line.highest_pointer": "highest pointer", "claim.target": "neoplasm treated",
    "line.target": "neoplasm treated", "target": "neoplasm treated", "course.sessions_delivered": "sessions delivered",
    "course.sessions_whole": "sessions in full", "course.has_ended": "course has ended", "day.sessions": "sessions that day",
    "day.isocenters": "isocentres that day", "day.modality": "modality that day",
    "day.technique": "technique that day", "day.motion_managed": "motion managed that day",
    "plan.site_group": "site group", "claim.diagnosis_count": "diagnoses", "place": "element",
    "line.date_to": "last day of the line", "line.first_day": "first day of the line", "line.days": "days", "line.numbers": "lines",
    "claim.mac": "Medicare contractor", "claim.bill_type": "bill type",
}  # fmt: skip
_PEOPLE = {**PAYER_LINE_LABELS, "us": "", "medicare": "Medicare", "any": "", "payer": ""}


#: Tables that `policy import` fills, and what a course form tells.
_DIAGNOSES = "icd10cm"
_OF_A_COURSE = frozenset(
    {"course", "day", "plan", "fraction", "procedure", "procedures", "document", "documents", "stay", "authorization"}
)


def plain(word: str) -> str:
    """A name of ours as words: ``hospital_outpatient`` → hospital outpatient."""
    return word.replace("_", " ")


def label(column: str) -> str:
    """What a person calls a column: ``line.units`` → units, ``plan.dose_gy`` → plan dose gy."""
    if column in _LABELS:
        return _LABELS[column]
    noun, _, rest = column.partition(".")
    return plain(rest if rest and noun in ("line", "claim") else column).replace(".", " ")


def facts(f: Finding) -> list[tuple[str, str]]:
    """Label and value of each fact; what the message says, or a fact before it, is left out, ``""`` is *none*."""
    in_message = _in_messages().get(f.rule, frozenset())
    said = [
        (label(fact.name), "none" if fact.value == "" else _plain_value(fact))
        for fact in f.facts
        if not (fact.value and fact.name in in_message and fact.value in f.message)
    ]
    return list(dict.fromkeys(said))


@cache
def _in_messages() -> dict[str, frozenset[str]]:
    """Code → the names its message says the values of, of every rule."""
    return {rule.code: frozenset(re.findall(r"\{([^{}]+)\}", rule.message)) for rule in registry.rules()}


def _plain_value(fact: Fact) -> str:
    """A fact's value in words, where it is one of our words."""
    value = fact.value
    if fact.name == "claim.payer_line" and value == ORIGINAL_MEDICARE:
        return "Original Medicare"
    return plain(value) if fact.name in ("claim.setting", "claim.payer_line") else value


def missing(name: str) -> str:
    """A missing fact in words: its label and meaning, the table that was not verified, or since when its row holds."""
    if name.startswith("policy."):
        table = name.removeprefix("policy.")
        if table.endswith(SINCE):
            return f"since when the row in the table {table.removesuffix(SINCE)} holds"
        doc = BY_NAME[table].doc if table in BY_NAME else "The release of that day" if table == _DIAGNOSES else ""
        holds = re.split("[:;]", doc)[0]
        return f"a verified row in the table {table}" + (f": {holds[0].lower()}{holds[1:]}" if holds else "")
    doc = next((view.columns[name].doc for view in views().values() if name in view.columns), "")
    words = label(name)
    return f"{words}: {doc.partition(';')[0]}" if doc and doc.partition(";")[0] != words else words


def remedy(name: str, ended: Sequence[EndedTable] = ()) -> str:
    """How a missing fact is given, in the fewest words; blank where only the claim itself could say it.

    `ended`: the tables that end before the last day of service, whose next release is named.
    """
    if name.startswith("policy."):
        table = name.removeprefix("policy.")
        if table.endswith(SINCE):
            return "ask the payer since when it holds, and write a row of your own with that first_day"
        after = [e for e in ended if e.table == table]
        if after:
            days = sorted({e.last_day for e in after})
            how = " (policy import)" if table in IMPORTED else " (or verify your own: coverage.yaml)"
            return f"after {days[-1]} only {after[0].answered_by} answers{how}"
        ways = ("import the CMS file (policy import)",) if table in IMPORTED else ()
        # Diagnoses are known by whole releases.
        return ", or ".join(ways if table == _DIAGNOSES else (*ways, "write a row of your own"))
    if name.partition(".")[0] in _OF_A_COURSE:
        return "give the course (--course)"
    if name.startswith("earlier claims"):
        return "give the earlier claims (--history)"
    if name.startswith("which day"):
        return "split the line by day, or give the course (--course)"
    return "name the contractor (--mac)" if name == "claim.mac" else ""


@cache
def titles() -> dict[str, str]:
    """Code → title, of every rule."""
    return {rule.code: rule.title for rule in registry.rules()}


def subject(f: Finding) -> str:
    """What the finding is about, in the fewest words: its claim, else its course, else its file."""
    if f.claim is not None:
        return f.claim
    if f.course is not None:
        return f"course {f.course}"
    return f.where.file if f.where else "the run"


# ── policy rows ─────────────────────────────────────────────────────────────────────────────────


def rests_on(row: PolicyFact) -> str:
    """A policy row as a sentence: what it is about, what it says, when, for whom, how sure.

    ``77386: in force 2015-01-01 to 2025-12-31, followed by 77407 or 77412``
    """
    cells = dict(row.cells)
    says = BY_NAME[row.name].says if row.name in BY_NAME else None
    sentence = says(cells) if says is not None and cells else _generic(row, cells)
    days = interval(row.first_day, row.last_day)
    when = f"; {'as read for' if row.is_edition else 'in force'} {days}" if days else ""
    if row.name == "radonc.codes" and cells:
        when = f"in force {days}" if days else "days not known"
        when += f", followed by {cells['successor']}" if "successor" in cells else ""
    return printable(f"{sentence}{when}{_aside(row)}")


def sources(rows: Sequence[PolicyFact]) -> str:
    """Every source the rows cite, each once, then the places in them."""
    named = dict.fromkeys(name for row in rows for name in row.source.split(";") if name)
    places = dict.fromkeys(row.at for row in rows if row.at and row.source)
    return printable(", ".join(named) + (f" ({'; '.join(places)})" if places else ""))


def sources_of(f: Finding) -> str:
    """The sources of the rows a finding rests on; where no row decided, those its rule cites."""
    return sources(f.policy) or ", ".join(_cited().get(f.rule, ()))


@cache
def _cited() -> dict[str, tuple[str, ...]]:
    return {rule.code: rule.cites for rule in registry.rules()}


def _aside(row: PolicyFact) -> str:
    """For whom the row holds and how sure it is, where that is not everyone and not high."""
    parts = [_PEOPLE.get(word, plain(word)) for word in row.scope.split("/")]
    who = " ".join(part for part in parts if part)
    sure = f"{row.confidence} confidence" if row.confidence not in ("", "high") else ""
    found = ", ".join(part for part in (who, sure, "" if row.source else "no source: preview") if part)
    return f" ({found})" if found else ""


def _generic(row: PolicyFact, cells: Cells) -> str:
    if "parameter" in cells:
        topic, _, name = cells["parameter"].removeprefix("radonc.").rpartition(".")
        return f"{plain(name)}{f' ({plain(topic)})' if topic else ''}: {cells.get('value', '')}"
    return f"{plain(row.name)}: {row.value}" if row.value else plain(row.name)
