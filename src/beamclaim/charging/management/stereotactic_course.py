"""Management of a whole stereotactic course, once."""

from beamclaim.charging import charge, col, one_of, step
from beamclaim.charging.delivery.method import SERVICE
from beamclaim.charging.management.units import DAY, STEREOTACTIC


@charge(
    "management",
    view="sessions",
    day=DAY,
    applies=col("session.is_last_seen") & STEREOTACTIC,
    cites=("SOPHIE-MUE", "EVICORE-CODING", "AAPC-77435"),
)
def stereotactic_course():
    alone = one_of(SERVICE, "radiosurgery") & (col("course.fractions_planned") <= 1)
    over = col("session.is_last") & (
        col("course.has_ended") | (col("session.number") >= col("course.fractions_planned"))
    )
    return (
        step("radiosurgery_management", all_of={"one_cranial_session": alone, "course_over": over}),
        step("stereotactic_management", all_of={"several_sessions": ~alone, "course_over": over}),
    )
