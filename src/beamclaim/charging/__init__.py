"""Words of `beamclaim.expressions` → charges: what may be charged for a session or a procedure, one file and one page each.

In: nothing; a charge is a declaration. Out: `registry.charges()`, each with its ladder of steps. Begin with `delivery/level.py`
and its page, then `declaration.py`. Called by `engine/propose.py`; a charge imports this package and nothing else of ours.
"""

from beamclaim.charging.adjustment import adjustment
from beamclaim.charging.declaration import LadderStep, charge, step
from beamclaim.charging.words import code_of, since
from beamclaim.expressions.node import Expression
from beamclaim.expressions.words import (
    carries,
    code_in,
    col,
    if_seen,
    no,
    one_of,
    pair,
    param,
    stated,
    text,
    unknown,
    value,
    when,
    yes,
)
from beamclaim.model.value_sets import LEVELS

__all__ = [
    "LEVELS",
    "Expression",
    "LadderStep",
    "adjustment",
    "carries",
    "charge",
    "code_in",
    "code_of",
    "col",
    "if_seen",
    "no",
    "one_of",
    "pair",
    "param",
    "since",
    "stated",
    "step",
    "text",
    "unknown",
    "value",
    "when",
    "yes",
]
