"""TIM101. First sent, or due to be sent today, after the payer's filing limit."""

from beamclaim.rules import code_in, col, days, either, later, param, rule, stated, text, value, when

TABLE = "filing_limits"
DAY = "claim.last_service"
YEARS = value(TABLE, "calendar_years", of="", on=DAY)


@rule(
    "TIM101",
    title="Past the filing limit, or near it",
    view="claims",
    applies=col("claim.is_first_submission") & code_in(TABLE, of="", on=DAY),
    at="claim.number",
    message="the limit for service of {basis} ends on {limit}; the claim is made on {claim.made_on}",
    to_do="Near the limit send at once; past it look for an exception the payer grants before it is written off",
    cites=("N006", "N007"),
    optional=(
        "value:filing_limits:calendar_years:@claim.last_service",
        "value:filing_limits:days:@claim.last_service",
    ),
    rests_on=("filing_limits",),
)
def filing_limit():
    # Institutional claims count from the through date, professional ones from the day of the line.
    through = value(TABLE, "counts_from", of="", on=DAY) == text("claim.last_day")
    basis = when(through, col("claim.last_service"), col("claim.first_service"))
    by_days = later(basis, days_on=value(TABLE, "days", of="", on=DAY))
    limit = when(stated(YEARS), later(basis, years=YEARS), by_days)
    late = col("claim.made_on") > limit
    near = days(col("claim.made_on"), limit) <= param("filing.near_days", on=DAY)
    medicare = col("claim.payer_line") == text("medicare_ffs")
    return dict(fires=late | near, grade=either(late & medicare, "error", "warning"), basis=basis, limit=limit)
