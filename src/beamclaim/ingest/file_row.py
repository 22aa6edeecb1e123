"""The one row of the `files` table that says what became of a file."""

import polars as pl

from beamclaim.model.tables import FILES


def file_row(
    file: int,
    *,
    kind: str,
    is_history: bool,
    path: str | None = None,
    sha256: str | None = None,
    size: int | None = None,
    claims: int = 0,
    lines: int = 0,
    error: str | None = None,
) -> pl.DataFrame:
    """One row of `files`; `size` in decompressed bytes, `error` why it could not be read (null when it was)."""
    row = (file, path, sha256, size, kind, is_history, claims, lines, error)
    return pl.DataFrame([row], schema=FILES.schema, orient="row")
