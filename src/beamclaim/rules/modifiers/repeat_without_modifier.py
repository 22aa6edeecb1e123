"""MOD103. The same delivery code on separate lines of one day, and no modifier says why."""

from beamclaim.rules import code_in, others, rank_in, rule

DELIVERY = code_in("radonc.delivery")
PLAIN = ~(code_in("modifier.repeat", of="line.modifiers") | code_in("modifier.distinct", of="line.modifiers"))
LINES = ("claim.key", "line.date", "line.code")


@rule(
    "MOD103",
    title="Repeated delivery line without a repeat modifier",
    view="lines",
    applies=DELIVERY & (others(DELIVERY, over=LINES) > 0),
    at="line.code",
    message="{line.code} stands on {lines} lines of {line.date}, more than one of them without a repeat modifier",
    to_do="For a second session add 76 (77 where another physician was responsible), or bill 2 units on one line "
    "where the payer asks for that; otherwise remove the line",
    severity="warning",
    who="coder",
    cites=("CAHABA-59", "N147", "N148"),
    needs=("line.modifiers",),
)
def repeat_without_modifier():
    return dict(fires=PLAIN & (rank_in(over=LINES, where=PLAIN) > 1), lines=others(DELIVERY, over=LINES) + 1)
