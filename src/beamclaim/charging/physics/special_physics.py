"""A special physics consultation: asked for in writing, and reported."""

from beamclaim.charging import charge, col, one_of, step


@charge(
    "physics",
    view="procedures",
    day="procedure.date",
    applies=one_of(col("procedure.kind"), "special_physics"),
    units=col("procedure.count"),
    cites=("ASTRO-FAQ-PLAN", "UHC-SPECIAL-RMHP"),
)
def special_physics():
    return step(
        "special_physics", all_of={"requested": col("procedure.requested"), "reported": col("procedure.reported")}
    )
