"""What a view is: the declaration the engine loops over, and the frames of one set of tables, each built once.

In: tables, policy, assumptions, and frames made above the views. Out: for each view one frame, a row per subject, with the
columns rules may read. A view is one file of this package that holds `VIEW = View(...)`; `registry` finds it. Begin with
`claims.py`, which is the simplest.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import polars as pl

from beamclaim.model.tables.frames import Tables
from beamclaim.policy import PolicyAnswers
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.column import ColumnGroup, ViewColumn


class Circumstance(NamedTuple):
    """A column that decides which row of a policy table is in force, and the word policy has for it."""

    column: str
    policy_word: str
    is_asked_for: bool = True
    """Whether a question that hangs on it asks the user for it."""


@dataclass(frozen=True, slots=True)
class Neighborhood:
    """Which columns say that other rows of a view matter to a row: as the partner of a pair of codes, as the nearest of a kind."""

    key: str
    patient: str
    claim: str
    code: str
    day: str
    counts: str
    modifiers: str
    component: str
    nearest: tuple[str, ...]
    """What a nearest row shares with the row."""
    day_is_known: str
    """The service was on the day of the row; false: it may have been."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column named here."""
        return (
            self.key, self.patient, self.claim, self.code, self.day, self.counts, self.modifiers, self.component, *self.nearest,
            self.day_is_known,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DayRows:
    """Which columns say that several rows are the days of one subject, which gets one verdict for all of them."""

    subject: str
    day: str
    first: str
    last: str
    """The first and the last day of the subject; null: not known."""
    units: str
    billed_units: str
    """The units of the row, and those of the whole subject."""
    is_range: str
    """The subject has more days than one."""
    is_known: str
    """The service was on the day of the row; false: it may have been."""
    is_open: str
    """True where another subject of the patient may have been on that day; else null."""
    of_day: tuple[str, ...]
    """The columns that hang on the day: a rule that reads one asks about days."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column the engine reads of a row."""
        return (
            self.subject, self.day, self.first, self.last, self.units, self.billed_units, self.is_range, self.is_known,
            self.is_open,
        )  # fmt: skip


@dataclass(frozen=True)
class View:
    """A frame rules are asked of. Joins happen in `build`, once; rules never join."""

    name: str
    row: str
    """What one row is."""
    asked_of: Literal["patients", "batch", "run"]
    """Of one bucket of patients at a time, of the whole batch, or of the findings of a run."""
    build: Callable[["Frames", Collection[str]], pl.DataFrame]
    """The frames it may read and the columns wanted → the frame, with at least those columns, in the order windows run in."""
    columns: Mapping[str, ViewColumn]
    subject: tuple[str, ...] = ()
    """What a finding must know of its subject, whatever its rule read."""
    question: Mapping[str, str] = field(default_factory=dict)
    """What a question must know of its subject: `claim` and `line` by the columns that number them."""
    circumstances: tuple[Circumstance, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Among whom a pair of codes meets: the name rules use → the keys its rows share."""
    neighbors: Neighborhood | None = None
    days: DayRows | None = None
    needs: tuple[str, ...] = ()
    """Frames made above the views and handed in as data."""
    first_fact: str = ""
    """The fact without which nothing else of a row can be told, so that a question names it alone; empty where there is none."""
    in_doubt: str = ""
    """True where nobody knows whether all rows of the patient's day count, as one claim may have taken the place of another."""
    superseded: str = ""
    """The column of rows that are there and not asked; empty where there are none."""
    count_units: Callable[["Frames"], dict[str, int]] | None = None
    """For a view that has no row where all is well: how many units there are, by the names rules give in `unit`."""
    units: Mapping[str, str] = field(default_factory=dict)
    """The names of those units, and the column that tells one from another."""


def by_name(*columns: ViewColumn | ColumnGroup) -> dict[str, ViewColumn]:
    """Columns, and those of groups, by their names, in order."""
    each = (c for entry in columns for c in ((entry,) if isinstance(entry, ViewColumn) else entry.declared))
    return {c.name: c for c in each}


class Frames:
    """The views of one set of tables, each built when it is first asked for."""

    def __init__(
        self,
        tables: Tables,
        policy: PolicyAnswers,
        assumptions: Assumptions,
        *,
        data: Mapping[str, pl.DataFrame] | None = None,
    ) -> None:
        self.tables = tables
        self.policy = policy
        self.assumptions = assumptions
        self.data = dict(data or {})
        self._built: dict[str, pl.DataFrame] = {}
        self._made: dict[str, pl.DataFrame] = {}

    def of(self, view: View, columns: Collection[str]) -> pl.DataFrame:
        """The frame of a view with at least these columns."""
        frame = self._built.get(view.name)
        if frame is None or not set(columns) <= set(frame.columns):
            before = () if frame is None else frame.columns
            frame = self._built[view.name] = view.build(self, {*columns, *before})
        return frame

    def once(self, make: Callable[["Frames"], pl.DataFrame]) -> pl.DataFrame:
        """A frame that several columns are made from, made the first time."""
        name = f"{make.__module__}.{make.__qualname__}"
        if name not in self._made:
            self._made[name] = make(self)
        return self._made[name]

    def words(self, table: str, field: str) -> dict[str, Any]:
        """Key → `field` of a policy table of words or codes on the day of asking, whoever asks."""
        return self.policy.by_key(table, field, on=self.assumptions.as_of)

    def parameter(self, name: str) -> float | None:
        """A number of policy on the day of asking, whoever asks; None where the policy is silent."""
        day = pl.DataFrame({"day": [self.assumptions.as_of]}, schema={"day": pl.Date})
        number = self.policy.param(name, day)["value"].item()
        return None if number is None else float(number)
