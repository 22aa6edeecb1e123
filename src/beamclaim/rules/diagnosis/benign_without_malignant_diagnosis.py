"""DXN103. Only benign or uncertain diagnoses support the line: the reason must be documented."""

from beamclaim.rules import all_in, code_in, col, either, none, rule, text, when

TABLE = "dx.benign"
NEOPLASMS, LINE = col("line.neoplasms"), "line.diagnoses"
#: Planning and delivery stand for the treatment; what goes with them is not asked a second time.
TREATMENT = code_in("radonc.delivery") | code_in("planning.kinds")


@rule(
    "DXN103",
    title="Benign or uncertain target without a malignant diagnosis",
    formerly=("benign-needs-necessity",),
    view="lines",
    applies=TREATMENT & code_in(TABLE, of=LINE),
    about=("claim.key", "line.diagnoses"),
    at="line.code",
    message="only {what} supports {line.code} ({lines}: {line.diagnoses}); the record must show why it is irradiated",
    to_do="Have the physician's reason in the record before the claim goes out: growth, organ at risk, what was tried before",
    who="physician",
    severity="warning",
    cites=("N115", "N118", "N059"),
    rests_on=(TABLE,),
)
def benign_without_malignant_diagnosis():
    # A malignant or in-situ neoplasm beside it supports the line.
    fires = all_in(TABLE, of="line.neoplasms")
    return dict(
        fires=fires,
        what=when(
            none(NEOPLASMS),
            text("a condition that is no tumor"),
            when(
                code_in(TABLE, of=LINE, kind="benign"),
                text("a benign tumor"),
                either(
                    code_in(TABLE, of=LINE, kind="uncertain"),
                    "a tumor of uncertain behavior",
                    "a tumor of unspecified behavior",
                ),
            ),
        ),
    )
