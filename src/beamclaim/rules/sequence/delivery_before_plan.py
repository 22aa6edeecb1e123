"""SEQ101. A fraction before its plan was approved or billed."""

from beamclaim.rules import any_of, code_in, col, earliest, either, if_seen, no, rule, stated, when

HAS_PLAN, SAYS_IMRT = code_in("delivery.planned_by"), code_in("radonc.delivery", is_imrt="true")
#: A delivery code that table does not list has no plan that must come before it.
DELIVERED = code_in("radonc.delivery") & if_seen(HAS_PLAN, no())
ANY_PLAN = code_in("planning.kinds")
IMRT_PLAN = code_in("planning.kinds", kind="imrt")
#: A delivery that is IMRT by its code has an IMRT plan before it; where the code does not say, any plan will do.
IMRT = if_seen(SAYS_IMRT, no())
EPISODE = ("patient.key", "episode.key")


@rule(
    "SEQ101",
    title="Delivered before its plan",
    view="lines",
    applies=DELIVERED & col("line.counts") & (stated(col("course.key")) | any_of(ANY_PLAN, over=("patient.key",))),
    at="line.date",
    message="{line.code} of {line.date} lies before the day its plan was {by}: {planned_on}",
    to_do="Check the day of the plan's approval and the date on the planning line. A fraction given from an unapproved plan "
    "is a matter for the physician; a wrong date is corrected before the claim goes out",
    severity="warning",
    who="physicist",
    cites=("ASTRO-FAQ-PLAN", "N131"),
    rests_on=("delivery.planned_by",),
    optional=(
        "course.key",
        "plan.approved_on",
        "course.approved_on",
        SAYS_IMRT,
        HAS_PLAN,
    ),
)
def delivery_before_plan():
    approved, day = col("plan.approved_on"), col("line.date")
    planned = when(IMRT, earliest(IMRT_PLAN, over=EPISODE), earliest(ANY_PLAN, over=EPISODE))
    plans = when(IMRT, any_of(IMRT_PLAN, over=EPISODE), any_of(ANY_PLAN, over=EPISODE))
    # The first plan seen may be a replan, unless the course is seen from its beginning.
    billed = plans & (planned > day) & col("episode.begins")
    # Where two plans were delivered that day, neither alone is its plan: all must be approved.
    recorded = stated(col("course.key"))
    return dict(
        fires=when(recorded, (approved > day) & (col("course.approved_on") > day), billed),
        missing=either(recorded, "plan.approved_on", ""),
        planned_on=when(recorded, approved, planned),
        by=either(recorded, "approved", "billed"),
    )
