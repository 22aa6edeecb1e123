"""Units beyond the number a payer, or the code, allows within sixty days."""

from beamclaim.charging import adjustment, code_in, col, stated, value

COUNT, CODE, DAY = col("charge.of_sixty_days"), "charge.code", "charge.day"


# The first unit is beyond no number.
@adjustment(
    applies=stated(col(CODE)) & (COUNT > 1) & code_in("limits.sixty_days", of=CODE, on=DAY),
    cites=("BCBSNC-RT",),
)
def limits():
    return dict(refuses=COUNT > value("limits.sixty_days", "limit", of=CODE, on=DAY))
