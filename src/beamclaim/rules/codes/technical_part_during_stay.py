"""COD110. A technical line billed apart on a day the patient was an inpatient or in a Part A nursing-facility stay."""

from beamclaim.rules import code_in, col, either, if_seen, no, one_of, rule, text, unknown, when, yes

TABLE = "technical"
BUNDLED = code_in("payer_lines", stays_bundled="true", of=col("claim.payer_line"), on="today")
PROFESSIONAL = code_in("modifier.component", part="professional", of=col("line.component_modifier"), on="today")
#: A stay that is not listed asks nothing.
INPATIENT = if_seen(one_of(col("day.stay"), "inpatient"), no())
NURSED = if_seen(one_of(col("day.stay"), "snf_part_a"), no())
SPLIT = code_in(TABLE, part="split")


@rule(
    "COD110",
    title="Technical line during an inpatient or nursing-facility stay",
    formerly=("inpatient-or-snf",),
    view="lines",
    applies=code_in("radonc.range")
    & ~col("claim.bills_stay")
    & (INPATIENT | (NURSED & BUNDLED & (col("claim.form") == text("837P")))),
    at="line.code",
    message="{line.code} on {line.date}: the patient was {where} that day, and its technical part belongs to {whose}",
    to_do="Take the technical part off this claim; the physician's part (26) may stay",
    who="front desk",
    risk="repayment",
    cites=("RBC-PCTC", "CMS-RVU25D", "CMS-RVU26C"),
    rests_on=(TABLE,),
    needs=("the hour of admission or discharge",),
    optional=("day.inside_stay", "day.stay"),
)
def technical_part_during_stay():
    technical = code_in(TABLE, part="technical") | (SPLIT & ~PROFESSIONAL & ~col("line.is_method_two"))
    # On its first and last day a stay may begin after the service, or end before it.
    inside = when(if_seen(col("day.inside_stay"), no()), yes(), unknown())
    return dict(
        fires=technical & inside,
        grade=either(BUNDLED & INPATIENT, "error", "warning"),
        to_do=either(
            INPATIENT,
            "Take the technical part off this claim: the hospital bills it with the stay; the physician's part (26) may stay",
            "Bill the nursing facility for the technical part; the physician's part (26) may stay",
        ),
        where=either(INPATIENT, "an inpatient", "in a Part A nursing-facility stay"),
        whose=either(INPATIENT, "the hospital's stay", "the facility"),
    )
