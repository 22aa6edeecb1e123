"""A proposed charge → why: the grounds that hold, the runner-up and why not, and the facts that are missing, with who has them.

Built of the frames a charge was proposed from, for the charges asked about. Words stand in `charging.words`, by ground and state;
facts are named as the course form names them. Read by `outputs/course`; begin with `Reasons.of`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from beamclaim.charging.adjustment import Adjustment
from beamclaim.charging.declaration import ChargeRule, LadderStep
from beamclaim.engine.compile import compiled
from beamclaim.engine.propose import Proposed
from beamclaim.expressions.leaves import Column, PolicyRead
from beamclaim.expressions.node import Expression
from beamclaim.expressions.walks import nodes
from beamclaim.expressions.windows import Window, keys_of
from beamclaim.model.tables.course import FACTS
from beamclaim.policy import PolicyAnswers
from beamclaim.views.view import View

WORDS = "charging.words"
#: Whose row it is that nobody read.
PAYER_ROW = "payer row"
_STATES = {True: "met", False: "not_met", None: "not_shown"}
#: Facts of the form by the list they stand in, where no fact of `FACTS` has the name.
_LISTS = {"procedures.management_visit": "physician", "procedures.weekly_physics": "physicist", "stays": "records", "payer.id": "biller",
          "payer.line": "biller", "charging.codes": "biller"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground of a step, as it stands for one charge: its state, words, the facts it read and their values."""

    name: str
    state: str
    text: str
    facts: tuple[str, ...]
    shown: Mapping[str, Any]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact nobody said, the codes it would decide, and who has it."""

    fact: str
    codes: tuple[str, ...]
    who: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why a charge is what it is."""

    because: tuple[Ground, ...] = ()
    runners_up: tuple[tuple[str | None, tuple[Ground, ...]], ...] = ()
    missing: tuple[Missing, ...] = ()
    cites: tuple[str, ...] = ()
    decides_nothing: tuple[tuple[str, Any], ...] = field(default=())


