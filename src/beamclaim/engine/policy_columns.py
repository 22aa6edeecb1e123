"""Gathers the policy columns that rules read and sets them beside a view.

A rule reads ``in:radonc.delivery[]:line.code@line.date``; here that name becomes a question to the
policy. Beside each answer stand the row it came from (``row:…``), so that a proof can name it.
"""

from collections.abc import Sequence

import polars as pl

from beamclaim.engine.answered_view import Sheet
from beamclaim.engine.neighbors import Meetings, Question, near_columns
from beamclaim.engine.policy_answers import Asking, Lookup
from beamclaim.errors import RuleError
from beamclaim.expressions.leaves import Neighbor, PolicyAnswer, PolicyRead
from beamclaim.policy import PolicyAnswers
from beamclaim.rules.declaration import Rule
from beamclaim.views.view import View


def gather(view: View, frame: pl.DataFrame, policy: PolicyAnswers, rules: Sequence[Rule]) -> Sheet:
    """The view with every policy column these rules read beside it, and the groups their windows run over."""
    readers: dict[str, list[Rule]] = {}
    by_name: dict[str, PolicyRead] = {}
    for rule in rules:
        for column in rule.policy_reads:
            readers.setdefault(column.name, []).append(rule)
            by_name.setdefault(column.name, column)
    columns = [*by_name.values()]
    if not columns:
        return Sheet(frame, {}, view)
    asking = Asking(view, frame, policy, columns)
    answers: dict[str, Lookup] = {}
    for c in columns:
        if c.kind in ("in", "all", "value", "param"):
            asking.about(c.of, c.on).add(c)
        elif c.kind == "near":
            asking.about(c.of, c.on).add(_there(c))
        elif c.kind == "pair":
            asking.about(*_own_code(view))
        elif c.kind == "clash":
            answers |= asking.clash(c)
    answers |= asking.answers()
    known = [_ever(policy, c) for c in columns if c.kind == "ever"]
    sheet = Sheet(frame.with_columns(*known, *(a.numbers for a in asking.asked.values())), answers, view)
    open_ = sheet.open_rows(rules)
    others = [c for c in columns if isinstance(c, Neighbor)]
    asked = {c.name: pl.concat([open_[r.code] for r in readers[c.name]]).unique() for c in others}
    _add_other_lines(sheet, others, asked, asking)
    return sheet


def _add_other_lines(sheet: Sheet, wanted: Sequence[Neighbor], asked: dict[str, pl.Series], asking: Asking) -> None:
    """Adds the columns that need other lines, worked out for the rows `asked` on which some rule is open without them."""
    neighborhood = sheet.declared.neighbors
    if not wanted or neighborhood is None:
        return
    every = pl.int_range(sheet.view.height, dtype=pl.UInt32, eager=True)
    by_among: dict[str, list[Question]] = {}
    made: list[pl.DataFrame] = []
    for kind, table, of in dict.fromkeys((c.kind, c.table, c.of) for c in wanted):
        mine = [c for c in wanted if (c.kind, c.table, c.of) == (kind, table, of)]
        rows = every.is_in(pl.concat([asked[c.name] for c in mine]).unique().implode())
        question = Question(table, of, [c.field for c in mine], rows)
        if kind == "pair":
            by_among.setdefault(of, []).append(question)
        else:
            held = _there(mine[0]).name
            is_held = sheet.frame(None, [held]).collect()[held]
            made.append(near_columns(sheet.view, neighborhood, question, is_held))
    for among, questions in by_among.items():
        own = asking.about(*_own_code(sheet.declared))
        rows = pl.DataFrame(q.asked.alias(q.table) for q in questions).select(pl.any_horizontal(pl.all())).to_series()
        keys = sheet.declared.groups[among]
        meetings = Meetings(
            sheet.view, neighborhood, asking.policy, among, keys, own.numbers, own.asks, rows.arg_true()
        )
        made.append(meetings.columns(questions))
    sheet.view = sheet.view.hstack([s for frame in made for s in frame.get_columns()])


def _own_code(view: View) -> tuple[str, str]:
    """A row's own code and day, which pairs are asked about."""
    if view.neighbors is None:
        raise RuleError(f"the view {view.name!r} does not say which rows are neighbors; declare it (views/view.py)")
    return view.neighbors.code, view.neighbors.day


def _there(near: PolicyRead) -> PolicyAnswer:
    """The column that says whether the table of a nearest line holds a line's own code."""
    return PolicyAnswer(kind="in", table=near.table, of=near.of, on=near.on)


def _ever(policy: PolicyAnswers, column: PolicyRead) -> pl.Expr:
    """Whether a table holds the code at all."""
    table = policy.table(column.table)
    return pl.col(column.of).is_in(table.frame[table.key[0]].unique().implode()).alias(column.name)
