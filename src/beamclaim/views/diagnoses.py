"""The view ``diagnoses``: one row per diagnosis of a claim, admitting and cause codes included."""

from collections.abc import Collection

import polars as pl

from beamclaim.views.claims import CIRCUMSTANCES, CLAIM_COLUMNS
from beamclaim.views.claims import SUBJECT as CLAIM_SUBJECT
from beamclaim.views.claims import VIEW as CLAIMS
from beamclaim.views.lines import FROM_CLAIM
from beamclaim.views.view import Frames, View, ViewColumn, by_name

# fmt: off
DIAGNOSIS_COLUMNS = (
    ViewColumn("diagnosis.code", "ICD-10-CM code without the dot", "diagnosis.code"),
    ViewColumn("diagnosis.position", "place in claim order", ""),
    ViewColumn("diagnosis.qualifier", "ABK, ABF …", ""),
    ViewColumn("diagnosis.is_listed", "principal or other: it has a place in claim order", ""),
    ViewColumn("claim.diagnoses", "all diagnoses in claim order, joined with `;`", "claim.diagnoses"),
    ViewColumn("claim.codes", "procedure codes of its lines, each once, joined with `;`", ""),
    ViewColumn("claim.modifiers", "modifiers of its lines, each once, joined with `;`", ""),
    ViewColumn("claim.condition_codes", "condition codes joined with `;`; a claims table cannot say that there is none", "claim.condition_codes"),
)
# fmt: on


def _build(frames: Frames, _columns: Collection[str]) -> pl.DataFrame:
    names = (*FROM_CLAIM, "claim.codes", "claim.modifiers", "claim.condition_codes")
    claims = frames.of(CLAIMS, names)
    return (
        frames.tables["diagnoses"]
        .join(claims.select(names), on="claim.key", how="left", maintain_order="left")
        .with_columns(pl.col("diagnosis.position").is_not_null().alias("diagnosis.is_listed"))
    )


VIEW = View(
    "diagnoses",
    row="one row per diagnosis of a claim, admitting and cause codes included",
    asked_of="patients",
    build=_build,
    columns=by_name(DIAGNOSIS_COLUMNS, CLAIM_COLUMNS),
    subject=(*CLAIM_SUBJECT, "diagnosis.code"),
    question={"claim": "claim.number"},
    circumstances=CIRCUMSTANCES,
    superseded="claim.is_superseded",
)
