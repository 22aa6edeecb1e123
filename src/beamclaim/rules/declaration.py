"""A rule as its author writes it → a `Rule`, or the refusal of what is wrong with it.

A message that names what is not there, a number, a word that only tables may name, a window wider than a patient: refused
here, at import, with the rule's file and what to change. What needs the types and words of a view or a table is refused
when the engine is handed the rule (`engine/declared.py`). `registry` finds the rules; nothing here knows of another rule.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from beamclaim.errors import RuleError
from beamclaim.expressions.leaves import PolicyRead
from beamclaim.expressions.node import Expression
from beamclaim.expressions.walks import gate, groups, of_the_row, reads, written
from beamclaim.expressions.windows import keys_of
from beamclaim.model.value_sets import FIX_GRADES, OWNERS, RISKS, SEVERITIES, Owner, Risk, Severity
from beamclaim.rules.guard import guard

STATUSES = ("preview", "stable", "deprecated")
#: Keys at or below the patient: a window that begins with one of them stays inside a bucket of patients.
_INSIDE_A_PATIENT = ("patient.key", "claim.key", "line.key", "course.key")
_NAMED = re.compile(r"\{([^{}]+)\}")
#: What the message of a rule about more than a row calls the lines of its subject.
LINES = "lines"


@dataclass(frozen=True, eq=False)
class Rule:
    """One question: what it is asked of, what it reads, what it answers."""

    code: str
    name: str
    title: str
    view: str
    severity: Severity
    risk: Risk
    message: str
    cites: tuple[str, ...]
    at: str
    to_do: str
    who: Owner
    repair: str
    rests_on: tuple[str, ...]
    status: str
    since: str
    needs: tuple[str, ...]
    optional: tuple[str, ...]
    unit: str
    page: Path
    applies: Expression
    answers: dict[str, Expression]
    formerly: tuple[str, ...] = ()
    """Names it had before: they still select and explain it."""
    pair: str = ""
    """The answer that names the other code of the pair it tells of, or several joined with `;`; blank: it tells of no pair."""
    yields_to: tuple[str, ...] = ()
    """The rules that speak in its place where they tell of the same pair, as gravely."""
    about: tuple[str, ...] = ()
    """The columns whose values rows share that are one subject of it; none: each row is a subject of its own."""

    @property
    def family(self) -> str:
        """The three letters."""
        return self.code[:3]

    @property
    def source(self) -> Path:
        """The file it is written in."""
        return self.page.with_suffix(".py")

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """Every column the question reads, in order of first use: the beginning of a proof."""
        return tuple(leaf.name for leaf in reads(self.applies, *self.answers.values()))

    @cached_property
    def policy_reads(self) -> tuple[PolicyRead, ...]:
        """Those of them that the policy or other lines answer, in the same order."""
        leaves = reads(self.applies, *self.answers.values())
        return tuple(leaf for leaf in leaves if isinstance(leaf, PolicyRead))

    @cached_property
    def own(self) -> tuple[str, ...]:
        """Those the verdict reads of the row itself, beside the keys of its groups."""
        return of_the_row(self.applies, self.answers["fires"])

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The groups its windows run over."""
        return groups(self.applies, *self.answers.values())

    @cached_property
    def gate(self) -> tuple[Expression, ...]:
        """The parts of `applies` that need no other line: where one is surely false, nothing else must be asked."""
        return gate(self.applies)

    @property
    def shows(self) -> tuple[str, ...]:
        """Columns of the view that the message names, beside what the check returns and the lines it is about."""
        names = _NAMED.findall(self.message + self.to_do)
        return tuple(dict.fromkeys(n for n in names if n not in self.answers and not (self.about and n == LINES)))

    @property
    def shown_answers(self) -> tuple[str, ...]:
        """What the check returns and the message names."""
        return tuple(dict.fromkeys(n for n in _NAMED.findall(self.message + self.to_do) if n in self.answers))

    @property
    def fingerprint(self) -> str:
        """The question as text: changes when the question changes."""
        return "; ".join(f"{name}: {written(tree)}" for name, tree in {"applies": self.applies, **self.answers}.items())


