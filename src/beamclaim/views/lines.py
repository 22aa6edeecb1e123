"""The view ``lines``: one row per service line that was seen, history included; of a line over several days one row a day.

A line of the table, with the columns of its claim that are asked for, its days (`line_days`), then the groups below in their order.
The days of a line get one verdict together (`engine/day_rows.py`).
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
from beamclaim.views.columns.line import LINE, OF_DAYS
from beamclaim.views.columns.neoplasm import TARGET
from beamclaim.views.columns.payer import PAYER
from beamclaim.views.columns.plan import PLAN
from beamclaim.views.columns.stay import STAY
from beamclaim.views.line_days import with_days
from beamclaim.views.view import DayRows, Frames, Neighborhood, View, by_name

GROUPS = (LINE, COURSE_MATCH, COURSE_SESSIONS, COURSE, DAY, STAY, PLAN, TARGET, AUTHORIZATION, EPISODE)
#: The order of the rows is the order windows run in: by first day, history first, then by claim and line, the days of a line together.
_ORDER = ("seen.order", "line.first_day", "claim.number", "line.number", "line.key", "line.date")
#: What hangs on which day a service was: beside the day itself, what the record says of it.
_OF_DAY = ("line.date", "course.session_number", *(c.name for group in (DAY, STAY, PLAN) for c in group.declared))


def _build(frames: Frames, columns: Collection[str]) -> pl.DataFrame:
    lines = frames.tables["lines"]
    steps = plan(GROUPS, (*columns, *_ORDER), frames)
    of_claim = sorted((steps.base | {"patient.key"}) - set(lines.columns) - set(OF_DAYS))
    claims = frames.of(CLAIMS, of_claim).select("claim.key", *of_claim)
    rows = with_days(lines.join(claims, on="claim.key", how="left"), frames)
    return steps.run(rows, frames).sort(_ORDER)


VIEW = View(
    "lines",
    row="one row per service line that was seen, history included; of a line over several days one row a day",
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
        day_is_known="line.day_is_known",
    ),
    days=DayRows(
        subject="line.key",
        day="line.date",
        first="line.first_day",
        last="line.date_to",
        units="line.units",
        billed_units="line.billed_units",
        is_range="line.is_range",
        is_known="line.day_is_known",
        is_open="line.day_is_open",
        of_day=_OF_DAY,
    ),
    first_fact="line.date",
    in_doubt="line.is_in_doubt",
    superseded="claim.is_superseded",
)  # fmt: skip
