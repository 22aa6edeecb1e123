"""Which part of a service the setting bills, and with which modifier."""

from beamclaim.charging import adjustment, value, yes
from beamclaim.charging.adjustments.modifier import modifier_of

DAY = "charge.day"


@adjustment(applies=yes(), asks="course.setting", cites=("CMS-RVU26C", "RBC-PCTC"))
def professional_part():
    billed = value("charging.parts", "billed", of="charge.part", on=DAY)
    return dict(drops=~billed, holds=~billed, adds=modifier_of("charging.parts", "charge.part"))
