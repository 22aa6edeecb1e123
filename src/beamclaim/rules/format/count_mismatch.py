"""FMT002. A trailer states a count that is not the true one."""

from beamclaim.rules import col, rule, text


@rule(
    "FMT002",
    title="Count in a trailer is not the true one",
    view="faults",
    applies=col("fault.kind") == text("count"),
    at="fault.path",
    message="{place}: found {found}; the true count is {expected}",
    to_do="Put the true count in its place: nothing that is billed changes",
    severity="error",
    risk="rejection",
    repair="safe",
    who="vendor",
    unit="files",
)
def count_mismatch():
    return dict(
        fires=col("fault.kind") == text("count"),
        place=col("fault.path"),
        expected=col("fault.expected"),
        found=col("fault.found"),
    )
