"""BND106. Weekly or short management, or a second code for the whole, beside the management of a whole stereotactic course."""

from beamclaim.rules import any_of, code_in, col, each, either, no, rule, stated, unknown, when, yes

MANAGED = code_in("radonc.weekly_management") | code_in("radonc.short_management")
WHOLE = code_in("management.exclusive")
#: Of one session, and of several: each is the management of all the sessions there are.
SINGLE, SEVERAL = (
    code_in("management.exclusive", single_session="true"),
    code_in("management.exclusive", single_session="false"),
)
STEREOTACTIC = code_in("stereotactic")
OF_ONE, OF_SEVERAL = code_in("stereotactic", kind="srs"), code_in("stereotactic", kind="sbrt")
OTHER = code_in("radonc.delivery") & ~STEREOTACTIC
EPISODE = ("patient.key", "episode.key")


@rule(
    "BND106",
    title="Weekly management beside the management of a whole stereotactic course",
    view="lines",
    applies=col("line.counts")
    & ((MANAGED & any_of(WHOLE, over=("patient.key",))) | (SINGLE & any_of(SEVERAL, over=("patient.key",)))),
    pair="codes",
    yields_to=("BND105",),
    at="line.code",
    message="{line.code} of {line.date} is billed in a course that has its management in one code for the whole",
    to_do="Remove the line where its sessions are those of the stereotactic course. Sessions of another plan keep theirs: "
    "see that the record shows which they are",
    who="coder",
    risk="repayment",
    cites=("OPPS-ENGINE-PTP", "EVICORE-CODING"),
    rests_on=("management.exclusive",),
    needs=("which sessions the unit was for",),
    optional=("course.key", "course.is_stereotactic", "course.plans"),
)
def management_mixed():
    recorded = stated(col("course.key"))
    # Sessions that are not stereotactic may have management of their own; without any, there is nothing else to manage.
    billed = ~any_of(OTHER, over=EPISODE) & (any_of(STEREOTACTIC, over=EPISODE) | unknown())
    same = when(recorded, col("course.is_stereotactic"), billed)
    # Delivery of both kinds was managed by both; of one kind, or of one plan, by one.
    of_one, of_several = any_of(OF_ONE, over=EPISODE), any_of(OF_SEVERAL, over=EPISODE)
    one_plan = when(recorded, when(col("course.plans") > 1, unknown(), yes()), no())
    twice = one_plan | (~(of_one & of_several) & (of_one | of_several | unknown()))
    return dict(
        fires=(MANAGED & any_of(WHOLE, over=EPISODE) & same) | (SINGLE & any_of(SEVERAL, over=EPISODE) & twice),
        grade=either(SINGLE, "warning", "error"),
        to_do=either(
            SINGLE,
            "See how many sessions there were: one has this code, two to five have the other; remove the one that does not fit, "
            "unless the record shows two courses",
            "Remove the line where its sessions are those of the stereotactic course. Sessions of another plan keep theirs: "
            "see that the record shows which they are",
        ),
        codes=when(SINGLE, each("line.code", SEVERAL, over=EPISODE), each("line.code", WHOLE, over=EPISODE)),
        missing=either(recorded & MANAGED, "plan.technique", ""),
    )
