"""Policy as known on a day → every table, source, parameter and diagnosis release, which nobody can change.

One `PolicyTables` a run: `load.py` makes it; it travels to other processes by pickle. What is asked of it, and remembered,
is `answers.PolicyAnswers`. Frames are handed out as copies that share their memory, so that a caller changes only its own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from beamclaim.errors import PolicyError, nearest
from beamclaim.policy.coverage import TableCoverage
from beamclaim.policy.declarations import DECLARED, PARAMETERS, Declaration
from beamclaim.policy.diagnoses import Diagnoses
from beamclaim.policy.imports.imported import ImportedFile
from beamclaim.policy.sources import PolicySource


class PolicyTable:
    """A loaded table: its declaration and its rows.

    `frame` holds one row per row of its files: key columns (`code_from`, `code_to`, `priority` for a table of ranges),
    value columns, `scope`, `setting`, `first_day`, `last_day`, `source`, `at`, `confidence`, `observed_on`, and ours:
    `row.id` (u32, its place), `row.file`, `row.line`, `row.cap`, `row.preview`, `row.known_since`, `row.until` (the last
    day it answers for), `row.begins`, `row.sure_from`, `row.weak` (`readings.py`).
    """

    __slots__ = ("_frame", "declared")
    declared: Declaration
    _frame: pl.DataFrame

    def __init__(self, declared: Declaration, frame: pl.DataFrame) -> None:
        object.__setattr__(self, "declared", declared)
        object.__setattr__(self, "_frame", frame)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"the policy table {self.name} cannot be changed: {name}")

    def __reduce__(self) -> tuple[type["PolicyTable"], tuple[Declaration, pl.DataFrame]]:
        return PolicyTable, (self.declared, self._frame)

    @property
    def frame(self) -> pl.DataFrame:
        """Its rows, as a frame of the caller's own."""
        return self._frame.clone()

    @property
    def stated(self) -> pl.DataFrame:
        """Its rows as they stand in its files, without those made of them for days of a lower grade (`readings.py`)."""
        return self._frame.filter(~pl.col("row.weak"))

    @property
    def name(self) -> str:
        """What it is called."""
        return self.declared.name

    @property
    def doc(self) -> str:
        """What it answers, in a sentence."""
        return self.declared.doc

    @property
    def key(self) -> tuple[str, ...]:
        """The columns it is asked by."""
        return self.declared.key

    @property
    def value(self) -> tuple[str, ...]:
        """The columns it answers with."""
        return tuple(self.declared.value)

    @property
    def is_range(self) -> bool:
        """Its key is one code, which its rows hold by ranges."""
        return self.declared.is_range

    @property
    def is_edition(self) -> bool:
        """Its rows are copies of dated editions."""
        return self.declared.is_edition

    def rows_about(self, codes: pl.Series) -> pl.DataFrame:
        """The rows that hold one of these codes, whatever their day and scope; a range is one row for each code it holds.

        With the first key column, which is the code.
        """
        key = self.key[0]
        asked = codes.drop_nulls().unique().alias(key).to_frame()
        if not self.is_range:
            return self.frame.join(asked, on=key, how="semi", maintain_order="left")
        first, last = (pl.col(key).str.slice(0, pl.col(c).str.len_bytes()) for c in ("code_from", "code_to"))
        ranges = self._frame.select("row.id", "code_from", "code_to")
        inside = ranges.join(asked, how="cross").filter(first >= pl.col("code_from"), last <= pl.col("code_to"))
        return self._frame.join(inside.select("row.id", key), on="row.id", maintain_order="left")


@dataclass(frozen=True, slots=True, eq=False)
class PolicyTables:
    """Every policy table, source and parameter, as known on a day (`as_of`; null: whatever the day).

    `digest`: sha256 (hex) over names and contents of all files; line endings do not count. `coverage`: what each table
    was verified for. `whole_parameters`: name of each parameter → whether all its values are whole numbers, also those
    nobody could know on the day. `editions`: what was imported into a clinic's folder, by table; their rows are read
    when they are asked for. `imported_sources`: those of every edition, also of later ones.
    """

    as_of: date | None
    digest: str
    sources: Mapping[str, PolicySource]
    coverage: Mapping[str, tuple[TableCoverage, ...]]
    tables: Mapping[str, PolicyTable]
    whole_parameters: Mapping[str, bool]
    diagnoses: Diagnoses
    editions: Mapping[str, tuple[ImportedFile, ...]]
    imported_sources: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name in _MAPPINGS:
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __reduce__(self) -> tuple[Callable[..., "PolicyTables"], tuple[Any, ...]]:
        values = (getattr(self, f.name) for f in fields(self))
        return PolicyTables, tuple(dict(v) if isinstance(v, MappingProxyType) else v for v in values)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all tables, without the parameters."""
        return tuple(d.name for d in DECLARED)

    def table(self, name: str) -> PolicyTable:
        """The table `name`. Raises PolicyError when there is none."""
        if name not in self.tables:
            raise PolicyError(f"there is no policy table {name!r}.{nearest(name, self.tables)}")
        return self.tables[name]

    def is_whole(self, parameter: str) -> bool:
        """Whether a parameter is a whole number. Raises PolicyError when there is no such parameter."""
        if parameter not in self.whole_parameters:
            raise PolicyError(
                f"there is no policy parameter {parameter!r} in parameters/**/*.yaml."
                f"{nearest(parameter, self.whole_parameters)}"
            )
        return self.whole_parameters[parameter]

    def uncited(self, also: Iterable[str] = ()) -> list[str]:
        """Sources that no row, no coverage and none of `also` (those that rules name) cites, each with what to do."""
        cited: set[str] = {"", *self.diagnoses.sources, *self.imported_sources, *also}
        for name in (*self.names, PARAMETERS.name):
            for text in self.table(name).frame["source"].unique().to_list():
                cited.update(text.split(";"))
        for entries in self.coverage.values():
            for entry in entries:
                cited.update(entry.source.split(";"))
        return [f"source {id_} is cited by no row: cite it or take it out" for id_ in self.sources if id_ not in cited]


_MAPPINGS = ("sources", "coverage", "tables", "whole_parameters", "editions")
