"""A charge as its author writes it → a `ChargeRule`: what it is asked of, its ladder of steps, or the refusal of what is wrong.

A ladder goes from the step with most conditions to the plain one; the first that is true is the answer. A charge holds no
code, day, number or payer: a step is a word of the table `charging.codes`. What needs the columns of a view or the rows of a
table is refused when the engine is handed the charge (`engine/propose.py`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from pathlib import Path
from types import MappingProxyType

from beamclaim.errors import RuleError
from beamclaim.expressions.leaves import Column, PolicyRead, Sure
from beamclaim.expressions.node import Both, Either, Expression, node_of
from beamclaim.expressions.walks import gate, groups, nodes, of_the_row, reads

FAMILIES = (
    "delivery",
    "planning",
    "simulation",
    "devices",
    "dosimetry",
    "physics",
    "management",
    "guidance",
    "special",
)
"""The kinds of charges, in the order people are shown."""
_WORD = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, eq=False)
class LadderStep:
    """One rung of a ladder: the word of its code, and its grounds by name, all of which must hold or any of which may.

    `waits`: grounds that are the record of the service itself, such as a visit; unknown there means seen by nobody yet.
    """

    word: str
    grounds: Mapping[str, Expression]
    is_any: bool
    waits: tuple[str, ...] = ()

    @cached_property
    def condition(self) -> Expression:
        """All grounds together, in three-valued logic."""
        return _together([*self.grounds.values()], is_any=self.is_any)

    @cached_property
    def without_waits(self) -> Expression:
        """What must hold before the record of the service is waited for."""
        return _together([g for name, g in self.grounds.items() if name not in self.waits], is_any=self.is_any)


def _together(grounds: list[Expression], *, is_any: bool) -> Expression:
    if not grounds:
        return Sure(True)
    return reduce(Either if is_any else Both, grounds)


def step(
    word: str,
    *,
    all_of: Mapping[str, Expression] | None = None,
    any_of: Mapping[str, Expression] | None = None,
    where: Expression | None = None,
    waits: tuple[str, ...] = (),
) -> LadderStep:
    """One rung: its word of `charging.codes`, and either all of these grounds, any of them, or one condition named as the word.

    Raises:
        RuleError: names the step, and what is wrong with it.
    """
    given = [g for g in (all_of, any_of, where) if g is not None]
    if len(given) != 1:
        raise RuleError(f"step {word!r}: give one of all_of=, any_of= and where=")
    grounds = {word: where} if where is not None else dict(all_of or any_of or {})
    if not _WORD.fullmatch(word):
        raise RuleError(f"step {word!r}: a word of charging.codes is written in small letters")
    if not grounds or "" in grounds:
        raise RuleError(f"step {word!r}: every ground has a name")
    for wait in waits:
        if wait not in grounds:
            raise RuleError(f"step {word!r} waits for {wait!r}, which is no ground of it")
    return LadderStep(word, MappingProxyType(grounds), any_of is not None, waits)


@dataclass(frozen=True, eq=False)
class ChargeRule:
    """One declaration: the rows of a view it speaks of, the ladder, the day its code is asked for."""

    name: str
    family: str
    view: str
    day: str
    applies: Expression
    hold: Expression
    units: Expression
    steps: tuple[LadderStep, ...]
    silent: tuple[str, ...]
    cites: tuple[str, ...]
    page: Path

    @property
    def by(self) -> str:
        """What an answer calls it: family and name."""
        return f"{self.family}/{self.name}"

    @property
    def code(self) -> str:
        """What the engine knows it by."""
        return self.by

    @cached_property
    def gate(self) -> tuple[Expression, ...]:
        """The parts of `applies` that need no other row."""
        return gate(self.applies)

    @property
    def trees(self) -> tuple[Expression, ...]:
        """Everything it asks, in the order it is written."""
        conditions = (tree for s in self.steps for tree in s.grounds.values())
        return (self.applies, self.hold, *conditions, self.units)

    @cached_property
    def policy_reads(self) -> tuple[PolicyRead, ...]:
        """What the policy answers, in order of first use."""
        return tuple(leaf for leaf in reads(*self.trees) if isinstance(leaf, PolicyRead))

    @cached_property
    def own(self) -> tuple[str, ...]:
        """The columns it reads of a row, beside the keys of its groups."""
        return of_the_row(*self.trees)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The groups its windows run over."""
        return groups(*self.trees)


def charge(
    family: str,
    *,
    view: str,
    day: str,
    applies: Expression,
    hold: Expression | None = None,
    units: Expression | None = None,
    silent: tuple[str, ...] = (),
    cites: tuple[str, ...] = (),
) -> Callable[[Callable[[], LadderStep | tuple[LadderStep, ...]]], ChargeRule]:
    """Declares a charge; the function's name is its name, and it returns a step, or steps from the most conditions to the fewest.

    `applies`: false, it has no say. `hold`: true or unknown, nothing is supported whatever the steps say. `silent`: facts that
    decide nothing, read for the reasons alone and refused inside a step.
    """

    def declare(ladder: Callable[[], LadderStep | tuple[LadderStep, ...]]) -> ChargeRule:
        page = Path(ladder.__code__.co_filename).with_suffix(".md")
        made = ladder()
        steps = (made,) if isinstance(made, LadderStep) else made
        declared = ChargeRule(
            ladder.__name__, family, view, day, applies, hold if hold is not None else Sure(False),
            units if units is not None else node_of(1), steps, silent, cites, page,
        )  # fmt: skip
        _check(declared)
        return declared

    return declare


def _check(made: ChargeRule) -> None:
    if made.family not in FAMILIES:
        raise RuleError(f"charge {made.name}: family {made.family!r} is not one of {', '.join(FAMILIES)}")
    for each in made.steps:
        for name, ground in each.grounds.items():
            read = {n.name for n in nodes(ground) if isinstance(n, Column)}
            for fact in made.silent:
                if fact in read:
                    raise RuleError(f"{made.by}: {fact} decides nothing, and step {each.word!r} reads it for {name!r}")
