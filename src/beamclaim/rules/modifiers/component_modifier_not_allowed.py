"""MOD101. 26 or TC on a code that does not split into a professional and a technical part."""

from beamclaim.rules import code_in, col, either, none, one_of, rule, text, value, when

TABLE = "mpfs.indicators"


@rule(
    "MOD101",
    title="Component modifier on a code that does not split",
    view="lines",
    applies=~none(col("line.component_modifier")) & code_in(TABLE),
    at="line.modifiers",
    message="{line.code} {nature} and takes no {line.component_modifier}",
    to_do="Remove the modifier, and check that the line is billed by the side that did the work",
    who="coder",
    cites=("CMS-RVU25D", "CMS-RVU26C", "RBC-PCTC"),
)
def component_modifier_not_allowed():
    indicator = value(TABLE, "pctc")
    return dict(
        fires=one_of(indicator, "0", "2", "3", "9"),
        # Where the split does not apply at all (9), the file forbids by meaning only.
        grade=either(one_of(indicator, "9"), "warning", "error"),
        nature=when(
            one_of(indicator, "2"),
            text("is professional only (PC/TC indicator 2)"),
            when(
                one_of(indicator, "3"),
                text("is technical only (PC/TC indicator 3)"),
                text("has no professional and technical part"),
            ),
        ),
        indicator=indicator,
    )
