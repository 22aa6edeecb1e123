"""DXN101. The payer's own list of diagnoses holds none of those the line points to."""

from beamclaim.rules import (
    code_in,
    code_known,
    col,
    either,
    none,
    one_of,
    rule,
    stated,
    text,
    unknown,
    value,
    when,
    yes,
)

LIST, SAYS, LINE = "dx.lists", "dx.covered", "line.diagnoses"
BY_CONTRACTOR = code_in("payer_lines", contractors="true", of=col("claim.payer_line"), on="today")
IMRT = one_of(col("day.technique"), "imrt_static", "imrt_dynamic", "imrt_compensator", "vmat", "helical")


@rule(
    "DXN101",
    title="No diagnosis of the line is on the payer's list",
    view="lines",
    applies=code_known(LIST) & code_in(LIST),
    about=("claim.key", "line.code", "line.diagnoses"),
    at="line.code",
    message="{list} governs {line.code} for this payer ({lines}), and supports none of the diagnoses of the line ({line.diagnoses})",
    to_do="Check the diagnosis and its side against the record and the pointers; if both are right, "
    "ask the physician for the reasons the payer accepts before the claim goes out",
    who="coder",
    cites=("N081", "N050"),
    rests_on=(LIST, SAYS),
    needs=("policy.dx.covered",),
    optional=("day.technique", "claim.mac"),
)
def diagnosis_not_supporting():
    read, only_imrt, closed = value(LIST, "read"), value(LIST, "only_imrt"), value(LIST, "closed")
    supported = code_in(SAYS, of=LINE, necessity="covered") | code_in(SAYS, of=LINE, necessity="conditional")
    excluded = code_in(SAYS, of=LINE, necessity="not_covered")
    # An open list excludes nothing and answers nothing of what it does not name; a closed one shuts it out.
    unnamed = ~supported & ~excluded & ~none(col(LINE))
    shut_out = (excluded & ~supported) | (unnamed & when(closed, yes(), unknown()))
    reached = when(only_imrt, IMRT, yes())
    return dict(
        fires=when(read, shut_out & reached, unknown()),
        list=value(LIST, "list"),
        missing=when(
            stated(read),
            when(
                read & (closed | ~unnamed), when(shut_out, text("plan.technique"), text("")), text("policy.dx.covered")
            ),
            either(BY_CONTRACTOR & ~stated(col("claim.mac")), "claim.mac", ""),
        ),
    )
