"""MOD107. Modifiers that contradict each other, stand twice, or are not valid."""

from beamclaim.rules import all_in, clash, col, if_seen, rule, yes

CONFLICTS = "modifier_conflicts"
VALID = if_seen(all_in("modifiers"), yes())  # only against a table that was read for that day


@rule(
    "MOD107",
    title="Modifiers that cannot stand together",
    view="lines",
    applies=col("line.has_modifiers"),
    at="line.modifiers",
    message="{line.modifiers}: one stands twice, two exclude each other, or one is not valid on {line.date}",
    to_do="Keep the modifier the record supports",
    who="coder",
    risk="rejection",
    cites=("CMS-IOCE",),
    optional=("all:modifiers[]:line.modifiers@line.date",),
    rests_on=("modifiers",),
)
def modifier_conflict():
    return dict(fires=col("line.modifier_twice") | clash(CONFLICTS) | ~VALID)
