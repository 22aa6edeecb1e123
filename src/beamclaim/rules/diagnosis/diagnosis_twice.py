"""DXN108. The same diagnosis code twice on one claim."""

from beamclaim.rules import col, rank_in, rule

LISTED = "diagnosis.is_listed"


@rule(
    "DXN108",
    title="Same diagnosis twice on one claim",
    view="diagnoses",
    # Admitting, reason and cause codes may repeat a listed one.
    applies=col(LISTED),
    at="diagnosis.code",
    message="{diagnosis.code} already stands on this claim",
    to_do="Remove the second one and move the pointers that named it to the first",
    severity="warning",
    risk="rejection",
    cites=("X12-RFI-2561", "STEDI-DX-TWICE"),
)
def diagnosis_twice():
    return dict(fires=rank_in(over=("claim.key", "diagnosis.code"), counts=LISTED) > 1)
