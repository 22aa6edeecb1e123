"""BND103. A planning service that is part of IMRT planning, billed beside it."""

from beamclaim.rules import code_in, col, either, near, no, rule, stated, text, value, when

TABLE = "imrt.plan_bundle"
PLAN = "radonc.planning_imrt"


@rule(
    "BND103",
    title="Planning service inside the IMRT plan",
    view="lines",
    applies=code_in(TABLE) & near(PLAN, "seen"),
    at="line.code",
    message="{line.code} is part of the IMRT plan: {how}",
    to_do="Remove the line, unless the record shows that it was not for the IMRT plan",
    who="coder",
    risk="repayment",
    cites=("ASTRO-OIG-2019", "NORIDIAN-IMRT", "CMS-IOCE"),
    optional=(
        "near:radonc.planning_imrt:days_until", "near:radonc.planning_imrt:days_since",
        "value:imrt.plan_bundle:same_claim:line.code@line.date", "value:imrt.plan_bundle:days_before:line.code@line.date",
        "value:imrt.plan_bundle:days_after:line.code@line.date",
    ),
)  # fmt: skip
def planning_inside_plan():
    same_claim = when(stated(value(TABLE, "same_claim")), value(TABLE, "same_claim") & near(PLAN, "on_claim"), no())
    before, after = value(TABLE, "days_before"), value(TABLE, "days_after")
    in_time = near(PLAN, "ahead") & when(stated(before), near(PLAN, "days_until") <= before, no())
    soon_after = near(PLAN, "behind") & when(stated(after), near(PLAN, "days_since") <= after, no())
    return dict(
        fires=same_claim | in_time | soon_after,
        grade=either((col("claim.form") == text("837I")) | same_claim, "error", "warning"),
        how=either(same_claim, "both stand on one claim", "it comes with the plan or in the days around it"),
    )
