"""COD102. The code may not be billed on this form in this setting to this payer."""

from beamclaim.rules import (
    any_listed,
    carries,
    code_in,
    code_known,
    col,
    either,
    if_seen,
    listed,
    no,
    one_of,
    rule,
    stated,
    text,
    unknown,
    value,
    when,
    yes,
)

TABLE, FORMS, TECHNICAL = "setting.not_payable", "form.statuses", "technical"
HOSPITAL_FILE, FEE_SCHEDULE = "opps.status", "mpfs.indicators"
FORM = col("claim.form")
HOSPITAL_FORM = FORM == text("837I")
NATIONAL = code_in("payer_lines", fee_schedule="true", of=col("claim.payer_line"), on="today")

# What the file of the form says.
HOSPITAL_STATUS, OFFICE_STATUS = value(HOSPITAL_FILE, "status_indicator"), value(FEE_SCHEDULE, "status")
FLAGS = value(HOSPITAL_FILE, "flags")
#: Some hospitals bill for their physicians: those lines are the physician's.
BY_HOSPITAL = HOSPITAL_FORM & ~col("line.is_method_two")
STATUS = when(BY_HOSPITAL, HOSPITAL_STATUS, OFFICE_STATUS)
IS_READ = when(BY_HOSPITAL, stated(HOSPITAL_STATUS), stated(OFFICE_STATUS))
REFUSED = listed(
    STATUS, when(BY_HOSPITAL, value(FORMS, "refused", of=FORM), value(FORMS, "physician_refused", of=FORM))
)
FLAGGED = if_seen(any_listed(FLAGS, value(FORMS, "lifted_flag", of=FORM)), no())

# What a special list adds.
ONLY_WITH, UNLESS = value(TABLE, "with_modifier"), value(TABLE, "unless_modifier")
UNLESS_BILL_TYPE, UNLESS_REVENUE = value(TABLE, "unless_bill_type"), value(TABLE, "unless_revenue")
KIND, INSTEAD = value(TABLE, "reason"), value(TABLE, "instead")
CONCERNED = when(stated(ONLY_WITH), carries(ONLY_WITH), yes())
LIFTED = when(stated(UNLESS), carries(UNLESS), no())
PAID_SO = listed(col("claim.bill_type"), UNLESS_BILL_TYPE) & listed(col("line.revenue_code"), UNLESS_REVENUE)
SPECIAL = code_in(TABLE) & CONCERNED & ~LIFTED & ~when(stated(UNLESS_BILL_TYPE), PAID_SO, no())
IS_LISTED = if_seen(code_in(TABLE) & CONCERNED, no())
OFF_CAMPUS, PACKAGED = one_of(KIND, "off_campus_department"), one_of(KIND, "physician_work_packaged")
ADVICE = IS_LISTED & (OFF_CAMPUS | PACKAGED)

# Whose line it is.
PASSES = BY_HOSPITAL & ((FLAGGED & carries(value(FORMS, "lifted_by", of=FORM))) | LIFTED)
REFUSED_BY_STATUS = IS_READ & REFUSED & ~PASSES
IN_A_HOSPITAL = ~HOSPITAL_FORM & col("line.in_facility") & code_in(TECHNICAL, part="technical")
IS_HOSPITALS = if_seen(IN_A_HOSPITAL, no()) | (IS_LISTED & one_of(KIND, "technical_only"))
IS_BUNDLED = if_seen(listed(STATUS, value(FORMS, "bundled", of=FORM)), no()) | (IS_LISTED & one_of(KIND, "bundled"))
HOSPITAL_BILLS = text("Take the line off the physician's claim; the hospital bills it")

