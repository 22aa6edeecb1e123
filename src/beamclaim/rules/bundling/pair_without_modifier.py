"""BND102. Two services that are paid together only when they were distinct, and no modifier says so."""

from beamclaim.rules import either, if_seen, no, pair, rule, stated

HOSPITAL = "ncci"
#: A modifier may open the pair, or none does.
WITH_ONE, NEVER = {"indicator": "1"}, {"indicator": "0"}
NEVER_BY_TABLE, NEVER_BY_RULE = pair(HOSPITAL, "exists", **NEVER), pair("cpt.pairs", "exists")
OPENED = pair(HOSPITAL, "opened", **WITH_ONE)


@rule(
    "BND102",
    title="Pair that needs a modifier to be billed together",
    formerly=("pair-needs-distinct",),
    view="lines",
    applies=pair(HOSPITAL, "has_partner"),
    pair="partner",
    yields_to=("BND101",),
    at="line.code",
    message="{line.code} on {line.date} is bundled into {partner} of the same day, "
    "and neither line carries a modifier that may open the pair",
    to_do="If the record shows that {line.code} was distinct from {partner}, add 59 or the X modifier that fits; "
    "otherwise remove the line. 76 and 77 open no pair",
    who="coder",
    cites=("CMS-IOCE", "OPPS-ENGINE-PTP", "MEDIKODE-PTP", "AUD-NCCI-MODS", "AUD-MOD25"),
    rests_on=(HOSPITAL,),
    optional=(NEVER_BY_TABLE, NEVER_BY_RULE, OPENED),
)
def pair_without_modifier():
    bundled = pair(HOSPITAL, "exists", **WITH_ONE)
    # A line that no modifier can keep is told once, as a pair that is never billed together.
    never = if_seen(NEVER_BY_TABLE, no()) | if_seen(NEVER_BY_RULE, no())
    return dict(
        fires=bundled & pair(HOSPITAL, "closed", **WITH_ONE) & ~never,
        missing=either(bundled & ~stated(OPENED), "whether a modifier of the two lines may open the pair", ""),
        partner=pair(HOSPITAL, "partner_code", **WITH_ONE),
    )
