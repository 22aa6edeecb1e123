"""BND108. The technical part of one service on two claims: the hospital's and an office's, or those of two billers."""

from beamclaim.rules import code_in, col, count, either, others, rank_in, rule, text, when, yes

TABLE, COMPONENT = "technical", "modifier.component"
FORM, PART = col("claim.form"), col("line.component")
PROFESSIONAL = code_in(COMPONENT, part="professional", of="line.modifiers", on="today")
#: 26 on a hospital claim says that the line is not its own part; that it stands there is MOD110's.
HOSPITALS = (FORM == text("837I")) & (PART == text("technical")) & ~PROFESSIONAL
#: On an 837P the technical part alone, or the whole service.
ALONE = (FORM == text("837P")) & code_in(COMPONENT, part="technical", of="line.modifiers", on="today")
WHOLE = (FORM == text("837P")) & (PART == text("global"))
OFFICES = ALONE | WHOLE
SERVICE = ("patient.key", "line.date", "line.code")
OF_BILLER = (*SERVICE, "claim.billing_npi")
OF_PAYER = (*SERVICE, "claim.payer")
#: Lines of claims made on one day.
AT_ONCE = (*SERVICE, "seen.order")
AT_ONCE_OF_BILLER = (*OF_BILLER, "seen.order")


@rule(
    "BND108",
    title="Technical part billed twice",
    view="lines",
    # Delivery is technical alone: UNT104 and COD106 ask for the sessions of the day.
    applies=code_in("radonc.range")
    & ~code_in("radonc.delivery")
    & code_in(TABLE)
    & col("line.counts")
    & (HOSPITALS | OFFICES)
    & (others(yes(), over=SERVICE) > 0),
    at="line.code",
    message="{line.code} of {line.date} holds the technical part, and {other} of that day holds it too",
    to_do="Find out where the service was given: whoever gave it bills the technical part once, and the physician in a hospital "
    "bills his part with 26. Correct the other claim; if both were paid, have the overpayment confirmed and returned",
    who="coder",
    risk="repayment",
    cites=("RBC-PCTC", "CMS-RVU25D", "CMS-RVU26C"),
    rests_on=(TABLE,),
    needs=("the modifiers of the other line",),
    optional=("claim.payer",),
)
def technical_part_twice():
    # The claim made later carries the finding; of two made at once the one that is not the hospital's, or bills the whole.
    hospital_before = rank_in(over=SERVICE, where=HOSPITALS) > 0
    hospital_at_once = count(HOSPITALS, over=AT_ONCE) > 0
    beside_hospital = OFFICES & (hospital_before | hospital_at_once)
    offices_before = rank_in(over=SERVICE, where=OFFICES) - rank_in(over=AT_ONCE, where=OFFICES)
    behind_office = HOSPITALS & (offices_before > 0)
    parts_before = rank_in(over=SERVICE, where=ALONE) - rank_in(over=OF_BILLER, where=ALONE)
    parts_at_once = count(ALONE, over=AT_ONCE) - count(ALONE, over=AT_ONCE_OF_BILLER)
    beside_part = WHOLE & ((parts_before > 0) | (parts_at_once > 0))
    wholes_before = rank_in(over=SERVICE, where=WHOLE) - rank_in(over=OF_BILLER, where=WHOLE)
    wholes_at_once = rank_in(over=AT_ONCE, where=WHOLE) - rank_in(over=AT_ONCE_OF_BILLER, where=WHOLE)
    behind_whole = ALONE & (wholes_before - wholes_at_once > 0)
    of_payer = when(HOSPITALS, count(OFFICES, over=OF_PAYER), count(HOSPITALS, over=OF_PAYER))
    of_payer_among_offices = count(OFFICES, over=OF_PAYER) - count(OFFICES, over=(*OF_PAYER, "claim.billing_npi"))
    is_one_payer = (of_payer > 0) | (OFFICES & (of_payer_among_offices > 0))
    return dict(
        fires=beside_hospital | behind_office | beside_part | behind_whole,
        grade=either(is_one_payer, "error", "warning"),
        other=when(
            beside_hospital,
            text("the hospital's line"),
            either(behind_office, "the line of an 837P", "another biller's line"),
        ),
    )
