"""MOD106. 59 or an X modifier on a second line of one delivery code, where a repeat is meant."""

from beamclaim.rules import code_in, others, rule, yes

SERVICE = ("patient.key", "line.date", "line.code")
ON_CLAIM = ("claim.key", "line.date", "line.code")
BILLED_BY = (*SERVICE, "claim.billing_npi", "line.component")


@rule(
    "MOD106",
    title="Distinct modifier used for a repeat",
    view="lines",
    applies=code_in("radonc.delivery")
    & code_in("modifier.distinct", of="line.modifiers")
    & (others(yes(), over=SERVICE) > 0),
    at="line.modifiers",
    message="{line.code} stands more than once on {line.date}, on this claim or another; this line carries "
    "{line.modifiers}, and neither 76 nor 77 says that the session was repeated",
    to_do="For a second session: 76 for the same physician, 77 for another, or what the payer asks for in writing; "
    "otherwise remove the line",
    severity="warning",
    who="coder",
    cites=("CAHABA-59", "N147", "N148"),
    rests_on=("modifier.distinct",),
)
def distinct_used_for_repeat():
    is_second = (others(yes(), over=ON_CLAIM) > 0) | (others(yes(), over=BILLED_BY) > 0)
    return dict(fires=is_second & ~code_in("repeat.asked", of="line.modifiers"))
