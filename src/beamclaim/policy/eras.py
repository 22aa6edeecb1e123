"""Days on which rows begin and end → eras: stretches of days with the same answers, so that one question serves all of them."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta

import polars as pl

_FIRST = date(1, 1, 1)
_DAY = timedelta(days=1)


class Eras:
    """The days on which something begins or ends, and the era each day lies in."""

    def __init__(self, begins: Iterable[date], ends: Iterable[date]) -> None:
        after = (day + _DAY for day in ends if day < date.max)
        self._starts = sorted({_FIRST, *begins, *after})

    def of(self, day: date) -> date:
        """The first day of the era that holds the day: on it every answer is the same."""
        return self._starts[bisect_right(self._starts, day) - 1]

    def column(self, days: pl.Series) -> pl.Series:
        """The same for a column of days; unknown stays unknown."""
        known = days.unique().drop_nulls()
        eras = pl.Series([self.of(day) for day in known.to_list()], dtype=pl.Date)
        return days.replace_strict(known, eras, default=None, return_dtype=pl.Date) if len(known) else days
