"""FMT003. A value is not valid where the program reads it."""

from beamclaim.rules import col, rule, text


@rule(
    "FMT003",
    title="Element is not valid",
    view="faults",
    applies=col("fault.kind") == text("element"),
    at="fault.path",
    message="{place}: {found}; expected {expected}",
    to_do="Correct the value at its source and make the claim again",
    severity="error",
    risk="rejection",
    repair="review",
    who="biller",
    unit="claims",
)
def element_invalid():
    return dict(fires=col("fault.kind") == text("element"), place=col("fault.path"), expected=col("fault.expected"), found=col("fault.found"))
