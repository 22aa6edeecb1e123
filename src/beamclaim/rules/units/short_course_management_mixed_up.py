"""UNT107. Management of a short course and weekly management, each billed where the other belongs."""

from beamclaim.rules import code_in, col, either, param, rule, stated, text, total, unknown, when

SHORT = code_in("radonc.short_management")
WEEKLY = code_in("radonc.weekly_management")
DELIVERY = code_in("radonc.delivery")
#: Where another course may have begun, a sum over the episode is a doubt; over a part of it no course ends.
PART, EPISODE = ("patient.key", "episode.part"), ("patient.key", "episode.key")


@rule(
    "UNT107",
    title="Short-course and weekly management mixed up",
    formerly=("short-course-management",),
    view="lines",
    applies=(SHORT | WEEKLY) & col("line.counts"),
    at="line.code",
    message="{line.code}: {how}; sessions planned: {planned}, delivered until the claim was made: {delivered}",
    to_do="Bill short-course management once for a whole course of one or two sessions, and weekly management for longer ones; "
    "what is left over at the end of a longer course has no code of its own",
    who="coder",
    risk="repayment",
    cites=("RBC-77422", "RBC-77427"),
    optional=("course.key", "episode.key", "episode.part"),
)
def short_course_management_mixed_up():
    most = param("radonc.management.short_course_fractions")
    planned, delivered, ended = (
        col("course.fractions_planned"),
        col("course.sessions_delivered"),
        col("course.has_ended"),
    )
    recorded = stated(col("course.key"))
    # Without a record the claims may show that the course was longer.
    deliveries, weeks = total("line.units", over=PART, where=DELIVERY), total("line.units", over=PART, where=WEEKLY)
    sum_of_deliveries = total("line.units", over=EPISODE, where=DELIVERY)
    seems_long = (deliveries > most) | (weeks > 1) | ((sum_of_deliveries > most) & unknown())
    too_long = when(recorded, (delivered > most) | (~ended & (planned > most)), seems_long | (weeks > 0) | unknown())
    never, stopped = planned <= most, ended & (delivered <= most)
    # A course of which more was given than planned is no short one.
    too_short = when(recorded, (never | stopped) & ~(delivered > most), ~seems_long & unknown())
    return dict(
        fires=(SHORT & too_long) | (WEEKLY & too_short),
        grade=either(WEEKLY & ~never, "warning", "error"),
        how=when(
            SHORT,
            text("the course is longer than the one or two sessions it is for"),
            either(
                never,
                "the whole course was planned with one or two sessions",
                "the course stopped after one or two sessions",
            ),
        ),
        planned=planned,
        delivered=delivered,
    )
