"""COD101. The code had ended, or had not begun, on the date of service."""

from beamclaim.rules import code_in, code_known, col, none, rule


@rule(
    "COD101",
    title="Procedure code not in force on the date of service",
    view="lines",
    applies=code_known("radonc.codes"),
    at="line.code",
    message="{line.code} is not a valid code on {line.date}",
    to_do="Replace {line.code} with the code in force that day that the record supports; the policy row names what followed",
    who="coder",
    risk="rejection",
    cites=("ASTRO-2026-CHANGES", "CMS-RVU26C"),
)
def code_not_in_force():
    return dict(fires=~code_in("radonc.codes") & ~none(col("line.code")))
