"""Rule pages: what a rule is, since when, what it reads, the page that stands beside it, the policy rows it rests on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from beamclaim.app.rule_rows import rows_asked, rows_text
from beamclaim.expressions.sentences import USUAL_DAY, in_words, read_in_words
from beamclaim.expressions.walks import reads
from beamclaim.policy import PolicyTables
from beamclaim.policy.sources import PolicySource
from beamclaim.rules import registry
from beamclaim.rules.declaration import Rule


def chosen(selector: str | None) -> list[Rule]:
    """The rules a code, a family or a name means; all of them for None. Raises SettingError when none does."""
    return registry.rules() if selector is None else registry.find(selector)


def page(rule: Rule, policy: PolicyTables, today: date) -> str:
    """The page of one rule in Markdown: a header made from the rule itself, the page as written, the rows it rests on."""
    known = policy.sources
    facts = [
        ("Name", f"`{rule.name}`" + "".join(f", formerly `{name}`" for name in rule.formerly)),
        ("Status", f"{rule.status}, since {rule.since}"),
        ("Severity", rule.severity),
        ("Risk", rule.risk),
        ("Who acts", rule.who),
        ("One answer for each row of", rule.view),
        ("Reads", "; ".join(map(read_in_words, reads(rule.applies, *rule.answers.values())))),
        ("Sources", "; ".join(_source(name, known) for name in rule.cites) or "those of the policy rows it reads"),
    ]
    rows = "\n".join(f"- **{name}**: {value}" for name, value in facts)
    resting = rows_text(rows_asked(rule, policy, today), {id_: source.title for id_, source in known.items()})
    parts = (f"# {rule.code}: {rule.title}", rows, _text(rule), question_in_words(rule), resting)
    return "\n\n".join(filter(None, parts)) + "\n"


def question_in_words(rule: Rule) -> str:
    """The section that says the question itself, made from the rule: when it is asked, and when it fires."""
    words = in_words({"applies": rule.applies, "fires": rule.answers["fires"]})

    def listed(name: str) -> str:
        return "\n".join(f"- {sentence}" for sentence in words.sentences[name])

    parts = "\n".join(f"- **{letter}**: {said}" for letter, said in words.parts.items())
    sections = (
        "## In words",
        f"Made from the rule; tables are asked by `{USUAL_DAY}` where no other day stands there.",
        f"It is asked where all of this holds:\n\n{listed('applies')}",
        f"It fires where all of this holds as well:\n\n{listed('fires')}",
        f"Here\n\n{parts}" if parts else "",
    )
    return "\n\n".join(filter(None, sections))


def record(rule: Rule) -> dict[str, Any]:
    """One rule as a plain dictionary, its page included."""
    return {
        "code": rule.code, "name": rule.name, "title": rule.title, "status": rule.status, "since": rule.since,
        "severity": rule.severity, "risk": rule.risk, "view": rule.view, "who": rule.who, "repair": rule.repair,
        "message": rule.message, "to_do": rule.to_do, "reads": list(rule.reads), "cites": list(rule.cites),
        "page": _text(rule),
    }  # fmt: skip


def record_with_rows(rule: Rule, policy: PolicyTables, today: date) -> dict[str, Any]:
    """The same with the rows it rests on, and the titles of their sources."""
    asked = rows_asked(rule, policy, today)
    cited = {id_ for one in asked for row in one.rows for id_ in row["source"].split(";") if id_} | set(rule.cites)
    titles = {id_: policy.sources[id_].title for id_ in sorted(cited) if id_ in policy.sources}
    return {**record(rule), "rows": [asdict(one) for one in asked], "sources": titles}


def catalogue(rules: Sequence[Rule]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The heads and rows of the table of rules: code, name, severity, risk, status, title."""
    heads = ("code", "name", "severity", "risk", "status", "title")
    return heads, [(r.code, r.name, r.severity, r.risk, r.status, r.title) for r in rules]


def _text(rule: Rule) -> str:
    """The page as written, without the heading that names the rule: the header says it already."""
    if not rule.page.is_file():
        return "This rule has no page yet."
    return re.sub(r"\A\s*# .*\n+", "", rule.page.read_text("utf-8")).strip()


def _source(name: str, known: Mapping[str, PolicySource]) -> str:
    source = known.get(name)
    return f"{name} ({source.title})" if source else name
