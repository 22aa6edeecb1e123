"""BND109. Megavoltage planning, imaging or delivery in a course of surface therapy whose payer takes none."""

from beamclaim.rules import any_of, code_in, code_known, col, if_seen, no, rule

EXCLUDED = "surface.excluded"
#: A code that table does not know is no surface therapy.
SURFACE = if_seen(code_in("radonc.codes", category="surface"), no())
EPISODE = ("patient.key", "episode.key")
DAY = ("patient.key", "line.date")


@rule(
    "BND109",
    title="Megavoltage services in a course of surface therapy",
    view="lines",
    # On one day the pair of codes answers.
    applies=code_known(EXCLUDED)
    & code_in(EXCLUDED)
    & col("line.counts")
    & any_of(SURFACE, over=("patient.key",))
    & ~any_of(SURFACE, over=DAY),
    at="line.code",
    message="{line.code} of {line.date} stands in a course of surface therapy; this payer takes no megavoltage services there",
    to_do="Remove the line where it was for the surface therapy: planning, imaging and delivery of it have codes of their own. "
    "If another target was treated, point the line to its diagnosis",
    severity="warning",
    who="coder",
    cites=("UHC-FRAC-2026",),
    rests_on=(EXCLUDED,),
    needs=("which therapy the line was for",),
)
def megavoltage_in_surface_course():
    return dict(fires=any_of(SURFACE, over=EPISODE))
