"""The facts of the course form → its JSON Schema (draft 2020-12), for editors and for programs that write the form.

Read by `docs/build.py`, which writes the schema and the page of the form beside it. The reader does not use it: what it
refuses, it refuses with the line, and it takes a number in quotes where the schema asks for either.
"""

from collections.abc import Iterable
from typing import Any

from beamclaim.model.tables.course import COURSE_FACTS, FORM_LISTS
from beamclaim.model.tables.fact import CourseFact, FactType

_TYPES: dict[str, dict[str, Any]] = {
    "label": {"type": ["string", "number", "null"]},
    "boolean": {"type": ["boolean", "null"]},
    "count": {"type": ["integer", "string", "null"], "minimum": 0, "maximum": 65_535},
    "day": {"type": ["string", "null"], "format": "date"},
    "moment": {"type": ["string", "null"], "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}.*)?$"},
    "share": {"type": ["number", "string", "null"], "minimum": 0, "maximum": 1},
    "decimal": {"type": ["number", "string", "null"], "minimum": 0},
    "units": {"type": ["number", "string", "null"], "exclusiveMinimum": 0},
}
"""By the name of a type; what is not here is a text."""


def course_schema() -> dict[str, Any]:
    """The schema of one course; a file holds one, a list of them, or one a line."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Course form",
        **_object("", COURSE_FACTS),
    }


def _object(above: str, facts: Iterable[CourseFact]) -> dict[str, Any]:
    """The schema of an object: its own facts, and at the top the objects and lists in it."""
    properties: dict[str, Any] = {}
    inner: dict[str, list[CourseFact]] = {}
    for fact in facts:
        place, _, key = fact.path.rpartition(".")
        if place == above:
            properties[key] = {**_value(fact.type), "description": fact.meaning}
        else:
            inner.setdefault(place, []).append(fact)
    properties |= {place: _object(place, part) for place, part in inner.items()}
    if inner:
        properties |= {
            name: {"type": ["array", "null"], "items": _object("", each.facts)} for name, each in FORM_LISTS.items()
        }
    return {"type": ["object", "null"] if above else "object", "properties": properties, "additionalProperties": False}


def _value(kind: FactType) -> dict[str, Any]:
    if kind.is_list:
        entry: dict[str, Any] = {"type": "string", **({"enum": list(kind.all_words)} if kind.words else {})}
        return {"type": ["array", "null"], "items": entry}
    if kind.words:
        return {"enum": [*kind.all_words, None]}
    return dict(_TYPES.get(kind.name, {"type": ["string", "null"]}))
