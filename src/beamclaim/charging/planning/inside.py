"""What lies inside an IMRT plan: the days and conditions of `imrt.plan_bundle`, for the code of a step."""

from beamclaim.charging import Expression, code_in, code_of, col, no, stated, unknown, value, when, yes

DAY = "procedure.date"
KIND = col("procedure.kind")
LEVEL = col("procedure.level")
BUNDLE = "imrt.plan_bundle"
#: An IMRT plan that nobody recorded may still have been made.
NEAR = when(col("imrt_plan.is_near"), yes(), when(col("plan.is_imrt"), unknown(), no()))


def inside(step: str) -> Expression:
    """Whether the service of this step is part of an IMRT plan: three-valued."""
    code = code_of(step)
    listed = code_in(BUNDLE, of=code, on=DAY)
    before, after = value(BUNDLE, "days_before", of=code, on=DAY), value(BUNDLE, "days_after", of=code, on=DAY)
    whole = value(BUNDLE, "same_claim", of=code, on=DAY)
    days = col("imrt_plan.days_until")
    whatever_day = when(stated(whole), whole, no())
    ahead = (days >= 0) & (whatever_day | when(stated(before), days <= before, no()))
    # What comes after the plan may be for another one.
    behind = (days < 0) & when(stated(after), col("imrt_plan.days_since") <= after, unknown())
    # What was done for the plan is part of it, whatever the day and whoever pays.
    is_inside = col("imrt_plan.is_own") | when(listed, ahead | behind, no())
    # Another target says so itself.
    return when(stated(col("procedure.distinct")), no(), NEAR & is_inside)
