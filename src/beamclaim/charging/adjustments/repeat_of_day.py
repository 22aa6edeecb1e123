"""A second session of one day, of the same code: the modifier of a repeat."""

from beamclaim.charging import adjustment, col
from beamclaim.charging.adjustments.modifier import modifier_of


@adjustment(applies=col("charge.repeats"), cites=("CAHABA-59", "N148"))
def repeat_of_day():
    return dict(adds=modifier_of("charging.repeats", "charge.repeated_by"))
