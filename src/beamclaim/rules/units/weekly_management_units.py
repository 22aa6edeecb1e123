"""UNT101. More weekly management billed than the sessions delivered support."""

from beamclaim.rules import code_in, col, param, rule, running_total, unknown, when

WEEKLY = code_in("radonc.weekly_management")


@rule(
    "UNT101",
    title="More weekly management units billed than the delivered sessions support",
    view="lines",
    applies=WEEKLY,
    at="line.units",
    message="{billed} units billed in this course up to this line; {delivered} sessions delivered support {supported}",
    to_do="Bill the supported units, or obtain the records of the missing sessions",
    who="coder",
    risk="repayment",
    cites=("RBC-77427",),
    optional=("course.sessions_whole",),
)
def weekly_management_units():
    size = param("radonc.management.fractions_per_unit")
    tail = param("radonc.management.smallest_final_week")
    delivered, whole = col("course.sessions_delivered"), col("course.sessions_whole")
    billed = running_total("line.units", over=("patient.key", "course.key"), where=WEEKLY)
    last_week = col("course.has_ended") & (delivered % size >= tail)
    supported = delivered // size + when(delivered % size < tail, 0, when(last_week, 1, 0))
    # A session that ended early and alone decides a unit leaves the question open.
    certain = whole // size + when(whole % size < tail, 0, when(col("course.has_ended"), 1, 0))
    over = billed > supported
    return dict(fires=over | ((billed > certain) & unknown()), billed=billed, delivered=delivered, supported=supported)
