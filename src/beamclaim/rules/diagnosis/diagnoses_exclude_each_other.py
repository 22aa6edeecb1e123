"""DXN110. Two diagnoses that an Excludes1 note of the classification keeps apart."""

from beamclaim.rules import any_listed, code_known, col, rank_in, rule, value

TABLE, DIAGNOSIS, LISTED = "dx.excludes", "diagnosis.code", "diagnosis.is_listed"
EXCLUDED = value(TABLE, "excluded", of=DIAGNOSIS, on="claim.last_service")
#: Each code once: that it stands twice is another question.
FIRST = col(LISTED) & (rank_in(over=("claim.key", DIAGNOSIS), counts=LISTED) == 1)


@rule(
    "DXN110",
    title="Diagnoses that exclude each other",
    view="diagnoses",
    # Asked of the rarer code of each pair.
    applies=FIRST & code_known(TABLE, of=DIAGNOSIS),
    at="diagnosis.code",
    message="{diagnosis.code} stands on a claim with {excluded}, and the classification keeps the two apart (Excludes1)",
    to_do="Keep the one the record supports; leave both only if they are two unrelated conditions",
    who="coder",
    severity="warning",
    cites=("N118",),
    rests_on=(TABLE,),
)
def diagnoses_exclude_each_other():
    return dict(fires=any_listed(col("claim.diagnoses"), EXCLUDED), excluded=EXCLUDED)
