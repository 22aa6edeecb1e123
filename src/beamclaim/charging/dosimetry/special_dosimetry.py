"""Measurements of dose a physician asked for, unless they are part of an IMRT plan."""

from beamclaim.charging import charge, col, one_of, step
from beamclaim.charging.planning.inside import DAY, KIND, inside


@charge(
    "dosimetry",
    view="procedures",
    day=DAY,
    applies=one_of(KIND, "special_dosimetry"),
    units=col("procedure.count"),
    cites=("SOPHIE-MUE", "ASTRO-OIG-2019"),
)
def special_dosimetry():
    return step(
        "special_dosimetry",
        all_of={"requested": col("procedure.requested"), "not_inside": ~inside("special_dosimetry")},
    )
