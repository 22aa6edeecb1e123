"""TIM102. A claim that says it was made after the day of the check."""

from beamclaim.rules import col, rule, yes


@rule(
    "TIM102",
    title="Claim made after today",
    view="claims",
    applies=yes(),
    at="claim.number",
    message="the claim says it was made on {claim.made_on}, after the day of this check, {day}",
    to_do="Correct the day of the claim, or send it on that day: until it is right, its filing limit is counted to a day to come",
    severity="warning",
    risk="rejection",
    status="preview",
)
def made_after_today():
    return dict(fires=col("claim.made_on") > col("today"), day=col("today"))
