"""FMT010. A transaction or version that this reader does not read."""

from beamclaim.rules import col, rule, text


@rule(
    "FMT010",
    title="Transaction or version not read",
    view="faults",
    applies=col("fault.kind") == text("not_read"),
    at="fault.path",
    message="{found} is not read here; it was skipped, the rest of the file was read",
    to_do="Nothing in it was checked: send {expected}, or take it to the tool that reads it",
    severity="warning",
    risk="advice",
    repair="review",
    who="biller",
    unit="files",
)
def not_read():
    return dict(
        fires=col("fault.kind") == text("not_read"),
        place=col("fault.path"),
        expected=col("fault.expected"),
        found=col("fault.found"),
    )
