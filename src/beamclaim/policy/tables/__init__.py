"""The policy tables: their names, key and value columns, and where their files lie."""

from beamclaim.policy.tables.claims import CLAIMS
from beamclaim.policy.tables.codes import CODES
from beamclaim.policy.tables.courses import COURSES
from beamclaim.policy.tables.declaration import (
    DAY,
    EXACT,
    FLAG,
    ROW,
    TEXT,
    WHOLE,
    Declaration,
)
from beamclaim.policy.tables.diagnoses import DIAGNOSES
from beamclaim.policy.tables.edits import EDITS
from beamclaim.policy.tables.payers import PAYERS
from beamclaim.policy.tables.rates import RATES

__all__ = [
    "BY_NAME", "DAY", "DECLARED", "EXACT", "FLAG", "PARAMETERS", "ROW", "TEXT", "WHOLE", "Declaration",
]  # fmt: skip

DECLARED: tuple[Declaration, ...] = (*CLAIMS, *CODES, *COURSES, *DIAGNOSES, *EDITS, *PAYERS, *RATES)

#: Parameters are a table too: its rows stand in YAML, one file a topic.
PARAMETERS = Declaration("parameters", "parameters", ("parameter",), {"value": TEXT}, "Numbers and words rules ask for")

BY_NAME: dict[str, Declaration] = {d.name: d for d in (*DECLARED, PARAMETERS)}