REASON_OF_LIST = when(
    one_of(KIND, "professional_only"),
    text("is the physician's work alone and cannot stand on this hospital claim"),
    when(
        PACKAGED,
        text("is the physician's work; on a hospital claim it is packaged and paid nothing of its own"),
        when(
            OFF_CAMPUS,
            text("may be the wrong code: a department paid as off campus seems to bill the fee schedule's code"),
            when(
                one_of(KIND, "fee_schedule_code"),
                text("is a fee-schedule code; a hospital bills it only where it is paid as off campus"),
                text("is not valid on the physician fee schedule on this date"),
            ),
        ),
    ),
)
REASON_OF_STATUS = when(
    IS_HOSPITALS,
    text("is technical alone; a physician's claim for a service in a hospital cannot bill it"),
    when(
        if_seen(BY_HOSPITAL, no()),
        text(
            "is not taken on a hospital's outpatient claim: the hospital file gives it a status that is not paid there"
        ),
        text("is not paid on the physician fee schedule, by its status on this date"),
    ),
)
TO_DO_OF_LIST = when(
    one_of(KIND, "professional_only", "physician_work_packaged"),
    text("Bill it on the physician's claim (837P)"),
    when(
        one_of(KIND, "fee_schedule_code"),
        text("Bill {instead}; only a department paid as off campus keeps this code, with {exception}"),
        text("Bill {instead}, as the record supports"),
    ),
)


@rule(
    "COD102",
    title="Code not billable in this setting",
    formerly=("code-wrong-setting",),
    view="lines",
    # Other payers only where a row of their own was loaded.
    applies=code_known("radonc.codes")
    & (
        code_in("radonc.range")
        | (HOSPITAL_FORM & code_known(HOSPITAL_FILE))
        | (~HOSPITAL_FORM & code_known(FEE_SCHEDULE))
    )
    & code_in("radonc.codes")
    & (NATIONAL | if_seen(code_in(TABLE), no())),
    at="line.code",
    message="{line.code} {reason}",
    to_do="Bill the code of this setting",
    who="coder",
    cites=("CMS-RVU25D", "CMS-RVU26C", "CMS-IOCE", "ASTRO-FAQ-IGRT", "ASTRO-FAQ-DELIV", "RBC-PCTC"),
    needs=("claim.bill_type",),
    optional=(
        ONLY_WITH,
        UNLESS,
        UNLESS_BILL_TYPE,
        UNLESS_REVENUE,
        KIND,
        INSTEAD,
        HOSPITAL_STATUS,
        OFFICE_STATUS,
        FLAGS,
        "claim.bill_type",
        "line.revenue_code",
        "line.in_facility",
        "line.is_method_two",
    ),
)
def code_in_wrong_setting():
    # A list decides alone only where no status was read: else it adds words, and advice that no status gives.
    unread = NATIONAL & ~IS_READ
    by_list = when(IS_READ, if_seen(ADVICE & SPECIAL, no()), when(SPECIAL, yes(), unknown()))
    bundled = text("is bundled on the physician fee schedule: it is paid within the services it goes with")
    other = text(
        "Look for the code that this payer takes for the service on this form; without one the line is not paid there"
    )
    by_status = when(if_seen(BY_HOSPITAL, no()), text(HOSPITAL_FILE), text(FEE_SCHEDULE))
    ground = when(if_seen(IN_A_HOSPITAL, no()), text(TECHNICAL), by_status)
    hospital_file = when(col("claim.setting") == text("hospital_outpatient"), text("policy.opps.status"), text(""))
    return dict(
        fires=when(NATIONAL, REFUSED_BY_STATUS | by_list | IN_A_HOSPITAL, SPECIAL),
        # Where the hospital's file ended before the day, the list alone makes no error.
        grade=when(ADVICE, text("info"), either(unread & BY_HOSPITAL, "warning", "error")),
        reason=when(IS_BUNDLED, bundled, when(IS_LISTED & ~IS_HOSPITALS, REASON_OF_LIST, REASON_OF_STATUS)),
        to_do=when(
            IS_BUNDLED,
            text("Take the line off: it is not paid apart"),
            when(IS_HOSPITALS, HOSPITAL_BILLS, when(IS_LISTED, TO_DO_OF_LIST, other)),
        ),
        rests_on=when(IS_LISTED, text(TABLE), ground),
        missing=when(
            unread, when(if_seen(BY_HOSPITAL, HOSPITAL_FORM), hospital_file, text("policy.mpfs.indicators")), text("")
        ),
        status=if_seen(STATUS, text("not read")),
        instead=INSTEAD,
        exception=UNLESS,
    )
