"""BND103. A planning service that is part of IMRT planning, billed beside it."""

from beamclaim.rules import code_in, col, either, near, no, none, param, rule, stated, text, unknown, value, when

BUNDLE = "imrt.plan_bundle"
UNDER_WAY = "imrt.verification;radonc.course.longest_gap_days"
CHECKED = "imrt.verification"
PLAN = "radonc.planning_imrt"
DELIVERY = "radonc.delivery"
WEEKLY = "radonc.weekly_management"
#: Days until the next one, and since the last one.
PLAN_AHEAD, PLAN_BEHIND = near(PLAN, "days_until"), near(PLAN, "days_since")
DELIVERY_AHEAD, DELIVERY_BEHIND = near(DELIVERY, "days_until"), near(DELIVERY, "days_since")
WEEKLY_AHEAD, WEEKLY_BEHIND = near(WEEKLY, "days_until"), near(WEEKLY, "days_since")
GAP = param("radonc.course.longest_gap_days")
HOSPITAL = (col("claim.form") == text("837I")) & ~col("line.is_method_two")


@rule(
    "BND103",
    title="Planning service inside the IMRT plan",
    view="lines",
    applies=code_in(BUNDLE) & near(PLAN, "seen"),
    at="line.code",
    message="{line.code} of {line.date} belongs to the IMRT plan ({plan}): {how}",
    to_do="Remove the line, unless the record shows that it was for another plan; "
    "if it was paid, have the overpayment confirmed and returned",
    who="coder",
    risk="repayment",
    cites=("ASTRO-OIG-2019", "NORIDIAN-IMRT", "CMS-IOCE"),
    needs=("what the simulation was for",),
    optional=(PLAN_AHEAD, PLAN_BEHIND, DELIVERY_AHEAD, DELIVERY_BEHIND, WEEKLY_AHEAD, WEEKLY_BEHIND),
)
def planning_inside_plan():
    on_claim, before, after = value(BUNDLE, "same_claim"), value(BUNDLE, "days_before"), value(BUNDLE, "days_after")
    # A blank cell of a row says no; where no row answers, nothing does.
    listed = code_in(BUNDLE)
    same_claim = when(listed, when(stated(on_claim), on_claim & near(PLAN, "on_claim"), no()), no())
    in_time = near(PLAN, "ahead") & when(listed, when(stated(before), PLAN_AHEAD <= before, no()), no())
    soon_after = near(PLAN, "behind") & when(listed, when(stated(after), PLAN_BEHIND <= after, no()), no())
    # The plan must be for the same target; of a line that points to no neoplasm nobody can say.
    aimed = ~none(col("line.target"))
    inside = same_claim | (aimed & (in_time | soon_after))
    # What the delivery, or the weekly management of the physician who bills none, says of the course that day.
    started = (near(DELIVERY, "behind") & (DELIVERY_BEHIND <= GAP)) | (near(WEEKLY, "behind") & (WEEKLY_BEHIND <= GAP))
    goes_on = (near(DELIVERY, "ahead") & (DELIVERY_AHEAD <= GAP)) | (near(WEEKLY, "ahead") & (WEEKLY_AHEAD <= GAP))
    planned = code_in(CHECKED) & aimed & near(PLAN, "behind")
    verifies = planned & started & goes_on
    perhaps = planned & (started | goes_on | (PLAN_BEHIND <= GAP)) & unknown()
    return dict(
        fires=inside | verifies | perhaps,
        grade=either(same_claim | HOSPITAL | (verifies & ~inside), "error", "warning"),
        # That the course was under way hangs on a number without a source, so verifying is advice.
        rests_on=either(inside, BUNDLE, UNDER_WAY),
        plan=value(BUNDLE, "plan_code"),
        how=when(
            inside,
            either(same_claim, "both stand on one claim", "same target, within the days that belong to the plan"),
            text("it falls into the course of that plan, where a simulation only verifies it"),
        ),
    )
