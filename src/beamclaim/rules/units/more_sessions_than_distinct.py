"""UNT104. More delivery units on a day than the record shows distinct sessions."""

from beamclaim.rules import code_in, col, either, rule, running_total, total

DELIVERY = code_in("radonc.delivery")
DAY = ("patient.key", "line.date", "line.code")


@rule(
    "UNT104",
    title="More delivery units in a day than distinct sessions",
    view="lines",
    applies=DELIVERY & col("line.counts") & (total("line.units", over=DAY) > 1),
    at="line.units",
    message="{line.code}: {units} units on {line.date} up to this line; distinct sessions the record shows that day: {sessions}",
    to_do="Bill one unit for each distinct session. Two sites in one visit are one session; "
    "if a second session was given, see that the record shows both times or the order for treatment twice daily",
    who="coder",
    risk="repayment",
    cites=("AAPC-2PERDAY", "RBC-DELIVERY", "SUPERCODER-BID"),
)
def more_sessions_than_distinct():
    sessions = col("day.sessions")
    units = running_total("line.units", over=DAY)
    return dict(
        fires=(units > 1) & (units > sessions),
        grade=either(sessions > 1, "warning", "error"),
        units=units,
        sessions=sessions,
    )
