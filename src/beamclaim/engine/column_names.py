"""Policy columns by their names: what table is asked about what, on which day.

A rule reads ``in:radonc.delivery[]:line.code@line.date``; `parse` takes that name apart.
"""

import re
from dataclasses import dataclass
from functools import cache

from beamclaim.errors import RuleError

_SHAPES = tuple(
    (kind, re.compile(shape))
    for kind, shape in (
        ("param", r"^param:(?P<table>[^@]+)@(?P<on>.+)$"),
        ("in", r"^in:(?P<table>[^\[]+)\[(?P<field>[^\]]*)\]:(?P<of>[^@]*)@(?P<on>.+)$"),
        ("all", r"^all:(?P<table>[^\[]+)\[\]:(?P<of>[^@]*)@(?P<on>.+)$"),
        ("clash", r"^clash:(?P<table>[^:]+):(?P<of>[^@]*)@(?P<on>.+)$"),
        ("value", r"^value:(?P<table>[^:]+):(?P<field>[^:]+):(?P<of>[^@]*)@(?P<on>.+)$"),
        ("ever", r"^ever:(?P<table>[^:]+):(?P<of>.+)$"),
        ("pair", r"^pair:(?P<table>[^/]+)/(?P<of>[^:]+):(?P<field>.+)$"),
        ("near", r"^near:(?P<table>[^:]+):(?P<field>.+)$"),
    )
)
#: Columns of other lines are about the line's own code and day.
_ELSE = {"pair": {"on": "line.date"}, "near": {"of": "line.code", "on": "line.date"}, "param": {"field": "value"}}
#: Columns that hold several codes joined with `;`.
LISTS = ("line.modifiers", "line.diagnoses", "line.neoplasms", "claim.codes", "claim.diagnoses")
DIAGNOSIS_VALIDITY = "icd10cm"


@dataclass(frozen=True, slots=True)
class PolicyColumn:
    """A policy column as a rule reads it, taken apart."""

    name: str
    kind: str
    table: str
    field: str
    of: str
    on: str

    @property
    def row(self) -> str:
        """The column that holds the id of the policy row behind the answer."""
        if self.kind == "pair":
            return f"row:{self.table}/{self.of}"
        return f"row:{self.table}:{self.of}@{self.on}"

    @property
    def open(self) -> str:
        """The column that says the answer hangs on something the claim does not say: its day, setting or payer."""
        return f"open:{self.table}:{self.of}@{self.on}"


@cache
def parse(name: str) -> PolicyColumn | None:
    """A policy column by its name; None for a plain column of the view."""
    for kind, shape in _SHAPES:
        if found := shape.match(name):
            parts = {"field": "", "of": "", "on": "", **_ELSE.get(kind, {}), **found.groupdict()}
            return PolicyColumn(name, kind, **parts)
    if name.partition(":")[0] in dict(_SHAPES) and ":" in name:
        raise RuleError(f"{name!r} is not a policy column the engine knows")
    return None
