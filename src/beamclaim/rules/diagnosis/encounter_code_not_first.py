"""DXN104. A claim for external-beam delivery whose encounter code is missing or not first."""

from beamclaim.rules import carries, code_in, col, either, if_seen, none, rule, value

ASKED, ENCOUNTERS, GROUPS = "dx.encounter_asked", "dx.encounter", "dx.groups"
CODES, FIRST, LAST = "claim.codes", "claim.first_service", "claim.last_service"


@rule(
    "DXN104",
    title="Encounter code for radiotherapy missing or not first",
    formerly=("encounter-code-order",),
    view="diagnoses",
    # Asked of the first-listed diagnosis, which stands for the claim; without a neoplasm the code is no encounter code of ours.
    applies=(col("diagnosis.position") == 1)
    & ~none(col("claim.neoplasms"))
    & (code_in(ASKED, of=CODES, on=FIRST) | code_in(ASKED, of=CODES, on=LAST)),
    at="diagnosis.code",
    message="the claim is for external-beam treatment and begins with {diagnosis.code}; the encounter code {encounter} {how}",
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
    is_listed = carries(encounter, of="claim.diagnoses")
    # A visit for drugs and radiation is ordered by its reason.
    shared = code_in(GROUPS, of="diagnosis.code", on=LAST, group="chemo_immuno_encounter") & is_listed
    return dict(
        fires=~leads & ~shared,
        encounter=encounter,
        how=either(is_listed, "stands behind it", "is missing"),
    )
