"""UNT105. A service billed more often than its limit per plan, course, treated area, five fractions or day."""

from beamclaim.rules import (
    any_of,
    code_in,
    col,
    days,
    earliest,
    either,
    if_seen,
    latest,
    no,
    param,
    rule,
    stated,
    text,
    total,
    unknown,
    value,
    when,
)

PLAN, COURSE, WINDOW = code_in("limits.plan"), code_in("limits.course"), code_in("limits.sixty_days")
AREA, DAY = code_in("limits.area"), code_in("limits.day")
#: Weekly management and physics have rules of their own.
WEEKLY = code_in("radonc.weekly_management") | code_in("radonc.weekly_physics")
FIVE = code_in("limits.five_fractions") & ~WEEKLY
DELIVERY = code_in("radonc.delivery")
WINDOW_DAYS = param("radonc.course.window_days")
#: Technical, professional and global services of one biller are compared apart.
BILLER = ("claim.billing_npi", "line.component")
#: Where another course may have begun, a sum over the episode is a doubt; over a part of it no course ends.
PART, EPISODE = ("patient.key", "episode.part"), ("patient.key", "episode.key")
UNITS = total("line.units", over=(*PART, *BILLER, "line.code"))
SUM = total("line.units", over=(*EPISODE, *BILLER, "line.code"))
#: The patient's only unit of the code is none too many, whatever else is not known of it.
SEVERAL = total("line.units", over=("patient.key", "line.code")) > 1

PER_PLAN, PER_COURSE = value("limits.plan", "limit"), value("limits.course", "limit")
#: How many plans had data of their own only the record tells.
BY_PLANS = PER_PLAN * col("course.imrt_plans")
OVER_PLAN = PLAN & (SUM > PER_PLAN) & (SUM > BY_PLANS)
OVER_COURSE, PERHAPS_COURSE = COURSE & (UNITS > PER_COURSE), COURSE & (SUM > PER_COURSE)

IN_WINDOW = value("limits.sixty_days", "limit")
FIRST, LAST = (
    earliest(WINDOW, over=(*EPISODE, *BILLER, "line.code")),
    latest(WINDOW, over=(*EPISODE, *BILLER, "line.code")),
)
#: Some units of a longer episode may lie outside the window.
OVER_WINDOW = WINDOW & (SUM > IN_WINDOW) & ((days(FIRST, LAST) < WINDOW_DAYS) | unknown())

#: A code that table does not know is no surface therapy.
SURFACE = if_seen(code_in("radonc.codes", category="surface"), no())
SURFACE_SEEN = any_of(SURFACE, over=EPISODE)
SUPERFICIAL = code_in("limits.superficial") & any_of(SURFACE, over=("patient.key",))
SIMULATION = code_in("radonc.codes", category="simulation")
IN_SUPERFICIAL = value("limits.superficial", "limit")
#: Simulations of every kind are counted together.
SUPERFICIAL_UNITS = when(SIMULATION, total("line.units", over=(*EPISODE, *BILLER), where=SUPERFICIAL & SIMULATION), SUM)
IN_60_DAYS = (
    days(earliest(SUPERFICIAL, over=(*EPISODE, *BILLER)), latest(SUPERFICIAL, over=(*EPISODE, *BILLER))) < WINDOW_DAYS
)
OVER_SUPERFICIAL = SUPERFICIAL & SURFACE_SEEN & (SUPERFICIAL_UNITS > IN_SUPERFICIAL) & (IN_60_DAYS | unknown())

PER_AREA = value("limits.area", "limit")
#: The codes of an area are counted together. Whether plans were for one area a course of one plan tells.
AREA_UNITS = total("line.units", over=(*PART, *BILLER), where=AREA)
AREA_SUM = total("line.units", over=(*EPISODE, *BILLER), where=AREA)
OVER_AREA = AREA & (AREA_UNITS > PER_AREA) & (stated(col("plan.site")) | unknown())
PERHAPS_AREA = AREA & (AREA_SUM > PER_AREA)

