"""What lies inside a stay belongs to the stay; its first and last day, and the days before it, nobody can tell."""

from beamclaim.charging import adjustment, col, one_of


@adjustment(
    applies=~one_of(col("charge.part"), "professional", "guidance"), asks="stays", cites=("NORIDIAN-3DAY", "RBC-PCTC")
)
def inside_stay():
    return dict(refuses=col("charge.inside_stay"), holds=col("charge.beside_stay"))
