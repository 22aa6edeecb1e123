"""DXN106. A diagnosis of the other sex, or of another age, than the claim says of the patient."""

from beamclaim.rules import (
    carries,
    code_in,
    code_known,
    col,
    either,
    if_seen,
    later,
    no,
    one_of,
    param,
    rank_in,
    rule,
    unknown,
    value,
    when,
)

SEX, AGE, LINES = "dx.sex", "dx.age", "payer_lines"
DIAGNOSIS, DAY = "diagnosis.code", "claim.last_service"
LISTED = "diagnosis.is_listed"
HOSPITAL = one_of(col("claim.form"), "837I")
#: Principal and other diagnoses, each code once: that it stands twice is another question.
FIRST = col(LISTED) & (rank_in(over=("claim.key", DIAGNOSIS), counts=LISTED) == 1)
EDITED = code_in(LINES, age_edits="true", of=col("claim.payer_line"), on="today")
#: The hospital editor of some payer lines knows ages.
AGED = when(code_known(AGE, of=DIAGNOSIS), EDITED & HOSPITAL, no())


@rule(
    "DXN106",
    title="Diagnosis does not fit the patient's sex or age",
    view="diagnoses",
    applies=FIRST & (code_in(SEX, of=DIAGNOSIS, on=DAY) | AGED),
    at="diagnosis.code",
    message="{diagnosis.code} does not fit the {what}",
    to_do="Check diagnosis and sex against the record; if the sex is right as it stands, say so on the claim "
    "(condition code 45 on an 837I, modifier KX on an 837P)",
    who="coder",
    severity="warning",
    risk="rejection",
    cites=("ICD10CM-2026-04", "CMS-IOCE", "HEALTHNET-22-663"),
    rests_on=(SEX, AGE),
    needs=("claim.sex",),
    optional=("claim.condition_codes",),
)
def diagnosis_against_patient():
    sex = col("claim.sex")
    other = when(
        code_in(SEX, of=DIAGNOSIS, on=DAY),
        when(one_of(sex, "M", "F"), sex != value(SEX, "sex", of=DIAGNOSIS, on=DAY), unknown()),
        no(),
    )
    # A claims table cannot say that there is no condition code: none was seen.
    meant = when(
        HOSPITAL,
        if_seen(carries(param("diagnosis.sex.condition_code", on=DAY), of="claim.condition_codes"), no()),
        carries(param("diagnosis.sex.modifier", on=DAY), of="claim.modifiers"),
    )
    born = col("claim.birth_date")
    young = col(DAY) < later(born, years=value(AGE, "lowest", of=DIAGNOSIS, on=DAY))
    old = col(DAY) >= later(born, years=value(AGE, "highest", of=DIAGNOSIS, on=DAY) + 1)
    aged = when(AGED, when(code_in(AGE, of=DIAGNOSIS, on=DAY), young | old, no()), no())
    return dict(
        fires=(other & ~meant) | aged,
        what=either(
            other & ~meant,
            "sex the claim gives of the patient, and nothing on the claim says that it is meant",
            "age the claim gives of the patient",
        ),
        # What says that a sex is meant lifts no conflict of age.
        to_do=either(
            other & ~meant, "", "Check diagnosis and birth date against the record, and correct what is wrong"
        ),
    )