def _check(rule: Rule) -> None:
    def refuse(why: str) -> NoReturn:
        raise RuleError(f"{rule.code} ({rule.source.name}): {why}")

    if not re.fullmatch(r"[A-Z]{3}\d{3}", rule.code):
        refuse("a code is three letters and three digits")
    if re.search(r"\d{5}", rule.name):
        refuse("a rule's name holds no procedure code; say what is wrong instead")
    for what, word, allowed in (
        ("severity", rule.severity, SEVERITIES), ("risk", rule.risk, RISKS),
        ("status", rule.status, STATUSES), ("who", rule.who, OWNERS), ("repair", rule.repair, FIX_GRADES),
    ):  # fmt: skip
        if word not in allowed:
            refuse(f"{what} {word!r} is not one of {', '.join(allowed)}")
    if "fires" not in rule.answers:
        refuse("the check returns no `fires`")
    for name, answer in {"applies": rule.applies, **rule.answers}.items():
        if not isinstance(answer, Expression):
            refuse(f"`{name}` is {answer!r}, which is no expression; write it with the words of beamclaim.rules")
    for name in ("applies", "fires"):
        tree = rule.applies if name == "applies" else rule.answers[name]
        if tree.type not in ("Boolean", None):
            refuse(f"`{name}` gives {tree.type.lower()}; it must answer yes or no")
    for name in rule.shows:
        if "." not in name:
            refuse(f"the message names {{{name}}}, which the check does not return and which is no column")
    if rule.pair and rule.pair not in rule.answers:
        refuse(f"pair names {rule.pair!r}, which the check does not return")
    if rule.yields_to and not rule.pair:
        refuse("yields_to is for rules that tell of a pair: name the answer with the other code in `pair`")
    if rule.about and LINES in rule.answers:
        refuse(
            f"the check returns `{LINES}`, which is what the message of a rule `about` several lines calls them; name it otherwise"
        )
    for keys in (*map(keys_of, rule.groups), *([rule.about] if rule.about else [])):
        if keys[0] not in _INSIDE_A_PATIENT:
            refuse(
                f"a window over {list(keys)} is wider than a patient; begin with the patient or something inside one"
            )
    guard(rule.code, {"applies": rule.applies, **rule.answers})


def rule(
    code: str,
    *,
    title: str,
    view: str,
    applies: Expression,
    message: str,
    at: str,
    to_do: str,
    severity: Severity = "error",
    risk: Risk = "denial",
    cites: tuple[str, ...] = (),
    who: Owner = "biller",
    repair: str = "review",
    status: str = "stable",
    since: str = "0.1",
    needs: tuple[str, ...] = (),
    optional: tuple[str | Expression, ...] = (),
    rests_on: tuple[str, ...] = (),
    unit: str = "",
    formerly: tuple[str, ...] = (),
    about: tuple[str, ...] = (),
    pair: str = "",
    yields_to: tuple[str, ...] = (),
) -> Callable[[Callable[[], dict[str, Expression]]], Rule]:
    """Declares a rule; the function's name is the rule's name and its file's name.

    `applies` and the answer `fires` in three-valued logic give the verdict. Other answers are facts
    for the message; `grade` (a severity per row), `risk` (a risk per row), `to_do` (a text per row),
    `rests_on` (the tables and parameters, joined with `;`, whose row carries the verdict) and
    `missing` (the fact to ask for where a row cannot be told) are special. `at` is
    the column whose bytes the finding points at. `needs` names what to ask for when it cannot tell,
    where the null columns themselves would not say it; `optional` are columns, by name, and answers that are often null by nature
    and never reported as missing. `rests_on` names the tables whose confidence
    caps the grade (all that are read, when not said). `unit` (view faults): ``files`` or ``claims``, what is clear without a fault.
    `formerly`: names it had before. `about`: the columns whose values lines share that are one subject, e.g. ``claim.key``: they get one
    finding or question, on the first of them, whose message names them by ``{lines}`` and says each value it shows.
    `pair`: the answer that names the other code where the rule tells of a pair of codes. Of one pair one rule speaks: that with the graver
    finding, else the one the others `yields_to`.
    """

    def declare(check: Callable[[], dict[str, Expression]]) -> Rule:
        page = Path(check.__code__.co_filename).with_suffix(".md")
        if page.stem != check.__name__:
            raise RuleError(f"{code}: function {check.__name__} lives in {page.stem}.py; name the file after the rule")
        made = Rule(
            code=code, name=check.__name__.replace("_", "-"), title=title, view=view, severity=severity, risk=risk,
            message=message, cites=cites, at=at, to_do=to_do, who=who, repair=repair, status=status, since=since, needs=needs,
            optional=tuple(_name_of(code, column) for column in optional), rests_on=rests_on, unit=unit, formerly=formerly, about=about,
            pair=pair, yields_to=yields_to, page=page,
            applies=applies, answers=check(),
        )  # fmt: skip
        _check(made)
        return made

    return declare


def _name_of(code: str, column: str | Expression) -> str:
    if isinstance(column, str) and ":" in column:
        raise RuleError(
            f"{code}: optional names {column!r}, which the program makes; give the value() or code_in() itself"
        )
    if isinstance(column, str):
        return column
    if isinstance(column, PolicyRead):
        return column.name
    raise RuleError(f"{code}: optional holds {column.shown}; name a column, or give what the policy answers")
