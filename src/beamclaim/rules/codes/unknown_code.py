"""COD107. A code of the radiation range that no table knows on that day."""

from beamclaim.rules import code_in, code_known, rule


@rule(
    "COD107",
    title="Code in the radiation range that no table knows",
    view="lines",
    applies=code_in("radonc.range") & ~code_known("radonc.codes"),
    at="line.code",
    message="{line.code} lies in the radiation range and is in no fee schedule or hospital file read for {line.date}",
    to_do="Check the code for a typing error or an edition that has passed",
    severity="warning",
    risk="rejection",
    who="coder",
    cites=("CMS-RVU25D", "CMS-RVU26C"),
    rests_on=("radonc.known",),
)
def unknown_code():
    return dict(fires=~code_in("radonc.known"))
