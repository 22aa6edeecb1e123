"""A 3D plan: one for all plans on one planning scan, unless it is part of an IMRT plan."""

from beamclaim.charging import charge, col, if_seen, no, one_of, step
from beamclaim.charging.planning.inside import DAY, KIND, inside


@charge(
    "planning", view="procedures", day=DAY, applies=one_of(KIND, "planning_3d"), cites=("AAPC-CTSETS", "ASTRO-OIG-2019")
)
def plan_3d():
    return step(
        "plan_3d",
        all_of={
            "not_inside": ~inside("plan_3d"),
            "one_of_scan": if_seen(col("procedure.of_scan"), col("procedure.of_course")) <= 1,
            "not_on_table": ~if_seen(col("plan.on_table"), no()),
        },
    )
