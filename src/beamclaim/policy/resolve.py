"""The resolver: asks of (key, day, setting, payer) become rows in force, or an honest unknown."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import polars as pl

from beamclaim.errors import PolicyError
from beamclaim.policy.answers import ANSWER, APART, ASKED, CIRCUMSTANCES, OTHER, Answer, Ask, Prepared, key_of
from beamclaim.policy.coverage import Coverage, read_coverage
from beamclaim.policy.diagnoses import Diagnoses
from beamclaim.policy.eras import Eras
from beamclaim.policy.imports.imported import Bulk, read_manifest
from beamclaim.policy.load import (
    PolicyTable,
    finish_table,
    parameter_rows,
    part_of_table,
    policy_files,
    read_table,
    refuse_strangers,
)
from beamclaim.policy.sources import Source, read_sources
from beamclaim.policy.tables import BY_NAME, DECLARED, PARAMETERS

OWN = Path(__file__).parent / "data"
#: The name under which the validity of diagnoses is asked, which is no table.
DIAGNOSES = "icd10cm"
#: Answers of one table kept in memory.
_REMEMBERED = 100_000


class Policy:
    """Every policy table, source and parameter, as known on a day. Tables are read when first asked for."""

    def __init__(self, folders: list[Path], as_of: date | None = None) -> None:
        for folder in folders:
            refuse_strangers(folder)
        self.as_of = as_of
        self.folders = folders
        self.sources: dict[str, Source] = read_sources(folders)
        self.coverage: dict[str, list[Coverage]] = read_coverage(folders, self.sources, as_of)
        for declared in DECLARED:
            if declared.part_of and declared.part_of[0] in self.coverage:
                self.coverage[declared.name] = self.coverage[declared.part_of[0]]
        self._tables: dict[str, PolicyTable] = {}
        self._bulks: dict[str, list[Bulk]] = {}
        manifest = [bulk for folder in folders for bulk in read_manifest(folder)]
        self._imports = {bulk.source for bulk in manifest}
        for bulk in manifest:
            if as_of is None or bulk.first_day <= as_of:
                self._bulks.setdefault(bulk.table, []).append(bulk)
        self._fetched: dict[str, pl.DataFrame] = {}
        self._fetching = Lock()
        self._edges: dict[str, tuple[set[date], set[date]]] = {}
        self._memory: dict[str, dict[Ask, Answer]] = {}
        self._columns: dict[tuple[str, str, bool], tuple[pl.DataFrame, list[Any]]] = {}
        self._validity: dict[tuple[str | None, date | None], tuple[str | None, ...]] = {}
        self._parameter: dict[str, pl.Series] = {}
        self._prepared: dict[tuple[str, ...], tuple[list[PolicyTable], Prepared]] = {}
        self._digest = ""
        self._diagnoses: Diagnoses | None = None

    @classmethod
    def load(cls, folder: Path | None = None, as_of: date | None = None) -> "Policy":
        """Our own tables, and those of `folder` (the same form) after them; without rows nobody could know on `as_of`.

        Raises PolicyError when a source or the coverage is wrong; a table is checked when it is first asked for.
        """
        if folder is not None and not folder.is_dir():
            raise PolicyError(f"{folder} is no folder of policy tables. Name the folder that holds codes/, edits/ …")
        return cls([OWN] if folder is None else [OWN, folder], as_of)

    @property
    def digest(self) -> str:
        """sha256 (hex) over names and contents of all tables, sources and parameters; line endings do not count."""
        if not self._digest:
            total = hashlib.sha256()
            for folder in self.folders:
                for path in policy_files(folder):
                    content = path.read_bytes()
                    content = content if path.suffix == ".gz" else content.replace(b"\r\n", b"\n")
                    name = path.relative_to(folder).as_posix()
                    total.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
            self._digest = total.hexdigest()
        return self._digest

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all tables."""
        return tuple(d.name for d in DECLARED)

    @property
    def warnings(self) -> list[str]:
        """What is not wrong but should be looked at: sources that no row and no coverage cites. Reads every table."""
        return self.uncited()

    def uncited(self, also: Iterable[str] = ()) -> list[str]:
        """The same, where the sources of `also` (those that rules name) count as cited."""
        cited: set[str] = {"", *self.diagnoses.sources, *self._imports, *also}
        for name in (*self.names, PARAMETERS.name):
            for text in self.table(name).frame["source"].unique().to_list():
                cited.update(text.split(";"))
        for entries in self.coverage.values():
            for entry in entries:
                cited.update(entry.source.split(";"))
        return [f"source {id_} is cited by no row: cite it or take it out" for id_ in self.sources if id_ not in cited]

    @property
    def diagnoses(self) -> Diagnoses:
        """The ICD-10-CM releases."""
        if self._diagnoses is None:
            self._diagnoses = Diagnoses.read(OWN / "diagnoses")
            for bulk in self._bulks.get(DIAGNOSES, []):
                codes = pl.read_parquet(bulk.path)
                self._diagnoses = self._diagnoses.with_release(codes, bulk.first_day, bulk.last_day, bulk.source)
        return self._diagnoses

    @cached_property
    def _parameters(self) -> pl.DataFrame:
        """Every row of every parameter, as written."""
        return pl.concat(
            parameter_rows(path, folder)
            for folder in self.folders
            for path in sorted((folder / "parameters").rglob("*.yaml"))
        )

    def table(self, name: str) -> PolicyTable:
        """The table `name`. Raises PolicyError when there is none, or when it is wrong."""
        if name not in self._tables:
            if name not in BY_NAME:
                raise PolicyError(f"there is no policy table {name!r}. There are {', '.join(sorted(BY_NAME))}.")
            if name == PARAMETERS.name:
                loaded = finish_table(PARAMETERS, self._parameters, self.sources, self.as_of)
            elif BY_NAME[name].part_of:
                loaded = part_of_table(BY_NAME[name], self.table(BY_NAME[name].part_of[0]))
            else:
                loaded = read_table(BY_NAME[name], self.folders, self.sources, self.as_of)
            self._tables[name] = loaded
        return self._tables[name]

    def imported(self, name: str) -> list[Bulk]:
        """What was imported into the table `name`."""
        return self._bulks.get(name, [])

    def about(self, name: str, code: str) -> PolicyTable:
        """The table `name` with every imported row that has `code` in its key."""
        table = self.table(name)
        found = [bulk.about(code, table.key) for bulk in self._bulks.get(name, [])]
        return self._fetch(name, pl.concat(found).select(table.key).unique()) if found else table

    def _fetch(self, name: str, keys: pl.DataFrame) -> PolicyTable:
        """The table with the imported rows of `keys` at its end; row ids given before stay as they are."""
        bulks = self._bulks.get(name)
        with self._fetching:
            table = self.table(name)
            if not bulks:
                return table
            wanted = keys.select(pl.col(table.key).cast(pl.String)).drop_nulls().unique()
            before = self._fetched.get(name)
            new = wanted if before is None else wanted.join(before, on=table.key, how="anti")
            if not new.height:
                return table
            self._fetched[name] = new if before is None else pl.concat([before, new])
            rows = pl.concat([bulk.fetch(new, table.key) for bulk in bulks])
            rows = rows.with_row_index("row.id", offset=table.frame.height)
            columns = table.frame.columns
            frame = pl.concat([table.frame, rows.select(columns).cast(dict(table.frame.schema))])  # type: ignore[arg-type]
            self._tables[name] = replace(table, frame=frame)
            return self._tables[name]

    # ── answers ─────────────────────────────────────────────────────────────────────────────────

    def answers(self, wanted: Sequence[tuple[str, Sequence[Ask]]]) -> list[list[Answer]]:
        """For each table and its asks the answers, in their order; what was asked before is remembered.

        An answer is the row id, which is the place of the row in its table, and whether the table was verified for the
        ask: no row and covered, there is none; neither known, nobody can tell. Raises PolicyError for a table that
        does not exist.
        """
        # Two books are asked at a time: what one forgets the other may still be reading.
        held = {name: self._memory.setdefault(name, {}) for name in dict.fromkeys(name for name, _ in wanted)}
        new = {(name, ask): None for name, asks in wanted for ask in asks if ask not in held[name]}
        if new:
            asked = pl.DataFrame([(name, *ask) for name, ask in new], schema=ASKED, orient="row")
            for (name, ask), answer in zip(new, self._answered(asked).iter_rows(), strict=True):
                held[name][ask] = answer
        told = [[held[name][ask] for ask in asks] for name, asks in wanted]
        for name, memory in held.items():
            if len(memory) > _REMEMBERED:
                self._memory[name] = {}
        return told

    def _answered(self, asked: pl.DataFrame) -> pl.DataFrame:
        """`row.id` and `covered` for asks of any tables (`answers.ASKED`), worked out all at once."""
        names = tuple(sorted(asked["table"].unique().to_list()))
        for name in (n for n in names if n in self._bulks):
            keys = asked.filter(pl.col("table") == name).select(pl.col("key").str.split(APART))
            parts = self.table(name).key
            self._fetch(name, keys.select(pl.col("key").list.get(i).alias(k) for i, k in enumerate(parts)))
        tables = [self.table(name) for name in names]
        held = self._prepared.get(names)
        if held is None or any(a is not b for a, b in zip(held[0], tables, strict=True)):
            held = self._prepared[names] = (tables, Prepared.of(tables, self.coverage))
        return held[1].answers(self._with_policy_payer(asked))

    def resolve(self, name: str, asks: pl.DataFrame) -> pl.DataFrame:
        """One row per ask, in its order: the value columns, `row.id`, `row.cap`, `covered`.

        `asks`: the table's key columns and `day`; `setting`, `payer`, `payer_line`, `mac` where known. Raises
        PolicyError when a key column or `day` is absent.
        """
        table = self.table(name)
        for column in (*table.key, "day"):
            if column not in asks.columns:
                raise PolicyError(f"{name} is asked without {column!r}. Ask with {', '.join((*table.key, 'day'))}.")
        who = (pl.col(c) if c in asks.columns else pl.lit(None, pl.String).alias(c) for c in CIRCUMSTANCES)
        (told,) = self.answers([(name, asks.select(key_of(table.key), pl.col("day").cast(pl.Date), *who).rows())])
        found = pl.DataFrame(told, schema=ANSWER, orient="row")
        values = self.values(name, found["row.id"]).with_columns(found["row.id"], found["covered"])
        return values.select(*table.value, "row.id", "row.cap", "covered")

    def column(self, name: str, field: str, *, as_text: bool = False) -> list[Any]:
        """A column of a table as a list, by row id."""
        frame = self.table(name).frame
        held = self._columns.get((name, field, as_text))
        if held is None or held[0] is not frame:
            values = frame[field].cast(pl.String) if as_text else frame[field]
            held = self._columns[name, field, as_text] = (frame, values.to_list())
        return held[1]

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
            parts = [self.diagnoses.releases] if name == DIAGNOSES else [self.table(name).frame]
            parts += [b.days() for b in self._bulks.get(name, [])]
            coverage = self.coverage.get(name, [])
            begins = {day for part in parts for day in part["first_day"].unique()} | {e.first_day for e in coverage}
            begins |= {day for part in parts if "observed_on" in part.columns for day in part["observed_on"].unique()}
            ends = {day for part in parts for day in part["last_day"].unique()} | {e.last_day for e in coverage}
            self._edges[name] = ({day for day in begins if day}, {day for day in ends if day})
        return self._edges[name]

    def values(self, name: str, rows: pl.Series) -> pl.DataFrame:
        """The value columns and `row.cap` of the rows of a table, by their ids; null where the id is."""
        table = self.table(name)
        return table.frame.select(pl.col(c).gather(rows) for c in (*table.value, "row.cap"))

    def by_key(self, name: str, field: str, *, on: date) -> dict[str, Any]:
        """Key → `field` of the rows of `name` in force on a day, for a table of one key column whose rows hold for everyone.

        A key with no such row, or with a blank there, is left out: it says nothing. Raises PolicyError for a table
        whose rows differ by payer or setting, which must be asked (`resolve`).
        """
        table = self.table(name)
        frame = table.frame
        is_common = (frame["scope"] == "us").all() and (frame["setting"] == "any").all()
        if len(table.key) != 1 or table.is_range or not is_common:
            raise PolicyError(f"{name} is no table of one key that holds for everyone. Ask it with `resolve`.")
        begun = pl.coalesce("first_day", "observed_on") <= on
        in_force = frame.filter(begun & (pl.col("last_day").is_null() | (pl.col("last_day") >= on)))
        rows = in_force.sort("observed_on", descending=True, nulls_last=True, maintain_order=True)
        rows = rows.unique(table.key, keep="first", maintain_order=True).filter(pl.col(field).is_not_null())
        return dict(zip(rows[table.key[0]], rows[field], strict=True))

    def pairs(self, name: str, asks: pl.DataFrame) -> pl.DataFrame:
        """`resolve` for a table keyed (column1, column2)."""
        return self.resolve(name, asks)

    def by_prefix(self, name: str, asks: pl.DataFrame) -> pl.DataFrame:
        """`resolve` for a table of code ranges: of the ranges that hold the code, the one with the highest priority."""
        return self.resolve(name, asks)

    def in_table(self, name: str, asks: pl.DataFrame) -> pl.Series:
        """True where a row is in force, false where the table was verified and has none, null where that is unknown."""
        found = self.resolve(name, asks)
        return found.select(
            pl.when(pl.col("row.id").is_not_null()).then(True).when("covered").then(False).alias(f"in:{name}")
        ).to_series()

    def param(self, name: str, asks: pl.DataFrame) -> pl.DataFrame:
        """`resolve` for the parameter `name`; `value` is Int64 when all its values are whole numbers, else text.

        Raises PolicyError when there is no such parameter.
        """
        values = self.parameter(name)
        found = self.resolve(PARAMETERS.name, asks.with_columns(pl.lit(name).alias("parameter")))
        return found.with_columns(values.gather(found["row.id"]).alias("value"))

    def parameter(self, name: str) -> pl.Series:
        """The values of the rows of all parameters, in the type of the parameter `name`: Int64 when it is whole numbers, else text.

        Raises PolicyError when there is no such parameter.
        """
        if name not in self._parameter:
            # All rows, also those nobody could know on the as-of day: then the answer is unknown, not a mistake.
            known = self._parameters.filter(pl.col("parameter") == name)
            if not known.height:
                raise PolicyError(f"there is no policy parameter {name!r}; see parameters/**/*.yaml.")
            values = self.table(PARAMETERS.name).frame["value"]
            is_whole = known["value"].str.contains(r"^-?\d+$").all()
            self._parameter[name] = values.cast(pl.Int64, strict=False) if is_whole else values
        return self._parameter[name]

    def diagnosis_answers(self, asks: Sequence[tuple[str | None, date | None]]) -> list[tuple[str | None, ...]]:
        """`diagnosis_validity` for (code, day) one by one, remembered: status, row.cap, source, missing_release."""
        held = self._validity
        new = list(dict.fromkeys(ask for ask in asks if ask not in held))
        if new:
            asked = pl.DataFrame(new, schema={"code": pl.String, "day": pl.Date}, orient="row")
            held.update(zip(new, self.diagnosis_validity(asked).iter_rows(), strict=True))
        told = [held[ask] for ask in asks]
        if len(held) > _REMEMBERED:
            self._validity = {}
        return told

    def diagnosis_validity(self, asks: pl.DataFrame) -> pl.DataFrame:
        """For (code, day): `status` (valid, category, absent, null), `row.cap`, `source`, `missing_release`."""
        return self.diagnoses.validity(asks, self.as_of, self.sources)

    # ── how ─────────────────────────────────────────────────────────────────────────────────────

    def _with_policy_payer(self, asked: pl.DataFrame) -> pl.DataFrame:
        """Replaces the payer id by its policy payer; an id without one has no payer rows."""
        if not asked["payer"].is_not_null().any():
            return asked
        ids = self.table("payers").frame.unique("payer_id").select("payer_id", policy_payer="payer")
        given = pl.col("payer").is_not_null() & (pl.col("table") != "payers")
        return (
            asked.join(ids, left_on="payer", right_on="payer_id", how="left", maintain_order="left")
            .with_columns(
                pl.when(given).then(pl.coalesce("policy_payer", pl.lit(OTHER))).otherwise("payer").alias("payer")
            )
            .drop("policy_payer")
        )
