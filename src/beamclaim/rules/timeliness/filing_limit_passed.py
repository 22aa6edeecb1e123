"""TIM101. First sent, or due to be sent today, after the payer's filing limit."""

from beamclaim.rules import code_in, col, days, either, later, param, rule, stated, text, value, when

TABLE, LINES = "filing_limits", "payer_lines"
DAY = "claim.last_service"
YEARS, DAYS = value(TABLE, "calendar_years", of="", on=DAY), value(TABLE, "days", of="", on=DAY)


@rule(
    "TIM101",
    title="Past the filing limit, or near it",
    formerly=("filing-limit",),
    view="claims",
    applies=col("claim.is_first_submission") & code_in(TABLE, of="", on=DAY),
    at="claim.number",
    message="counted from {basis}, the last day to file is {limit}; the claim is made on {claim.made_on}",
    to_do="Send the claim at once and keep the proof of receipt",
    cites=("N006", "N007"),
    optional=(YEARS, DAYS),
    rests_on=("filing_limits",),
)
def filing_limit_passed():
    # Institutional claims count from the through date, professional ones from the day of the line.
    through = value(TABLE, "counts_from", of="", on=DAY) == text("claim.last_day")
    basis = when(through, col("claim.last_service"), col("claim.first_service"))
    by_days = later(basis, days_on=DAYS)
    limit = when(stated(YEARS), later(basis, years=YEARS), by_days)
    late = col("claim.made_on") > limit
    near = days(col("claim.made_on"), limit) <= param("filing.near_days", on=DAY)
    is_final = code_in(LINES, late_is_final="true", of=col("claim.payer_line"), on="today")
    return dict(
        fires=late | near,
        # How near is near has no source: until the limit has passed it is advice.
        grade=when(late, either(is_final, "error", "warning"), text("info")),
        to_do=either(
            late,
            "Look for an exception the payer grants, and for proof of an earlier receipt, before it is written off; "
            "of a professional claim send the lines still in time apart",
            "Send the claim at once and keep the proof of receipt",
        ),
        basis=basis,
        limit=limit,
    )
