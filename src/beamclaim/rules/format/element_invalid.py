"""FMT003. A value is not valid where the program reads it."""

from beamclaim.rules import col, either, rule, stated, text


@rule(
    "FMT003",
    title="Element is not valid",
    view="faults",
    applies=col("fault.kind") == text("element"),
    at="fault.path",
    message="{place}: expected {expected}; found {found}",
    to_do="Correct the value at its source and make the claim again",
    severity="error",
    risk="rejection",
    repair="safe",
    who="biller",
    unit="claims",
)
def element_invalid():
    return dict(
        fires=col("fault.kind") == text("element"),
        to_do=either(
            stated(col("fault.repair")),
            "Write it as expected: nothing that is billed changes",
            "Correct the value at its source and make the claim again",
        ),
        place=col("fault.path"),
        expected=col("fault.expected"),
        found=col("fault.found"),
    )