class Reasons:
    """The reasons of all charges of a run, each made when it is asked for."""

    def __init__(
        self,
        proposed: Sequence[Proposed],
        charges: Sequence[ChargeRule],
        adjustments: Sequence[Adjustment],
        policy: PolicyAnswers,
    ) -> None:
        self._views = {p.view.name: p for p in proposed}
        self._charges = {c.by: c for c in charges}
        self._of_view: dict[str, list[ChargeRule]] = {}
        for c in charges:
            self._of_view.setdefault(c.view, []).append(c)
        self._asks = {a.name: a for a in adjustments}
        self._policy = policy
        self._read: dict[str, dict[int, dict[str, Any]]] = {}

    @cached_property
    def _words(self) -> dict[str, dict[str, str | None]]:
        table = self._policy.table(WORDS).frame
        return {row["ground"]: row for row in table.select("ground", *_STATES.values()).iter_rows(named=True)}

    def of(self, charge: Mapping[str, Any]) -> Why:
        """Why a row of the view `charges` is what it is."""
        view, row = charge["charge.view"], charge["charge.row"]
        held = [self._held(name, charge) for name in (*charge["held_by"],)]
        if charge["charge.by"] is None:
            candidates = [c for c in self._of_view[view] if c.family == charge["charge.family"]]
            missing = [m for c in candidates for m in self._of_several(c, row)]
            return Why(missing=_distinct([*missing, *held]))
        declared = self._charges[charge["charge.by"]]
        steps = [(step, self._grounds(declared, step, row)) for step in declared.steps]
        codes = [self._code(declared, step, row) for step in declared.steps]
        reached = charge["charge.step"]
        because: list[Ground] = []
        if reached is not None:
            step, grounds = steps[reached]
            because = [g for g in grounds if g.state == "met"]
        missing = list(held)
        for number, (step, grounds) in enumerate(steps):
            if codes[number] is None or (reached is not None and number >= reached) or not _is_open(step, grounds):
                continue
            missing += [
                _missing(fact, (codes[number] or "",), g.text)
                for g in grounds
                if g.state == "not_shown"
                for fact in g.missing
            ]
        missing += self._unsure(declared, row, [c for c in codes if c])
        return Why(
            tuple(because), tuple(_runners_up(charge, steps, codes)), _distinct(missing), declared.cites,
            tuple((name, value) for name, value in self._silent(declared, row)),
        )  # fmt: skip

    def step_of(self, charge: Mapping[str, Any], word: str) -> tuple[str | None, list[Ground]]:
        """The code of a step of a charge's ladder, and its grounds as they stand for this charge."""
        declared = self._charges[charge["charge.by"]]
        step = next(s for s in declared.steps if s.word == word)
        return self._code(declared, step, charge["charge.row"]), self._grounds(declared, step, charge["charge.row"])

    def _held(self, name: str, charge: Mapping[str, Any]) -> Missing:
        adjustment = self._asks[name]
        codes = tuple(code for code in charge["charge.possible"].split(";") if code)
        return _missing(adjustment.asks or PAYER_ROW, codes, self._text(name, "not_shown"))

    def _of_several(self, declared: ChargeRule, row: int) -> Iterator[Missing]:
        """What is missing where several declarations may speak: what decides between them, and what their steps lack."""
        values = self._values(declared)[row]
        if values["applies"] is False:
            return
        codes = tuple(c for c in (self._code(declared, s, row) for s in declared.steps) if c)
        # What no code stands for that day decides nothing.
        steps = [s for s in declared.steps if self._code(declared, s, row)]
        if steps:
            yield from (_missing(fact, codes, "") for fact in self._null_facts(declared, declared.applies, values))
        elif any(values[f"in force:{s.word}"] is None for s in declared.steps):
            yield _missing(PAYER_ROW, (), "nobody read which code this payer takes on that day")
        for step in steps:
            for ground in self._grounds(declared, step, row):
                if ground.state == "not_shown":
                    yield from (_missing(fact, codes, ground.text) for fact in ground.missing)

    def _unsure(self, declared: ChargeRule, row: int, codes: Sequence[str]) -> Iterator[Missing]:
        """What is missing of `applies` and `hold`."""
        values = self._values(declared)[row]
        if values["applies"] is None:
            yield from (_missing(f, tuple(codes), "") for f in self._null_facts(declared, declared.applies, values))
        if values["hold"] is None:
            yield from (_missing(f, tuple(codes), "") for f in self._null_facts(declared, declared.hold, values))

    def _silent(self, declared: ChargeRule, row: int) -> Iterator[tuple[str, Any]]:
        frame = self._views[declared.view].answered.frame
        for name in declared.silent:
            if name in frame.columns and (value := frame[name][row]) is not None:
                yield name, value

    def _grounds(self, declared: ChargeRule, step: LadderStep, row: int) -> list[Ground]:
        values = self._values(declared)[row]
        grounds = []
        for name, tree in step.grounds.items():
            state = _STATES[values[f"{step.word}/{name}"]]
            missing = self._null_facts(declared, tree, values) if state == "not_shown" else ()
            shown = {
                fact: values[column] for column, fact in self._facts(declared, tree) if values.get(column) is not None
            }
            facts = tuple(dict.fromkeys(fact for _, fact in self._facts(declared, tree)))
            grounds.append(Ground(name, state, self._text(name, state), facts, shown, tuple(missing)))
        return grounds

    def _text(self, name: str, state: str) -> str:
        words = self._words.get(name, {})
        return words.get(state) or f"{name.replace('_', ' ')}: {state.replace('_', ' ')}"

    def _code(self, declared: ChargeRule, step: LadderStep, row: int) -> str | None:
        values = self._values(declared)[row]
        code: str | None = values[f"code:{step.word}"] if values[f"in force:{step.word}"] is not False else None
        return code

    def _facts(self, declared: ChargeRule, tree: Expression) -> list[tuple[str, str]]:
        """(column, fact of the form) of what a ground reads."""
        view = self._views[declared.view].view
        read: dict[str, str] = {}
        for node in nodes(tree):
            names = (
                [node.name]
                if isinstance(node, Column)
                else [node.of]
                if isinstance(node, PolicyRead) and node.of
                else []
            )
            for name in names:
                if name in view.columns and view.columns[name].given_as:
                    read[name] = view.columns[name].given_as
        return list(read.items())

    def _null_facts(self, declared: ChargeRule, tree: Expression, values: Mapping[str, Any]) -> list[str]:
        """The facts of a ground nobody told: unknown columns, counts that may grow, policy nobody read."""
        view = self._views[declared.view].view
        facts: dict[str, None] = {}
        for node in nodes(tree):
            if isinstance(node, Window) and node.of is not None:
                facts[_fact(view, node.of.name)] = None
            elif isinstance(node, Column) and node.name in values and values[node.name] is None:
                facts[_fact(view, node.name)] = None
            elif isinstance(node, PolicyRead) and values.get(node.name) is None:
                facts |= dict.fromkeys(self._unanswered(view, node, values))
        return list(facts)

    def _unanswered(self, view: View, read: PolicyRead, values: Mapping[str, Any]) -> list[str]:
        """Why a table gave no answer: what was asked of it is unknown, or the payer is, or nobody read the row."""
        if read.of in view.columns and values.get(read.of) is None:
            return [_fact(view, read.of)]
        unknown = [c.column for c in view.circumstances if c.is_asked_for and values.get(c.column) is None]
        # A payer is asked for where its line is known and the row still hangs on it.
        return [_fact(view, name) for name in unknown] or [PAYER_ROW]

    def _values(self, declared: ChargeRule) -> dict[int, dict[str, Any]]:
        """Row of the view → what the declaration read there, and what it made of it."""
        if declared.by not in self._read:
            proposed = self._views[declared.view]
            rows = (
                proposed.outcomes.filter(pl.col("by").is_null() | (pl.col("by") == declared.by))["row"].unique().sort()
            )
            words = [s.word for s in declared.steps]
            extra = [f"{beginning}:{w}" for w in words for beginning in ("code", "in force")]
            asked = [r.of for r in declared.policy_reads if r.of in proposed.answered.frame.columns]
            circumstances = [c.column for c in proposed.view.circumstances]
            names = dict.fromkeys(
                [
                    *declared.own,
                    *extra,
                    *asked,
                    *circumstances,
                    *declared.groups,
                    *(k for g in declared.groups for k in keys_of(g)),
                ]
            )
            grounds = {f"{s.word}/{name}": compiled(tree) for s in declared.steps for name, tree in s.grounds.items()}
            made = {**grounds, "applies": compiled(declared.applies), "hold": compiled(declared.hold)}
            frame = proposed.answered.select(None, names).with_columns(**made).with_row_index("_row")
            kept = frame.filter(pl.col("_row").is_in(rows.implode())).collect()
            self._read[declared.by] = {row["_row"]: row for row in kept.iter_rows(named=True)}
        return self._read[declared.by]


