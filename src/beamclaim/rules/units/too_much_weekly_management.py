"""UNT101. More weekly management billed than the sessions delivered support."""

from beamclaim.rules import code_in, col, if_seen, param, rule, running_total, unknown, when, yes

WEEKLY = code_in("radonc.weekly_management")


@rule(
    "UNT101",
    title="More weekly management units billed than the delivered sessions support",
    formerly=("weekly-management-units",),
    view="lines",
    applies=WEEKLY & col("line.counts"),
    at="line.units",
    message="{line.code}: {billed} billed in this course up to this line; "
    "{delivered} sessions delivered until the claim was made support {supported}",
    to_do="Bill the supported units only. If sessions are missing from the record, obtain them first; "
    "if the claim was paid, have the overpayment confirmed and returned",
    who="coder",
    risk="repayment",
    cites=("RBC-77427",),
    needs=("whether the session that ended early counts",),
    optional=("course.sessions_whole", "course.key"),
)
def too_much_weekly_management():
    size = param("radonc.management.fractions_per_unit")
    tail = param("radonc.management.smallest_final_week")
    delivered, whole, ended = col("course.sessions_delivered"), col("course.sessions_whole"), col("course.has_ended")
    billed = running_total("line.units", over=("patient.key", "course.key"), where=WEEKLY)
    # One more unit than full weeks is right only for a remainder large enough, of a course that is over.
    last_week = ended & (delivered % size >= tail)
    over = (billed > delivered // size) & ~(last_week & (billed <= delivered // size + 1))
    # A session that ended early and alone decides a unit leaves the question open.
    whole_week = ended & (whole % size >= tail)
    doubtful = (billed > whole // size) & ~(whole_week & (billed <= whole // size + 1))
    return dict(
        fires=over | (doubtful & unknown()),
        billed=billed,
        delivered=delivered,
        supported=delivered // size + when(if_seen(ended, yes()) & (delivered % size >= tail), 1, 0),
    )
