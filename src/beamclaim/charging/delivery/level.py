"""Three levels for every setting, from 2026."""

from beamclaim.charging import charge, col, one_of, step, unknown, when, yes
from beamclaim.charging.delivery.method import DAY, HELD, KIND, TECHNIQUE, by


@charge(
    "delivery",
    view="sessions",
    day=DAY,
    applies=by("level", "imrt", "conventional"),
    hold=HELD,
    silent=("session.fields", "plan.dose_gy", "session.guidance"),
    cites=("N078", "HCN-2026", "UHC-IMRT-2026"),
)
def level():
    photons = one_of(KIND, "photon")
    flat = one_of(TECHNIQUE, "2d")
    skin = one_of(KIND, "electron") & one_of(TECHNIQUE, "total_skin_electron")
    motion = col("session.motion_active") & col("session.motion_shown")
    return (
        step(
            "level_3",
            any_of={
                "isocenters": photons & (col("session.isocenters") > 1),
                # Of a flat plan with motion management the sources say nothing.
                "motion": photons & motion & when(flat, unknown(), yes()),
                "mixed": one_of(KIND, "mixed"),
                "total_skin": skin,
            },
        ),
        step("level_2", all_of={"photons": photons, "3d_or_imrt": ~flat}),
        step("level_1", any_of={"flat_photons": photons & flat, "electrons": one_of(KIND, "electron") & ~skin}),
    )
