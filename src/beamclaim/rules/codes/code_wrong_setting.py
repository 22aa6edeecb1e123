"""COD102. The code may not be billed on this form in this setting to this payer."""

from beamclaim.rules import carries, code_in, col, listed, no, rule, stated, value, when, yes

TABLE = "setting.not_payable"


@rule(
    "COD102",
    title="Code not billable in this setting",
    view="lines",
    applies=code_in(TABLE),
    at="line.code",
    message="{line.code} is not billable here: {reason}",
    to_do="In this setting: {instead}",
    who="coder",
    cites=("CMS-RVU25D", "ASTRO-FAQ-IGRT"),
    optional=(
        "value:setting.not_payable:with_modifier:line.code@line.date",
        "value:setting.not_payable:unless_modifier:line.code@line.date",
        "value:setting.not_payable:unless_bill_type:line.code@line.date",
        "value:setting.not_payable:unless_revenue:line.code@line.date",
    ),
)
def code_wrong_setting():
    only_with, unless = value(TABLE, "with_modifier"), value(TABLE, "unless_modifier")
    bills, revenues = value(TABLE, "unless_bill_type"), value(TABLE, "unless_revenue")
    concerned = when(stated(only_with), carries(only_with), yes())
    excused = when(stated(unless), carries(unless), no()) | when(
        stated(bills), listed(col("claim.bill_type"), bills) & listed(col("line.revenue_code"), revenues), no()
    )
    return dict(fires=concerned & ~excused, reason=value(TABLE, "reason"), instead=value(TABLE, "instead"))
