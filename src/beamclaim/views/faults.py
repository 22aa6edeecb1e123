"""The view ``faults``: one row per fault a reader wrote, with the claim and line it stands in."""

from collections.abc import Collection

import polars as pl

from beamclaim.model.value_sets import FAULT_KINDS
from beamclaim.views.claims import VIEW as CLAIMS
from beamclaim.views.column import ViewColumn
from beamclaim.views.view import Frames, View, by_name

# A finding shows where a fault stands, not what the reader wrote of it.
FAULT_COLUMNS = tuple(
    ViewColumn(name, pl.String, doc, is_fact=False, words=FAULT_KINDS if name == "fault.kind" else ())
    for name, doc in (
        ("fault.kind", "kind"),
        ("fault.path", "element"),
        ("fault.expected", "what was expected"),
        ("fault.found", "what was found, as a class"),
        ("fault.repair", "bytes that put it right"),
    )
)


def _build(frames: Frames, _columns: Collection[str]) -> pl.DataFrame:
    tables = frames.tables
    claims = frames.of(CLAIMS, ("claim.key",))
    files = tables["files"].select("file", pl.col("file.is_history").alias("is_history"))
    named = claims.select("claim.key", "claim.number", "claim.form", "claim.loop_end", "claim.start")
    numbers = tables["lines"].select("line.key", "line.number", "line.date", "line.code", "line.charge")
    return (
        tables["faults"]
        .join(files, on="file", how="left")
        .join(named, on="claim.key", how="left")
        .join(numbers, on="line.key", how="left")
    )


def _count_units(frames: Frames) -> dict[str, int]:
    files = frames.tables["files"].filter(~pl.col("file.is_history").fill_null(False))
    claims = frames.of(CLAIMS, ("is_history",)).filter(~pl.col("is_history"))
    return {"files": files.height, "claims": claims.height}


VIEW = View(
    "faults",
    row="one row per fault a reader wrote",
    asked_of="batch",
    build=_build,
    columns=by_name(*FAULT_COLUMNS),
    subject=(
        "claim.key", "claim.number", "line.key", "line.number", "line.date", "line.code", "line.charge", "file", "start", "end",
        "segment", "claim.start", "claim.loop_end", "claim.form", "fault.repair",
    ),
    question={"claim": "claim.number", "line": "line.number"},
    count_units=_count_units,
    units={"files": "file", "claims": "claim.key"},
)  # fmt: skip
