"""MOD101. 26 or TC on a code that does not split into a professional and a technical part."""

from beamclaim.rules import code_in, col, none, one_of, rule, value

TABLE = "mpfs.indicators"


@rule(
    "MOD101",
    title="Component modifier on a code that does not split",
    view="lines",
    applies=~none(col("line.component_modifier")) & code_in(TABLE),
    at="line.modifiers",
    message="{line.code} has PC/TC indicator {indicator} and takes no {line.component_modifier}",
    to_do="Remove the modifier; check that the right code was chosen for the part that was done",
    who="coder",
    cites=("CMS-RVU25D", "CMS-RVU26C"),
)
def component_modifier_not_allowed():
    indicator = value(TABLE, "pctc")
    return dict(fires=one_of(indicator, "0", "2", "3"), indicator=indicator)
