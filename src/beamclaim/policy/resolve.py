"""The resolver: asks of (key, day, setting, payer) become rows in force, or an honest unknown."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import Lock

import polars as pl

from beamclaim.errors import PolicyError
from beamclaim.policy.cms.imported import Bulk, read_manifest
from beamclaim.policy.coverage import Coverage, read_coverage
from beamclaim.policy.diagnoses import Diagnoses
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
from beamclaim.policy.tables import BY_NAME, DECLARED, PARAMETERS, SETTINGS

OWN = Path(__file__).parent
#: What stands for any setting, payer line, contractor or payer that no row and no coverage names.
_OTHER = "\x00other"
_MEDICARE = "original-medicare"
_CIRCUMSTANCES = ("setting", "payer", "payer_line", "mac")
_WEAKER = {"error": 0, "warning": 1, "info": 2}


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
            for bulk in self._bulks.get("icd10cm", []):
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

    def resolve(self, name: str, asks: pl.DataFrame) -> pl.DataFrame:
        """One row per ask, in its order: the value columns, `row.id`, `row.cap`, `covered`.

        `asks`: the table's key columns and `day`; `setting`, `payer`, `payer_line`, `mac` where known. Raises
        PolicyError when a key column or `day` is absent.
        """
        table = self.table(name)
        for column in (*table.key, "day"):
            if column not in asks.columns:
                raise PolicyError(f"{name} is asked without {column!r}. Ask with {', '.join((*table.key, 'day'))}.")
        table = self._fetch(name, asks)
        asked = asks.select(
            *table.key,
            "day",
            *(pl.col(c) if c in asks.columns else pl.lit(None, pl.String).alias(c) for c in _CIRCUMSTANCES),
        ).with_row_index("ask")
        asked = self._with_policy_payer(name, asked)
        variants = self._variants(table, asked)
        answers = self._definite(table, variants)
        if variants.height > asked.height:
            answers = _agreed(table, answers)
        given = table.frame.select("row.id", *table.value, "row.cap")
        return (
            asked.select("ask")
            .join(answers, on="ask", how="left", maintain_order="left")
            .join(given, on="row.id", how="left", maintain_order="left")
            .select(*table.value, "row.id", "row.cap", "covered")
        )

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
        # All rows, also those nobody could know on the as-of day: then the answer is unknown, not a mistake.
        known = self._parameters.filter(pl.col("parameter") == name)
        if not known.height:
            raise PolicyError(f"there is no policy parameter {name!r}; see parameters/**/*.yaml.")
        found = self.resolve(PARAMETERS.name, asks.with_columns(pl.lit(name).alias("parameter")))
        if known["value"].str.contains(r"^-?\d+$").all():
            found = found.with_columns(pl.col("value").cast(pl.Int64))
        return found

    def diagnosis_validity(self, asks: pl.DataFrame) -> pl.DataFrame:
        """For (code, day): `status` (valid, category, absent, null), `row.cap`, `source`, `missing_release`."""
        return self.diagnoses.validity(asks, self.as_of, self.sources)

    # ── how ─────────────────────────────────────────────────────────────────────────────────────

    def _with_policy_payer(self, name: str, asked: pl.DataFrame) -> pl.DataFrame:
        """Replaces the payer id by its policy payer; an id without one has no payer rows."""
        if name == "payers" or not asked["payer"].is_not_null().any():
            return asked
        ids = self.table("payers").frame.unique("payer_id").select("payer_id", policy_payer="payer")
        known = pl.coalesce("policy_payer", pl.lit(_OTHER))
        return (
            asked.join(ids, left_on="payer", right_on="payer_id", how="left", maintain_order="left")
            .with_columns(pl.when(pl.col("payer").is_not_null()).then(known).alias("payer"))
            .drop("policy_payer")
        )

    def _variants(self, table: PolicyTable, asked: pl.DataFrame) -> pl.DataFrame:
        """The asks with each unknown circumstance spelled out in every way that could matter to this table."""
        scopes = [s.split("/") for s in table.frame["scope"].unique().to_list()]
        entries = self.coverage.get(table.name, [])
        lines = {line for e in entries for line in e.payer_lines} | {line for s in scopes if (line := _line_of(s))}
        choices: dict[str, set[str]] = {
            "payer_line": lines,
            "mac": {s[2] for s in scopes if s[:2] == ["us", "medicare"] and len(s) == 3},
            "payer": {s[1] for s in scopes if s[0] == "payer"},
            "setting": set(),
        }
        if any(e.settings for e in entries) or set(table.frame["setting"].unique()) - {"any"}:
            choices["setting"] = set(SETTINGS)
        for name, values in choices.items():
            unknown = pl.col(name).is_null()
            original = pl.col("payer_line").eq_missing("medicare_ffs")
            if name == "mac":
                unknown &= original
            if name == "payer":  # the payer of Original Medicare need not be said
                unknown &= ~original
                asked = asked.with_columns(
                    pl.when(original).then(pl.col("payer").fill_null(_MEDICARE)).otherwise("payer").alias("payer")
                )
            if not values or not asked.select(unknown.any()).item():
                continue
            ways = sorted(values) if name == "setting" else [*sorted(values), _OTHER]
            spelled = asked.filter(unknown).drop(name).join(pl.DataFrame({name: ways}), how="cross")
            asked = pl.concat([asked.filter(~unknown), spelled.select(asked.columns)])
        return asked

    def _definite(self, table: PolicyTable, asked: pl.DataFrame) -> pl.DataFrame:
        """(ask, row.id, sure, covered) for asks whose circumstances are all spelled out; one row per ask given."""
        asked = asked.with_row_index("variant")
        scope = pl.col("scope").str.split("/")
        lines = {s: _line_of(s.split("/")) for s in table.frame["scope"].unique().to_list()}
        rows = table.frame.select(
            *(("code_from", "code_to") if table.is_range else table.key),
            pl.col("row.id", "first_day", "last_day", "observed_on"),
            pl.col("setting").alias("row.setting"),
            pl.when(scope.list.get(0) == "payer").then(scope.list.get(1)).alias("row.payer"),
            pl.col("scope").replace_strict(lines, return_dtype=pl.String).alias("row.line"),
            pl.when(pl.col("scope").str.starts_with("us/")).then(scope.list.get(2, null_on_oob=True)).alias("row.mac"),
            ((scope.list.get(0) == "payer").cast(pl.Int8) * 4 + scope.list.len()).alias("special"),
            (pl.col("priority") if table.is_range else pl.lit(0)).alias("priority"),
        )  # fmt: skip
        found = (
            _candidates(table, asked, rows)
            .filter(
                (pl.col("first_day").is_null() | (pl.col("first_day") <= pl.col("day")))
                & (pl.col("last_day").is_null() | (pl.col("last_day") >= pl.col("day")))
                & ((pl.col("row.setting") == "any") | pl.col("row.setting").eq_missing(pl.col("setting")))
                & (pl.col("row.line").is_null() | pl.col("row.line").eq_missing(pl.col("payer_line")))
                & (pl.col("row.mac").is_null() | pl.col("row.mac").eq_missing(pl.col("mac").str.to_lowercase()))
                & (pl.col("row.payer").is_null() | pl.col("row.payer").eq_missing(pl.col("payer")))
            )
            .sort(
                "variant", "special", pl.col("row.setting") != "any", "priority", "observed_on",
                descending=[False, True, True, True, True], nulls_last=True,
            )
            .unique("variant", keep="first", maintain_order=True)
            .select(
                "variant",
                "row.id",
                # A row whose beginning was not in the copy read is certain only from the day it was seen.
                sure=pl.col("first_day").is_not_null() | (pl.col("observed_on") <= pl.col("day")).fill_null(False),
            )
        )  # fmt: skip
        joined = asked.with_columns(self._covered(table)).join(found, on="variant", how="left", maintain_order="left")
        blind = pl.any_horizontal(pl.col(c).is_null() for c in (*table.key, "day")) | ~pl.col("sure").fill_null(True)
        return joined.select(
            "ask",
            pl.when(~blind).then("row.id").alias("row.id"),
            pl.when(~blind).then("covered").alias("covered"),
        )

    def _covered(self, table: PolicyTable) -> pl.Expr:
        entries = self.coverage.get(table.name, [])
        if not entries:
            return pl.lit(False).alias("covered")
        listed = pl.lit(True)
        if any(e.listed for e in entries):
            # An edition lists for its own days only.
            own = table.frame.filter(~pl.col("row.file").str.ends_with(".parquet"))
            listed = pl.col(table.key[0]).is_in(own[table.key[0]].unique().to_list())
        return pl.any_horizontal(e.holds(table.key, listed) for e in entries).alias("covered")


def _line_of(scope: list[str]) -> str | None:
    """The payer line a scope asks for, if any."""
    if scope[0] == "payer":
        return scope[2] if len(scope) == 3 else None
    if len(scope) == 1:
        return None
    return "medicare_ffs" if scope[1] == "medicare" else scope[1]


def _candidates(table: PolicyTable, asked: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The asks joined with every row of their key, whatever its day, setting or scope."""
    if not table.key:
        return asked.join(rows, how="cross")
    if not table.is_range:
        return asked.join(rows, on=table.key, how="inner")
    code = pl.col("code")
    codes = (
        asked.select(code.unique())
        .drop_nulls()
        .join(rows, how="cross")
        .filter(
            (code.str.slice(0, pl.col("code_from").str.len_bytes()) >= pl.col("code_from"))
            & (code.str.slice(0, pl.col("code_to").str.len_bytes()) <= pl.col("code_to"))
        )
    )
    return asked.join(codes, on="code", how="inner")


