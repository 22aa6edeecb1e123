"""FMT006. Two claims of one batch carry the same number and are not the same services again."""

from beamclaim.rules import col, none, rule


@rule(
    "FMT006",
    title="Claim number used twice in one batch",
    view="claims",
    applies=~none(col("claim.number")),
    at="claim.number",
    message="{others} other claim(s) of this batch carry the same claim number",
    to_do="Give each claim its own number: answers come back under it",
    severity="warning",
    risk="rejection",
)
def duplicate_claim_number():
    return dict(fires=col("claim.same_number") > 0, others=col("claim.same_number"))
