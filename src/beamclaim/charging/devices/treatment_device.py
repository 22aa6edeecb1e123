"""A device that shapes the beam or holds the patient, by its level."""

from beamclaim.charging import LEVELS, charge, col, if_seen, no, one_of, step
from beamclaim.charging.planning.inside import DAY, KIND, LEVEL


@charge(
    "devices",
    view="procedures",
    day=DAY,
    applies=one_of(KIND, "treatment_device"),
    units=col("procedure.count"),
    cites=("ASTRO-FAQ-DEV",),
)
def treatment_device():
    fresh = ~if_seen(col("plan.on_table"), no())
    return tuple(
        step(f"device_{level}", all_of={"level": one_of(LEVEL, level), "not_on_table": fresh})
        for level in reversed(LEVELS)
    )
