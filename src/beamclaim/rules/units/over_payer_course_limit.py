"""UNT106. More fractions of a course than the payer's policy takes for the treated site."""

from beamclaim.rules import code_in, col, either, if_seen, rule, running_total, unknown, value

LIMITS = "payer.course_limits"
LIMIT, LOWER = value(LIMITS, "limit", of="line.target"), value(LIMITS, "usual", of="line.target")
DELIVERY = code_in("radonc.delivery")
#: Each payer counts what is billed to it.
EPISODE = ("patient.key", "episode.key", "claim.payer")


@rule(
    "UNT106",
    title="More fractions than the payer's policy for the site",
    formerly=("payer-course-limit",),
    view="lines",
    applies=DELIVERY & code_in(LIMITS, of="line.target") & col("line.counts"),
    at="line.units",
    message="{line.code}: fraction {fractions} of the course billed to this payer; its policy for {site} takes {limit}, usually {usual}",
    to_do="Check the authorization and the reason for the longer course before the claim goes out; "
    "have the documentation the policy asks for at hand",
    severity="warning",
    cites=("N073", "N074", "N103"),
    rests_on=(LIMITS,),
    needs=("earlier claims of the course",),
    optional=("course.session_number", LOWER),
)
def over_payer_course_limit():
    fractions = running_total("line.units", over=EPISODE, where=DELIVERY)
    usual = if_seen(LOWER, LIMIT)
    over = fractions > LIMIT
    # The lower tier is advice, said once: on the line that passes it.
    passes = (fractions > usual) & (fractions - col("line.units") <= usual)
    # The record holds more sessions than the claims seen: some may have gone to this payer.
    perhaps = (if_seen(col("course.session_number"), fractions) > usual) & (fractions <= usual) & unknown()
    return dict(
        fires=over | passes | perhaps | ~col("episode.begins"),
        grade=either(over, "warning", "info"),
        fractions=fractions,
        limit=LIMIT,
        usual=usual,
        site=value(LIMITS, "site_group", of="line.target"),
    )
