"""AUT101. The payer asks for an authorization of the service, and the claim names none."""

from beamclaim.rules import code_in, code_known, col, none, rule

REQUIRED, WORDS = "authorization.required", "authorization.no_number"


@rule(
    "AUT101",
    title="Authorization number missing",
    view="lines",
    # Of a payer whose list was not read any delivery may want one; of other services, those some list names.
    applies=(code_in("radonc.delivery") | code_known(REQUIRED)) & code_in(REQUIRED),
    # A number stands for a claim: one that lacks it is told once.
    about=("claim.key",),
    at="line.code",
    message="the payer asks for an authorization of {line.code} ({lines}), and neither line nor claim names one",
    to_do="Put the number on the claim; if there is none, ask the payer before the claim goes out whether one can still be given",
    who="front desk",
    severity="warning",
    rests_on=(REQUIRED,),
    cites=("N078", "N079", "N080"),
)
def authorization_missing():
    # A word that says there is none yet is no number.
    return dict(fires=none(col("line.authorization")) | code_in(WORDS, of="line.authorization_word"))
