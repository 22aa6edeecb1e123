"""COD106. A CPT code and a G code for one service on one day."""

from beamclaim.rules import code_in, no, pair, rule, when

TABLE = "imrt.equivalents"
DELIVERY = code_in("radonc.delivery")


@rule(
    "COD106",
    title="CPT and G code for one service",
    view="lines",
    applies=(DELIVERY | code_in("radonc.guidance")) & pair(TABLE, "has_partner", among="patient"),
    pair="partner",
    at="line.code",
    message="{line.code} and {partner} stand for one service, and both are billed on {line.date}",
    to_do="Keep the code that this payer takes in this setting, and remove the other; "
    "if both were paid, have the overpayment confirmed and returned",
    who="coder",
    risk="repayment",
    cites=("ASTRO-FAQ-DELIV", "ASTRO-FAQ-IGRT"),
)
def equivalent_codes_together():
    # A session is delivered once, whoever bills it; guidance has a part for each of two billers.
    alike = pair(TABLE, "has_partner") & pair(TABLE, "exists")
    anyone = when(DELIVERY, pair(TABLE, "exists", among="patient"), no())
    return dict(fires=alike | anyone, partner=pair(TABLE, "partner_code", among="patient"))
