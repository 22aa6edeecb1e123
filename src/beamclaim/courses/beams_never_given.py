"""Fractions → the beams that no fraction of a plan has a record of: said once for the plan, not in every fraction.

Of plans with several fractions. Called by `fraction_status.py`.
"""

from collections.abc import Mapping, Sequence

from beamclaim.courses.course_record import EvidencePlace, Observation
from beamclaim.courses.due_metersets import BeamKey, beam_key
from beamclaim.courses.treated_fractions import TreatedFraction

NeverGiven = Mapping[str | None, frozenset[BeamKey]]
"""Plan → its beams without a record."""


def never_given(treated: Sequence[TreatedFraction]) -> NeverGiven:
    """The beams due that no fraction of their plan has a record of; the first fraction of the plan is told, with the counts."""
    by_plan: dict[str | None, list[TreatedFraction]] = {}
    for t in treated:
        if t.due is not None and t.parts:
            by_plan.setdefault(t.plan, []).append(t)
    out: dict[str | None, frozenset[BeamKey]] = {}
    for plan, fractions in by_plan.items():
        due = {key for t in fractions if t.due for key in t.due.beams}
        missing = frozenset(due - {beam_key(r) for t in fractions for r in t.rows})
        if missing and len(fractions) > 1:
            out[plan] = missing
            text = (
                f"{len(missing)} of {len(due)} beams of a plan have no record in any of its {len(fractions)} fractions"
            )
            note = Observation("beams_never_given", text, EvidencePlace.of(fractions[0].rows[0]))
            fractions[0].observations.append(note)
    return out
