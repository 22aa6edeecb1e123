"""A session of low-energy X-rays, to 2025."""

from beamclaim.charging import charge, step, yes
from beamclaim.charging.delivery.method import DAY, HELD, by


@charge(
    "delivery",
    view="sessions",
    day=DAY,
    applies=by("superficial", "surface"),
    hold=HELD,
    cites=("CMS-RVU25D", "UHC-FRAC-2026"),
)
def superficial():
    return step("superficial", where=yes())
