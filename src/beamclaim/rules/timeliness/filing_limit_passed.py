"""TIM101. Sent, or due to be sent today, after the payer's filing limit."""

from beamclaim.rules import (
    code_in,
    col,
    days,
    either,
    if_seen,
    later,
    no,
    param,
    rule,
    stated,
    text,
    value,
    when,
    workday,
    yes,
)

TABLE, LINES = "filing_limits", "payer_lines"
ASKED, ASKED_LATER, WORKDAYS = "filing.asked", "filing.asked_later", "filing.workdays"
DAY = "claim.last_service"
FREQUENCY = col("claim.frequency")
YEARS, DAYS = value(TABLE, "calendar_years", of="", on=DAY), value(TABLE, "days", of="", on=DAY)
INSTEAD = value(ASKED, "late_instead", of=FREQUENCY, on=DAY)


@rule(
    "TIM101",
    title="Past the filing limit, or near it",
    formerly=("filing-limit",),
    view="claims",
    applies=when(
        col("claim.to_first_payer"),
        code_in(ASKED, of=FREQUENCY, on=DAY),
        code_in(ASKED_LATER, of=FREQUENCY, on=DAY),
    )
    & code_in(TABLE, of="", on=DAY),
    at="claim.number",
    message="counted from {basis} the limit ends on {limit}, and the last day to file is {last_day}; the claim is made on {claim.made_on}",
    to_do="Send the claim at once and keep the proof of receipt",
    cites=("N006", "N007", "AUD-TF-PALMETTO", "AUD-TF-WORKDAY", "AUD-TF-FCSO-ADJ"),
    optional=(YEARS, DAYS, INSTEAD),
    rests_on=(TABLE, ASKED, ASKED_LATER),
)
def filing_limit_passed():
    # Institutional claims count from the through date, professional ones from the day of the line.
    through = value(TABLE, "counts_from", of="", on=DAY) == text("claim.last_day")
    basis = when(through, col("claim.last_service"), col("claim.first_service"))
    limit = when(stated(YEARS), later(basis, years=YEARS), later(basis, days_on=DAYS))
    made_on = col("claim.made_on")
    # Whether a contractor worked while federal offices were closed by order is not known: such a day counts as off, and both are said.
    rolls = code_in(WORKDAYS, of="", on=DAY)
    last_day = when(rolls, workday(limit, col("calendar.days_off")), limit)
    by_holidays = when(rolls, workday(limit, col("calendar.holidays")), limit)
    late = (made_on > limit) & (made_on > last_day)
    near = days(made_on, limit) <= param("filing.near_days", on=DAY)
    is_final = code_in(LINES, late_is_final="true", of=col("claim.payer_line"), on="today")
    closed = if_seen(made_on > by_holidays, no())
    return dict(
        fires=when(late, yes(), near),
        # How near is near has no source: until the limit has passed it is advice.
        grade=when(late, either(is_final, "error", "warning"), text("info")),
        to_do=when(
            late,
            when(
                stated(INSTEAD),
                text("Send what is still to correct as {instead}: this claim comes too late for it"),
                text(
                    "Look for an exception the payer grants, and for proof of an earlier receipt, before it is written off; "
                    "of a professional claim send the lines still in time apart"
                ),
            ),
            when(
                closed,
                text(
                    "Federal offices were closed by order after {by_holidays}: ask the contractor whether its last day was that one, "
                    "and keep the proof of receipt"
                ),
                text("Send the claim at once and keep the proof of receipt"),
            ),
        ),
        rests_on=when(
            late,
            when(
                if_seen(col("claim.to_first_payer"), yes()),
                text("filing_limits;filing.asked"),
                text("filing_limits;filing.asked_later"),
            ),
            text(""),
        ),
        missing=when((made_on > limit) & ~stated(last_day), text("policy.federal_holidays"), text("")),
        basis=basis,
        limit=limit,
        last_day=if_seen(last_day, limit),
        by_holidays=if_seen(by_holidays, limit),
        instead=INSTEAD,
    )
