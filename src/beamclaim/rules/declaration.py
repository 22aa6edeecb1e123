"""The declaration of a rule, and what is refused when it is made.

A code that is taken, a message that names what is not there, a number, a literal that looks like a code, a window wider than a
patient: refused here, at import, with the rule's file and what to change.
"""

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from beamclaim.errors import RuleError
from beamclaim.rules.api import Expr

SEVERITIES = ("error", "warning", "info")
RISKS = ("rejection", "denial", "repayment", "underpayment", "advice")
STATUSES = ("preview", "stable", "deprecated")
OWNERS = ("biller", "coder", "physicist", "physician", "dosimetrist", "front desk", "vendor")
#: The widest window a rule may open is one patient, so that a bucket of patients is a world of its own.
PATIENT = "patient.key"
_CODE_SHAPE = re.compile(r"^(\d{5}|[A-Z]\d{4}|\d{4}[A-Z]|[A-TV-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?)$")


@dataclass(frozen=True, slots=True)
class Rule:
    """One question: what it is asked of, what it reads, what it answers."""

    code: str
    name: str
    title: str
    view: str
    severity: str
    risk: str
    message: str
    cites: tuple[str, ...]
    at: str
    to_do: str
    who: str
    repair: str
    rests_on: tuple[str, ...]
    status: str
    since: str
    needs: tuple[str, ...]
    optional: tuple[str, ...]
    unit: str
    page: Path
    applies: Expr
    answers: dict[str, Expr] = field(hash=False)
    reads: tuple[str, ...] = ()
    """Every column the question reads, in order of first use: the beginning of a proof."""
    own: tuple[str, ...] = ()
    """Those of them the verdict reads of the row itself, beside the keys of its groups."""
    groups: tuple[str, ...] = ()
    """The groups its windows run over."""
    gate: Expr | None = None
    """The part of `applies` that needs no other line: where it is surely false, nothing else must be asked."""

    @property
    def family(self) -> str:
        """The three letters."""
        return self.code[:3]

    @property
    def shows(self) -> tuple[str, ...]:
        """Columns of the view that the message names, beside what the check returns."""
        named = re.findall(r"\{([^{}]+)\}", self.message + self.to_do)
        return tuple(dict.fromkeys(n for n in named if n not in self.answers))

    @property
    def fingerprint(self) -> str:
        """The expressions as text: changes when the question changes."""
        parts = {"applies": self.applies, **self.answers}
        return json.dumps({k: json.loads(e.meta.serialize(format="json")) for k, e in parts.items()}, sort_keys=True)


