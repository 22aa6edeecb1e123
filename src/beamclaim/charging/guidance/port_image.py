"""Port images: technical, one for each five sessions."""

from beamclaim.charging import charge, col, one_of, step, yes
from beamclaim.charging.planning.inside import DAY, KIND


@charge(
    "guidance",
    view="procedures",
    day=DAY,
    applies=one_of(KIND, "port_image"),
    units=col("procedure.count"),
    cites=("AAPC-77417", "CMS-RVU26C"),
)
def port_image():
    return step("port_image", where=yes())
