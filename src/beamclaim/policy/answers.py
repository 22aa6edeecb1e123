"""Asks of (table, key, day, setting, payer …) → rows in force, remembered for a run; or an honest unknown.

`PolicyAnswers` lives as long as a run: it holds the immutable `PolicyTables` and remembers what was asked of them, and the
rows of imported editions that were fetched for it. Asked by views, engine and proofs; several threads may ask at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from threading import Lock
from typing import Any

import polars as pl

from beamclaim.errors import PolicyError
from beamclaim.policy.declarations import PARAMETERS
from beamclaim.policy.declarations.form import APART
from beamclaim.policy.diagnoses import ICD10CM, Diagnoses
from beamclaim.policy.eras import Eras
from beamclaim.policy.payers import PayerDirectory
from beamclaim.policy.resolve import ANSWER, ASKED, CIRCUMSTANCES, Answer, Ask, Resolver, key_of
from beamclaim.policy.sources import PolicySource
from beamclaim.policy.tables import PolicyTable, PolicyTables

#: Answers of one table kept in memory.
_REMEMBERED = 100_000


class PolicyAnswers:
    """What a run asks the policy, and what it answered.

    A table here is the one of `tables` with the imported rows fetched so far at its end, so that a row keeps its id.
    """

    def __init__(self, tables: PolicyTables) -> None:
        self.tables = tables
        self._extended: dict[str, PolicyTable] = {}
        self._fetched: dict[str, pl.DataFrame] = {}
        self._fetching = Lock()
        self._resolvers: dict[tuple[str, ...], tuple[list[PolicyTable], Resolver]] = {}
        self._memory: dict[str, dict[Ask, Answer]] = {}
        self._validity: dict[tuple[str | None, date | None], tuple[str | None, ...]] = {}
        self._columns: dict[tuple[str, str, bool], tuple[PolicyTable, list[Any]]] = {}
        self._parameters: dict[str, tuple[PolicyTable, pl.Series]] = {}
        self._edges: dict[str, tuple[set[date], set[date]]] = {}
        self._payers: PayerDirectory | None = None
        self._by_key: dict[tuple[str, str, date], tuple[PolicyTable, dict[str, Any]]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all tables, without the parameters."""
        return self.tables.names

    @property
    def sources(self) -> Mapping[str, PolicySource]:
        """The documents its rows rest on."""
        return self.tables.sources

    @property
    def diagnoses(self) -> Diagnoses:
        """The ICD-10-CM releases."""
        return self.tables.diagnoses

    @property
    def payers(self) -> PayerDirectory:
        """Who the payers are, by what a claim says of them."""
        if self._payers is None:
            self._payers = PayerDirectory(self.tables)
        return self._payers

    def table(self, name: str) -> PolicyTable:
        """The table `name` with the imported rows fetched so far. Raises PolicyError when there is none."""
        return self._extended.get(name) or self.tables.table(name)

    def about(self, name: str, code: str) -> PolicyTable:
        """The table `name` with every imported row that has `code` in its key."""
        table = self.table(name)
        keys = [edition.about(code, table.key) for edition in self.tables.editions.get(name, ())]
        return self._fetch(name, pl.concat(keys).select(table.key).unique()) if keys else table

    def _fetch(self, name: str, keys: pl.DataFrame) -> PolicyTable:
        """The table with the imported rows of `keys` at its end; row ids given before stay as they are."""
        editions = self.tables.editions.get(name)
        with self._fetching:
            table = self.table(name)
            if not editions:
                return table
            wanted = keys.select(pl.col(table.key).cast(pl.String)).drop_nulls().unique()
            before = self._fetched.get(name)
            new = wanted if before is None else wanted.join(before, on=table.key, how="anti")
            if not new.height:
                return table
            self._fetched[name] = new if before is None else pl.concat([before, new])
            frame = table.frame
            rows = pl.concat([edition.fetch(new, table.key) for edition in editions])
            rows = rows.with_columns(
                pl.col("last_day").alias("row.until"),
                pl.col("first_day").alias("row.begins"),
                pl.lit(None, pl.Date).alias("row.sure_from"),
                pl.lit(False).alias("row.weak"),
            )
            rows = rows.with_row_index("row.id", offset=frame.height).select(frame.columns).cast(dict(frame.schema))  # type: ignore[arg-type]
            self._extended[name] = PolicyTable(table.declared, pl.concat([frame, rows]))
            return self._extended[name]

    # ── asking ──────────────────────────────────────────────────────────────────────────────────

    def answers(self, wanted: Sequence[tuple[str, Sequence[Ask]]]) -> list[list[Answer]]:
        """For each table and its asks the answers, in their order; what was asked before is remembered.

        An answer is the row id, which is the place of the row in its table, and whether the table was verified for the
        ask: no row and covered, there is none; neither known, nobody can tell. Raises PolicyError for a table that
        does not exist.
        """
        # Two runs of rules may ask at a time: what one forgets the other may still be reading.
        memory = {name: self._memory.setdefault(name, {}) for name in dict.fromkeys(name for name, _ in wanted)}
        new = {(name, ask): None for name, asks in wanted for ask in asks if ask not in memory[name]}
        if new:
            asked = pl.DataFrame([(name, *ask) for name, ask in new], schema=ASKED, orient="row")
            for (name, ask), answer in zip(new, self._resolved(asked).iter_rows(), strict=True):
                memory[name][ask] = answer
        answers = [[memory[name][ask] for ask in asks] for name, asks in wanted]
        for name, remembered in memory.items():
            if len(remembered) > _REMEMBERED:
                self._memory[name] = {}
        return answers

    def _resolved(self, asked: pl.DataFrame) -> pl.DataFrame:
        """`row.id` and `covered` for asks of any tables (`resolve.ASKED`), worked out all at once."""
        names = tuple(sorted(asked["table"].unique().to_list()))
        for name in (n for n in names if n in self.tables.editions):
            keys = asked.filter(pl.col("table") == name).select(pl.col("key").str.split(APART))
            parts = self.table(name).key
            self._fetch(name, keys.select(pl.col("key").list.get(i).alias(k) for i, k in enumerate(parts)))
        tables = [self.table(name) for name in names]
        before = self._resolvers.get(names)
        if before is None or any(a is not b for a, b in zip(before[0], tables, strict=True)):
            before = self._resolvers[names] = (tables, Resolver.of(tables, self.tables.coverage))
        return before[1].answers(asked)

    def resolve(self, name: str, asks: pl.DataFrame) -> pl.DataFrame:
        """One row per ask, in its order: the value columns, `row.id`, `row.cap`, `covered`.

        `asks`: the table's key columns and `day`; `setting`, `payer` (as scopes name it), `payer_line`, `mac` where known.
        Of a table of code ranges the row with the highest priority answers. Raises PolicyError when a key column or `day` is absent.
        """
        table = self.table(name)
        for column in (*table.key, "day"):
            if column not in asks.columns:
                raise PolicyError(f"{name} is asked without {column!r}. Ask with {', '.join((*table.key, 'day'))}.")
        circumstances = (pl.col(c) if c in asks.columns else pl.lit(None, pl.String).alias(c) for c in CIRCUMSTANCES)
        keyed = asks.select(key_of(table.key), pl.col("day").cast(pl.Date), *circumstances)
        (answers,) = self.answers([(name, keyed.rows())])
        answered = pl.DataFrame(answers, schema=ANSWER, orient="row")
        values = self.values(name, answered["row.id"]).with_columns(answered["row.id"], answered["covered"])
        return values.select(*table.value, "row.id", "row.cap", "covered")

    def in_table(self, name: str, asks: pl.DataFrame) -> pl.Series:
        """True where a row is in force, false where the table was verified and has none, null where that is unknown."""
        answered = self.resolve(name, asks)
        return answered.select(
            pl.when(pl.col("row.id").is_not_null()).then(True).when("covered").then(False).alias(f"in:{name}")
        ).to_series()

    def param(self, name: str, asks: pl.DataFrame) -> pl.DataFrame:
        """`resolve` for the parameter `name`; `value` is Int64 when all its values are whole numbers, else text.

        Raises PolicyError when there is no such parameter.
        """
        values = self.parameter(name)
        answered = self.resolve(PARAMETERS.name, asks.with_columns(pl.lit(name).alias("parameter")))
        return answered.with_columns(values.gather(answered["row.id"]).alias("value"))

    # ── looking up by row id, or by key on a day ────────────────────────────────────────────────

    def values(self, name: str, rows: pl.Series) -> pl.DataFrame:
        """The value columns and `row.cap` of the rows of a table, by their ids; null where the id is."""
        table = self.table(name)
        return table.frame.select(pl.col(c).gather(rows) for c in (*table.value, "row.cap"))

    def column(self, name: str, field: str, *, as_text: bool = False) -> list[Any]:
        """A column of a table as a list, by row id."""
        table = self.table(name)
        before = self._columns.get((name, field, as_text))
        if before is None or before[0] is not table:
            values = table.frame[field].cast(pl.String) if as_text else table.frame[field]
            before = self._columns[name, field, as_text] = (table, values.to_list())
        return before[1]

    def parameter(self, name: str) -> pl.Series:
        """The values of the rows of all parameters, in the type of the parameter `name`: Int64 when it is whole numbers, else text.

        Raises PolicyError when there is no such parameter.
        """
        is_whole = self.tables.is_whole(name)
        table = self.table(PARAMETERS.name)
        if name not in self._parameters:
            values = table.frame["value"]
            self._parameters[name] = (table, values.cast(pl.Int64, strict=False) if is_whole else values)
        return self._parameters[name][1]

    def by_key(self, name: str, field: str, *, on: date) -> dict[str, Any]:
        """Key → `field` of the rows of `name` in force on a day, for a table of one key column whose rows hold for everyone.

        A key with no such row, or with a blank there, is left out: it says nothing. Raises PolicyError for a table
        whose rows differ by payer or setting, which must be asked (`resolve`).
        """
        table = self.table(name)
        before = self._by_key.get((name, field, on))
        if before is not None and before[0] is table:
            return dict(before[1])
        frame = table.frame
        is_common = (frame["scope"] == "us").all() and (frame["setting"] == "any").all()
        if len(table.key) != 1 or table.is_range or not is_common:
            raise PolicyError(f"{name} is no table of one key that holds for everyone. Ask it with `resolve`.")
        begun = pl.coalesce("first_day", "observed_on") <= on
        in_force = frame.filter(begun & (pl.col("last_day").is_null() | (pl.col("last_day") >= on)))
        rows = in_force.sort("observed_on", descending=True, nulls_last=True, maintain_order=True)
        rows = rows.unique(table.key, keep="first", maintain_order=True).filter(pl.col(field).is_not_null())
        words = dict(zip(rows[table.key[0]], rows[field], strict=True))
        self._by_key[name, field, on] = (table, words)
        return dict(words)

    # ── eras ────────────────────────────────────────────────────────────────────────────────────

    def eras(self, names: Iterable[str], *, years: Iterable[int] = ()) -> Eras:
        """The eras of these tables: on the days of one, every ask of them has the same answer.

        `years`: those in which diagnoses are asked about, whose releases come each April and October.
        """
        begins = {date(year, month, 1) for year in years for month in (4, 10)}
        edges = [self._edges_of(name) for name in names]
        return Eras(begins.union(*(b for b, _ in edges)), set().union(*(e for _, e in edges)))

    def _edges_of(self, name: str) -> tuple[set[date], set[date]]:
        """The days on which something of a table begins, and those on which something ends."""
        if name not in self._edges:
            # Its own rows and the days of whole editions: what is fetched of them later brings no others.
            parts = [self.diagnoses.releases if name == ICD10CM else self.tables.table(name).frame]
            parts += [edition.days() for edition in self.tables.editions.get(name, ())]
            coverage = self.tables.coverage.get(name, ())
            begins = {day for part in parts for day in part["first_day"].unique()} | {e.first_day for e in coverage}
            begins |= {day for part in parts if "observed_on" in part.columns for day in part["observed_on"].unique()}
            ends = {day for part in parts for day in part["last_day"].unique()} | {e.last_day for e in coverage}
            days = [part for part in parts if "row.until" in part.columns]
            begins |= {day for part in days for name in ("row.begins", "row.sure_from") for day in part[name].unique()}
            ends |= {day for part in days for day in part["row.until"].unique()}
            self._edges[name] = ({day for day in begins if day}, {day for day in ends if day})
        return self._edges[name]

    # ── diagnoses ───────────────────────────────────────────────────────────────────────────────

    def diagnosis_answers(self, asks: Sequence[tuple[str | None, date | None]]) -> list[tuple[str | None, ...]]:
        """`diagnosis_validity` for (code, day) one by one, remembered: status, row.cap, source, missing_release."""
        validity = self._validity
        new = list(dict.fromkeys(ask for ask in asks if ask not in validity))
        if new:
            asked = pl.DataFrame(new, schema={"code": pl.String, "day": pl.Date}, orient="row")
            validity.update(zip(new, self.diagnosis_validity(asked).iter_rows(), strict=True))
        answers = [validity[ask] for ask in asks]
        if len(validity) > _REMEMBERED:
            self._validity = {}
        return answers

    def diagnosis_validity(self, asks: pl.DataFrame) -> pl.DataFrame:
        """For (code, day): `status` (valid, category, absent, null), `row.cap`, `source`, `missing_release`."""
        return self.diagnoses.validity(asks, self.tables.as_of, self.sources)
