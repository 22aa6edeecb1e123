"""BND102. Two services that are paid together only when they were distinct, and no modifier says so."""

from beamclaim.rules import pair, rule, text

HOSPITAL = "ncci"


@rule(
    "BND102",
    title="Pair that needs a modifier to be billed together",
    formerly=("pair-needs-distinct",),
    view="lines",
    applies=pair(HOSPITAL, "has_partner"),
    at="line.code",
    message="{line.code} on {line.date} is bundled into {partner} of the same day, "
    "and neither line carries a modifier that may open the pair",
    to_do="If the record shows that {line.code} was distinct from {partner}, add 59 or the X modifier that fits; "
    "otherwise remove the line. 76 and 77 open no pair",
    who="coder",
    cites=("CMS-IOCE", "OPPS-ENGINE-PTP", "MEDIKODE-PTP"),
)
def pair_without_modifier():
    bundled = pair(HOSPITAL, "exists") & (pair(HOSPITAL, "indicator") == text("1"))
    return dict(fires=bundled & ~pair(HOSPITAL, "opened"), partner=pair(HOSPITAL, "partner_code"))
