"""Expression → Polars expression: the one place where the tree of a rule gets its meaning.

In: a node of `beamclaim.expressions`. Out: an expression over the frame of `answered_view`, with one column per read of
the tree and one per group of its windows. Logic is three-valued (Kleene): null is unknown, and only a form that says
so (`IfSeen`, `Stated`, `either`) turns it into an answer. Called by `verdicts`; tested node by node against truth tables.
"""

import operator
from collections.abc import Callable
from functools import cache, reduce
from typing import Any

import polars as pl

from beamclaim.expressions.forms import BeginsWith, Blank, Carries, Choose, Days, IfSeen, Later, OneOf, Stated
from beamclaim.expressions.leaves import Column, PolicyRead, Sure, Unknown, Word
from beamclaim.expressions.node import Arithmetic, Both, Compare, Either, Expression, Not, Whole
from beamclaim.expressions.windows import Window

_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv, "%": operator.mod,
}  # fmt: skip
_ONE = pl.lit(1, dtype=pl.Int64)


@cache
def compiled(tree: Expression) -> pl.Expr:
    """The Polars expression of a tree; made once for each node."""
    return _FORMS[type(tree)](tree)


def _read(leaf: Any) -> pl.Expr:
    return pl.col(leaf.name)


def _signed(node: Any) -> pl.Expr:
    made: pl.Expr = _SIGNS[node.sign](compiled(node.left), compiled(node.right))
    return made


def _chosen(node: Choose) -> pl.Expr:
    condition, then, otherwise = compiled(node.condition), compiled(node.then), compiled(node.otherwise)
    if not node.is_strict:
        return pl.when(condition).then(then).otherwise(otherwise)
    return pl.when(condition.is_null()).then(None).when(condition).then(then).otherwise(otherwise)


def _one_of(node: OneOf) -> pl.Expr:
    value = compiled(node.value)
    return reduce(operator.or_, (value == pl.lit(word) for word in node.words))


def _later(node: Later) -> pl.Expr:
    day, many = compiled(node.day), compiled(node.many)
    if node.by_years:
        return day.dt.offset_by(pl.format("{}y", many.cast(pl.Int64)))
    return day + pl.duration(days=many)


def _carries(node: Carries) -> pl.Expr:
    wrapped = pl.format(";{};", compiled(node.codes))
    return wrapped.str.contains(pl.format(";{};", compiled(node.code)), literal=True)


def _begins_with(node: BeginsWith) -> pl.Expr:
    beginning = "(?:^|;)(?:{})" if node.is_list else "^(?:{})"
    prefixes = compiled(node.prefixes).str.replace_all(";", "|", literal=True)
    return compiled(node.value).str.contains(pl.format(beginning, prefixes))


# ── windows ─────────────────────────────────────────────────────────────────────────────────────


def _window(node: Window) -> pl.Expr:
    return _WINDOWS[node.kind](node)


def _chosen_rows(node: Window) -> pl.Expr:
    """Whether a row counts and satisfies the condition of the window."""
    counts = compiled(node.counts)
    return counts if node.where is None else counts & compiled(node.where)


def _part(node: Window, added: pl.Expr) -> pl.Expr:
    """What each row adds: `added` where it is chosen, 0 where it is not, null where that is unknown."""
    chosen = _chosen_rows(node)
    return pl.when(chosen.is_null() & (added.is_null() | (added != 0))).then(None).when(chosen).then(added).otherwise(0)


def _over(node: Window, answer: pl.Expr, part: pl.Expr | None = None) -> pl.Expr:
    """`answer` per group, null where a key of the group or a part of it is unknown.

    Rows whose key is unknown belong to no group: they may not be added up with one another.
    """
    group = pl.col(node.group)
    sure = group.is_not_null()
    if part is not None:
        # Counted, not asked for: a sum of whole numbers is the fast kind of window.
        sure &= part.is_null().cast(pl.UInt32).sum().over(group) == 0
    return pl.when(sure).then(answer.over(group))


def _total(node: Window) -> pl.Expr:
    part = _part(node, _ONE if node.of is None else compiled(node.of))
    return _over(node, part.sum(), part)


def _running(node: Window) -> pl.Expr:
    part = _part(node, _ONE if node.of is None else compiled(node.of))
    return _over(node, part.cum_sum(), part)


def _others(node: Window) -> pl.Expr:
    return _total(node) - _part(node, _ONE)


def _any_of(node: Window) -> pl.Expr:
    return _over(node, _chosen_rows(node).any(ignore_nulls=False))


def _edge(node: Window) -> pl.Expr:
    assert node.day is not None
    chosen, day = _chosen_rows(node), compiled(node.day)
    chosen_day = pl.when(chosen).then(day)
    # One that may be among them, or is among them on a day nobody knows, could be the first or the last.
    part = pl.when(chosen & day.is_null()).then(None).otherwise(chosen)
    return _over(node, chosen_day.min() if node.kind == "earliest" else chosen_day.max(), part)


def _close(node: Window) -> pl.Expr:
    assert node.day is not None and node.within is not None
    chosen, day, within, group = _chosen_rows(node), compiled(node.day), compiled(node.within), pl.col(node.group)
    is_chosen = chosen.fill_null(False)
    chosen_day = pl.when(is_chosen).then(day)
    # In the order of days; on one day the rows that are looked for stand where every other one sees them.
    if node.kind == "came_before":
        gap = day - chosen_day.forward_fill().over(group, order_by=[day, ~is_chosen])
    else:
        gap = chosen_day.backward_fill().over(group, order_by=[day, is_chosen]) - day
    is_near = pl.when(gap.is_not_null()).then(gap.dt.total_days() <= within).otherwise(False)
    perhaps = chosen.is_null().any().over(group) | (is_chosen & day.is_null()).any().over(group)
    near_or_unknown = is_near | pl.when(perhaps).then(None).otherwise(False)
    return pl.when(group.is_not_null() & day.is_not_null()).then(near_or_unknown)


_WINDOWS: dict[str, Callable[[Window], pl.Expr]] = {
    "total": _total, "count": _total, "running_total": _running, "rank_in": _running, "others": _others,
    "any_of": _any_of, "earliest": _edge, "latest": _edge, "came_before": _close, "comes_after": _close,
}  # fmt: skip

_FORMS: dict[type[Expression], Callable[[Any], pl.Expr]] = {
    Column: _read,
    **dict.fromkeys(PolicyRead.__subclasses__(), _read),
    Word: lambda n: pl.lit(n.text),
    Whole: lambda n: pl.lit(n.number),
    Sure: lambda n: pl.lit(n.answer),
    Unknown: lambda n: pl.lit(None, dtype=pl.Boolean),
    Compare: _signed,
    Arithmetic: _signed,
    Both: lambda n: compiled(n.left) & compiled(n.right),
    Either: lambda n: compiled(n.left) | compiled(n.right),
    Not: lambda n: ~compiled(n.inner),
    Choose: _chosen,
    IfSeen: lambda n: pl.coalesce(compiled(n.value), compiled(n.otherwise)),
    Stated: lambda n: compiled(n.value).is_not_null(),
    Blank: lambda n: compiled(n.value) == pl.lit(""),
    OneOf: _one_of,
    Days: lambda n: (compiled(n.end) - compiled(n.start)).dt.total_days(),
    Later: _later,
    Carries: _carries,
    BeginsWith: _begins_with,
    Window: _window,
}
