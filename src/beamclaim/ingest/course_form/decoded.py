"""Courses decoded by the standard library → columns, each distinct value read once.

One `Columns` a table of the form: what each fact says of each object, as numbers into a short list of distinct values,
so that forty fractions of one machine are read once and a million of them are a million small numbers. An object with
anything that does not fit is doubtful: its course is left to the tree reader, and its rows are dropped here.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from beamclaim.ingest.course_form.form import ReadFact
from beamclaim.ingest.values import Unfit

_ABSENT = object()
"""A key that is not there, where that says something else than null."""

Object = Mapping[str, Any]
Bad = set[int]
"""Numbers of objects, within those given, that something does not fit in."""


class Values:
    """The values of one fact, over all objects read so far."""

    def __init__(self, key: str, fact: ReadFact) -> None:
        self._key = key
        self._fact = fact
        self._number: dict[Any, int] = {}
        self._distinct: list[Any] = []
        self._unfit: Bad = set()
        self._numbers: list[NDArray[np.int32]] = []
        self._says(_ABSENT if fact.reading.takes_null else None, fact.absent)

    def add(self, objects: Sequence[Object]) -> Bad:
        """Reads the fact of each object; which of them it does not fit in."""
        key, reading = self._key, self._fact.reading
        absent = _ABSENT if reading.takes_null else None
        values: list[Any] = [each.get(key, absent) for each in objects]
        takes = {*reading.takes, type(None), object}
        bad: Bad = set()
        if not takes.issuperset(map(type, values)):
            bad = {n for n, value in enumerate(values) if type(value) not in takes}
            values = self._without(values, bad)
        if list in reading.takes:
            if set(map(type, chain.from_iterable(v for v in values if v is not None))) - {str}:
                odd = {n for n, v in enumerate(values) if v is not None and any(type(e) is not str for e in v)}
                bad |= odd
                values = self._without(values, odd)
            values = [value if value is None else tuple(value) for value in values]
        for value in set(values).difference(self._number):
            self._read(value)
        numbers = np.fromiter(map(self._number.__getitem__, values), np.int32, len(values))
        self._numbers.append(numbers)
        if self._unfit:
            bad |= set(np.flatnonzero(np.isin(numbers, list(self._unfit))).tolist())
        return bad

    def add_absent(self, many: int) -> None:
        """So many objects without the key."""
        self._numbers.append(np.zeros(many, np.int32))

    def columns(self, kept: NDArray[np.bool_]) -> Iterable[pl.Series]:
        """The columns the fact fills, of the objects that are kept."""
        numbers = np.concatenate(self._numbers)[kept] if self._numbers else np.zeros(0, np.int32)
        filled = [self._fact.columns(value) for value in self._distinct]
        for column in self._fact.fact.columns:
            distinct = pl.Series(column.name, [values[column.name] for values in filled], dtype=column.dtype)
            yield distinct.gather(pl.Series(numbers))

    def _without(self, values: list[Any], bad: Bad) -> list[Any]:
        return [None if n in bad else value for n, value in enumerate(values)]

    def _says(self, value: Any, means: Any) -> None:
        self._number[value] = len(self._distinct)
        self._distinct.append(means)

    def _read(self, value: Any) -> None:
        try:
            self._says(value, self._fact.reading.read(list(value) if isinstance(value, tuple) else value))
        except Unfit:
            self._unfit.add(len(self._distinct))
            self._says(value, None)


class Columns:
    """The facts of the objects of one list of the form, or of the courses themselves."""

    def __init__(self, facts: Mapping[str, ReadFact]) -> None:
        self._known = frozenset(facts)
        self._values = {key: Values(key, fact) for key, fact in facts.items()}

    def add(self, objects: Sequence[Object], *, others: Iterable[str] = ()) -> Bad:
        """Reads the objects; which of them hold something that does not fit, or a key that is not known.

        `others`: keys that are known and read elsewhere.
        """
        bad: Bad = set()
        written: set[str] = set().union(*objects)
        if written - self._known - set(others):
            known = self._known.union(others)
            bad = {n for n, each in enumerate(objects) if not known.issuperset(each)}
        for key, values in self._values.items():
            if key in written:
                bad |= values.add(objects)
            else:
                values.add_absent(len(objects))
        return bad

    def columns(self, kept: NDArray[np.bool_]) -> list[pl.Series]:
        """Every column, of the objects that are kept."""
        return [column for values in self._values.values() for column in values.columns(kept)]
