"""BND106. Weekly or short management beside the management of a whole stereotactic course."""

from beamclaim.rules import any_of, code_in, col, either, rule, stated, unknown, when

MANAGED = code_in("radonc.weekly_management") | code_in("radonc.short_management")
WHOLE = code_in("management.exclusive")
STEREOTACTIC = code_in("stereotactic")
OTHER = code_in("radonc.delivery") & ~STEREOTACTIC
EPISODE = ("patient.key", "episode.key")


@rule(
    "BND106",
    title="Weekly management beside the management of a whole stereotactic course",
    view="lines",
    applies=MANAGED & col("line.counts") & any_of(WHOLE, over=("patient.key",)),
    at="line.code",
    message="{line.code} of {line.date} is billed in a course that has its management in one code for the whole",
    to_do="Remove the line where its sessions are those of the stereotactic course. Sessions of another plan keep theirs: "
    "see that the record shows which they are",
    who="coder",
    risk="repayment",
    cites=("OPPS-ENGINE-PTP", "EVICORE-CODING"),
    rests_on=("management.exclusive",),
    needs=("which sessions the weekly unit was for",),
    optional=("course.key", "course.is_stereotactic"),
)
def management_mixed():
    # Sessions that are not stereotactic may have management of their own; without any, there is nothing else to manage.
    billed = ~any_of(OTHER, over=EPISODE) & (any_of(STEREOTACTIC, over=EPISODE) | unknown())
    same = when(stated(col("course.key")), col("course.is_stereotactic"), billed)
    return dict(
        fires=any_of(WHOLE, over=EPISODE) & same,
        missing=either(stated(col("course.key")), "plan.technique", ""),
    )
