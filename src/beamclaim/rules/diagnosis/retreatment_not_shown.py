"""DXN107. Earlier irradiation is known, and the claim does not say so."""

from beamclaim.rules import code_in, col, if_seen, no, rule


@rule(
    "DXN107",
    title="Earlier irradiation not shown on the claim",
    view="lines",
    # A course that lists no earlier irradiation does not say that there was none; it raises no question either.
    applies=code_in("radonc.delivery") & if_seen(col("course.was_irradiated"), no()),
    about=("claim.key",),
    at="line.code",
    message="the record lists earlier irradiation, and no diagnosis of the claim says so",
    to_do="Add the code for earlier irradiation where the record supports it, and keep the old dose record at hand: "
    "the code alone is no proof",
    who="coder",
    severity="info",
    risk="advice",
    cites=("N118",),
)
def retreatment_not_shown():
    return dict(fires=~code_in("dx.retreatment", of="claim.diagnoses"))
