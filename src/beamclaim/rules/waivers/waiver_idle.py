"""WVR101. A waiver waives nothing, or has ended."""

from beamclaim.rules import col, either, rule


@rule(
    "WVR101",
    title="Waiver that waives nothing",
    view="waivers",
    applies=col("waiver.was_asked") | (col("waiver.until") < col("today")),
    at="waiver.rule",
    message="waiver {waiver.number}, for {waiver.rule} until {waiver.until}, {reason}",
    to_do="Take the waiver out of the file; where a finding should still be waived, correct the waiver or decide anew",
    severity="info",
    risk="advice",
    who="biller",
    repair="advice",
)
def waiver_idle():
    has_ended = col("waiver.until") < col("today")
    return dict(
        fires=has_ended | (col("waiver.findings") == 0),
        reason=either(has_ended, "has ended", "covers no finding of this run"),
    )
