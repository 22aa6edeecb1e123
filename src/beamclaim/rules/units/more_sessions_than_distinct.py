"""UNT104. More delivery units on a day than the record shows distinct sessions."""

from beamclaim.rules import code_in, col, either, rule, total

DELIVERY = code_in("radonc.delivery")
DAY = ("patient.key", "line.date")
SAME_CODE = (*DAY, "line.code")


@rule(
    "UNT104",
    title="More delivery units in a day than distinct sessions",
    view="lines",
    # Single units of different codes are BND105's question.
    applies=DELIVERY & col("line.counts") & (total("line.units", over=SAME_CODE) > 1),
    at="line.units",
    message="{line.code}: {units} delivery units on {line.date}, all codes and lines together; "
    "distinct sessions the record shows that day: {sessions}, and no more units may stay",
    to_do="Bill one unit for each distinct session, whatever the code. Two sites in one visit are one session; "
    "if a second session was given, see that the record shows both times or the order for treatment twice daily",
    who="coder",
    risk="repayment",
    cites=("AAPC-2PERDAY", "RBC-DELIVERY", "SUPERCODER-BID"),
)
def more_sessions_than_distinct():
    sessions = col("day.sessions")
    # The question is the day's: all its lines carry one answer, in whatever order they come.
    units = total("line.units", over=DAY, where=DELIVERY)
    # However a line over several days lies on them, no day has more than all its units.
    most = total("line.units", over=DAY, where=DELIVERY, counts="line.counts")
    return dict(
        fires=(units > sessions) & (most > sessions),
        grade=either(sessions > 1, "warning", "error"),
        units=units,
        sessions=sessions,
    )
