"""MOD108. Guidance that is professional alone, with or without 26 against the payer's row."""

from beamclaim.rules import code_in, col, either, one_of, rule, text, value

TABLE, COMPONENT = "guidance.modifier", "modifier.component"
PART = col("line.component_modifier")


@rule(
    "MOD108",
    title="26 on image guidance against the payer's row",
    formerly=("guidance-professional",),
    view="lines",
    applies=code_in("radonc.guidance", part="professional")
    & (col("claim.form") == text("837P"))
    & ~code_in(COMPONENT, part="technical", of=PART, on="today")
    & code_in(TABLE),
    at="line.modifiers",
    message="{line.code} {carries} 26, and this payer {asks}",
    to_do="Bill the line the way the payer's row says",
    severity="warning",
    who="coder",
    cites=("ASTRO-DENIED", "N074", "CMS-RVU26C"),
    rests_on=(TABLE,),
)
def guidance_modifier_against_payer():
    wish, has_modifier = value(TABLE, "professional"), code_in(COMPONENT, part="professional", of=PART, on="today")
    lacks_modifier = one_of(wish, "required") & ~has_modifier
    return dict(
        fires=lacks_modifier | (one_of(wish, "refused") & has_modifier),
        to_do=either(lacks_modifier, "Add 26", "Remove 26"),
        carries=either(lacks_modifier, "carries no", "carries"),
        asks=either(lacks_modifier, "asks for it", "refuses it"),
    )
