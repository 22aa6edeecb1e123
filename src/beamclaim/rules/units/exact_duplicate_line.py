"""UNT108. The same service of the same patient, day and provider, already seen."""

from beamclaim.rules import code_in, col, none, rank_in, rule, unknown

ALIKE = ("patient.key", "line.provider", "line.date", "line.code", "line.modifiers", "line.units")
BY_CLAIM = (*ALIKE, "claim.key")
BY_NUMBER = (*ALIKE, "claim.number")


@rule(
    "UNT108",
    title="Exact duplicate of a line already seen",
    view="lines",
    applies=col("line.counts") & ~none(col("line.code")),
    at="line.code",
    message="{line.code} of {line.date} was already billed for this patient by this provider with the same units and modifiers",
    to_do="Remove the line; to correct a claim already sent, replace it (frequency 7) instead of sending it again",
    risk="denial",
    cites=("N041",),
    needs=("acknowledgement of the earlier claim",),
)
def exact_duplicate_line():
    seen, here, numbered = rank_in(over=ALIKE), rank_in(over=BY_CLAIM), rank_in(over=BY_NUMBER)
    elsewhere = seen > numbered
    # Sent again under its own number: a duplicate, unless the first one was rejected.
    again = (numbered > here) & unknown()
    # A delivery line that stands twice on one claim is a repeat, not a duplicate: MOD103 asks.
    within = (here > 1) & ~code_in("radonc.delivery")
    return dict(fires=elsewhere | within | again)
