"""FMT008. A segment stands where the guide has none."""

from beamclaim.rules import col, rule, text


@rule(
    "FMT008",
    title="Segment the guide does not allow there",
    view="faults",
    applies=col("fault.kind") == text("unknown_segment"),
    at="fault.path",
    message="{place} stands where the guide has no such segment; it was kept and passed through",
    to_do="Ask the vendor of the billing system why it writes this segment",
    severity="warning",
    risk="rejection",
    repair="review",
    who="vendor",
    unit="claims",
)
def unknown_segment():
    return dict(fires=col("fault.kind") == text("unknown_segment"), place=col("fault.path"))
