"""COD104. The G code for IMRT with compensators without one, or the code without compensators with one."""

from beamclaim.rules import code_in, col, either, if_seen, one_of, rule, text, unknown, value, when, yes

TABLE = "radonc.delivery"


@rule(
    "COD104",
    title="IMRT G code does not fit the compensator",
    formerly=("g-code-hardware",),
    view="lines",
    applies=code_in(TABLE, era="2015", is_imrt="true", includes_guidance="false"),
    at="line.code",
    message="{line.code} is IMRT {billed} compensators; by the plan {shaped}",
    to_do="Look up in the plan whether physical compensators shaped the beam, and bill the code that says so",
    severity="warning",
    who="coder",
    cites=("CMS-RVU25D", "ASTRO-FAQ-IGRT"),
    optional=("day.technique",),
)
def g_code_against_compensator():
    billed = value(TABLE, "level") == text("compensator")
    # Where the plan does not say, its technique may: IMRT by compensator is delivered with one.
    by_technique = when(one_of(col("day.technique"), "imrt_compensator"), yes(), unknown())
    shaped = if_seen(col("plan.compensator"), by_technique)
    return dict(
        fires=billed != shaped,
        billed=either(billed, "with", "without"),
        shaped=either(shaped, "there were some", "there was none"),
    )
