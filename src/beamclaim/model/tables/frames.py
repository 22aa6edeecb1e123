"""Chunks of many readers → `Tables`: one consistent set of tables, each with its declared columns and types.

A table nobody filled is empty, never absent. Made by `app` (a run, a bucket of it) and by tests; read by `views`.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

import polars as pl

from beamclaim.model.tables import TABLES, Table, claims, course, evidence

_DECLARED_IN = {
    table.name: f"{module.__name__.removeprefix('beamclaim.').replace('.', '/')}.py"
    for module in (claims, course, evidence)
    for table in vars(module).values()
    if isinstance(table, Table)
}
"""Table → the file that declares it."""


class Tables:
    """The tables of a run, or of one bucket of it.

    Raises TypeError where a table or its columns are not as declared: which, what was expected, who has to mend it.
    """

    def __init__(self, tables: Mapping[str, pl.DataFrame] | None = None) -> None:
        self._tables = dict(tables or {})
        for name, frame in self._tables.items():
            _check(name, frame)

    def __getitem__(self, name: str) -> pl.DataFrame:
        frame = self._tables.get(name)
        return TABLES[name].empty() if frame is None else frame

    @classmethod
    def gather(cls, chunks: Iterable[Mapping[str, pl.DataFrame]], names: Iterable[str] | None = None) -> "Tables":
        """The chunks of any number of readers as one set of tables; `names` keeps only these tables."""
        wanted = set(TABLES if names is None else names)
        parts: dict[str, list[pl.DataFrame]] = {}
        for chunk in chunks:
            for name in wanted & chunk.keys():
                if chunk[name].height:
                    parts.setdefault(name, []).append(chunk[name])
        return cls({name: pl.concat(frames) for name, frames in parts.items()})


def _check(name: str, frame: pl.DataFrame) -> None:
    """Refuses a frame that is not the table it is given as."""
    if name not in TABLES:
        near = get_close_matches(name, TABLES, 1)
        hint = f"did you mean {near[0]}?" if near else "declare it in model/tables"
        raise TypeError(f"table {name}: there is no such table; {hint}")
    schema = TABLES[name].schema
    if dict(frame.schema) == schema:
        return
    for column, declared in schema.items():
        if column not in frame.columns:
            raise TypeError(
                f"table {name}: column {column} is missing; the reader that made the frame has to fill it, with nulls where "
                f"it does not know ({_DECLARED_IN[name]})"
            )
        if frame.schema[column] != declared:
            raise TypeError(
                f"table {name}: column {column} is {frame.schema[column]}, declared {declared}; the reader that made the "
                f"frame has to cast it where the column is made ({_DECLARED_IN[name]})"
            )
    extra = next(column for column in frame.columns if column not in schema)
    raise TypeError(f"table {name}: column {extra} is not declared; drop it, or declare it ({_DECLARED_IN[name]})")
