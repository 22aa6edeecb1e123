"""FMT006. Two claims of one batch carry the same number and are not the same services again."""

from beamclaim.rules import col, none, rule


@rule(
    "FMT006",
    title="Claim number used twice in one batch",
    view="claims",
    applies=~none(col("claim.number")),
    at="claim.number",
    message="the claim number stands on {others} other claim(s) of this batch",
    to_do="Give each claim its own number, or send it once: answers come back under the number",
    severity="warning",
    risk="rejection",
)
def duplicate_claim_number():
    return dict(fires=col("claim.same_number") > 0, others=col("claim.same_number"))
