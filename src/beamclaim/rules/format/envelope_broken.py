"""FMT001. The envelope of an interchange, group or transaction is not whole."""

from beamclaim.rules import col, rule, text


@rule(
    "FMT001",
    title="Envelope broken",
    view="faults",
    applies=col("fault.kind") == text("envelope"),
    at="fault.path",
    message="{place}: expected {expected}; found {found}",
    to_do="Have the file written again by the system that made it; what could be read was checked",
    severity="error",
    risk="rejection",
    repair="review",
    who="vendor",
    unit="files",
)
def envelope_broken():
    return dict(
        fires=col("fault.kind") == text("envelope"),
        place=col("fault.path"),
        expected=col("fault.expected"),
        found=col("fault.found"),
    )
