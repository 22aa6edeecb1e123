"""DXN109. A principal diagnosis that may not stand first."""

from beamclaim.rules import code_in, code_known, col, either, one_of, rule, text, value, when

EDITOR, NOTES = "dx.principal", "dx.code_first"
DIAGNOSIS, DAY = "diagnosis.code", "claim.last_service"
#: The hospital editor of some payer lines knows diagnoses; what it excludes from its edit it takes.
EDITED = one_of(col("claim.form"), "837I") & code_in(
    "payer_lines", age_edits="true", of=col("claim.payer_line"), on="today"
)
FLAG = value(EDITOR, "flag", of=DIAGNOSIS, on=DAY)


@rule(
    "DXN109",
    title="Principal diagnosis that may not stand first",
    view="diagnoses",
    applies=(col("diagnosis.position") == 1)
    & when(EDITED, code_known(EDITOR, of=DIAGNOSIS), code_known(NOTES, of=DIAGNOSIS)),
    at="diagnosis.code",
    message="{diagnosis.code} stands first, and {why}",
    to_do="Put the condition that was treated first and this code behind it",
    who="coder",
    risk="rejection",
    cites=("CMS-IOCE", "N118"),
    rests_on=(EDITOR, NOTES),
    optional=(FLAG,),
)
def principal_not_allowed():
    return dict(
        fires=when(EDITED, code_in(EDITOR, of=DIAGNOSIS, on=DAY), code_in(NOTES, of=DIAGNOSIS, on=DAY)),
        grade=either(EDITED, "error", "warning"),
        why=when(
            EDITED,
            when(
                FLAG == text("external_cause"),
                text("the hospital editor takes no cause of an injury as principal diagnosis"),
                either(
                    FLAG == text("manifestation"),
                    "the hospital editor takes no manifestation as principal diagnosis: its cause comes before it",
                    "the hospital editor takes it as an additional diagnosis only",
                ),
            ),
            text("the classification asks for the underlying condition before it"),
        ),
    )
