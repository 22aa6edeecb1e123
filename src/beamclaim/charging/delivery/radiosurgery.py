"""One session of cranial radiosurgery, by the kind of machine."""

from beamclaim.charging import charge, col, one_of, param, step
from beamclaim.charging.delivery.method import DAY, HELD, by


@charge(
    "delivery",
    view="sessions",
    day=DAY,
    applies=by("radiosurgery", "radiosurgery"),
    hold=HELD,
    cites=("N078", "SROA-SBRT"),
    silent=("session.isocenters", "session.motion_active"),
)
def radiosurgery():
    planned = col("course.fractions_planned")
    alone = (planned <= 1) & (col("session.of_course") <= 1)
    few = planned <= param("radonc.stereotactic.most_sessions", on=DAY)
    machine = col("session.machine_kind")
    return (
        step("cobalt_session", all_of={"one_session": alone, "cobalt": one_of(machine, "multi_source_cobalt")}),
        # Most are given on a linac: it stands until the machine is said, and needs that evidence.
        step("linac_session", all_of={"one_session": alone}),
        step("stereotactic_fraction", all_of={"several_sessions": ~alone, "at_most_five": few}),
    )