def _agreed(table: PolicyTable, answers: pl.DataFrame) -> pl.DataFrame:
    """One answer per ask: what every variant gives, or unknown. Of equal rows the weakest is named."""
    some, every = pl.col("row.id").is_not_null().any(), pl.col("row.id").is_not_null().all()
    said = table.frame.select("row.id", pl.struct(*table.value, pl.lit(1)).alias("said"), "row.cap")
    return (
        answers.join(said, on="row.id", how="left", maintain_order="left")
        .with_columns(pl.col("row.cap").replace_strict(_WEAKER, return_dtype=pl.Int8).alias("weakness"))
        .sort("ask", "weakness", "row.id", descending=[False, True, False], nulls_last=True)
        .group_by("ask", maintain_order=True)
        .agg(
            pl.col("row.id").first(),
            (some & ~every | (pl.col("said").n_unique() > 1)).alias("differ"),
            pl.when(pl.col("covered").is_null().any() | (pl.col("covered").n_unique() > 1))
            .then(None)
            .otherwise(pl.col("covered").first())
            .alias("covered"),
        )
        .select(
            "ask",
            pl.when(~pl.col("differ")).then("row.id").alias("row.id"),
            pl.when(~pl.col("differ")).then("covered").alias("covered"),
        )
    )  # fmt: skip
