"""The view ``claims``: one row per claim. Its columns are those of `columns/claim.py` and `columns/payer.py`."""

from collections.abc import Collection

import polars as pl

from beamclaim.views.column import plan
from beamclaim.views.columns.claim import CIRCUMSTANCES, CLAIM, SUBJECT
from beamclaim.views.columns.payer import PAYER
from beamclaim.views.view import Frames, View, by_name

#: Texts gathered from all lines of a claim: made where a rule reads them. The rest is made at once, for all views that carry it.
_COSTLY = {"claim.codes", "claim.modifiers"}


def _build(frames: Frames, columns: Collection[str]) -> pl.DataFrame:
    claims = frames.tables["claims"]
    every = {name for group in (CLAIM, PAYER) for step in group.steps for name in step.names}
    return plan((CLAIM, PAYER), (every - _COSTLY) | set(columns), frames).run(claims, frames)


VIEW = View(
    "claims",
    row="one row per claim",
    asked_of="patients",
    build=_build,
    columns=by_name(CLAIM, PAYER),
    subject=(*SUBJECT, "loop_end"),
    question={"claim": "claim.number"},
    circumstances=CIRCUMSTANCES,
    needs=("same_numbers",),
    superseded="claim.is_superseded",
)
