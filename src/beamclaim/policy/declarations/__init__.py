"""The policy tables there are: names, key and value columns, and where their files lie, one module a subject.

A table nobody declares here cannot be read; a file of a policy folder that no declaration names is refused. Begin with
`form.py`; read by the loader (`read_table.py`), by `policy show` and by the pages of tables.
"""

from beamclaim.policy.declarations.charging import CHARGING
from beamclaim.policy.declarations.claims import CLAIMS
from beamclaim.policy.declarations.codes import CODES
from beamclaim.policy.declarations.courses import COURSES
from beamclaim.policy.declarations.diagnoses import DIAGNOSES
from beamclaim.policy.declarations.edits import EDITS
from beamclaim.policy.declarations.form import TEXT, Declaration
from beamclaim.policy.declarations.lives import STANDING
from beamclaim.policy.declarations.payers import PAYERS
from beamclaim.policy.declarations.rates import RATES

__all__ = ["BY_NAME", "DECLARED", "PARAMETERS", "Declaration"]

DECLARED: tuple[Declaration, ...] = (*CHARGING, *CLAIMS, *CODES, *COURSES, *DIAGNOSES, *EDITS, *PAYERS, *RATES)

#: Parameters are a table too: its rows stand in YAML, one file a topic.
PARAMETERS = Declaration(
    "parameters",
    "parameters",
    ("parameter",),
    {"value": TEXT},
    "Numbers and words rules ask for",
    lives=STANDING,
)

BY_NAME: dict[str, Declaration] = {d.name: d for d in (*DECLARED, PARAMETERS)}
