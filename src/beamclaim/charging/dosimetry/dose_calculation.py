"""Calculations of dose, one a field or arc, unless they are inside a flat plan."""

from beamclaim.charging import charge, col, if_seen, no, one_of, step
from beamclaim.charging.planning.inside import DAY, KIND


@charge(
    "dosimetry",
    view="procedures",
    day=DAY,
    applies=one_of(KIND, "dose_calculation"),
    units=col("procedure.count"),
    cites=("ASTRO-FAQ-DEV", "SOPHIE-MUE"),
)
def dose_calculation():
    return step("dose_calculation", all_of={"not_on_table": ~if_seen(col("plan.on_table"), no())})
