"""The view ``interchanges``: one row per X12 envelope of the whole batch."""

from collections.abc import Collection

import polars as pl

from beamclaim.views.column import ViewColumn
from beamclaim.views.view import Frames, View, by_name

INTERCHANGE_COLUMNS = (
    ViewColumn("interchange.control", pl.String, "ISA13"),
    ViewColumn("interchange.sender", pl.String, "ISA06"),
    ViewColumn(
        "interchange.seen_before",
        pl.Boolean,
        "same sender and control number, or the same bytes, already read",
        given_as="interchange.control",
    ),
)


def _build(frames: Frames, _columns: Collection[str]) -> pl.DataFrame:
    """In the order of their bytes, so that the order of files never matters."""
    tables = frames.tables
    files = tables["files"].select("file", "file.path", pl.col("file.is_history").alias("is_history"))
    rows = (
        tables["interchanges"]
        .join(files, on="file", how="left")
        .sort("is_history", "interchange.sha256", "file.path", "start", descending=[True, False, False, False])
    )
    number = pl.int_range(pl.len()).over("interchange.sender", "interchange.control")
    bytes_again = pl.int_range(pl.len()).over("interchange.sha256")
    # An interchange without a sender or a number has no name to be seen again under.
    named = pl.col("interchange.sender").is_not_null() & pl.col("interchange.control").is_not_null()
    return rows.with_columns(((bytes_again > 0) | pl.when(named).then(number > 0)).alias("interchange.seen_before"))  # fmt: skip


VIEW = View(
    "interchanges",
    row="one row per X12 envelope of the whole batch",
    asked_of="batch",
    build=_build,
    columns=by_name(*INTERCHANGE_COLUMNS),
    subject=("file", "start", "end", "segment"),
)
