"""A book: one consistent set of tables."""

from collections.abc import Iterable, Mapping

import polars as pl

from beamclaim.model.tables import TABLES


class Tables:
    """The tables of a run, or of one bucket of it. A table nobody filled is empty, never absent."""

    def __init__(self, tables: Mapping[str, pl.DataFrame] | None = None) -> None:
        self._tables = dict(tables or {})
        for name, frame in self._tables.items():
            if dict(frame.schema) != TABLES[name].schema:
                raise TypeError(f"table {name} does not have its declared columns and types")

    def __getitem__(self, name: str) -> pl.DataFrame:
        frame = self._tables.get(name)
        return TABLES[name].empty() if frame is None else frame

    @classmethod
    def gather(cls, chunks: Iterable[Mapping[str, pl.DataFrame]], names: Iterable[str] | None = None) -> "Tables":
        """The chunks of any number of readers as one book; `names` keeps only these tables."""
        wanted = set(TABLES if names is None else names)
        parts: dict[str, list[pl.DataFrame]] = {}
        for chunk in chunks:
            for name in wanted & chunk.keys():
                if chunk[name].height:
                    parts.setdefault(name, []).append(chunk[name])
        return cls({name: pl.concat(frames) for name, frames in parts.items()})
