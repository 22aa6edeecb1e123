"""BND101. Two services that are never paid together on one day."""

from beamclaim.rules import pair, rule, text

HOSPITAL = "ncci"
RULE = "cpt.pairs"


@rule(
    "BND101",
    title="Pair that is never billed together",
    view="lines",
    applies=pair(HOSPITAL, "has_partner"),
    at="line.code",
    message="{line.code} is part of another service of {line.date}; no modifier opens the pair",
    to_do="Remove this line: its work is paid within the other service",
    who="coder",
    cites=("CMS-IOCE", "OPPS-ENGINE-PTP"),
)
def pair_never_together():
    never = pair(HOSPITAL, "exists") & (pair(HOSPITAL, "indicator") == text("0"))
    return dict(fires=never | pair(RULE, "exists"))
