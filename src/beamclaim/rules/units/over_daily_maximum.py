"""UNT103. More units a day and provider than the maximum of the table in force."""

from beamclaim.rules import col, either, one_of, rule, running_total, text, total, value, when

TABLE = "mue"
DAY = ("patient.key", "line.provider", "line.date", "line.code")


@rule(
    "UNT103",
    title="More units than the daily maximum",
    view="lines",
    # One unit is never over a maximum; only more raises the question.
    applies=(total("line.units", over=DAY) > 1) | (col("line.units") > 1),
    at="line.units",
    message="{units} units of {line.code} on {line.date}; the maximum is {limit} (indicator {mai})",
    to_do="Bill the units delivered, each on its own day; weekly management belongs to the day of the session that completes it",
    who="coder",
    cites=("SOPHIE-MUE", "OPPS-ENGINE-MUE"),
)
def over_daily_maximum():
    limit, mai = value(TABLE, "limit"), value(TABLE, "mai")
    per_line = one_of(mai, "1")
    units = when(per_line, col("line.units"), running_total("line.units", over=DAY))
    return dict(
        fires=units > limit,
        grade=either(one_of(mai, "3"), "warning", "error"),
        units=units,
        limit=limit,
        mai=mai,
    )
