"""UNT105. A service billed more often than its limit per plan or per course."""

from beamclaim.rules import (
    code_in,
    col,
    days,
    earliest,
    either,
    latest,
    param,
    rule,
    text,
    total,
    unknown,
    value,
    when,
)

PLAN, COURSE, WINDOW = "limits.plan", "limits.course", "limits.sixty_days"
WINDOW_DAYS = param("radonc.course.window_days")
#: Technical, professional and global services of one biller are compared apart.
EPISODE = ("patient.key", "episode.key", "claim.billing_npi", "line.component", "line.code")


@rule(
    "UNT105",
    title="More often than the limit per plan or course",
    formerly=("per-plan-or-course-limit",),
    view="lines",
    # Sessions of a stereotactic course are UNT109's question.
    applies=(code_in(PLAN) | code_in(COURSE) | code_in(WINDOW)) & ~code_in("stereotactic") & col("line.counts"),
    at="line.units",
    message="{line.code}: {units} units in {why}; {may_stay} may stay",
    to_do="Keep {may_stay}. Check that the record shows a reason for another one: a second plan with data of its own "
    "(boost, adaptive plan) or a new course; otherwise remove what is over",
    severity="warning",
    who="coder",
    cites=("PRIORITY-RO", "EVICORE-CODING", "LEGION-FAQ", "BCBSNC-RT"),
    needs=("earlier claims of the course",),
    optional=("course.imrt_plans", WINDOW_DAYS),
)
def over_plan_or_course_limit():
    # The question is the course's: all its lines carry one answer, in whatever order they come.
    units = total("line.units", over=EPISODE)
    # The patient's only unit of the code is none too many, whatever else is not known of it.
    several = total("line.units", over=("patient.key", "line.code")) > 1
    per_plan, per_course, in_window = value(PLAN, "limit"), value(COURSE, "limit"), value(WINDOW, "limit")
    # How many plans had data of their own only the record tells.
    by_plans = per_plan * col("course.imrt_plans")
    over_plan = code_in(PLAN) & (units > per_plan) & (units > by_plans)
    over_course = code_in(COURSE) & (units > per_course)
    # Some units of a longer episode may lie outside the window.
    span = days(earliest(code_in(WINDOW), over=EPISODE), latest(code_in(WINDOW), over=EPISODE))
    over_window = code_in(WINDOW) & (units > in_window) & ((span < WINDOW_DAYS) | unknown())
    return dict(
        # What is not seen of the course's beginning could have been the first of them.
        fires=(several & (over_plan | over_course | over_window)) | ~col("episode.begins"),
        missing=when(code_in(PLAN) & (units > per_plan), text("course.imrt_plans"), text("")),
        units=units,
        may_stay=when(
            over_course, per_course, when(over_plan, when(by_plans > per_plan, by_plans, per_plan), in_window)
        ),
        why=when(
            over_course,
            text("this course, more than the limit for a course"),
            either(
                over_plan,
                "this course, more than its plans with data of their own",
                "this course, more than the payer's limit for 60 days",
            ),
        ),
    )
