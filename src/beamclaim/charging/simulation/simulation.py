"""A simulation, by its level: once a day, unless it is part of an IMRT plan."""

from beamclaim.charging import LEVELS, charge, col, one_of, step, text
from beamclaim.charging.planning.inside import DAY, KIND, LEVEL, inside


@charge(
    "simulation",
    view="procedures",
    day=DAY,
    applies=one_of(KIND, "simulation"),
    cites=("ASTRO-OIG-2019", "NORIDIAN-IMRT", "ASTRO-FAQ-PLAN"),
)
def simulation():
    surface = col("plan.modality") == text("kilovoltage")
    return (
        step("surface_simulation", all_of={"surface": surface, "one_of_day": col("procedure.of_day") <= 1}),
        *(
            step(
                f"simulation_{level}",
                all_of={
                    "level": one_of(LEVEL, level),
                    "beams": ~surface,
                    "not_inside": ~inside(f"simulation_{level}"),
                    "one_of_day": col("procedure.of_day") <= 1,
                },
            )
            for level in reversed(LEVELS)
        ),
    )
