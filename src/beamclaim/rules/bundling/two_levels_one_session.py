"""BND105. Two delivery levels on one day, and the record shows one session."""

from beamclaim.rules import code_in, col, count, each, either, rule, total

DELIVERY = code_in("radonc.delivery")
DAY = ("patient.key", "line.date")


@rule(
    "BND105",
    title="Two delivery levels for one session",
    view="lines",
    applies=DELIVERY & col("line.counts") & (count(DELIVERY, over=DAY) > count(DELIVERY, over=(*DAY, "line.code"))),
    pair="codes",
    yields_to=("BND103",),
    at="line.code",
    message="{line.code}: one of {lines} delivery lines of different codes on {line.date}, {units} units together; "
    "sessions the record shows that day: {sessions}, and no more units may stay",
    to_do="Bill one code for each session: the highest level that the session as a whole supports",
    who="coder",
    risk="repayment",
    cites=("AAPC-2PERDAY", "RBC-DELIVERY"),
)
def two_levels_one_session():
    sessions = col("day.sessions")
    # As many sessions as units: each has its code. The question is the day's: all its lines carry one answer.
    units = total("line.units", over=DAY, where=DELIVERY)
    return dict(
        fires=units > sessions,
        grade=either(sessions > 1, "warning", "error"),
        lines=count(DELIVERY, over=DAY),
        units=units,
        sessions=sessions,
        codes=each("line.code", DELIVERY, over=DAY),
    )
