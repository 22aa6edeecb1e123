"""Two fractions of a day → one visit at the machine, two, or nobody can tell: the rule, for single values and whole columns alike.

Fractions less than `same_visit` apart are one visit; from the usual interval of two sessions a day (`distinct_after`) on they are
two. Between, only other evidence tells: a name of the session, an order for two sessions a day. Called by `views/sessions`,
which asks all patients at once, and `courses/visits`, which reads machine records one patient at a time.
"""

from datetime import timedelta
from typing import overload

import polars as pl


@overload
def begins_visit(pause: timedelta, *, same_visit: timedelta | None) -> bool: ...
@overload
def begins_visit(pause: pl.Expr, *, same_visit: timedelta | None) -> pl.Expr: ...
def begins_visit(pause: timedelta | pl.Expr, *, same_visit: timedelta | None) -> bool | pl.Expr:
    """Whether a fraction so long after the one before begins another visit; with `same_visit` unknown it may."""
    return pause >= (timedelta(0) if same_visit is None else same_visit)


@overload
def is_doubtful(
    pause: timedelta,
    interval: timedelta,
    is_told_apart: bool,
    *,
    same_visit: timedelta | None,
    distinct_after: timedelta | None,
) -> bool: ...
@overload
def is_doubtful(
    pause: pl.Expr,
    interval: pl.Expr,
    is_told_apart: pl.Expr,
    *,
    same_visit: timedelta | None,
    distinct_after: timedelta | None,
) -> pl.Expr: ...
def is_doubtful(
    pause: timedelta | pl.Expr,
    interval: timedelta | pl.Expr,
    is_told_apart: bool | pl.Expr,
    *,
    same_visit: timedelta | None,
    distinct_after: timedelta | None,
) -> bool | pl.Expr:
    """Whether nobody can tell that a fraction begins another visit.

    `pause`: from the end of the one before, or from its start where no end is known, to the start of this one; `interval`: from
    start to start, as it is ordered; `is_told_apart`: other evidence says that there were two. Where a number is unknown (None),
    whatever it would decide is in doubt; how long one visit may last is then told by no other evidence.
    """
    doubt = begins_visit(pause, same_visit=same_visit)
    if distinct_after is not None:
        doubt = doubt & (interval < distinct_after)
    return doubt if same_visit is None else doubt & (is_told_apart ^ True)
