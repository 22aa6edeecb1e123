"""COD102. The code may not be billed on this form in this setting to this payer."""

from beamclaim.rules import (
    carries,
    code_in,
    code_known,
    col,
    if_seen,
    listed,
    no,
    one_of,
    rule,
    stated,
    text,
    value,
    when,
    yes,
)

TABLE = "setting.not_payable"
NATIONAL = code_in("payer_lines", fee_schedule="true", of=col("claim.payer_line"), on="today")
ONLY_WITH, UNLESS = value(TABLE, "with_modifier"), value(TABLE, "unless_modifier")
UNLESS_BILL_TYPE, UNLESS_REVENUE = value(TABLE, "unless_bill_type"), value(TABLE, "unless_revenue")
KIND, INSTEAD = value(TABLE, "reason"), value(TABLE, "instead")
HOSPITAL_BILLS = text("Take the line off the physician's claim; the hospital bills it")


@rule(
    "COD102",
    title="Code not billable in this setting",
    formerly=("code-wrong-setting",),
    view="lines",
    # Other payers only where a row of their own was loaded.
    applies=code_in("radonc.range")
    & code_known("radonc.codes")
    & code_in("radonc.codes")
    & (NATIONAL | if_seen(code_in(TABLE), no())),
    at="line.code",
    message="{line.code} {reason}",
    to_do="Bill the code of this setting",
    who="coder",
    cites=("CMS-RVU25D", "CMS-RVU26C", "CMS-IOCE", "ASTRO-FAQ-IGRT", "ASTRO-FAQ-DELIV", "RBC-PCTC"),
    rests_on=(TABLE,),
    needs=("claim.bill_type",),
    optional=(
        ONLY_WITH,
        UNLESS,
        UNLESS_BILL_TYPE,
        UNLESS_REVENUE,
        KIND,
        INSTEAD,
        "claim.bill_type",
        "line.revenue_code",
        "line.in_facility",
    ),
)
def code_in_wrong_setting():
    concerned = when(stated(ONLY_WITH), carries(ONLY_WITH), yes())
    paid_so = listed(col("claim.bill_type"), UNLESS_BILL_TYPE) & listed(col("line.revenue_code"), UNLESS_REVENUE)
    excused = when(stated(UNLESS), carries(UNLESS), no()) | when(stated(UNLESS_BILL_TYPE), paid_so, no())
    physician_only, technical_only = one_of(KIND, "professional_only"), one_of(KIND, "technical_only")
    bundled = one_of(KIND, "bundled")
    off_campus, office_code = one_of(KIND, "off_campus_department"), one_of(KIND, "fee_schedule_code")
    reason = when(
        physician_only,
        text("is the physician's work alone and cannot stand on this hospital claim"),
        when(
            technical_only,
            text("is technical alone; a physician's claim for a service in a hospital cannot bill it"),
            when(
                off_campus,
                text("may be the wrong code: a department paid as off campus seems to bill the fee schedule's code"),
                when(
                    office_code,
                    text("is a fee-schedule code; a hospital bills it only where it is paid as off campus"),
                    when(
                        bundled,
                        text("is bundled on the physician fee schedule: it is paid within the services it goes with"),
                        text("is not valid on the physician fee schedule on this date"),
                    ),
                ),
            ),
        ),
    )
    to_do = when(
        physician_only | bundled,
        when(
            bundled,
            text("Take the line off: it is not paid apart"),
            text("Bill it on the physician's claim (837P)"),
        ),
        when(
            technical_only | (~office_code & ~off_campus & col("line.in_facility")),
            HOSPITAL_BILLS,
            when(
                office_code,
                text("Bill {instead}; only a department paid as off campus keeps this code, with {exception}"),
                text("Bill {instead}, as the record supports"),
            ),
        ),
    )
    return dict(
        fires=code_in(TABLE) & concerned & ~excused,
        reason=reason,
        to_do=to_do,
        instead=INSTEAD,
        exception=UNLESS,
    )
