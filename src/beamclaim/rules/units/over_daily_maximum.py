"""UNT103. More units a day and provider than the maximum of the table in force."""

from beamclaim.rules import code_in, col, either, one_of, rule, text, total, unknown, value, when

TABLE = "mue"
#: Technical, professional and global services of one provider are compared apart.
DAY = ("patient.key", "line.provider", "line.component", "line.date", "line.code")
#: The patient's only unit of the code that day is none too many, whoever bills it.
SEVERAL = total("line.units", over=("patient.key", "line.date", "line.code")) > 1
WEEKLY = code_in("radonc.weekly_management")


@rule(
    "UNT103",
    title="More units than the daily maximum",
    view="lines",
    # One unit is never over a maximum; only more raises the question.
    applies=col("line.counts") & ((col("line.units") > 1) | (SEVERAL & (total("line.units", over=DAY) > 1))),
    at="line.units",
    message="{units} units of {line.code} on {line.date} for one provider, {counted}; "
    "{limit} may stay, the most for a day (MAI {mai})",
    to_do="Correct the units if they are a slip or belong to other days; bill what the record supports",
    who="coder",
    cites=("SOPHIE-MUE", "OPPS-ENGINE-MUE"),
    needs=("the day of each unit",),
    rests_on=(TABLE,),
)
def over_daily_maximum():
    limit, mai = value(TABLE, "limit"), value(TABLE, "mai")
    by_line = one_of(mai, "1")
    # The question is the day's: all its lines carry one answer, in whatever order they come.
    units = when(by_line, col("line.units"), total("line.units", over=DAY))
    # However a line over several days lies on them, no day has more than all its units.
    most = total("line.units", over=DAY, counts="line.counts")
    own = col("line.units") > limit
    placed = col("line.day_is_known") | (col("line.units") <= 1)
    return dict(
        fires=code_in(TABLE) & (own | (units > limit)) & (own | (most > limit)) & (placed | unknown()),
        grade=either(one_of(mai, "3"), "warning", "error"),
        to_do=when(
            WEEKLY,
            text("Date each unit on the session that completes it"),
            either(
                one_of(mai, "3"),
                "Correct the units if they are a slip; if the record supports them, bill them and keep it at hand",
                "Correct the units if they are a slip or belong to other days; no modifier lifts this maximum",
            ),
        ),
        units=units,
        counted=either(by_line, "on this line", "all lines of the day together"),
        limit=limit,
        mai=mai,
    )
