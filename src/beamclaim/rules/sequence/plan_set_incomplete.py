"""SEQ105. An IMRT plan without any of its usual companions by the end of the course."""

from beamclaim.rules import any_of, code_in, col, days, latest, param, rule, stated, when, yes

PLAN = code_in("radonc.planning_imrt")
COMPANION = code_in("imrt.plan_set")
#: The biller's own lines: the hospital and the physicians bill their parts apart.
EPISODE = ("patient.key", "episode.key", "claim.billing_npi")


@rule(
    "SEQ105",
    title="IMRT plan without calculations or devices",
    view="lines",
    applies=PLAN & col("line.counts"),
    at="line.code",
    message="{line.code} of {line.date}: by the end of the course no dose calculation and no device was billed for the plan",
    to_do="Check the record: calculations and devices that were made and documented may be billed",
    severity="info",
    risk="underpayment",
    status="preview",
    cites=("ASTRO-FAQ-DEV", "LEGION-FAQ", "BCBSNC-RT"),
    optional=("course.key",),
)
def plan_set_incomplete():
    # Without a record a course is over when nothing of it has been billed for as long as may lie between two of its lines.
    quiet = days(latest(yes(), over=("patient.key", "episode.key")), col("today")) > param(
        "radonc.course.longest_gap_days"
    )
    # The plan's own claim is made before the course ends: a later claim of the course knows.
    known = any_of(col("course.has_ended"), over=("patient.key", "episode.key"))
    ended = when(stated(col("course.key")), known, quiet)
    return dict(fires=~any_of(COMPANION, over=EPISODE) & ended & col("episode.begins"))
