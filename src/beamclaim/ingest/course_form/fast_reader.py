"""Courses whose places are known → tables, without the courses that are doubtful.

Each course is decoded by the standard library; what its lists hold is read a column at a time over many courses. A course
is doubtful when anything in it is not plainly fit: a value, a key that is unknown, missing or given twice, an object
where none is expected. It is left out here, for the tree reader to say what is wrong with it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
import polars as pl

from beamclaim.ingest.course_form.decoded import Columns
from beamclaim.ingest.course_form.form import COURSE, LISTS, OBJECTS
from beamclaim.ingest.course_form.layout import Layout, Offsets
from beamclaim.ingest.json_tree import Number
from beamclaim.model.tables import TABLES, key_of

AT_ONCE = 64
"""So many courses are decoded before their values are read."""
_HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")
"""An escape that may be half of a pair of surrogates, which the tree reader alone tells from a whole one."""

Course = dict[str, Any]


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON value")


_DECODER = json.JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=_refuse)


class FastReader:
    """The courses of one file, decoded some at a time; `doubtful` are the numbers of those that are left out."""

    def __init__(self, data: bytes, places: Layout) -> None:
        self.doubtful: set[int] = set()
        self._data = data
        self._places = places
        self._courses = Columns(COURSE)
        self._objects = {name: Columns(facts) for name, facts in OBJECTS.items()}
        self._lists = {name: _List(Columns(each.facts)) for name, each in LISTS.items()}

    def read(self) -> None:
        """Reads every course. Raises ValueError or RecursionError where one is no JSON that the standard library reads."""
        for first in range(0, self._places.starts.size, AT_ONCE):
            last = min(first + AT_ONCE, self._places.starts.size)
            self._read(first, [self._decoded(place) for place in range(first, last)])

    def tables(self, file: int) -> dict[str, pl.DataFrame]:
        """A frame a table of the form, its rows in the order of the file; no `faults`."""
        places = self._places
        doubtful = np.zeros(places.starts.size, np.bool_)
        doubtful[list(self.doubtful)] = True
        course_keys = places.starts + key_of(file, 0)
        own = self._courses.columns(~doubtful)
        own += [column for columns in self._objects.values() for column in columns.columns(~doubtful)]
        kept = np.flatnonzero(~doubtful)
        tables = {
            "courses": self._table("courses", file, course_keys[kept], (places.starts[kept], places.ends[kept]), own)
        }
        for name, each in self._lists.items():
            owners, objects = np.array(each.owners, np.int64), np.array(each.objects, np.int64)
            clean = ~doubtful[owners]
            objects = objects[clean]
            spans = places.object_starts[objects], places.object_ends[objects]
            tables[name] = self._table(name, file, course_keys[owners[clean]], spans, each.columns.columns(clean))
        return tables | {"faults": TABLES["faults"].empty()}

    def _table(
        self, name: str, file: int, keys: Offsets, spans: tuple[Offsets, Offsets], columns: Sequence[pl.Series]
    ) -> pl.DataFrame:
        start, end = spans
        values = {column.name: column for column in columns}
        places = {"file": np.full(start.size, file), "start": start, "end": end, "segment": self._places.lines(start)}
        return pl.DataFrame({"course.key": keys, **places, **values}, schema_overrides=TABLES[name].schema).select(
            list(TABLES[name].schema)
        )

    def _decoded(self, place: int) -> Course:
        written = self._data[self._places.starts[place] : self._places.ends[place]]
        if _HALF_PAIR.search(written):
            self.doubtful.add(place)
        course: Course = _DECODER.decode(written.decode())
        return course

    def _read(self, first: int, courses: Sequence[Course]) -> None:
        bad = self._courses.add(courses, others=(*OBJECTS, *LISTS))
        bad |= {n for n, course in enumerate(courses) if "course" not in course}
        written = [len(course) for course in courses]
        for name, columns in self._objects.items():
            objects = [_object(course.get(name)) for course in courses]
            bad |= {n for n, each in enumerate(objects) if each is None}
            clean: list[Course] = [each or {} for each in objects]
            bad |= columns.add(clean)
            written = [keys + len(each) for keys, each in zip(written, clean, strict=True)]
        batch: dict[str, list[Course]] = {name: [] for name in LISTS}
        for n, course in enumerate(courses, first):
            keys = self._lists_of(n, course, batch)
            if written[n - first] + keys != self._places.keys[n]:
                self.doubtful.add(n)
        for name, items in batch.items():
            each = self._lists[name]
            owners = each.owners[-len(items) :] if items else []
            self.doubtful.update(owners[n] for n in each.columns.add(items))
        self.doubtful.update(first + n for n in bad)

    def _lists_of(self, place: int, course: Course, batch: Mapping[str, list[Course]]) -> int:
        """Adds the objects of the lists of a course; how many keys they hold."""
        number, keys = int(self._places.first_object[place]), 0
        last = int(self._places.first_object[place + 1])
        for name in course:
            if name not in LISTS or (items := course[name]) is None:
                continue
            if type(items) is not list or not {dict}.issuperset(map(type, items)) or number + len(items) > last:
                self.doubtful.add(place)
                return 0
            batch[name].extend(items)
            each = self._lists[name]
            each.owners.extend([place] * len(items))
            each.objects.extend(range(number, number + len(items)))
            number += len(items)
            keys += sum(map(len, items))
        if number != last:
            self.doubtful.add(place)
        return keys


class _List:
    """The objects of one list of the form: the course each is of, its number among the objects of the file, its facts."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.owners: list[int] = []
        self.objects: list[int] = []


def _object(value: Any) -> Course | None:
    """An object of the form, empty where it says nothing; None where it is another thing."""
    return {} if value is None else value if type(value) is dict else None
