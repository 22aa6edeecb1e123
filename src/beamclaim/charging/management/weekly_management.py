"""Weekly management: five sessions, or the last three or four, with a visit of the physician among them."""

from beamclaim.charging import charge, col, since, step, unknown, when, yes
from beamclaim.charging.management.units import COURSE, DAY, FULL, IS_SHORT, NO_WEEKS, REST, SURE, WEEK_ENDS


@charge(
    "management",
    view="sessions",
    day=DAY,
    applies=WEEK_ENDS & ~NO_WEEKS & ~IS_SHORT,
    cites=("RBC-77427", "CMS-RVU26C", "ASTRO-FAQ-MGMT"),
)
def weekly_management():
    return step(
        "weekly_management",
        all_of={
            "full_week": FULL | REST,
            "visit": since(col("session.visits_so_far"), FULL | REST, over=COURSE, counts=SURE),
            "whole_sessions": when(col("session.partial_decides"), unknown(), yes()),
        },
        waits=("visit",),
    )
