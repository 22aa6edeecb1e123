"""BND101. Two services that are never paid together on one day."""

from beamclaim.rules import either, if_seen, no, pair, rule, when

HOSPITAL = "ncci"
RULE = "cpt.pairs"
#: No modifier opens the pair.
NEVER = {"indicator": "0"}
BY_RULE = pair(RULE, "exists")


@rule(
    "BND101",
    title="Pair that is never billed together",
    view="lines",
    applies=pair(HOSPITAL, "has_partner"),
    pair="partner",
    yields_to=("BND106",),
    at="line.code",
    message="{line.code} on {line.date} is inside {partner} of the same day; no modifier opens the pair",
    to_do="Remove this line: its work is paid within {partner}. "
    "If {partner} is the wrong one, correct that line instead",
    who="coder",
    cites=("CMS-IOCE", "OPPS-ENGINE-PTP", "CPT2015-CHANGES"),
    optional=(BY_RULE,),
)
def pair_never_together():
    never = pair(HOSPITAL, "exists", **NEVER)
    # What the code set itself excludes is a short list: what it does not name, it does not answer.
    written = if_seen(BY_RULE, no())
    by_rule, by_table = pair(RULE, "partner_code"), pair(HOSPITAL, "partner_code", **NEVER)
    return dict(
        fires=never | written,
        rests_on=either(never, HOSPITAL, RULE),
        partner=if_seen(when(never, by_table, by_rule), by_rule),
    )
