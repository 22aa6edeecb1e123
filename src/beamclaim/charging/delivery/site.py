"""IMRT by the class of the treated site: hospitals to 2025."""

from beamclaim.charging import charge, code_in, col, step
from beamclaim.charging.delivery.method import DAY, HELD, by

SITES = "imrt.class_by_site"
SIMPLE_SITE = code_in(SITES, of="session.site_groups", on=DAY, **{"class": "simple"})
COMPLEX_SITE = code_in(SITES, of="session.site_groups", on=DAY, **{"class": "complex"})


@charge(
    "delivery",
    view="sessions",
    day=DAY,
    applies=by("site", "imrt"),
    hold=HELD,
    silent=("session.fields", "patient.age", "course.was_irradiated", "plan.dose_gy"),
    cites=("CPT2015-CHANGES", "SEED-MEDIBILL"),
)
def site():
    compensator = col("session.compensator")
    return (
        step("imrt_complex", all_of={"complex_site": COMPLEX_SITE & ~SIMPLE_SITE, "no_compensator": ~compensator}),
        step("imrt_simple", any_of={"simple_site": SIMPLE_SITE & ~COMPLEX_SITE, "compensator": compensator}),
    )