def _reads(applies: Expr, answers: dict[str, Expr]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns that are read, groups opened to their keys, and the groups."""
    names: dict[str, None] = {}
    groups: dict[str, None] = {}
    for expression in (applies, *answers.values()):
        for name in expression.meta.root_names():
            if name.startswith("group:"):
                groups[name] = None
                names.update(dict.fromkeys(keys_of(name)))
            else:
                names[name] = None
    return tuple(names), tuple(groups)


#: Columns that are worked out from other lines: the costly ones.
_PARTNERS = ("pair:", "near:", "group:")


def _gate(applies: Expr) -> Expr | None:
    """The conjuncts of `applies` that read no other line, joined; None where there is none."""

    def conjuncts(tree: Any) -> list[Any]:
        inner = tree.get("BinaryExpr") if isinstance(tree, dict) else None
        if inner is None or inner["op"] != "And":
            return [tree]
        return conjuncts(inner["left"]) + conjuncts(inner["right"])

    whole = json.loads(applies.meta.serialize(format="json"))
    parts = [Expr.deserialize(io.StringIO(json.dumps(t)), format="json") for t in conjuncts(whole)]
    own = [e for e in parts if not any(n.startswith(_PARTNERS) for n in e.meta.root_names())]
    return pl.all_horizontal(own) if own else None


def keys_of(group: str) -> list[str]:
    """The keys of a group column."""
    return group.removeprefix("group:").split("|")


def _words_of(tree: Any) -> list[Any]:
    """Every literal of a serialised expression."""
    found: list[Any] = []
    if isinstance(tree, dict):
        for key, inner in tree.items():
            if key == "Literal":
                found.append(inner)
            else:
                found += _words_of(inner)
    elif isinstance(tree, list):
        for inner in tree:
            found += _words_of(inner)
    return found


def _plain(literal: Any) -> list[Any]:
    """The bare numbers and words inside a serialised literal."""
    if isinstance(literal, dict):
        return [x for inner in literal.values() for x in _plain(inner)]
    if isinstance(literal, list):
        return [x for inner in literal for x in _plain(inner)]
    return [literal]


#: Keys at or below the patient: a window that begins with one of them stays inside a bucket.
_INSIDE_A_PATIENT = {PATIENT, "claim.key", "line.key", "course.key"}


def _check(rule: Rule) -> None:
    def refuse(why: str) -> None:
        raise RuleError(f"{rule.code} ({rule.page.with_suffix('.py').name}): {why}")

    if not re.fullmatch(r"[A-Z]{3}\d{3}", rule.code):
        refuse("a code is three letters and three digits")
    if re.search(r"\d{5}", rule.name):
        refuse("a rule's name holds no procedure code; say what is wrong instead")
    for what, given, allowed in (
        ("severity", rule.severity, SEVERITIES), ("risk", rule.risk, RISKS),
        ("status", rule.status, STATUSES), ("who", rule.who, OWNERS),
    ):  # fmt: skip
        if given not in allowed:
            refuse(f"{what} {given!r} is not one of {', '.join(allowed)}")
    if "fires" not in rule.answers:
        refuse("the check returns no `fires`")
    for name in rule.shows:
        if "." not in name:
            refuse(f"the message names {{{name}}}, which the check does not return and which is no column")
    for group in rule.groups:
        if keys_of(group)[0] not in _INSIDE_A_PATIENT:
            refuse(
                f"a window over {keys_of(group)} is wider than a patient; begin with the patient or something inside one"
            )
    for name, expression in {"applies": rule.applies, **rule.answers}.items():
        tree = json.loads(expression.meta.serialize(format="json"))
        for literal in _words_of(tree):
            for word in _plain(literal):
                if isinstance(word, bool) or word is None:
                    continue
                if isinstance(word, int | float) and word not in (0, 1):
                    refuse(f"`{name}` holds the number {word}; numbers live in policy parameters: use param()")
                if isinstance(word, str) and _CODE_SHAPE.fullmatch(word):
                    refuse(
                        f"`{name}` holds {word!r}, which looks like a code; codes live in policy tables: use code_in()"
                    )


_DECLARED: dict[str, Rule] = {}


def declared() -> dict[str, Rule]:
    """The rules declared so far, by code."""
    return _DECLARED


def rule(
    code: str,
    *,
    title: str,
    view: str,
    applies: Expr,
    message: str,
    at: str,
    to_do: str,
    severity: str = "error",
    risk: str = "denial",
    cites: tuple[str, ...] = (),
    who: str = "biller",
    repair: str = "review",
    status: str = "stable",
    since: str = "0.1",
    needs: tuple[str, ...] = (),
    optional: tuple[str, ...] = (),
    rests_on: tuple[str, ...] = (),
    unit: str = "",
) -> Callable[[Callable[[], dict[str, Expr]]], Rule]:
    """Declares a rule; the function's name is the rule's name and its file's name.

    `applies` and the answer `fires` in three-valued logic give the verdict. Other answers are facts
    for the message; `grade` (a severity per row), `risk` (a risk per row), `to_do` (a text per row),
    `rests_on` (the tables and parameters, joined with `;`, whose row carries the verdict) and
    `missing` (the fact to ask for where a row cannot be told) are special. `at` is
    the column whose bytes the finding points at. `needs` names what to ask for when it cannot tell,
    where the null columns themselves would not say it; `optional` columns are often null by nature
    and never reported as missing. `rests_on` names the tables whose confidence
    caps the grade (all that are read, when not said). `unit` (view faults): ``files`` or ``claims``, what is clear without a fault.
    """

    def declare(check: Callable[[], dict[str, Expr]]) -> Rule:
        page = Path(check.__code__.co_filename).with_suffix(".md")
        answers = check()
        reads, groups = _reads(applies, answers)
        roots = [*applies.meta.root_names(), *answers.get("fires", applies).meta.root_names()]
        own = tuple(dict.fromkeys(n for n in roots if not n.startswith("group:")))
        made = Rule(
            reads=reads, own=own, groups=groups, gate=_gate(applies), code=code, name=check.__name__.replace("_", "-"),
            title=title, view=view, severity=severity, risk=risk, message=message, cites=cites, at=at, to_do=to_do,
            who=who, repair=repair, status=status, since=since, needs=needs, optional=optional, rests_on=rests_on,
            unit=unit, page=page, applies=applies, answers=answers,
        )  # fmt: skip
        if page.stem != check.__name__:
            raise RuleError(f"{code}: function {check.__name__} lives in {page.stem}.py; name the file after the rule")
        if code in _DECLARED and _DECLARED[code].page != page:
            raise RuleError(f"{code} is taken by {_DECLARED[code].name}; codes are never reused")
        _check(made)
        _DECLARED[code] = made
        return made

    return declare
