"""Window → Polars expression: what the rows of a group say together, unknown where a key or a part of it is unknown.

The frame has the column ``group:…`` of each window (`answered_view`); rows stand in the order of the view. Called by
`compile`, which hands in how the other nodes are compiled.
"""

from collections.abc import Callable

import polars as pl

from beamclaim.expressions.node import Expression
from beamclaim.expressions.windows import Window

Compile = Callable[[Expression], pl.Expr]
_ONE = pl.lit(1, dtype=pl.Int64)


def window(node: Window, compiled: Compile) -> pl.Expr:
    """The expression of a window.

    A row of which nobody knows whether it counts (a day its service may have been on) leaves what the others of its group say
    open. Of itself the question is what holds if it does count.
    """
    counts, where = compiled(node.counts), None if node.where is None else compiled(node.where)
    chosen = counts if where is None else counts & where
    if node.kind in ("earliest", "latest", "came_before", "comes_after"):
        assert node.day is not None
        day = compiled(node.day)
        if node.within is None:
            return _edge(node, chosen, day)
        return _close(node, chosen, day, compiled(node.within))
    if node.kind == "each":
        assert node.of is not None
        values = pl.when(chosen).then(compiled(node.of)).drop_nulls().unique().sort().str.join(";")
        return _over(node, values, chosen)
    itself = pl.lit(True) if where is None else where
    if node.kind == "any_of":
        return _any(node, chosen, pl.when(counts.is_null()).then(itself).otherwise(chosen))
    if node.kind == "has_grown":
        assert node.of is not None
        return _grown(node, chosen, compiled(node.of))
    added = _ONE if node.of is None else compiled(node.of)
    part = _part(chosen, added)
    # A single unit lies on one day; of several nobody knows how many lie on this one.
    own = pl.when(counts.is_null()).then(_part(itself, pl.when(added <= 1).then(added))).otherwise(part)
    if node.kind in ("running_total", "rank_in"):
        return _sum(node, part.cum_sum(), part, own)
    if node.kind == "others":
        return _sum(node, part.sum(), part, pl.lit(0)) - part.fill_null(0)
    return _sum(node, part.sum(), part, own)


def _grown(node: Window, chosen: pl.Expr, count: pl.Expr) -> pl.Expr:
    """Whether a count is more than on the row before that was chosen; null where it is not, or a row before may have been one."""
    group = pl.col(node.group)
    before = pl.when(chosen.fill_null(False)).then(count).forward_fill().shift().over(group).fill_null(0)
    is_sure = chosen.is_null().cast(pl.UInt32).cum_sum().over(group) == 0
    return pl.when(group.is_not_null() & is_sure & (count > before)).then(pl.lit(True))


def _part(chosen: pl.Expr, added: pl.Expr) -> pl.Expr:
    """What each row adds: `added` where it is chosen, 0 where it is not, null where that is unknown."""
    return pl.when(chosen.is_null() & (added.is_null() | (added != 0))).then(None).when(chosen).then(added).otherwise(0)


def _sum(node: Window, answer: pl.Expr, part: pl.Expr, own: pl.Expr) -> pl.Expr:
    """The sum of the known parts of a group and of the row's own (`own`, where `part` is unknown); null where another is unknown."""
    group = pl.col(node.group)
    # Counted, not asked for: a sum of whole numbers is the fast kind of window.
    open_parts = part.is_null().cast(pl.UInt32)
    # What comes behind a row has no say in what runs up to it.
    reached = open_parts.cum_sum() if node.kind in ("running_total", "rank_in") else open_parts.sum()
    is_sure = group.is_not_null() & (reached.over(group) == open_parts)
    total = answer.over(group)
    if node.kind in ("running_total", "rank_in"):
        # A running sum skips a row that adds nothing known.
        total = pl.when(part.is_null()).then(answer.forward_fill().over(group).fill_null(0)).otherwise(total)
    return pl.when(is_sure).then(pl.when(part.is_null()).then(total + own).otherwise(total))


def _any(node: Window, chosen: pl.Expr, own: pl.Expr) -> pl.Expr:
    """Whether a row of a group is surely chosen, or the row itself; null where another may be."""
    group = pl.col(node.group)
    open_rows = chosen.is_null().cast(pl.UInt32)
    is_seen = chosen.fill_null(False).any().over(group) | own
    is_alone = open_rows.sum().over(group) == open_rows
    return pl.when(group.is_not_null()).then(is_seen | pl.when(is_alone).then(own).otherwise(None))


def _over(node: Window, answer: pl.Expr, part: pl.Expr | None = None) -> pl.Expr:
    """`answer` per group, null where a key of the group or a part of it is unknown.

    Rows whose key is unknown belong to no group: they may not be added up with one another.
    """
    group = pl.col(node.group)
    is_sure = group.is_not_null()
    if part is not None:
        # Counted, not asked for: a sum of whole numbers is the fast kind of window.
        is_sure &= part.is_null().cast(pl.UInt32).sum().over(group) == 0
    return pl.when(is_sure).then(answer.over(group))


def _edge(node: Window, chosen: pl.Expr, day: pl.Expr) -> pl.Expr:
    chosen_day = pl.when(chosen).then(day)
    # One that may be among them, or is among them on a day nobody knows, could be the first or the last.
    part = pl.when(chosen & day.is_null()).then(None).otherwise(chosen)
    return _over(node, chosen_day.min() if node.kind == "earliest" else chosen_day.max(), part)


def _close(node: Window, chosen: pl.Expr, day: pl.Expr, within: pl.Expr) -> pl.Expr:
    group = pl.col(node.group)
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
