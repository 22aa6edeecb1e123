"""Guidance that is professional alone: with the modifier of the professional part where the payer's row asks for it."""

from beamclaim.charging import adjustment, col, one_of, text, value, when
from beamclaim.charging.adjustments.modifier import modifier_of

DAY = "charge.day"


@adjustment(applies=one_of(col("charge.part"), "guidance"), cites=("ASTRO-DENIED", "N074", "CMS-RVU26C"))
def guidance_part():
    wish = value("guidance.modifier", "professional", of="charge.code", on=DAY)
    modifier = modifier_of("charging.parts", "charge.modifier_part")
    return dict(adds=when(one_of(wish, "required"), modifier, text("")))
