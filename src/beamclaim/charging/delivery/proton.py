"""A proton session, at the level its record says."""

from beamclaim.charging import charge, col, one_of, step
from beamclaim.charging.delivery.method import DAY, HELD, by


@charge(
    "delivery",
    view="sessions",
    day=DAY,
    applies=by("proton", "proton"),
    hold=HELD,
    cites=("CODINGAHEAD-PROTON", "CMS-RVU26C"),
    silent=("session.isocenters", "session.motion_active", "session.guidance"),
)
def proton():
    level, compensator = col("session.proton_level"), col("session.compensator")
    return (
        step("proton_complex", where=one_of(level, "complex")),
        step("proton_intermediate", where=one_of(level, "intermediate")),
        step("proton_compensated", all_of={"simple": one_of(level, "simple"), "compensator": compensator}),
        step("proton_simple", all_of={"simple": one_of(level, "simple"), "no_compensator": ~compensator}),
    )
