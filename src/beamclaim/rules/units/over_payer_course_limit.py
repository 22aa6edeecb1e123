"""UNT106. More fractions of a course than the payer's policy takes for the treated site."""

from beamclaim.rules import (
    code_in,
    col,
    if_seen,
    rank_in,
    rule,
    running_total,
    stated,
    text,
    total,
    unknown,
    value,
    when,
)

LIMITS = "payer.course_limits"
#: The largest tier read, and what every tier takes.
LIMIT, LOWER = value(LIMITS, "limit", of="line.target"), value(LIMITS, "usual", of="line.target")
SURE = when(stated(LOWER), LOWER, 0)
DELIVERY = code_in("radonc.delivery")
LIMITED = DELIVERY & code_in(LIMITS, of="line.target")
#: Each payer counts what is billed to it. Where another course may have begun, a sum over the episode is a doubt; over a part of
#: it no course ends.
PART, EPISODE = ("patient.key", "episode.part", "claim.payer"), ("patient.key", "episode.key", "claim.payer")
FRACTIONS = running_total("line.units", over=PART, where=DELIVERY)
SUM = running_total("line.units", over=EPISODE, where=DELIVERY)
BILLED = total("line.units", over=EPISODE, where=DELIVERY)
BEFORE, BEFORE_SUM = FRACTIONS - col("line.units"), SUM - col("line.units")
#: Asked once a course, where a tier is passed, before the policy began or now; what comes behind is no question of its own.
PASSES = (
    ((FRACTIONS > SURE) & (BEFORE <= SURE))
    | ((FRACTIONS > LIMIT) & (BEFORE <= LIMIT))
    | ((SUM > SURE) & (BEFORE_SUM <= SURE))
    | ((SUM > LIMIT) & (BEFORE_SUM <= LIMIT))
    | (rank_in(over=EPISODE, where=DELIVERY & stated(LIMIT)) == 1)
)


@rule(
    "UNT106",
    title="More fractions than the payer's policy for the site",
    formerly=("payer-course-limit",),
    view="lines",
    applies=LIMITED & col("line.counts") & ((SUM <= SURE) | PASSES),
    at="line.units",
    message="{line.code}: fraction {fractions} of the course billed to this payer; "
    "the most its policy for {site} was read to take is {limit}",
    to_do="Check the authorization and the reason for the longer course before the claim goes out; "
    "have the documentation the policy asks for at hand",
    severity="warning",
    cites=("N073", "N074", "N103"),
    rests_on=(LIMITS,),
    needs=("earlier claims of the course",),
    optional=("course.session_number", LOWER),
)
def over_payer_course_limit():
    over = FRACTIONS > LIMIT
    # Between what every tier takes and the largest one read the circumstances decide, and those were not read.
    between = (FRACTIONS > SURE) & ~over
    # A new plan after delivery: another course, or more of the first.
    doubtful = (SUM > SURE) & (FRACTIONS <= SURE)
    # The record holds more sessions than the claims seen: some may have gone to this payer. A claim made again stands behind
    # later ones, and is seen all the same.
    sessions = if_seen(col("course.session_number"), SUM)
    perhaps = (sessions > SURE) & (SUM <= SURE) & (BILLED < sessions)
    return dict(
        fires=over | ((between | doubtful | perhaps) & unknown()) | ~col("episode.begins"),
        fractions=FRACTIONS,
        limit=LIMIT,
        site=value(LIMITS, "site_group", of="line.target"),
        missing=when(between, text("policy.payer.course_limits"), when(doubtful, text("course.id"), text(""))),
    )
