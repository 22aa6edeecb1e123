"""DXN104. A claim for external-beam delivery whose encounter code is missing or not first."""

from beamclaim.rules import carries, code_in, col, either, if_seen, none, rule, value, when

ASKED, ENCOUNTERS, GROUPS = "dx.encounter_asked", "dx.encounter", "dx.groups"
CODES, FIRST, LAST = "claim.codes", "claim.first_service", "claim.last_service"
DIAGNOSES = "claim.diagnoses"
NO_NEOPLASM = none(col("claim.neoplasms"))


@rule(
    "DXN104",
    title="Encounter code for radiotherapy missing or not first",
    formerly=("encounter-code-order",),
    view="diagnoses",
    # Asked of the first-listed diagnosis, which stands for the claim; without neoplasm and encounter code it treats something else.
    applies=(col("diagnosis.position") == 1)
    & (~NO_NEOPLASM | code_in(ENCOUNTERS, of=DIAGNOSES, on=LAST, place="first"))
    & (code_in(ASKED, of=CODES, on=FIRST) | code_in(ASKED, of=CODES, on=LAST)),
    at="diagnosis.code",
    message="the claim is for external-beam treatment and begins with {diagnosis.code}; "
    "{encounter}, the encounter for radiotherapy, {how}",
    to_do="Where the visits were for treatment alone, put the encounter code first and the treated neoplasm second",
    who="coder",
    severity="warning",
    cites=("N116", "N115"),
    rests_on=(ASKED,),
)
def encounter_code_not_first():
    # A claim over a change of codes asks by its first day or by its last.
    encounter = if_seen(value(ASKED, "encounter", of=CODES, on=LAST), value(ASKED, "encounter", of=CODES, on=FIRST))
    leads = code_in(ENCOUNTERS, of="diagnosis.code", on=LAST, place="first")
    is_listed = carries(encounter, of=DIAGNOSES)
    # A visit for drugs and radiation is ordered by its reason.
    shared = code_in(GROUPS, of="diagnosis.code", on=LAST, group="chemo_immuno_encounter") & is_listed
    only_history = code_in(GROUPS, of=DIAGNOSES, on=LAST, behavior="history")
    # A condition that is no tumor may be what is treated: then the name of the code does not fit, and no more.
    other = code_in("dx.benign", of=DIAGNOSES, on=LAST, kind="not_neoplasm")
    return dict(
        fires=NO_NEOPLASM | (~leads & ~shared),
        grade=either(NO_NEOPLASM & other, "info", "warning"),
        encounter=encounter,
        how=when(
            NO_NEOPLASM,
            either(
                only_history,
                "asks for the neoplasm behind it, and the claim lists a history of one only",
                "asks for the neoplasm behind it, and the claim lists none",
            ),
            either(is_listed, "stands behind it", "is missing"),
        ),
        to_do=either(
            NO_NEOPLASM,
            "List the treated neoplasm behind the encounter code; a history code says that its treatment is over",
            "",
        ),
    )
