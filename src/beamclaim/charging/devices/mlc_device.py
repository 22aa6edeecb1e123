"""Leaf positions of an IMRT plan: once a plan."""

from beamclaim.charging import charge, col, if_seen, no, one_of, step
from beamclaim.charging.planning.inside import DAY, KIND


@charge(
    "devices", view="procedures", day=DAY, applies=one_of(KIND, "mlc_device_imrt"), cites=("BCBSNC-RT", "LEGION-FAQ")
)
def mlc_device():
    return step(
        "mlc_device",
        all_of={
            "one_of_plan": if_seen(col("procedure.of_plan"), col("procedure.of_course")) <= 1,
            "not_on_table": ~if_seen(col("plan.on_table"), no()),
        },
    )
