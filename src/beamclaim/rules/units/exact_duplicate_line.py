"""UNT108. The same service of the same patient, day and provider, already seen."""

from beamclaim.rules import code_in, col, count, if_seen, none, one_of, rank_in, rule, text, unknown, yes

SERVICE = ("patient.key", "line.date", "line.code")
#: The same day; of lines whose days are not known the same first and last one.
SAME_DAYS = ("patient.key", "line.not_before", "line.not_after", "line.code")
ALIKE = (*SAME_DAYS, "line.provider", "line.modifier_set", "line.units")
BY_CLAIM = (*ALIKE, "claim.key")
BY_NUMBER = (*ALIKE, "claim.number")
#: A later payer's claim under a number of its own is a copy too.
LATER_PAYER = ~one_of(if_seen(col("claim.payer_sequence"), text("P")), "P")


@rule(
    "UNT108",
    title="Exact duplicate of a line already seen",
    view="lines",
    # What takes the place of a claim repeats it, and is no copy of it.
    applies=col("line.counts") & ~col("claim.takes_place") & ~none(col("line.code")),
    at="line.code",
    message="{line.code} of {line.date} was already billed for this patient by this provider, "
    "with the same units and modifiers",
    to_do="Remove the line if it is the same service; a claim that corrects one already sent "
    "names it as the one it replaces (frequency 7), and is then no duplicate",
    risk="denial",
    cites=("N148",),
    needs=("acknowledgement of the earlier claim",),
    optional=("claim.payer_sequence",),
)
def exact_duplicate_line():
    any_claim, same_claim, same_number = rank_in(over=ALIKE), rank_in(over=BY_CLAIM), rank_in(over=BY_NUMBER)
    elsewhere = (any_claim > same_number) & ~LATER_PAYER
    # Sent again under its own number: a duplicate, unless the first one was rejected.
    again = (same_number > same_claim) & unknown()
    # A delivery line that stands twice on one claim is a repeat, not a duplicate: MOD103 asks.
    within = (same_claim > 1) & ~code_in("radonc.delivery")
    # A service that is alone on its day has no twin, whatever else is not known of it.
    several = if_seen(count(yes(), over=SERVICE) > 1, any_claim > 1)
    # A line over several days that leaves open which of them it is of may be the same service, or leave the day free.
    place = rank_in(over=SERVICE)
    perhaps = ~(place > 0) | ((place > 1) & ~col("line.day_is_known") & unknown())
    return dict(fires=(several & (elsewhere | within | again)) | perhaps, modifiers=col("line.modifiers"))