def _is_open(step: LadderStep, grounds: Sequence[Ground]) -> bool:
    """Whether the step is unknown: not surely true, not surely false."""
    states = [g.state for g in grounds]
    if step.is_any:
        return "met" not in states and "not_shown" in states
    return "not_met" not in states and "not_shown" in states


def _runners_up(
    charge: Mapping[str, Any], steps: Sequence[tuple[LadderStep, list[Ground]]], codes: Sequence[str | None]
) -> Iterator[tuple[str | None, tuple[Ground, ...]]]:
    """What else it could have been, the nearest first, with the grounds that are against it or missing."""
    reached = charge["charge.step"]
    order = range(len(steps)) if reached is None else [*reversed(range(reached)), *range(reached + 1, len(steps))]
    for number in order:
        if codes[number] is None:
            continue
        against = tuple(g for g in steps[number][1] if g.state != "met")
        if against:
            yield codes[number], against


def _fact(view: View, column: str) -> str:
    declared = view.columns.get(column)
    return declared.given_as if declared is not None and declared.given_as else column


def _missing(fact: str, codes: tuple[str, ...], text: str) -> Missing:
    known = FACTS.get(fact)
    return Missing(fact, codes, known.asks if known is not None else _LISTS.get(fact), text)


def _distinct(missing: Sequence[Missing]) -> tuple[Missing, ...]:
    """Each fact once, with all codes it would decide."""
    by_fact: dict[str, Missing] = {}
    for one in missing:
        before = by_fact.get(one.fact)
        codes = tuple(dict.fromkeys((*(before.codes if before else ()), *one.codes)))
        by_fact[one.fact] = Missing(one.fact, codes, one.who, one.text or (before.text if before else ""))
    return tuple(by_fact.values())
