"""Charges + views + policy → outcomes: for every session and procedure what may be charged, and how sure that is.

A ladder's steps are three-valued; the status follows from them by one table (`docs/reference/charges.md`), nowhere else. One
subject and family have one outcome: that of the declaration that surely applies, else of all that may, which cannot be told.
Called by `app/code.py`; begin with `propose`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import polars as pl

from beamclaim.charging.declaration import ChargeRule
from beamclaim.engine.answered_view import AnsweredView
from beamclaim.engine.compile import compiled
from beamclaim.engine.policy_columns import answer_columns
from beamclaim.errors import RuleError, nearest
from beamclaim.expressions.leaves import PolicyAnswer
from beamclaim.expressions.node import Expression
from beamclaim.expressions.windows import keys_of
from beamclaim.policy import PolicyAnswers
from beamclaim.views.registry import views
from beamclaim.views.view import Frames, View

CODES = "charging.codes"
DELIVERY = "delivery"
STATUSES = ("supported", "needs_evidence", "cannot_tell", "not_billable")
#: Of a declaration the columns of its outcome; a row is a subject.
OUTCOME: dict[str, Any] = {
    "row": pl.UInt32, "by": pl.String, "applies": pl.Boolean, "status": pl.String, "step": pl.Int64, "code": pl.String,
    "possible": pl.List(pl.String), "units": pl.Int64,
}  # fmt: skip
_STATUS = pl.Enum(STATUSES)


#: What is told of every subject, whatever its charges read.
_ALWAYS = {
    "sessions": ("session.physician", "session.motion_elements"),
    "procedures": ("procedure.distinct", "procedure.plan"),
}


@dataclass(frozen=True)
class Proposed:
    """The outcomes of one view: `outcomes` a row per subject and family, `grounds` what each ladder read and answered.

    `frame` is the view; `outcomes.row` is the number of a row of it.
    """

    view: View
    answered: AnsweredView
    outcomes: pl.DataFrame


def propose(frames: Frames, charges: Sequence[ChargeRule], policy: PolicyAnswers) -> list[Proposed]:
    """The outcomes of all charges, view by view.

    Raises:
        RuleError: a charge names a column or a step that is not there.
    """
    return [
        _of_view(views()[name], frames, [c for c in charges if c.view == name], policy)
        for name in dict.fromkeys(c.view for c in charges)
    ]


def _of_view(view: View, frames: Frames, charges: Sequence[ChargeRule], policy: PolicyAnswers) -> Proposed:
    wanted = _wanted(view, charges)
    frame = frames.of(view, wanted)
    words = pl.Series([""]).new_from_index(0, frame.height)
    steps = [(s.word, c.day) for c in charges for s in c.steps]
    frame = frame.with_columns(
        words.alias(f"step:{word}").replace("", word) for word in dict.fromkeys(w for w, _ in steps)
    )
    # The codes of the steps first: what a step asks of its own code is asked of them.
    asked = [_Codes(tuple(_code_answers(word, day))) for word, day in dict.fromkeys(steps)]
    coded = answer_columns(view, frame, policy, asked)
    codes = coded.select(
        None, [n for a in asked for n in (*(r.name for r in a.policy_reads), a.policy_reads[0].open)]
    ).collect()  # fmt: skip
    columns = []
    for (word, _), a in zip(dict.fromkeys(steps), asked, strict=True):
        holds, code = a.policy_reads
        columns += [codes[code.name].alias(f"code:{word}"), codes[holds.name].alias(f"in force:{word}")]
    frame = frame.with_columns(columns)
    answered = answer_columns(view, frame, policy, charges)
    outcomes = [_outcomes(charge, answered) for charge in charges]
    merged = _merged(pl.concat(outcomes), charges)
    if view.name == "sessions":
        merged = _with_the_unspoken(merged, answered.frame.height)
    return Proposed(view, answered, merged)


@dataclass(frozen=True)
class _Codes:
    """The answers that give a step its code: a question as `answer_columns` takes it."""

    policy_reads: tuple[PolicyAnswer, ...]
    code: str = CODES
    gate: tuple[Expression, ...] = ()


def _code_answers(word: str, day: str) -> tuple[PolicyAnswer, PolicyAnswer]:
    of = f"step:{word}"
    return (
        PolicyAnswer(kind="in", table=CODES, of=of, on=day),
        PolicyAnswer(kind="value", table=CODES, field="code", of=of, on=day),
    )


def _wanted(view: View, charges: Sequence[ChargeRule]) -> list[str]:
    """The columns of the view that charges read, checked against it."""
    wanted: dict[str, None] = dict.fromkeys(
        [*view.subject, *_ALWAYS.get(view.name, ()), *(c.column for c in view.circumstances)]
    )
    for charge in charges:
        words = {f"code:{s.word}" for s in charge.steps}
        names = [*charge.own, charge.day, *(k for r in charge.policy_reads for k in (r.of, r.on)), *_keys(charge)]
        for name in dict.fromkeys(names):
            if not name or name in words or ":" in name:
                continue
            if name not in view.columns:
                raise RuleError(
                    f"{charge.by}: column {name!r} is not in the view {view.name!r}.{nearest(name, view.columns)}"
                )
            wanted[name] = None
    return [*wanted]


def _keys(charge: ChargeRule) -> list[str]:
    return [key for group in charge.groups for key in keys_of(group)]


def _outcomes(charge: ChargeRule, answered: AnsweredView) -> pl.DataFrame:
    """The outcome of one declaration for every row of its view on which it is not surely silent: `OUTCOME`."""
    count = len(charge.steps)
    names = [
        *charge.own,
        *(f"code:{s.word}" for s in charge.steps),
        *(f"in force:{s.word}" for s in charge.steps),
        *charge.groups,
    ]
    steps = {f"_step{i}": compiled(s.condition) & pl.col(f"in force:{s.word}") for i, s in enumerate(charge.steps)}
    waits = {
        f"_waits{i}": compiled(s.without_waits) if s.waits else pl.lit(False) for i, s in enumerate(charge.steps)
    }  # fmt: skip
    codes = {f"_code{i}": pl.col(f"code:{s.word}") for i, s in enumerate(charge.steps)}
    frame = (
        answered.select(None, names)
        .with_row_index("row")
        .with_columns(
            applies=compiled(charge.applies),
            _hold=compiled(charge.hold),
            units=compiled(charge.units).cast(pl.Int64),
            **steps,
            **waits,
            **codes,
        )
        .filter(pl.col("applies").fill_null(True))
        .collect()
    )
    reached = reduce(
        lambda chosen, i: pl.when(pl.col(f"_step{i}")).then(i).otherwise(chosen),
        reversed(range(count)),
        pl.lit(None, pl.Int64),
    )
    frame = frame.with_columns(step=reached)
    # Where it may have no say, and would give nothing if it had one, it says nothing.
    some = pl.any_horizontal(pl.col(f"_step{i}").fill_null(True) for i in range(count))
    frame = frame.filter(pl.col("applies").fill_null(False) | some)
    is_open = [pl.col(f"_step{i}").is_null() & (pl.col("step").is_null() | (i < pl.col("step"))) for i in range(count)]
    is_chosen = [(pl.col("step") == i).fill_null(False) for i in range(count)]
    possible = pl.concat_list(
        pl.when(is_open[i] | is_chosen[i]).then(f"_code{i}").otherwise(pl.lit(None, pl.String)) for i in range(count)
    ).list.drop_nulls().list.unique(maintain_order=True)  # fmt: skip
    some_open = pl.any_horizontal(is_open)
    all_wait = pl.all_horizontal(~is_open[i] | pl.col(f"_waits{i}").fill_null(False) for i in range(count))
    is_free = ~pl.col("_hold").fill_null(True) & pl.col("applies").fill_null(False)
    status = (
        pl.when(~is_free).then(pl.lit("cannot_tell"))
        .when(pl.col("step").is_not_null() & ~some_open).then(pl.lit("supported"))
        .when(pl.col("step").is_not_null()).then(pl.lit("needs_evidence"))
        .when(some_open & all_wait).then(pl.lit("needs_evidence"))
        .when(some_open).then(pl.lit("cannot_tell"))
        .otherwise(pl.lit("not_billable"))
    )  # fmt: skip
    chosen = reduce(
        lambda code, i: pl.when(is_chosen[i]).then(f"_code{i}").otherwise(code), range(count), pl.lit(None, pl.String)
    )
    return frame.with_columns(by=pl.lit(charge.by), status=status, possible=possible).with_columns(
        code=pl.when(pl.col("status").is_in(["supported", "needs_evidence"])).then(chosen)
    ).select(pl.col(n).cast(t) for n, t in OUTCOME.items())  # fmt: skip


def _with_the_unspoken(outcomes: pl.DataFrame, sessions: int) -> pl.DataFrame:
    """Every session has an outcome of delivery; of one that no charge speaks of it is not told."""
    every = pl.DataFrame({"row": pl.int_range(sessions, dtype=pl.UInt32, eager=True)})
    unspoken = every.join(outcomes.filter(pl.col("family") == DELIVERY), on="row", how="anti")
    rows = unspoken.with_columns(
        pl.lit(None, dtype).alias(name) for name, dtype in outcomes.schema.items() if name != "row"
    ).with_columns(status=pl.lit("cannot_tell"), family=pl.lit(DELIVERY), possible=pl.lit([], pl.List(pl.String)))  # fmt: skip
    return pl.concat([outcomes, rows.select(outcomes.columns)])


def _merged(outcomes: pl.DataFrame, charges: Sequence[ChargeRule]) -> pl.DataFrame:
    """One outcome a subject and family: of the declaration that surely applies, else of all that may."""
    families = pl.DataFrame({"by": [c.by for c in charges], "family": [c.family for c in charges]})
    rows = outcomes.join(families, on="by", how="left", maintain_order="left")
    sure = rows.filter("applies").unique(["row", "family"], keep="first", maintain_order=True)
    doubtful = rows.join(sure, on=["row", "family"], how="anti")
    merged = (
        doubtful.group_by("row", "family", maintain_order=True)
        .agg(
            pl.when(pl.len() == 1).then(pl.col("by").first()).alias("by"),
            pl.col("possible").explode().drop_nulls().unique(maintain_order=True),
            pl.col("units").max(),
        )
        .with_columns(pl.lit(None, OUTCOME[name]).alias(name) for name in ("applies", "step", "code"))
        .with_columns(status=pl.lit("cannot_tell"))
    )
    columns = [*OUTCOME, "family"]
    return pl.concat([sure.select(columns), merged.select(columns)]).sort("row", "family")
