"""UNT102. More weekly physics billed than the sessions delivered support."""

from beamclaim.rules import code_in, col, either, param, rule, running_total, total, unknown, when

WEEKLY = code_in("radonc.weekly_physics")


@rule(
    "UNT102",
    title="More weekly physics units billed than the delivered sessions support",
    formerly=("weekly-physics-units",),
    view="lines",
    applies=WEEKLY & col("line.counts"),
    at="line.units",
    message="{line.code}: {billed} billed in this course up to this line; "
    "{delivered} sessions delivered until the claim was made support {supported}",
    to_do="Bill one unit for each five sessions. If sessions are missing from the record, obtain them first; "
    "if the claim was paid, have the overpayment confirmed and returned",
    who="coder",
    risk="repayment",
    cites=("AAMEDA-77336", "EVICORE-CODING"),
    needs=("whether the session that ended early counts",),
    optional=("course.sessions_whole", "course.key"),
)
def too_much_weekly_physics():
    size = param("radonc.physics.fractions_per_unit")
    delivered, whole = col("course.sessions_delivered"), col("course.sessions_whole")
    billed = running_total("line.units", over=("patient.key", "course.key"), where=WEEKLY)
    # A course of fewer than five sessions has one unit too: a single one is never too many.
    several = total("line.units", over=("patient.key",), where=WEEKLY) > 1
    supported = when(delivered // size > 1, delivered // size, 1)
    begun = when(delivered > 0, (delivered + size - 1) // size, 1)
    # A session that ended early and alone decides a unit leaves the question open.
    doubtful = billed > when(whole // size > 1, whole // size, 1)
    return dict(
        fires=several & ((billed > supported) | (doubtful & unknown())),
        # A unit for the sessions left over is custom in some places; more than one is nobody's.
        grade=either(billed > begun, "error", "warning"),
        billed=billed,
        delivered=delivered,
        supported=supported,
    )
