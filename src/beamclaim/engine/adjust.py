"""Proposed charges + adjustments → the charges that are told: what the setting bills, with modifiers, less what lies inside something.

What an adjustment says is folded in one way: dropped before refused before held; modifiers are added, and where one hangs on
something unknown it stays open. Called by `app/code.py`.
"""

from collections.abc import Callable, Sequence

import polars as pl

from beamclaim.charging.adjustment import Adjustment
from beamclaim.engine.compile import compiled
from beamclaim.engine.policy_columns import answer_columns
from beamclaim.engine.propose import Proposed
from beamclaim.model.keys import group_key
from beamclaim.policy import PolicyAnswers
from beamclaim.views.charges import PROPOSED, VIEW
from beamclaim.views.view import Frames

#: The day and the units a proposal has, and what says it is distinct, by the view it is of.
_DAY = {"sessions": "session.day", "procedures": "procedure.date"}


def adjusted(
    frames: Frames, proposed: Sequence[Proposed], adjustments: Sequence[Adjustment], policy: PolicyAnswers
) -> pl.DataFrame:
    """All proposals as rows of the view `charges`, and of each `modifiers`, `modifiers_open`, `held_by`, `refused_by` (lists of text).

    Rows that the setting surely does not bill are left out.
    """
    frames.data[PROPOSED] = pl.concat([_rows(p, policy) for p in proposed])
    wanted = dict.fromkeys([*VIEW.columns, *(c.column for c in VIEW.circumstances)])
    answered = answer_columns(VIEW, frames.of(VIEW, list(wanted)), policy, adjustments)
    effects = {f"{word}:{one.name}": _effect(one, word) for one in adjustments for word in one.effects}
    names = list(dict.fromkeys(n for a in adjustments for n in (*a.own, *a.groups)))
    said = answered.select(None, names).select(**effects).collect()
    return _folded(answered.frame.select(*VIEW.columns), said)


def _effect(one: Adjustment, word: str) -> pl.Expr:
    """What an adjustment says: nothing where it does not apply, unknown where that is unknown."""
    applies = compiled(one.applies)
    nothing = pl.lit("") if word == "adds" else pl.lit(False)
    said = pl.when(applies.is_not_null()).then(compiled(one.effects[word]))
    return pl.when(applies.fill_null(True)).then(said).otherwise(nothing)


def _folded(charges: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    def of(word: str) -> list[str]:
        return [c for c in said.columns if c.startswith(f"{word}:")]

    def named(word: str, is_so: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
        return pl.concat_list(
            pl.when(is_so(pl.col(c))).then(pl.lit(c.partition(":")[2])) for c in of(word)
        ).list.drop_nulls()

    rows = charges.hstack(said)
    dropped = pl.any_horizontal(pl.col(c).fill_null(False) for c in of("drops"))
    refused = named("refuses", lambda e: e.fill_null(False))
    held = pl.concat_list(named("holds", lambda e: e.fill_null(True)), named("refuses", lambda e: e.is_null()))
    # A blank is no modifier.
    modifiers = pl.concat_list(pl.when(pl.col(c) != "").then(pl.col(c)) for c in of("adds")).list.drop_nulls()
    still_open = named("adds", lambda e: e.is_null())
    rows = rows.with_columns(
        refused_by=refused, held_by=held.list.unique(maintain_order=True), modifiers=modifiers, open_by=still_open
    )
    is_billable = pl.col("charge.status") != "not_billable"
    status = (
        pl.when((pl.col("refused_by").list.len() > 0) & is_billable).then(pl.lit("not_billable"))
        .when((pl.col("held_by").list.len() > 0) & is_billable).then(pl.lit("cannot_tell"))
        .otherwise("charge.status")
    )  # fmt: skip
    rows = rows.with_columns(status.alias("charge.status"))
    stands = pl.col("charge.status").is_in(["supported", "needs_evidence"])
    none = pl.lit([], pl.List(pl.String))
    return rows.filter(~dropped).with_columns(
        pl.when(stands).then("charge.code").alias("charge.code"),
        pl.when(pl.col("charge.status") == "not_billable").then(pl.lit("")).otherwise("charge.possible").alias("charge.possible"),
        pl.when(stands).then("modifiers").otherwise(none).alias("modifiers"),
    ).drop(said.columns)  # fmt: skip


def _rows(proposed: Proposed, policy: PolicyAnswers) -> pl.DataFrame:
    """The outcomes of one view as rows of the view `charges`."""
    outcomes, frame = proposed.outcomes, proposed.answered.frame
    subject = frame[outcomes["row"]]
    view = proposed.view.name
    distinct = _of_subject(subject, "procedure.distinct").is_not_null()
    physician = _of_subject(subject, "session.physician")
    rows = outcomes.select(
        pl.col("family").alias("charge.family"), pl.col("by").alias("charge.by"), pl.col("status").alias("charge.status"),
        pl.col("code").alias("charge.code"), pl.col("possible").list.join(";").fill_null("").alias("charge.possible"),
        pl.col("units").alias("charge.units"), pl.col("row").alias("charge.row"),
        pl.col("step").alias("charge.step"),
    ).with_columns(
        subject["patient.key"], subject["course.key"], subject[_DAY[view]].alias("charge.day"),
        distinct.alias("charge.is_distinct"), physician.alias("charge.physician"), pl.lit(view).alias("charge.view"),
        subject[proposed.view.subject[0]].alias("_subject"),
    )  # fmt: skip
    key = group_key(["_subject", "charge.family"]).alias("charge.key")
    return rows.with_columns(key, _part(rows, policy)).drop("_subject")


def _of_subject(subject: pl.DataFrame, name: str) -> pl.Series:
    """A column of text of the view a proposal is of; nulls where the view has none."""
    if name in subject.columns:
        return subject[name]
    return pl.Series(name, [None], dtype=pl.String).new_from_index(0, subject.height)


def _part(rows: pl.DataFrame, policy: PolicyAnswers) -> pl.Series:
    """The part every possible code is; by the family where no code is possible."""
    table = policy.table("charging.codes").frame
    part_of = dict(table.select("code", "part").iter_rows())
    usual = {"delivery": "technical", "management": "professional", "physics": "technical", "guidance": "guidance"}
    parts = []
    for family, possible in rows.select("charge.family", "charge.possible").iter_rows():
        distinct = {part_of.get(code) for code in possible.split(";") if code}
        parts.append(distinct.pop() if len(distinct) == 1 else usual.get(family, "split") if not distinct else None)
    return pl.Series("charge.part", parts, dtype=pl.String)
