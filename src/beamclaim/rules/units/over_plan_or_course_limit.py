"""UNT105. A service billed more often than its limit per plan or per course."""

from beamclaim.rules import (
    code_in,
    col,
    days,
    earliest,
    either,
    param,
    rule,
    running_total,
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
    message="{line.code}: unit {units} of {why}",
    to_do="Check that the record shows a reason for another one: a second plan with data of its own (boost, adaptive plan) "
    "or a new course; otherwise remove the line",
    severity="warning",
    who="coder",
    cites=("PRIORITY-RO", "EVICORE-CODING", "LEGION-FAQ", "BCBSNC-RT"),
    needs=("earlier claims of the course",),
    optional=("course.imrt_plans", WINDOW_DAYS),
)
def over_plan_or_course_limit():
    units = running_total("line.units", over=EPISODE)
    # The patient's only unit of the code is none too many, whatever else is not known of it.
    several = total("line.units", over=("patient.key", "line.code")) > 1
    per_plan, per_course, in_window = value(PLAN, "limit"), value(COURSE, "limit"), value(WINDOW, "limit")
    # How many plans had data of their own only the record tells.
    over_plan = code_in(PLAN) & (units > per_plan) & (units > per_plan * col("course.imrt_plans"))
    over_course = code_in(COURSE) & (units > per_course)
    # Older units of the episode may lie outside the window.
    since = days(earliest(code_in(WINDOW), over=EPISODE), col("line.date"))
    over_window = code_in(WINDOW) & (units > in_window) & ((since < WINDOW_DAYS) | unknown())
    return dict(
        # What is not seen of the course's beginning could have been the first of them.
        fires=(several & (over_plan | over_course | over_window)) | ~col("episode.begins"),
        missing=when(code_in(PLAN) & (units > per_plan), text("course.imrt_plans"), text("")),
        units=units,
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
