"""View + policy + rules → `AnsweredView`: the view with every policy column these rules read beside it.

A column stands beside the view as a lookup (`policy_answers`), or, where it hangs on other rows, as a column of the frame
(`neighbors`), worked out only for rows on which some rule is open without it. Beside each answer stands the row it
came from (``row:…``), so that a proof can name it. Called by `verdicts`; begin with `answer_columns`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from beamclaim.engine.answered_view import AnsweredView, Question
from beamclaim.engine.neighbors import CodePairs, NeighborQuestion, nearest_columns, where_days_agree
from beamclaim.engine.policy_answers import ColumnQuestions, Lookup, PolicyQuestions
from beamclaim.errors import RuleError
from beamclaim.expressions.leaves import Neighbor, PolicyAnswer, PolicyRead
from beamclaim.policy import PolicyAnswers
from beamclaim.views.view import Neighborhood, View


def answer_columns(view: View, frame: pl.DataFrame, policy: PolicyAnswers, rules: Sequence[Question]) -> AnsweredView:
    """The frame of a view, with every policy column these rules read beside it."""
    columns: dict[str, PolicyRead] = {}
    readers: dict[str, list[Question]] = {}
    for rule in rules:
        for column in rule.policy_reads:
            columns.setdefault(column.name, column)
            readers.setdefault(column.name, []).append(rule)
    if not columns:
        return AnsweredView(view, frame, {})
    questions = PolicyQuestions(view, frame, policy, [*columns.values()])
    answers: dict[str, Lookup] = {}
    for column in columns.values():
        if column.kind in ("in", "all", "value", "param"):
            questions.about(column.of, column.on).add(column)
        elif column.kind == "near":
            questions.about(column.of, column.on).add(_is_listed(column))
        elif column.kind == "pair":
            _of_own_code(view, questions)
        elif column.kind == "clash":
            answers |= questions.clash(column)
    answers |= questions.answers()
    ever = [_is_ever_listed(policy, c, frame) for c in columns.values() if c.kind == "ever"]
    answered = AnsweredView(view, frame.with_columns(*ever, *questions.numbers), answers)
    neighbors = [c for c in columns.values() if isinstance(c, Neighbor)]
    if not neighbors:
        return answered
    open_rows = answered.open_rows(rules)
    asked_rows = {c.name: pl.concat([open_rows[r.code] for r in readers[c.name]]).unique() for c in neighbors}
    return _with_neighbors(answered, neighbors, asked_rows, policy, questions)


def _with_neighbors(
    answered: AnsweredView,
    columns: Sequence[Neighbor],
    asked_rows: Mapping[str, pl.Series],
    policy: PolicyAnswers,
    questions: PolicyQuestions,
) -> AnsweredView:
    """The view with these columns of other rows, worked out for the rows some rule asks them of (`asked_rows`)."""
    frame, by = answered.frame, _neighborhood(answered.view)
    every_row = pl.int_range(frame.height, dtype=pl.UInt32, eager=True)
    pairs_by_group: dict[str, list[NeighborQuestion]] = {}
    frames: list[pl.DataFrame] = []
    for beginning in dict.fromkeys(c.beginning for c in columns):
        same = [c for c in columns if c.beginning == beginning]
        is_asked = every_row.is_in(pl.concat([asked_rows[c.name] for c in same]).unique().implode())
        question = NeighborQuestion(same[0], [c.field for c in same], is_asked)
        if same[0].kind == "pair":
            pairs_by_group.setdefault(same[0].of, []).append(question)
        else:
            name = _is_listed(same[0]).name
            is_listed = answered.select(None, [name]).collect()[name]
            frames.append(nearest_columns(frame, by, question, is_listed))
    for among, asked in pairs_by_group.items():
        own = _of_own_code(answered.view, questions)
        is_asked = pl.select(pl.any_horizontal(q.is_asked for q in asked)).to_series()
        keys = answered.view.groups[among]
        pairs = CodePairs(frame, by, policy, keys, own.number_of_row, own.asks, is_asked.arg_true())
        columns_of_pairs = pairs.columns(asked)
        if not frame[by.day_is_known].all():
            of_known_days = frame.with_columns(pl.col(by.counts) & pl.col(by.day_is_known))
            sure = replace(pairs, frame=of_known_days).columns(asked)
            columns_of_pairs = where_days_agree(sure, columns_of_pairs, asked)
        frames.append(columns_of_pairs)
    return answered.with_columns([column for made in frames for column in made.get_columns()])


def _neighborhood(view: View) -> Neighborhood:
    if view.neighbors is None:
        raise RuleError(f"the view {view.name!r} does not say which rows are neighbors; declare it (views/view.py)")
    return view.neighbors


def _of_own_code(view: View, questions: PolicyQuestions) -> ColumnQuestions:
    """What is asked about a row's own code on its own day, which pairs are made of."""
    by = _neighborhood(view)
    return questions.about(by.code, by.day)


def _is_listed(near: PolicyRead) -> PolicyAnswer:
    """The answer that says whether the table of a nearest row holds a row's own code."""
    return PolicyAnswer(kind="in", table=near.table, of=near.of, on=near.on)


def _is_ever_listed(policy: PolicyAnswers, column: PolicyRead, frame: pl.DataFrame) -> pl.Expr:
    """Whether a table holds the code at all, on whatever day."""
    table = policy.table(column.table)
    listed = table.rows_about(frame[column.of])[table.key[0]].unique()
    return pl.col(column.of).is_in(listed.implode()).alias(column.name)
