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

from beamclaim.engine.windows import window
from beamclaim.expressions.forms import (
    BeginsWith,
    Blank,
    Carries,
    Choose,
    DaysBetween,
    IfSeen,
    Later,
    OneOf,
    Stated,
    Workday,
)
from beamclaim.expressions.leaves import Column, PolicyRead, Sure, Unknown, Word
from beamclaim.expressions.node import Arithmetic, Both, Compare, Either, Expression, Not, ZeroOrOne
from beamclaim.expressions.windows import Window

#: The week ends with it, as Polars counts; and more days in a row than the federal government was ever closed by order.
_FRIDAY, _MOST_DAYS_OFF = 5, 14
_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv, "%": operator.mod,
}  # fmt: skip


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
        return day.dt.offset_by(pl.concat_str(many.cast(pl.Int64), pl.lit("y")))
    return day + pl.duration(days=many)


def _workday(node: Workday) -> pl.Expr:
    day, days_off = compiled(node.day), compiled(node.days_off)
    workday: pl.Expr = pl.lit(None, dtype=pl.Date)
    for days_on in reversed(range(_MOST_DAYS_OFF + 1)):
        candidate = day + pl.duration(days=days_on)
        is_known_year = days_off.str.contains(candidate.dt.strftime("%Y-"), literal=True)
        is_named = days_off.str.contains(candidate.dt.strftime("%Y-%m-%d"), literal=True)
        is_off = (candidate.dt.weekday() > _FRIDAY) | pl.when(is_known_year).then(is_named)
        workday = pl.when(is_off).then(workday).when(~is_off).then(candidate)
    return workday


def _carries(node: Carries) -> pl.Expr:
    return _wrapped(compiled(node.codes)).str.contains(_wrapped(compiled(node.code)), literal=True)


def _wrapped(codes: pl.Expr) -> pl.Expr:
    """Codes between two `;`, so that none is found inside another; by `concat_str`, since `format` panics on some nulls (Polars 2.1)."""
    return pl.concat_str(pl.lit(";"), codes, pl.lit(";"))


def _begins_with(node: BeginsWith) -> pl.Expr:
    beginning = "(?:^|;)(?:" if node.is_list else "^(?:"
    prefixes = compiled(node.prefixes).str.replace_all(";", "|", literal=True)
    return compiled(node.value).str.contains(pl.concat_str(pl.lit(beginning), prefixes, pl.lit(")")))


_FORMS: dict[type[Expression], Callable[[Any], pl.Expr]] = {
    Column: _read,
    **dict.fromkeys(PolicyRead.__subclasses__(), _read),
    Word: lambda n: pl.lit(n.text),
    ZeroOrOne: lambda n: pl.lit(n.number),
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
    DaysBetween: lambda n: (compiled(n.end) - compiled(n.start)).dt.total_days(),
    Later: _later,
    Workday: _workday,
    Carries: _carries,
    BeginsWith: _begins_with,
    Window: lambda n: window(n, compiled),
}
