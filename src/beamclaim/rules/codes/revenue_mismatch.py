"""COD109. The revenue code of a hospital line does not fit its procedure code."""

from beamclaim.rules import code_in, code_known, col, listed, rule, text, value

TABLE = "revenue_codes"


@rule(
    "COD109",
    title="Revenue code does not fit the procedure code",
    view="lines",
    # The physician's work on a critical access hospital's claim has revenue codes of its own.
    applies=(col("claim.form") == text("837I")) & ~col("line.is_method_two") & code_known(TABLE) & code_in(TABLE),
    at="line.revenue_code",
    message="{line.code} stands under revenue code {line.revenue_code}; the usual one begins with {usual}",
    to_do="Compare the charge master with the payer's instructions",
    severity="warning",
    status="preview",
)
def revenue_mismatch():
    usual = value(TABLE, "revenue")
    return dict(fires=~listed(col("line.revenue_code"), usual), usual=usual)
