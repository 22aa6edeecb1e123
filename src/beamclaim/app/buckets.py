"""Tables of a large run → buckets of whole patients on disk, read back a few at a time.

Each time rows are put away, those of a table are sorted by bucket and written as one file; a bucket is a slice of it. Used by `run.py`.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from beamclaim.model.tables import TABLES

#: How many buckets there are.
BUCKETS = 32
#: Rows a reader must load at least: a bucket begins within the block before it.
_BLOCK = 8_192


@dataclass(frozen=True, slots=True)
class _SortedFile:
    """The rows of one table that were put away together; bucket n lies from edge n to edge n + 1."""

    path: Path
    edges: tuple[int, ...]


class Buckets:
    """Rows of some tables by a hash of their patient. Only the owner may read the folder; `close` removes it."""

    def __init__(self, tables: Sequence[str]) -> None:
        self._tables = tuple(tables)
        self.folder = Path(tempfile.mkdtemp(prefix="beamclaim-"))
        self._files: dict[str, list[_SortedFile]] = {name: [] for name in tables}

    def close(self) -> None:
        """Removes what was written."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def put(self, tables: Mapping[str, pl.DataFrame], patients: pl.DataFrame) -> None:
        """Writes rows of claims to the buckets of their patients; `patients` (claim.key, patient.key) says whose claim is whose.

        A claim that names nobody stands with nobody: any bucket will do.
        """
        whose = pl.coalesce("patient.key", "claim.key")
        keys = patients.select("claim.key", (whose % BUCKETS).cast(pl.UInt8).alias("bucket"))
        for name in self._tables:
            rows = tables[name].join(keys, on="claim.key", how="left", maintain_order="left")
            rows = rows.sort("bucket", maintain_order=True)
            ends = rows["bucket"].search_sorted(pl.Series(range(BUCKETS), dtype=pl.UInt8), side="right")
            path = self.folder / f"{name}-{len(self._files[name]):06}.arrow"
            rows.drop("bucket").write_ipc(path, compression="lz4", record_batch_size=_BLOCK)
            self._files[name].append(_SortedFile(path, (0, *ends.to_list())))

    def books(self, lines: int) -> Iterator[dict[str, pl.DataFrame]]:
        """All rows again, as tables of whole patients with at least so many `lines` each, but for the last."""
        waiting: dict[str, list[pl.DataFrame]] = {name: [] for name in self._tables}
        for bucket in range(BUCKETS):
            for name in self._tables:
                waiting[name] += self._of_bucket(name, bucket)
            if sum(part.height for part in waiting["lines"]) >= lines or bucket == BUCKETS - 1:
                if any(waiting.values()):
                    yield {n: pl.concat([TABLES[n].empty(), *frames]) for n, frames in waiting.items()}
                waiting = {name: [] for name in self._tables}

    def _of_bucket(self, name: str, bucket: int) -> Iterator[pl.DataFrame]:
        for file in self._files[name]:
            first, end = file.edges[bucket : bucket + 2]
            if end > first:
                yield pl.scan_ipc(file.path).slice(first, end - first).collect()
