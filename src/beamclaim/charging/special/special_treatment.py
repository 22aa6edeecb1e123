"""A special treatment procedure: once a course, for a reason that is written down."""

from beamclaim.charging import charge, col, one_of, stated, step, unknown, when, yes
from beamclaim.charging.planning.inside import DAY, KIND


@charge(
    "special",
    view="procedures",
    day=DAY,
    applies=one_of(KIND, "special_treatment"),
    cites=("EVICORE-CODING", "UHC-SPECIAL-RMHP"),
)
def special_treatment():
    return step(
        "special_treatment",
        all_of={
            "once": col("procedure.of_course") <= 1,
            "reason": when(stated(col("procedure.reason")), yes(), unknown()),
        },
    )
