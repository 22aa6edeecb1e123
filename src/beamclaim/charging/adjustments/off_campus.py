"""A hospital department off campus: the modifier of its place."""

from beamclaim.charging import adjustment, col, one_of
from beamclaim.charging.adjustments.modifier import modifier_of


@adjustment(applies=one_of(col("course.setting"), "hospital_outpatient"), cites=("PN-MOD",))
def off_campus():
    return dict(adds=modifier_of("charging.places", "course.off_campus"))
