"""The weekly check of the physicist: five sessions with a check among them."""

from beamclaim.charging import charge, col, param, since, stated, step, when
from beamclaim.charging.management.units import COURSE, DAY, NO_WEEKS, NUMBER, SURE

SIZE = param("radonc.physics.fractions_per_unit", on=DAY)
FULL = (NUMBER % SIZE) == 0


@charge(
    "physics",
    view="sessions",
    day=DAY,
    applies=when(stated(NUMBER), FULL, col("session.is_last_seen")) & ~NO_WEEKS,
    cites=("AAMEDA-77336", "EVICORE-CODING"),
)
def weekly_physics():
    return step(
        "weekly_physics",
        all_of={"full_week": FULL, "check": since(col("session.checks_so_far"), FULL, over=COURSE, counts=SURE)},
        waits=("check",),
    )
