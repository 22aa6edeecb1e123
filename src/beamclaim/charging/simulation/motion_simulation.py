"""Simulation of breathing, beside a 3D or IMRT plan."""

from beamclaim.charging import charge, col, one_of, step, unknown, when, yes
from beamclaim.charging.planning.inside import DAY, KIND


@charge("simulation", view="procedures", day=DAY, applies=one_of(KIND, "motion_simulation"), cites=("CMS-RVU26C",))
def motion_simulation():
    # A plan that nobody recorded may still have been made.
    parent = when(col("parent_plan.is_recorded"), yes(), unknown())
    return step(
        "motion_simulation",
        all_of={"one_of_day": col("procedure.of_day") <= 1, "parent_plan": parent},
        waits=("parent_plan",),
    )
