"""A plan without three dimensions, by its level; of electrons, and of surface treatment, a plan of their own."""

from beamclaim.charging import LadderStep, charge, col, if_seen, no, one_of, step, text
from beamclaim.charging.planning.inside import DAY, KIND, LEVEL, inside


@charge(
    "planning",
    view="procedures",
    day=DAY,
    applies=one_of(KIND, "planning_2d"),
    cites=("CPT2015-CHANGES", "LEGION-FAQ", "OPENPAYER-77436"),
)
def plan_2d():
    modality = col("plan.modality")
    surface, electrons = modality == text("kilovoltage"), modality == text("electron")
    once = ~if_seen(col("plan.on_table"), no()) & (if_seen(col("procedure.of_plan"), col("procedure.of_course")) <= 1)
    photons = ~surface & ~electrons

    def of_level(word: str, *levels: str) -> LadderStep:
        return step(word, all_of={"level": one_of(LEVEL, *levels) & photons, "not_inside": ~inside(word), "once": once})

    port = "special_port_plan"
    return (
        step("surface_plan", all_of={"surface": surface, "once": once}),
        step(port, all_of={"electrons": electrons, "not_inside": ~inside(port), "once": once}),
        of_level("plan_2d_complex", "complex", "intermediate"),
        of_level("plan_2d_simple", "simple"),
    )
