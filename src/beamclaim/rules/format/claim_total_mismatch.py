"""FMT004. The claim's total is not the sum of its lines."""

from beamclaim.rules import col, rule


@rule(
    "FMT004",
    title="Claim total is not the sum of its line charges",
    view="claims",
    applies=col("claim.is_x12"),
    at="claim.charge",
    message="the claim states {stated}; its lines add up to {summed}",
    to_do="Find the line that is missing, doubled or mistyped, and make the claim again",
    risk="rejection",
)
def claim_total_mismatch():
    stated, summed = col("claim.charge"), col("claim.line_charges")
    return dict(fires=stated != summed, stated=stated, summed=summed)
