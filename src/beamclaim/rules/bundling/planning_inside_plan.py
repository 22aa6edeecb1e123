"""BND103. A planning service that is part of IMRT planning, billed beside it."""

from beamclaim.rules import (
    any_of,
    code_in,
    col,
    either,
    if_seen,
    near,
    no,
    none,
    param,
    rule,
    stated,
    text,
    unknown,
    value,
    when,
)

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
#: Of any plan, the IMRT plan among them: where one lies nearer, it is another one.
ANY_PLAN = "planning.kinds"
ANY_AHEAD, ANY_BEHIND = near(ANY_PLAN, "days_until"), near(ANY_PLAN, "days_since")
#: Plan and service of one biller in one course.
EPISODE = ("patient.key", "episode.key", "claim.billing_npi")
HOSPITAL = col("claim.form") == text("837I")
ON_CLAIM, BEFORE, AFTER = value(BUNDLE, "same_claim"), value(BUNDLE, "days_before"), value(BUNDLE, "days_after")
#: A blank cell of a row says no; where no row answers, nothing does.
LISTED = code_in(BUNDLE)
SAME_CLAIM = when(LISTED, when(stated(ON_CLAIM), ON_CLAIM & near(PLAN, "on_claim"), no()), no())
IN_TIME = near(PLAN, "ahead") & when(LISTED, when(stated(BEFORE), PLAN_AHEAD <= BEFORE, no()), no())
SOON_AFTER = near(PLAN, "behind") & when(LISTED, when(stated(AFTER), PLAN_BEHIND <= AFTER, no()), no())
#: What is a plan itself has no other plan between it and the IMRT plan that it could be part of.
FOR_NEXT = when(near(PLAN, "ahead"), code_in(ANY_PLAN) | (ANY_AHEAD >= PLAN_AHEAD), no())
FOR_LAST = when(near(PLAN, "behind"), code_in(ANY_PLAN) | (ANY_BEHIND >= PLAN_BEHIND), no())
#: A scan while treatment goes on guides a session, though a new plan may follow; that it does the session of its day shows.
SCAN = code_in("radonc.guidance")
IN_SESSION = SCAN & (
    any_of(code_in(DELIVERY), over=("patient.key", "line.date")) | if_seen(col("day.sessions") > 0, no())
)
#: Treated before the plan that follows: that one is an adapted plan.
TREATED = (
    (near(DELIVERY, "behind") & (DELIVERY_BEHIND <= GAP))
    | (near(WEEKLY, "behind") & (WEEKLY_BEHIND <= GAP))
    | when(near(DELIVERY, "ahead") & near(PLAN, "ahead"), DELIVERY_AHEAD < PLAN_AHEAD, no())
    | when(near(WEEKLY, "ahead") & near(PLAN, "ahead"), WEEKLY_AHEAD < PLAN_AHEAD, no())
)
GUIDES = SCAN & (when(near(PLAN, "behind"), PLAN_BEHIND > 0, no()) | TREATED)
PLANNED_ELSE = (near(PLAN, "ahead") | near(PLAN, "behind")) & ~FOR_NEXT & ~FOR_LAST


@rule(
    "BND103",
    title="Planning service inside the IMRT plan",
    view="lines",
    # With another plan in between the service was for that one.
    applies=LISTED & near(PLAN, "seen") & ~(~SAME_CLAIM & ~IN_TIME & ~SOON_AFTER & PLANNED_ELSE),
    pair="plan",
    yields_to=("BND104",),
    at="line.code",
    message="{line.code} of {line.date} belongs to the IMRT plan ({plan}): {how}",
    to_do="Remove the line, unless the record shows that it was for another plan; "
    "if it was paid, have the overpayment confirmed and returned",
    who="coder",
    risk="repayment",
    cites=("ASTRO-OIG-2019", "NORIDIAN-IMRT", "CMS-IOCE"),
    needs=("what the service was for",),
    optional=(
        "day.sessions",
        ANY_AHEAD,
        ANY_BEHIND,
        PLAN_AHEAD,
        PLAN_BEHIND,
        DELIVERY_AHEAD,
        DELIVERY_BEHIND,
        WEEKLY_AHEAD,
        WEEKLY_BEHIND,
    ),
)
def planning_inside_plan():
    # The plan must be for the same target; of a line that points to no neoplasm nobody can say.
    aimed = ~none(col("line.target"))
    near_plan = aimed & (IN_TIME | SOON_AFTER)
    inside = SAME_CLAIM | (near_plan & ~GUIDES & ~IN_SESSION)
    # Without a session beside it the scan may have been for the new plan.
    rescans = near_plan & GUIDES & ~IN_SESSION
    # What the delivery, or the weekly management of the physician who bills none, says of the course that day.
    started = (near(DELIVERY, "behind") & (DELIVERY_BEHIND <= GAP)) | (near(WEEKLY, "behind") & (WEEKLY_BEHIND <= GAP))
    goes_on = (near(DELIVERY, "ahead") & (DELIVERY_AHEAD <= GAP)) | (near(WEEKLY, "ahead") & (WEEKLY_AHEAD <= GAP))
    planned = code_in(CHECKED) & aimed & near(PLAN, "behind")
    # A plan that follows may be what the simulation was for.
    replanned = when(near(ANY_PLAN, "ahead"), ANY_AHEAD <= GAP, no())
    verifies = planned & started & goes_on & (~replanned | unknown())
    in_course = any_of(code_in(PLAN), over=EPISODE)
    # A simulation of another course that has a plan of its own verifies nothing of this one.
    near_treatment = planned & (started | goes_on | (PLAN_BEHIND <= GAP)) & (in_course | ~replanned)
    # Whatever the date, what was done for the plan is part of it.
    of_course = aimed & when(LISTED, stated(BEFORE), no()) & in_course & (FOR_NEXT | FOR_LAST) & ~GUIDES & ~IN_SESSION
    return dict(
        fires=inside | verifies | ((near_treatment | of_course | rescans) & unknown()),
        grade=either(SAME_CLAIM | HOSPITAL | (verifies & ~inside), "error", "warning"),
        # That the course was under way hangs on a number without a source, so verifying is advice.
        rests_on=either(inside, BUNDLE, UNDER_WAY),
        plan=value(BUNDLE, "plan_code"),
        how=when(
            inside,
            either(SAME_CLAIM, "both stand on one claim", "same target, within the days that belong to the plan"),
            text("it falls into the course of that plan, where a simulation only verifies it"),
        ),
    )
