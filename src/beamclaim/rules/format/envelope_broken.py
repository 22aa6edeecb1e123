"""FMT001. The envelope of an interchange, group or transaction is not whole."""

from beamclaim.rules import col, either, rule, stated, text


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
    repair="safe",
    who="vendor",
    unit="files",
)
def envelope_broken():
    return dict(
        fires=col("fault.kind") == text("envelope"),
        to_do=either(
            stated(col("fault.repair")),
            "Fill the elements of the header with blanks to their fixed length: nothing that is billed changes",
            "Have the file written again by the system that made it; what could be read was checked",
        ),
        place=col("fault.path"),
        expected=col("fault.expected"),
        found=col("fault.found"),
    )