SIZE = param("radonc.port_image.fractions_per_unit")
FRACTIONS = total("line.units", over=PART, where=DELIVERY)
#: A started group of fractions has its unit too.
SUPPORTED = value("limits.five_fractions", "limit") * ((FRACTIONS + SIZE - 1) // SIZE)
OVER_FIVE = FIVE & (UNITS > SUPPORTED) & ((FRACTIONS > 0) | unknown())

PER_DAY = value("limits.day", "limit")
DAY_UNITS = total("line.units", over=("patient.key", "line.date", *BILLER, "line.code"))
OVER_DAY = DAY & (DAY_UNITS > PER_DAY) & ((col("line.date_to") == col("line.date")) | unknown())

#: A code may have a limit of the day and one of the superficial course.
BY_SUPERFICIAL = if_seen(OVER_SUPERFICIAL, no()) & ~if_seen(OVER_DAY, no())
MAY_STAY_OF_PLAN = when(OVER_PLAN, when(BY_PLANS > PER_PLAN, BY_PLANS, PER_PLAN), IN_WINDOW)
MAY_STAY = when(COURSE, PER_COURSE, when(AREA, PER_AREA, when(FIVE, SUPPORTED, when(DAY, PER_DAY, MAY_STAY_OF_PLAN))))
WHY_OF_PLAN = either(
    OVER_PLAN,
    "in this course, more than its plans with data of their own",
    "in this course, more than the payer's limit for 60 days",
)
WHY_OF_DAY = when(DAY, text("on this day, which has one whatever the number of sites"), WHY_OF_PLAN)
WHY_OF_FIVE = when(FIVE, text("in this course, more than one for each five fractions billed"), WHY_OF_DAY)
WHY_OF_AREA = when(AREA, text("of its kind in this course of one plan; each treated area has one"), WHY_OF_FIVE)
WHY = when(COURSE, text("in this course, more than the limit for a course"), WHY_OF_AREA)


@rule(
    "UNT105",
    title="More often than the limit per plan or course",
    formerly=("per-plan-or-course-limit",),
    view="lines",
    # Sessions of a stereotactic course are UNT109's question.
    applies=(PLAN | COURSE | WINDOW | AREA | FIVE | DAY | SUPERFICIAL) & ~code_in("stereotactic") & col("line.counts"),
    at="line.units",
    message="{line.code}: {units} units {why}; {may_stay} may stay",
    to_do="Keep {may_stay}. Check that the record shows a reason for another one: a second plan with data of its own "
    "(boost, adaptive plan), another treated area or a new course; otherwise remove what is over",
    severity="warning",
    who="coder",
    cites=(
        "PRIORITY-RO",
        "EVICORE-CODING",
        "LEGION-FAQ",
        "BCBSNC-RT",
        "CPT2015-CHANGES",
        "AAPC-77417",
        "ASTRO-FAQ-PLAN",
    ),
    needs=("earlier claims of the course",),
    optional=("course.imrt_plans", "plan.site", WINDOW_DAYS),
)
def over_plan_or_course_limit():
    over = OVER_PLAN | OVER_COURSE | OVER_WINDOW | OVER_FIVE | OVER_DAY
    # A new plan after delivery: another course, or more of the first.
    perhaps = SEVERAL & PERHAPS_COURSE & unknown()
    # Those of one area, and simulations of a superficial course, are several codes counted together.
    areas = (total("line.units", over=("patient.key",), where=AREA) > 1) & (OVER_AREA | (PERHAPS_AREA & unknown()))
    # What is not seen of the course's beginning could have been the first of them.
    unseen = (PLAN | COURSE | WINDOW | AREA | FIVE | SUPERFICIAL) & ~col("episode.begins")
    return dict(
        fires=(SEVERAL & over) | OVER_SUPERFICIAL | areas | perhaps | unseen,
        missing=when(
            PLAN & (SUM > PER_PLAN) & ~stated(col("course.imrt_plans")),
            text("course.imrt_plans"),
            when(PERHAPS_AREA, text("plan.site"), when(PERHAPS_COURSE, text("course.id"), text(""))),
        ),
        units=when(
            BY_SUPERFICIAL,
            SUPERFICIAL_UNITS,
            when(AREA, AREA_UNITS, when(DAY, DAY_UNITS, when(COURSE | FIVE, UNITS, SUM))),
        ),
        may_stay=when(BY_SUPERFICIAL, IN_SUPERFICIAL, MAY_STAY),
        why=when(
            BY_SUPERFICIAL, text("in this course of superficial therapy, more than the payer's limit for 60 days"), WHY
        ),
    )
