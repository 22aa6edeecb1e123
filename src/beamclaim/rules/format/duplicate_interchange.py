"""FMT007. An interchange that was already read: the same sender and control number, or the same bytes."""

from beamclaim.rules import col, rule, yes


@rule(
    "FMT007",
    title="Interchange already read",
    view="interchanges",
    applies=yes(),
    at="interchange.control",
    message="an interchange of this sender with this control number, or with the same bytes, was already read",
    to_do="Send it once; if it is a new one, give it a new control number",
    severity="warning",
    risk="rejection",
    who="vendor",
)
def duplicate_interchange():
    return dict(fires=col("interchange.seen_before"))
