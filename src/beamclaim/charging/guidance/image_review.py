"""The physician's review of the images a session was guided by."""

from beamclaim.charging import Expression, charge, code_in, col, one_of, step
from beamclaim.charging.planning.inside import DAY, KIND

#: Guidance is inside the delivery of these, whoever reviews it.
APART = ~one_of(col("day.service"), "radiosurgery", "stereotactic", "surface", "proton", "neutron")


def _reviewed(images: str) -> dict[str, Expression]:
    kind = code_in("charging.images", of="day.session_guidance", on=DAY, kind=images)
    return {"guided_session": col("day.has_session"), "not_inside": APART, "images": kind}


@charge(
    "guidance",
    view="procedures",
    day=DAY,
    applies=one_of(KIND, "guidance_review"),
    cites=("ASTRO-FAQ-IGRT2", "CMS-RVU26C", "HCN-2026"),
)
def image_review():
    return (
        step("guidance_review", all_of={"guided_session": col("day.has_session"), "not_inside": APART}),
        step("guidance_ct", all_of=_reviewed("ct")),
        step("guidance_pair", all_of=_reviewed("pair")),
        step("guidance_ultrasound", all_of=_reviewed("ultrasound")),
    )
