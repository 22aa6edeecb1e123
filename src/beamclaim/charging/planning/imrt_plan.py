"""An IMRT plan: one a plan, on a planning scan of its own."""

from beamclaim.charging import charge, col, if_seen, no, one_of, stated, step, when, yes
from beamclaim.charging.planning.inside import DAY, KIND


@charge(
    "planning",
    view="procedures",
    day=DAY,
    applies=one_of(KIND, "imrt_planning"),
    cites=("RADFORM-FAQ2", "LEGION-FAQ", "ACRO-ART-2025"),
)
def imrt_plan():
    own = when(stated(col("plan.adapted_from")), col("plan.new_data"), yes())
    return step(
        "imrt_plan",
        all_of={
            "first_of_plan": if_seen(col("procedure.of_plan"), col("procedure.of_course")) <= 1,
            "own_scan": own,
            "not_on_table": ~if_seen(col("plan.on_table"), no()),
        },
    )
