"""Two proposed procedures of one day that make a pair: the second is inside the first, unless it is distinct."""

from beamclaim.charging import adjustment, col, if_seen, no, one_of, pair, text

PROCEDURE = one_of(col("charge.view"), "procedures")


@adjustment(
    applies=PROCEDURE & pair("ncci", "has_partner") & ~col("charge.is_distinct"),
    asks="procedure.distinct",
    cites=("OPPS-ENGINE-PTP",),
)
def bundled():
    # A pair of a table nobody read is asked of the claim, where both lines stand.
    paired = if_seen(pair("ncci", "exists"), no())
    never = pair("ncci", "indicator") == text("0")
    return dict(refuses=paired & never, holds=paired & ~never)
