"""A session of stereotactic body treatment, of a course of at most five."""

from beamclaim.charging import charge, col, param, step
from beamclaim.charging.delivery.method import DAY, HELD, by


@charge(
    "delivery",
    view="sessions",
    day=DAY,
    applies=by("stereotactic", "stereotactic"),
    hold=HELD,
    cites=("N078", "CPT2015-CHANGES"),
    silent=("session.isocenters", "session.motion_active"),
)
def stereotactic():
    most = param("radonc.stereotactic.most_sessions", on=DAY)
    within = (col("course.fractions_planned") <= most) & (col("session.of_course") <= most)
    return step("stereotactic_fraction", all_of={"at_most_five": within})
