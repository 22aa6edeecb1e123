"""FMT005. A diagnosis pointer names no diagnosis on the claim."""

from beamclaim.rules import col, rule


@rule(
    "FMT005",
    title="Diagnosis pointer names no diagnosis",
    view="lines",
    applies=col("line.highest_pointer") > 0,
    at="line.pointers",
    message="the line points to diagnosis {highest}; the claim has {held}",
    to_do="Point to the diagnosis treated, or add the diagnosis that is missing",
    risk="rejection",
)
def pointer_to_nothing():
    highest, diagnoses = col("line.highest_pointer"), col("claim.diagnosis_count")
    return dict(fires=highest > diagnoses, highest=highest, held=diagnoses)
