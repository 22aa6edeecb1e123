"""AUT101. The payer asks for an authorization of the service, and the claim names none."""

from beamclaim.rules import code_in, col, none, rule

REQUIRED = "authorization.required"


@rule(
    "AUT101",
    title="Authorization number missing",
    view="lines",
    applies=code_in(REQUIRED),
    at="line.code",
    message="the payer asks for an authorization of {line.code}, and neither the line nor its claim names one",
    to_do="Put the number on the claim; if there is none, ask the payer before the claim goes out whether one can still be given",
    who="front desk",
    severity="warning",
    cites=("N078", "N079", "N080"),
)
def authorization_missing():
    return dict(fires=none(col("line.authorization")))
