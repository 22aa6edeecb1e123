"""Tables + rules + policy → one `Verdicts` per rule: the rows that fire, the rows nobody can tell, and how many of each verdict.

`evaluate` is a pure function. Tables may hold one patient, one bucket of patients or a whole batch; the verdicts are the
same, because no window of a rule is wider than a patient. Called by `app/check.py` for each bucket; read by `findings`.
Begin with `evaluate`, then `_tally`; a rule that is open nowhere costs nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from beamclaim.engine.answered_view import AnsweredView
from beamclaim.engine.compile import compiled
from beamclaim.engine.day_rows import as_one_finding, one_verdict_each
from beamclaim.engine.declared import check_rules
from beamclaim.engine.kept_columns import fired, undecided, wanted
from beamclaim.engine.policy_columns import answer_columns
from beamclaim.engine.subjects import as_one_subject, one_verdict_a_subject, subjects_asked
from beamclaim.model.tables.frames import Tables
from beamclaim.model.value_sets import VERDICTS
from beamclaim.policy import PolicyAnswers
from beamclaim.rules.declaration import Rule
from beamclaim.stages import stage
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.registry import views
from beamclaim.views.view import Frames, View

#: The verdict of a row.
VERDICT = pl.Enum(VERDICTS)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What one rule said of a view: the rows that fire, the rows it could not tell, and how many of each other verdict."""

    rule: Rule
    fires: pl.DataFrame
    undecided: pl.DataFrame
    clear: int = 0
    not_applicable: int = 0


class _Tally(NamedTuple):
    """The verdicts of one rule on the rows it is open on: their numbers, in order, and a verdict each."""

    rule: Rule
    rows: pl.Series
    verdicts: pl.Series


class _Part(NamedTuple):
    """Rows a rule is asked of together. With `kind_of_row` the plan holds one row of each kind."""

    rule: Rule
    rows: pl.Series
    plan: pl.LazyFrame
    kind_of_row: pl.Series | None = None


def evaluate(
    tables: Tables,
    rules: Sequence[Rule],
    policy: PolicyAnswers,
    assumptions: Assumptions,
    *,
    data: Mapping[str, pl.DataFrame] | None = None,
    units: Mapping[str, int] | None = None,
) -> list[Verdicts]:
    """One `Verdicts` per rule, in the order given.

    `data`: frames made above the views, by the names views give in `needs`. `units`: the number of files and claims of
    the whole batch, for views that have no row where all is well; counted in `tables` where not said.
    """
    check_rules(rules, policy)
    frames = Frames(tables, policy, assumptions, data=data)
    by_code: dict[str, Verdicts] = {}
    for name in dict.fromkeys(rule.view for rule in rules):
        view, asked = views()[name], [r for r in rules if r.view == name]
        with stage("views"):
            frame = frames.of(view, wanted(view, asked))
        counts = None if view.count_units is None else units or view.count_units(frames)
        by_code |= {verdicts.rule.code: verdicts for verdicts in ask_view(view, frame, asked, policy, units=counts)}
    return [by_code[rule.code] for rule in rules]


def ask_view(
    view: View,
    frame: pl.DataFrame,
    rules: Sequence[Rule],
    policy: PolicyAnswers,
    *,
    units: Mapping[str, int] | None = None,
) -> list[Verdicts]:
    """The frame of a view → one `Verdicts` per rule; `units`: how many there are, for a view of what is wrong alone."""
    with stage("policy"):
        answered = answer_columns(view, frame, policy, rules)
    with stage("ask"):
        tallies = _tallies(rules, answered)
        kept = _kept_rows(tallies, answered)
    return [
        _of_rows(rule, tallies.get(rule.code), kept, answered) if units is None else _of_units(rule, kept, view, units)
        for rule in rules
    ]


def _of_rows(
    rule: Rule, tally: _Tally | None, kept: Mapping[tuple[str, str], pl.DataFrame], answered: AnsweredView
) -> Verdicts:
    """The verdicts of a rule, subject by subject: one it is not open on is not applicable."""
    counts = {} if tally is None else dict(tally.verdicts.value_counts().iter_rows())
    fires, cannot_tell = (kept.get((rule.code, verdict), pl.DataFrame()) for verdict in ("fires", "cannot_tell"))
    decided = fires.height + cannot_tell.height + counts.get("clear", 0)
    not_applicable = subjects_asked(rule, answered) - decided
    return Verdicts(rule, fires, cannot_tell, clear=counts.get("clear", 0), not_applicable=not_applicable)


def _of_units(
    rule: Rule, kept: Mapping[tuple[str, str], pl.DataFrame], view: View, units: Mapping[str, int]
) -> Verdicts:
    """For a view that has no row where all is well: a row fires; every unit (file, claim) without one is clear."""
    fires = kept.get((rule.code, "fires"), pl.DataFrame())
    unit = rule.unit or next(iter(view.units))
    with_one = fires.get_column(view.units[unit], default=pl.Series()).drop_nulls().n_unique()
    return Verdicts(rule, fires, fires.clear(), clear=max(units[unit] - with_one, 0))


