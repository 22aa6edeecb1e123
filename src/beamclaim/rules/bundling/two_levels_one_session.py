"""BND105. Two delivery levels on one day, and the record shows one session."""

from beamclaim.rules import code_in, col, count, rank_in, rule

DELIVERY = code_in("radonc.delivery")
DAY = ("patient.key", "line.date")


@rule(
    "BND105",
    title="Two delivery levels for one session",
    view="lines",
    applies=DELIVERY
    & (count(DELIVERY, over=DAY) > count(DELIVERY, over=(*DAY, "line.code")))
    & (rank_in(over=DAY, where=DELIVERY) > 1),
    at="line.code",
    message="{line.code}: one of {lines} delivery lines of different codes on {line.date}; "
    "sessions the record shows that day: {sessions}",
    to_do="Bill one code for the session: the highest level that the session as a whole supports",
    who="coder",
    risk="repayment",
    cites=("AAPC-2PERDAY", "RBC-DELIVERY"),
)
def two_levels_one_session():
    sessions = col("day.sessions")
    return dict(fires=~(sessions > 1), lines=count(DELIVERY, over=DAY), sessions=sessions)
