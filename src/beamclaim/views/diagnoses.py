"""The view ``diagnoses``: one row per diagnosis of a claim, admitting and cause codes included."""

from collections.abc import Collection

import polars as pl

from beamclaim.model.tables.claims import DIAGNOSES
from beamclaim.views.claims import VIEW as CLAIMS
from beamclaim.views.column import ColumnGroup, ViewColumn, plan
from beamclaim.views.columns.claim import CIRCUMSTANCES, CLAIM
from beamclaim.views.columns.claim import SUBJECT as CLAIM_SUBJECT
from beamclaim.views.columns.payer import PAYER
from beamclaim.views.view import Frames, View, by_name

DIAGNOSIS = ColumnGroup()
DIAGNOSIS.as_read(
    ViewColumn(
        "diagnosis.code", DIAGNOSES.schema["diagnosis.code"], "ICD-10-CM code without the dot", "diagnosis.code"
    ),
    ViewColumn("diagnosis.position", DIAGNOSES.schema["diagnosis.position"], "place in claim order"),
    ViewColumn("diagnosis.qualifier", DIAGNOSES.schema["diagnosis.qualifier"], "ABK, ABF …"),
)


@DIAGNOSIS.column("diagnosis.is_listed", pl.Boolean, "principal or other: it has a place in claim order")
def is_listed(_: Frames) -> pl.Expr:
    """Never null."""
    return pl.col("diagnosis.position").is_not_null()


def _build(frames: Frames, columns: Collection[str]) -> pl.DataFrame:
    diagnoses = frames.tables["diagnoses"]
    steps = plan((DIAGNOSIS,), columns, frames)
    of_claim = sorted(steps.base - set(diagnoses.columns))
    claims = frames.of(CLAIMS, of_claim).select("claim.key", *of_claim)
    return steps.run(diagnoses.join(claims, on="claim.key", how="left", maintain_order="left"), frames)


VIEW = View(
    "diagnoses",
    row="one row per diagnosis of a claim, admitting and cause codes included",
    asked_of="patients",
    build=_build,
    columns=by_name(DIAGNOSIS, CLAIM, PAYER),
    subject=(*CLAIM_SUBJECT, "diagnosis.code"),
    question={"claim": "claim.number"},
    circumstances=CIRCUMSTANCES,
    superseded="claim.is_superseded",
)