def _verdict(rule: Rule) -> pl.Expr:
    """Three-valued: no question → not applicable; a sure no → clear; both sure → fires; the rest is unknown."""
    applies, fires = compiled(rule.applies), compiled(rule.answers["fires"])

    def verdict(word: str) -> pl.Expr:
        return pl.lit(word, dtype=VERDICT)

    return (
        pl.when(applies.eq_missing(False))
        .then(verdict("not_applicable"))
        .when(fires.eq_missing(False))
        .then(verdict("clear"))
        .when((applies & fires).eq_missing(True))
        .then(verdict("fires"))
        .otherwise(verdict("cannot_tell"))
        .alias("verdict")
    )


def _tallies(rules: Sequence[Rule], answered: AnsweredView) -> dict[str, _Tally]:
    """Rule code → its verdicts on the rows it is open on; nothing of a rule that is open nowhere.

    Where a rule surely does not apply nothing else is worked out: it sees the rows that are open and, for its windows, the
    rows that share a group with one. A row that is not asked (history, a superseded claim) is not applicable.
    """
    is_asked = _is_asked(answered)
    open_rows = answered.open_rows(rules)
    parts = [part for rule in rules for part in _parts(rule, answered, open_rows[rule.code])]
    frames = pl.collect_all([part.plan for part in parts], engine="streaming")
    by_code: dict[str, list[_Tally]] = {}
    for part, frame in zip(parts, frames, strict=True):
        by_code.setdefault(part.rule.code, []).append(_Tally(part.rule, part.rows, _per_row(part, frame["verdict"])))
    tallies = {}
    for code, several in by_code.items():
        rows, verdicts = pl.concat([t.rows for t in several]), pl.concat([t.verdicts for t in several])
        if len(several) > 1:
            order = rows.arg_sort()
            rows, verdicts = rows[order], verdicts[order]
        not_applicable = pl.Series(["not_applicable"], dtype=VERDICT)
        rule, verdicts = several[0].rule, verdicts.zip_with(is_asked[rows], not_applicable)
        verdicts = one_verdict_each(rule, rows, verdicts, answered)
        tallies[code] = _Tally(rule, rows, one_verdict_a_subject(rule, rows, verdicts, answered))
    return tallies


def _parts(rule: Rule, answered: AnsweredView, rows: pl.Series) -> list[_Part]:
    """The open rows of a rule. Where windows are alone with a row, one row of a kind speaks for all that look like it."""
    if rows.is_empty():
        return []
    verdict = _verdict(rule)
    if not rule.groups:
        return [_Part(rule, rows, answered.select(rows, rule.own).select(verdict))]
    together, alone = answered.sharing_a_group(rule, rows)
    parts = []
    if len(together):
        plan = answered.select(together, (*rule.own, *rule.groups)).select(verdict)
        parts.append(_Part(rule, together, plan))
    if len(alone):
        one_of_each, kind_of_row = answered.kinds(rule, alone)
        parts.append(_Part(rule, alone, one_of_each.select(verdict), kind_of_row))
    return parts


def _per_row(part: _Part, verdicts: pl.Series) -> pl.Series:
    """The verdict of every row of a part. A question that reads nothing gives one for all of them."""
    if len(verdicts) == 1 and len(part.rows) != 1:
        return verdicts.new_from_index(0, len(part.rows))
    return verdicts if part.kind_of_row is None else verdicts[part.kind_of_row]


def _kept_rows(tallies: Mapping[str, _Tally], answered: AnsweredView) -> dict[tuple[str, str], pl.DataFrame]:
    """(rule code, verdict) → the rows that fire, and those that cannot be told, with what is made of them."""
    plans: dict[tuple[str, str], pl.LazyFrame] = {}
    for code, (rule, rows, verdicts) in tallies.items():
        for verdict, keep in (("fires", fired), ("cannot_tell", undecided)):
            is_kept = (verdicts == verdict).fill_null(False)
            if is_kept.any():
                plans[code, verdict] = keep(rule, answered, rows, is_kept)
    frames = pl.collect_all([*plans.values()], engine="streaming")
    kept = dict(zip(plans, frames, strict=True))
    for (code, verdict), frame in kept.items():
        if verdict == "fires":
            rule, view = tallies[code].rule, answered.view
            kept[code, verdict] = as_one_subject(as_one_finding(frame, rule, view), rule, view)
    return kept


def _is_asked(answered: AnsweredView) -> pl.Series:
    """Which rows can have a verdict: what is superseded is there, and not applicable."""
    frame, superseded = answered.frame, answered.view.superseded
    is_counted = ~frame["is_history"]
    return is_counted & ~frame[superseded].fill_null(False) if superseded else is_counted
