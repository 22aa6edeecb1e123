"""The schema of the course form says what the form holds."""

import json
from pathlib import Path
from typing import Any

from beamclaim.model.tables.course import FACTS, FORM_LISTS
from beamclaim.model.tables.course_schema import course_schema
from beamclaim.model.value_sets import FRACTION_STATUSES, GUIDANCE, TECHNIQUES

FORM = Path(__file__).parents[2] / "fixtures" / "courses" / "prostate.course.json"


def unknown_keys(value: Any, schema: dict[str, Any], path: str = "") -> list[str]:
    """The keys of a value that its schema does not have."""
    if isinstance(value, list):
        return [key for entry in value for key in unknown_keys(entry, schema["items"], path)]
    if not isinstance(value, dict):
        return []
    found = [f"{path}{key}" for key in value if key not in schema["properties"]]
    for key in value.keys() & schema["properties"].keys():
        found += unknown_keys(value[key], schema["properties"][key], f"{path}{key}.")
    return found


def test_a_whole_form_has_no_key_the_schema_lacks() -> None:
    assert not unknown_keys(json.loads(FORM.read_text()), course_schema())
    assert unknown_keys({"plans": [{"plna": 1}]}, course_schema()) == ["plans.plna"]


def test_every_fact_stands_in_the_schema_with_its_meaning() -> None:
    schema = course_schema()
    for name, fact in FACTS.items():
        lists = [key for key, each in FORM_LISTS.items() if fact in each.facts]
        place = schema["properties"][lists[0]]["items"] if lists else schema
        for step in fact.path.split("."):
            place = place["properties"][step]
        assert place["description"] == fact.meaning, name


def test_words_are_those_of_the_closed_lists() -> None:
    properties = course_schema()["properties"]
    plan, fraction = properties["plans"]["items"]["properties"], properties["fractions"]["items"]["properties"]
    assert plan["technique"]["enum"] == [*TECHNIQUES, "unknown", None]
    assert fraction["status"]["enum"] == [*FRACTION_STATUSES, None]
    assert fraction["guidance"]["items"]["enum"] == [*GUIDANCE]
    assert properties["patient"]["additionalProperties"] is False
