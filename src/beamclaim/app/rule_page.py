"""Rule pages: what a rule is, since when, what it reads, with the page that stands beside it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from beamclaim.policy import Policy
from beamclaim.policy.sources import Source
from beamclaim.rules import registry
from beamclaim.rules.declaration import Rule


def chosen(selector: str | None) -> list[Rule]:
    """The rules a code, a family or a name means; all of them for None. Raises SettingError when none does."""
    return registry.rules() if selector is None else registry.find(selector)


def page(rule: Rule, sources: Mapping[str, Source] | None = None) -> str:
    """The page of one rule in Markdown, under a header made from the rule itself."""
    known = Policy.load().sources if sources is None else sources
    facts = [
        ("Name", f"`{rule.name}`"),
        ("Status", f"{rule.status}, since {rule.since}"),
        ("Severity", rule.severity),
        ("Risk", rule.risk),
        ("Who acts", rule.who),
        ("One answer for each row of", rule.view),
        ("Reads", ", ".join(f"`{name}`" for name in rule.reads)),
        ("Sources", "; ".join(_source(name, known) for name in rule.cites) or "those of the policy rows it reads"),
    ]
    rows = "\n".join(f"- **{name}**: {value}" for name, value in facts)
    return f"# {rule.code}: {rule.title}\n\n{rows}\n\n{_text(rule)}\n"


def record(rule: Rule) -> dict[str, Any]:
    """One rule as a plain dictionary, its page included."""
    return {
        "code": rule.code, "name": rule.name, "title": rule.title, "status": rule.status, "since": rule.since,
        "severity": rule.severity, "risk": rule.risk, "view": rule.view, "who": rule.who, "repair": rule.repair,
        "message": rule.message, "to_do": rule.to_do, "reads": list(rule.reads), "cites": list(rule.cites),
        "page": _text(rule),
    }  # fmt: skip


def catalogue(rules: Sequence[Rule]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The heads and rows of the table of rules: code, name, severity, risk, status, title."""
    heads = ("code", "name", "severity", "risk", "status", "title")
    return heads, [(r.code, r.name, r.severity, r.risk, r.status, r.title) for r in rules]


def _text(rule: Rule) -> str:
    """The page as written, without the heading that names the rule: the header says it already."""
    if not rule.page.is_file():
        return "This rule has no page yet."
    return re.sub(r"\A\s*# .*\n+", "", rule.page.read_text("utf-8")).strip()


def _source(name: str, known: Mapping[str, Source]) -> str:
    source = known.get(name)
    return f"{name} ({source.title})" if source else name
