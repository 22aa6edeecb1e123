"""A session of low-energy X-rays, by tube voltage, from 2026."""

from beamclaim.charging import charge, col, param, step
from beamclaim.charging.delivery.method import DAY, HELD, by


@charge(
    "delivery",
    view="sessions",
    day=DAY,
    applies=by("surface", "surface"),
    hold=HELD,
    cites=("OPENPAYER-77437", "OPENPAYER-77438"),
    silent=("session.isocenters",),
)
def surface():
    voltage, most = col("session.energy_mv"), param("radonc.surface.superficial_mv", on=DAY)
    return (
        step("surface_orthovoltage", where=voltage > most),
        step("surface_superficial", where=voltage <= most),
    )
