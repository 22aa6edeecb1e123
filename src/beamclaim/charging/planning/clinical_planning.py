"""The physician's planning of a course, by its level, once a course."""

from beamclaim.charging import LEVELS, charge, col, one_of, step
from beamclaim.charging.planning.inside import DAY, KIND, LEVEL


@charge(
    "planning", view="procedures", day=DAY, applies=one_of(KIND, "clinical_planning"), cites=("PRIORITY-RO", "BSC-806")
)
def clinical_planning():
    once = col("procedure.of_course") <= 1
    return tuple(
        step(f"clinical_planning_{level}", all_of={"level": one_of(LEVEL, level), "once": once})
        for level in reversed(LEVELS)
    )
