"""The view ``lines``: one row per service line that was seen, history included.

A line of the table, with the columns of its claim that are asked for, then the groups below in their order.
"""

from collections.abc import Collection

import polars as pl

from beamclaim.views.claims import VIEW as CLAIMS
from beamclaim.views.column import plan
from beamclaim.views.columns.authorization import AUTHORIZATION
from beamclaim.views.columns.claim import CIRCUMSTANCES, CLAIM
from beamclaim.views.columns.claim import SUBJECT as CLAIM_SUBJECT
from beamclaim.views.columns.course import COURSE
from beamclaim.views.columns.course_match import COURSE_MATCH
from beamclaim.views.columns.course_sessions import COURSE_SESSIONS
from beamclaim.views.columns.day import DAY
from beamclaim.views.columns.episode import EPISODE
from beamclaim.views.columns.line import LINE
from beamclaim.views.columns.neoplasm import TARGET
from beamclaim.views.columns.payer import PAYER
from beamclaim.views.columns.plan import PLAN
from beamclaim.views.view import Frames, Neighborhood, View, by_name

GROUPS = (LINE, COURSE_MATCH, COURSE_SESSIONS, COURSE, DAY, PLAN, TARGET, AUTHORIZATION, EPISODE)
#: The order of the rows is the order windows run in: by day, history first, then by claim and line.
_ORDER = ("seen.order", "line.date", "claim.number", "line.number", "line.key")


def _build(frames: Frames, columns: Collection[str]) -> pl.DataFrame:
    lines = frames.tables["lines"]
    steps = plan(GROUPS, (*columns, *_ORDER), frames)
    of_claim = sorted(steps.base - set(lines.columns))
    claims = frames.of(CLAIMS, of_claim).select("claim.key", *of_claim)
    return steps.run(lines.join(claims, on="claim.key", how="left"), frames).sort(_ORDER)


VIEW = View(
    "lines",
    row="one row per service line that was seen, history included",
    asked_of="patients",
    build=_build,
    columns=by_name(*GROUPS, CLAIM, PAYER),
    subject=(
        *CLAIM_SUBJECT, "loop_start", "loop_end", "line.key", "line.number", "line.date", "line.code", "line.charge", "line.modifiers",
        "line.units", "course.id",
    ),
    question={"claim": "claim.number", "line": "line.number"},
    # The physician's work on a hospital's claim is paid by the physician schedule.
    circumstances=tuple(c._replace(column="line.setting") if c.policy_word == "setting" else c for c in CIRCUMSTANCES),
    groups={
        "provider": ("patient.key", "line.date", "line.provider", "line.component"),
        "patient": ("patient.key", "line.date"),
        "claim_day": ("claim.key", "line.date"),
        "claim": ("claim.key",),
        "course": ("patient.key", "episode.key", "claim.billing_npi"),
    },
    neighbors=Neighborhood(
        key="line.key",
        patient="patient.key",
        claim="claim.key",
        code="line.code",
        day="line.date",
        counts="line.counts",
        modifiers="line.modifiers",
        component="line.component",
        nearest=("patient.key", "claim.billing_npi", "line.target"),
    ),
    first_fact="line.date",
    superseded="claim.is_superseded",
)  # fmt: skip
