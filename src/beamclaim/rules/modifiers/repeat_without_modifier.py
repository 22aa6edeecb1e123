"""MOD103. The same delivery code on separate lines of one day, and no modifier says why."""

from beamclaim.rules import code_in, if_seen, others, rank_in, rule, yes

DELIVERY = code_in("radonc.delivery")
PLAIN = ~(code_in("modifier.repeat", of="line.modifiers") | code_in("modifier.distinct", of="line.modifiers"))
SERVICE = ("patient.key", "line.date", "line.code")
ON_CLAIM = ("claim.key", "line.date", "line.code")
#: Whoever was responsible for it: a second session under another physician needs a modifier too.
BILLED_BY = (*SERVICE, "claim.billing_npi", "line.component")
ALIKE = (*SERVICE, "line.provider", "line.modifiers", "line.units")


@rule(
    "MOD103",
    title="Repeated delivery line without a repeat modifier",
    view="lines",
    applies=DELIVERY & (others(yes(), over=SERVICE) > 0),
    at="line.code",
    message="{line.code} stands on {lines} lines of {line.date}, more than one of them without a repeat modifier",
    to_do="For a second session add 76 (77 where another physician was responsible), or bill 2 units on one line "
    "where the payer asks for that; otherwise remove the line",
    severity="warning",
    who="coder",
    cites=("CAHABA-59", "N147", "N148", "AUD-REPEAT-NGS"),
    needs=("line.modifiers", "claim.billing_npi"),
)
def repeat_without_modifier():
    on_claim = rank_in(over=ON_CLAIM, where=PLAIN) > 1
    by_biller = rank_in(over=BILLED_BY, where=PLAIN) > 1
    # The whole line again on another claim is UNT108's.
    is_copy = rank_in(over=ALIKE) > rank_in(over=(*ALIKE, "claim.key"))
    return dict(
        fires=PLAIN & (on_claim | (by_biller & ~is_copy)),
        lines=if_seen(others(yes(), over=BILLED_BY), others(yes(), over=ON_CLAIM)) + 1,
    )
