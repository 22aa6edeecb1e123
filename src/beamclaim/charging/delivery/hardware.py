"""IMRT by what shapes the beam: Medicare outside hospitals to 2025."""

from beamclaim.charging import charge, col, step
from beamclaim.charging.delivery.method import DAY, HELD, by


@charge(
    "delivery",
    view="sessions",
    day=DAY,
    applies=by("hardware", "imrt"),
    hold=HELD,
    cites=("CMS-RVU25D",),
    silent=("session.fields", "session.site_groups"),
)
def hardware():
    return (
        step("imrt_compensator", where=col("session.compensator")),
        step("imrt_no_compensator", where=~col("session.compensator")),
    )
