"""Management of a whole course of one or two sessions."""

from beamclaim.charging import charge, col, step
from beamclaim.charging.management.units import DAY, IS_SHORT, NO_WEEKS


@charge(
    "management",
    view="sessions",
    day=DAY,
    applies=col("session.is_last_seen") & ~NO_WEEKS & IS_SHORT,
    cites=("RBC-77422", "RBC-77427"),
)
def short_course():
    return step(
        "short_management",
        all_of={"course_over": col("session.is_last") & (col("session.number") >= col("course.fractions_planned"))},
    )
