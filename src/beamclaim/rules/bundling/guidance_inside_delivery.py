"""BND104. Image guidance billed beside a delivery code that already holds it."""

from beamclaim.rules import code_in, col, either, pair, rule, text, when, yes

TABLE, PART = "guidance.inside_delivery", col("line.component_modifier")
BILLS_PROFESSIONAL = code_in("modifier.component", part="professional", of=PART, on="today")
BILLS_TECHNICAL = code_in("modifier.component", part="technical", of=PART, on="today")
#: Guidance codes that, on that day, stand for the professional part only.
PROFESSIONAL = code_in("radonc.guidance", part="professional")
#: The physician's work on a critical access hospital's claim has no technical part.
PHYSICIANS = col("line.is_method_two")
HOSPITAL = (col("claim.form") == text("837I")) & ~PHYSICIANS


@rule(
    "BND104",
    title="Guidance billed beside a delivery that includes it",
    view="lines",
    applies=code_in("radonc.guidance") & pair(TABLE, "has_partner", among="patient"),
    pair="partner",
    yields_to=("COD106",),
    at="line.code",
    message="{line.code} on {line.date}: its technical part is inside {partner} of the same day",
    to_do="Remove the technical charge; the physician may bill the professional part",
    who="coder",
    cites=("ASTRO-FAQ-IGRT", "CPT2015-CHANGES", "CMS-RVU26C"),
    rests_on=("guidance.inside_delivery",),
)
def guidance_inside_delivery():
    technical = ~BILLS_PROFESSIONAL & ~PHYSICIANS & when(PROFESSIONAL, HOSPITAL | BILLS_TECHNICAL, yes())
    packaged = PROFESSIONAL & HOSPITAL & ~BILLS_TECHNICAL
    return dict(
        fires=pair(TABLE, "exists", among="patient") & technical,
        grade=either(packaged, "info", "error"),
        to_do=either(
            packaged,
            "Nothing to correct: a hospital may report the line, and it is paid within the delivery",
            "Remove the technical charge; the physician may bill the professional part",
        ),
        partner=pair(TABLE, "partner_code", among="patient"),
    )
