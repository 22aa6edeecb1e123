"""COD108. IMRT delivery in a course that shows no IMRT plan."""

from beamclaim.rules import any_of, code_in, col, if_seen, no, one_of, rule, stated, unknown, when, yes

PLAN = code_in("radonc.planning_imrt")
EPISODE = ("patient.key", "episode.key")


@rule(
    "COD108",
    title="IMRT delivery without an IMRT plan",
    view="lines",
    applies=code_in("radonc.delivery", era="2015", is_imrt="true") & col("line.counts"),
    about=("claim.key",),
    at="line.code",
    message="{line.code} ({lines}): the beginning of the course is seen, and no IMRT plan in claims or record",
    to_do="Look for the IMRT plan. If there is one, bill it; if the course was planned in 3D, bill the delivery that plan supports",
    severity="warning",
    who="coder",
    risk="repayment",
    cites=("SEED-MEDIBILL", "NORIDIAN-IMRT"),
    needs=("which plan the delivery follows",),
    optional=("course.key", "course.imrt_plans", "day.technique"),
)
def technique_without_plan():
    technique = one_of(col("day.technique"), "vmat", "helical", "imrt_static", "imrt_dynamic", "imrt_compensator")
    # A list of procedures that names no IMRT plan does not say that there was none.
    recorded = when(stated(col("course.key")), if_seen(col("course.imrt_plans") > 0, no()) | technique, no())
    planned = any_of(PLAN, over=EPISODE) | recorded
    # A plan for another target or time may be the one: diagnoses do not always agree.
    elsewhere = any_of(PLAN, over=("patient.key",))
    return dict(fires=~planned & col("episode.begins") & when(elsewhere, unknown(), yes()))
