"""Single, labelled mistakes: each changes one thing on a clean chart and names the rule that must see it."""

from beamclaim.synthetic.clinic.mistakes import (
    bundling,
    codes,
    courses,
    diagnosis,
    envelope,
    evidence,
    modifiers,
    order,
    units,
)
from beamclaim.synthetic.clinic.mistakes.mistake import Mistake, declared
from beamclaim.synthetic.clinic.mistakes.unseen import UNSEEN

_FAMILIES = (bundling, codes, courses, diagnosis, envelope, evidence, modifiers, order, units)
MISTAKES: tuple[Mistake, ...] = tuple(sorted(declared(), key=lambda m: (m.rule, m.name)))

__all__ = ["MISTAKES", "UNSEEN", "Mistake"]
