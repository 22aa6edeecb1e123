"""BND107. A visit in the days that belong to treatment management."""

from beamclaim.rules import (
    any_of,
    came_before,
    code_in,
    col,
    comes_after,
    days,
    either,
    if_seen,
    no,
    param,
    rule,
    stated,
    text,
    unknown,
    when,
)

VISIT = code_in("visits")
SUPERFICIAL = code_in("visits.exempt")
MANAGED = (
    (code_in("radonc.delivery") & ~SUPERFICIAL)
    | code_in("radonc.weekly_management")
    | code_in("radonc.short_management")
    | code_in("management.exclusive")
)
CODES = "radonc.codes"
PLANNED, SIMULATED = code_in(CODES, category="planning"), code_in(CODES, category="simulation")
#: A code that table does not know is no planning.
OPENING = if_seen(PLANNED | SIMULATED, no())
#: The physician group that treats; on a critical access hospital's claim the physician.
GROUP = ("patient.key", "line.practice")
COURSE = (*GROUP, "course.key")
GAP = param("radonc.course.longest_gap_days")
AFTER = param("radonc.management.visit_days_after")


@rule(
    "BND107",
    title="Visit inside treatment management",
    view="lines",
    applies=VISIT
    & ((col("claim.form") == text("837P")) | col("line.is_method_two"))
    & col("line.counts")
    & ~code_in("modifier.opens_pair", of="line.modifiers")
    & any_of(MANAGED, over=GROUP),
    at="line.code",
    message="{line.code} of {line.date}: a visit {when_it_was} treatment that the same group manages, with no modifier that sets it apart",
    to_do="Remove the visit if it was about the treatment. If it was a separate one, see that the note shows it "
    "and add the modifier that says so (25 on a day of treatment services)",
    severity="warning",
    who="coder",
    risk="repayment",
    cites=("RBC-77427", "ASTRO-FAQ-MGMT", "ASTRO-FAQ-DELIV"),
    rests_on=("visits",),
    needs=("earlier claims of the course",),
    optional=(
        "course.first_session",
        "course.last_session",
        "course.records_complete",
        "course.key",
        PLANNED,
        SIMULATED,
    ),
)
def visit_in_management():
    behind = came_before(MANAGED, within=AFTER, over=GROUP)
    ahead = comes_after(MANAGED, within=GAP, over=GROUP)
    # Planning is seen, and no treatment before the visit: the course had not begun.
    opened = came_before(OPENING, within=GAP, over=GROUP) | comes_after(OPENING, within=GAP, over=GROUP)
    claimed = behind | (ahead & ~opened & unknown())
    first, last, day = col("course.first_session"), col("course.last_session"), col("line.date")
    recorded = if_seen((day >= first) & (days(last, day) <= AFTER), no())
    complete = if_seen(col("course.records_complete"), no())
    # Before the first session of its course the months of the one before may still run.
    earlier = if_seen(day < first, no()) & complete & behind
    in_course = when(complete, recorded, recorded | (claimed & unknown()))
    # Who manages the course is seen from its lines; superficial treatment has no management that takes in visits.
    managed = any_of(MANAGED, over=COURSE) | (~any_of(SUPERFICIAL, over=COURSE) & unknown())
    during = if_seen(when(stated(col("course.key")), (first <= day) & (day <= last), ahead), no())
    return dict(
        fires=when(stated(col("course.key")), (in_course & managed) | earlier, claimed),
        missing=either(stated(col("course.key")) & ~complete, "course.records_complete", ""),
        # That visits after the end belong to it rests on days nobody has written down for us.
        grade=either(during, "warning", "info"),
        when_it_was=either(during, "during", "soon after"),
    )
