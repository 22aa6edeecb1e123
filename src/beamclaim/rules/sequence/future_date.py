"""SEQ103. A service dated after the claim was made, or after today."""

from beamclaim.rules import col, either, rule


@rule(
    "SEQ103",
    title="Date of service after the claim was made",
    view="lines",
    applies=col("line.counts"),
    at="line.date",
    message="{line.code} is dated {line.date_to}, after {what}",
    to_do="Correct the date; if the service is still to come, send the claim when it has been given",
    risk="rejection",
    optional=("claim.submitted_on",),
)
def future_date():
    last = col("line.date_to")
    return dict(
        fires=(last > col("claim.made_on")) | (last > col("today")),
        what=either(last > col("claim.submitted_on"), "the day the claim was made", "the day of this check"),
    )
