"""COD103. Simple or complex IMRT delivery does not follow the treated site or the compensator."""

from beamclaim.rules import code_in, col, either, if_seen, no, one_of, rule, stated, text, unknown, value, when

TABLE = "radonc.delivery"
SITE = "imrt.class_by_site"
DIAGNOSIS = "imrt.class_by_diagnosis"


@rule(
    "COD103",
    title="Simple or complex IMRT does not fit the treated site",
    formerly=("imrt-simple-or-complex",),
    view="lines",
    # Where the fee schedule takes neither code the choice between them is no question: COD102 says what to bill.
    applies=code_in(TABLE, era="2015", is_imrt="true", includes_guidance="true")
    & ~if_seen(code_in("setting.not_payable", reason="invalid_on_fee_schedule"), no()),
    at="line.code",
    message="{line.code} is the code for {billed} IMRT; by {basis} the delivery was {expected}",
    to_do="Check the treated site and whether physical compensators were used, then bill the code they support",
    who="coder",
    risk="repayment",
    cites=("N184", "CPT2015-CHANGES"),
    rests_on=(TABLE, SITE, DIAGNOSIS),
    optional=("course.key",),
)
def imrt_class_against_site():
    billed = value(TABLE, "level")
    by_site = (value(SITE, "class", of="plan.site_group") == text("simple")) | col("plan.compensator")
    group = value(DIAGNOSIS, "class", of="line.target")
    by_diagnosis = when(one_of(group, "simple", "complex"), group == text("simple"), unknown())
    course = stated(col("course.key"))
    simple = when(course, by_site, by_diagnosis)
    shaped = if_seen(col("plan.compensator"), no())
    return dict(
        fires=simple != (billed == text("simple")),
        grade=either(course, "error", "warning"),
        billed=billed,
        expected=either(simple, "simple", "complex"),
        basis=when(
            course,
            either(shaped, "the physical compensator of the plan", "the treated site of the plan"),
            text("the first-listed neoplasm of the line"),
        ),
        target=if_seen(col("line.target"), text("not known")),
    )
