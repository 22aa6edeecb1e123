"""SEQ103. A service dated after the claim was made, or after today."""

from beamclaim.rules import col, rule

UNTIL = col("line.date_to")


@rule(
    "SEQ103",
    title="Date of service after the claim was made",
    view="lines",
    applies=col("line.counts"),
    at="line.date",
    message="service of {line.date_to}; the claim was made on {claim.made_on}",
    to_do="Correct the date, or send the claim when the service has been given",
    risk="rejection",
)
def future_date():
    return dict(fires=(UNTIL > col("claim.made_on")) | (UNTIL > col("today")))
