"""The facts of `model/tables/course.py` → by key of the form: how each is read, and the columns it fills."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from beamclaim.ingest.course_form.readings import Reading, reading_of
from beamclaim.model.tables.course import COURSE_FACTS, FORM_LISTS
from beamclaim.model.tables.fact import MOMENT, CourseFact


@dataclass(frozen=True, slots=True)
class ReadFact:
    """A fact with its reading."""

    fact: CourseFact
    reading: Reading

    @property
    def name(self) -> str:
        """Its column."""
        return self.fact.name

    @property
    def absent(self) -> Any:
        """Its value where the key is not there."""
        return self.fact.absent

    def columns(self, value: Any) -> dict[str, Any]:
        """Column → value; a moment has its day beside it, and no time where only a day is known."""
        if not self.fact.is_kept:
            return {}
        if self.fact.type != MOMENT:
            return {self.fact.name: value}
        day, at = (column.name for column in self.fact.columns)
        return {day: value.date(), at: value} if isinstance(value, datetime) else {day: value, at: None}


@dataclass(frozen=True, slots=True)
class ListReadings:
    """A list of the form: its key, which is its table too, and the facts of one object by their keys."""

    table: str
    facts: dict[str, ReadFact]


def _by_key(facts: Iterable[CourseFact], key: str = "") -> dict[str, ReadFact]:
    """The facts that stand in one object, by their key in it."""
    parts = ((fact, *fact.path.rpartition(".")) for fact in facts)
    return {name: ReadFact(fact, reading_of(fact.type)) for fact, above, _, name in parts if above == key}


COURSE = _by_key(COURSE_FACTS)
"""Facts of a course by their key."""
OBJECTS = {name: _by_key(COURSE_FACTS, name) for name in ("patient", "payer", "locality")}
"""The objects of a course, and their facts."""
LISTS = {name: ListReadings(name, _by_key(each.facts)) for name, each in FORM_LISTS.items()}
"""The lists of a course."""
KEYS = (*COURSE, *OBJECTS, *LISTS)
"""The keys of a course."""
