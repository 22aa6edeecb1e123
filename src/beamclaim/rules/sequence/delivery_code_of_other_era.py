"""SEQ104. A course over a change of codes uses one era's delivery code on the other era's dates."""

from beamclaim.rules import code_in, code_known, near, param, rule

TABLE = "radonc.delivery"
SINCE, UNTIL = near(TABLE, "days_since"), near(TABLE, "days_until")
GAP = param("radonc.course.longest_gap_days")


@rule(
    "SEQ104",
    title="Delivery code of another era within one course",
    formerly=("two-eras",),
    view="lines",
    applies=code_known(TABLE) & ~code_in(TABLE),
    at="line.code",
    message="{line.code} is not in force on {line.date}, while other sessions of the course "
    "are billed with a code in force on their day",
    to_do="Bill each date with the code of its own day: the old code to its last day, "
    "from the day after it the new code that the record supports",
    who="coder",
    risk="rejection",
    cites=("ASTRO-2026-CHANGES", "UHC-IMRT-2026"),
    needs=("another delivery line of the same target",),
    optional=(SINCE, UNTIL),
)
def delivery_code_of_other_era():
    before = near(TABLE, "behind") & (SINCE <= GAP)
    after = near(TABLE, "ahead") & (UNTIL <= GAP)
    return dict(fires=before | after)
