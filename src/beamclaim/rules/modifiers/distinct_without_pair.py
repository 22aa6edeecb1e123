"""MOD102. A modifier that says distinct, and no pair to pass, or one that no modifier opens."""

from beamclaim.rules import code_in, either, if_seen, no, others, pair, rule, text, when, yes

HOSPITAL = "ncci"
RULE = "cpt.pairs"
BY_RULE = pair(RULE, "exists")
SERVICE = ("patient.key", "line.date", "line.code")
ON_CLAIM = ("claim.key", "line.date", "line.code")
BILLED_BY = (*SERVICE, "claim.billing_npi", "line.component")
#: A second line of one code, on its claim or on another one of the biller: MOD106's.
ALONE = (others(yes(), over=SERVICE) < 1) | ((others(yes(), over=ON_CLAIM) < 1) & (others(yes(), over=BILLED_BY) < 1))


@rule(
    "MOD102",
    title="Distinct modifier without a pair it may pass",
    view="lines",
    applies=code_in("modifier.distinct", of="line.modifiers") & ALONE,
    at="line.modifiers",
    message="{line.code} carries {line.modifiers}, {why}",
    to_do="Remove the modifier",
    severity="warning",
    who="coder",
    cites=("MEDIKODE-PTP", "CMS-IOCE", "OPPS-ENGINE-PTP"),
    rests_on=("modifier.distinct",),
    optional=(BY_RULE,),
    needs=("policy.ncci",),
)
def distinct_without_pair():
    partner = pair(HOSPITAL, "has_partner")
    by_table = partner & pair(HOSPITAL, "exists")
    # What the code set itself excludes is a short list: what it does not name, it does not answer.
    by_rule = partner & if_seen(BY_RULE, no())
    closed = by_rule | (partner & pair(HOSPITAL, "exists", indicator="0"))
    leads = partner & (if_seen(pair(RULE, "leads"), no()) | pair(HOSPITAL, "leads"))
    alone = ~(by_table | by_rule | leads)
    return dict(
        fires=closed | alone,
        grade=either(closed, "error", "warning"),
        rests_on=when(closed, either(by_rule, RULE, HOSPITAL), text("modifier.distinct")),
        to_do=either(
            closed,
            "Remove the line: no modifier passes this pair, and its work is paid within the other service",
            "Remove the modifier, unless the pair stands on a claim that is not here",
        ),
        why=either(
            closed,
            "and its pair with another service of the day is opened by no modifier",
            "and no other service of the day makes a pair with it",
        ),
    )
