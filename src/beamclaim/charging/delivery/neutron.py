"""A neutron session."""

from beamclaim.charging import charge, step, yes
from beamclaim.charging.delivery.method import DAY, HELD, by


@charge(
    "delivery",
    view="sessions",
    day=DAY,
    applies=by("neutron", "neutron"),
    hold=HELD,
    cites=("CMS-RVU25D", "CMS-RVU26C"),
)
def neutron():
    return step("neutron", where=yes())
