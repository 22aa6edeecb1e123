"""FMT009. Something the guide requires and adjudication needs is absent."""

from beamclaim.rules import col, rule, text


@rule(
    "FMT009",
    title="Required element is missing",
    view="faults",
    applies=col("fault.kind") == text("missing"),
    at="fault.path",
    message="{place} is missing: {expected}",
    to_do="Add what is missing and make the claim again",
    severity="error",
    risk="rejection",
    repair="review",
    who="biller",
    unit="claims",
)
def missing_required():
    return dict(fires=col("fault.kind") == text("missing"), place=col("fault.path"), expected=col("fault.expected"))
