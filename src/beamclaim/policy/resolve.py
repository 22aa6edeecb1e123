"""Asks of many tables → the row that answers each, and whether the table was verified for it, all in a few joins.

One row per ask: table, key, day, setting, payer, payer line, contractor. Where the claim does not say a circumstance it is
spelled out in every way that could matter to the table; only what all ways agree on is an answer. Called by `answers.py`,
which remembers what was asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count, product

import polars as pl

from beamclaim.model.value_sets import ORIGINAL_MEDICARE, SETTINGS, SEVERITIES
from beamclaim.policy.coverage import TableCoverage
from beamclaim.policy.declarations.form import APART
from beamclaim.policy.horizon import live_keys
from beamclaim.policy.payers import MEDICARE, UNLISTED
from beamclaim.policy.tables import PolicyTable

#: What stands for any setting, payer line, contractor or payer that no row and no coverage names.
OTHER = UNLISTED
#: What is asked of a table: key (the parts of several columns joined), day, setting, payer, payer line, contractor.
Ask = tuple[str | None, date | None, str | None, str | None, str | None, str | None]
#: The id of the row that answers, and whether the table was verified for the ask.
Answer = tuple[int | None, bool | None]
ASKED = {
    "table": pl.String, "key": pl.String, "day": pl.Date, "setting": pl.String, "payer": pl.String, "payer_line": pl.String,
    "mac": pl.String,
}  # fmt: skip
ANSWER = {"row.id": pl.UInt32, "covered": pl.Boolean}
CIRCUMSTANCES = ("setting", "payer", "payer_line", "mac")
#: Caps by strength, for the weakest of rows that say the same.
_STRENGTH = {severity: strength for strength, severity in enumerate(reversed(SEVERITIES))}
#: A row of any table: `says` is shared by rows of a table with the same values, `precision` ranks scopes.
_ROWS = {
    "table": pl.String, "key": pl.String, "code_from": pl.String, "code_to": pl.String, "row.id": pl.UInt32,
    "row.begins": pl.Date, "row.until": pl.Date, "row.sure_from": pl.Date, "row.weak": pl.Boolean,
    "observed_on": pl.Date, "row.setting": pl.String, "row.payer": pl.String,
    "row.line": pl.String, "row.mac": pl.String, "precision": pl.Int8, "priority": pl.Int64, "says": pl.UInt64,
    "strength": pl.Int8,
}  # fmt: skip
_SCOPES = {
    "scope": pl.String, "row.payer": pl.String, "row.line": pl.String, "row.mac": pl.String, "precision": pl.Int8,
}  # fmt: skip
_STRETCHES = {
    "table": pl.String, "entry": pl.UInt32, "first_day": pl.Date, "last_day": pl.Date, "stretch.setting": pl.String,
    "stretch.line": pl.String, "stretch.payer": pl.String,
}  # fmt: skip
_WAYS = {"table": pl.String, "circumstance": pl.String, "way": pl.String}


@dataclass(frozen=True, slots=True)
class Resolver:
    """Some tables, ready to be asked: their rows in order of preference, what they were verified for, and how they differ.

    `stretches`: one row per coverage entry, setting, payer line and payer, null where it holds for any. `keyed`: the
    entries that hold for some keys only, by their number. `live`: of the time after a stretch, by its number, the keys
    that still held on its last day: of any other it is known that it is out. `ways`: what an unknown circumstance could
    be, per table.
    """

    rows: pl.DataFrame
    stretches: pl.DataFrame
    ways: pl.DataFrame
    keyed: dict[int, tuple[PolicyTable, TableCoverage]]
    live: dict[int, pl.Series]

    @classmethod
    def of(cls, tables: Sequence[PolicyTable], coverage: Mapping[str, Sequence[TableCoverage]]) -> "Resolver":
        """From loaded tables and the coverage of each."""
        order = ["precision", "any", "priority", "observed_on"]
        rows = _rows(tables)
        ways = list(_ways(tables, rows, coverage))
        rows = (
            rows.with_columns((pl.col("row.setting") != "any").alias("any"))
            .sort(order, descending=True, nulls_last=True, maintain_order=True)
            .drop("any")
            .with_row_index("order")
        )
        keyed: dict[int, tuple[PolicyTable, TableCoverage]] = {}
        live: dict[int, pl.Series] = {}
        stretches: list[tuple[object, ...]] = []
        numbers = count()
        for table in tables:
            entries = coverage.get(table.name, ())
            for entry in entries:
                number = next(numbers)
                if entry.listed or entry.keys or entry.either:
                    keyed[number] = (table, entry)
                after = None
                stays_out = table.declared.lives.ends_for_good and not table.is_range and not entry.is_imported
                if entry.last_day is not None and stays_out:
                    after = next(numbers)
                    keyed[after], live[after] = (table, entry), live_keys(table.declared, table.frame, entry.last_day)
                for who in product(entry.settings or (None,), entry.payer_lines or (None,), entry.payers or (None,)):
                    stretches.append((table.name, number, entry.first_day, entry.last_day, *who))
                    if after is not None:
                        stretches.append((table.name, after, entry.last_day, None, *who))
        return cls(
            rows,
            pl.DataFrame(stretches, schema=_STRETCHES, orient="row"),
            pl.DataFrame(ways, schema=_WAYS, orient="row"),
            keyed,
            live,
        )

    def answers(self, asked: pl.DataFrame) -> pl.DataFrame:
        """`row.id` and `covered` for each ask, in its order.

        `asked`: table, key (null: unknown; the parts of several key columns joined), day, and the circumstances, the
        payer already as the policy names it.
        """
        asked = asked.with_row_index("ask")
        variants = self._variants(asked).with_row_index("variant")
        chosen = self._chosen(variants)
        answers = variants.with_columns(self._covered(variants)).join(
            chosen, on="variant", how="left", maintain_order="left"
        )
        blind = pl.col("key").is_null() | pl.col("day").is_null() | ~pl.col("sure").fill_null(True)
        answers = answers.select(
            "ask",
            *(pl.when(~blind).then(pl.col(c)).alias(c) for c in ("row.id", "covered", "says", "strength")),
        )
        if answers.height > asked.height:
            answers = _agreed(answers)
        return (
            asked.select("ask").join(answers, on="ask", how="left", maintain_order="left").select("row.id", "covered")
        )

    def _variants(self, asked: pl.DataFrame) -> pl.DataFrame:
        """The asks with each unknown circumstance spelled out in every way that could matter to their table."""
        for name in ("payer_line", "mac", "payer", "setting"):
            unknown = pl.col(name).is_null()
            original = pl.col("payer_line").eq_missing(pl.lit(ORIGINAL_MEDICARE))
            if name == "mac":
                unknown &= original
            if name == "payer":
                unknown &= ~original
                filled = pl.when(original).then(pl.col("payer").fill_null(MEDICARE)).otherwise("payer")
                asked = asked.with_columns(filled.alias("payer"))
            ways = self.ways.filter(pl.col("circumstance") == name).select("table", "way")
            if ways.is_empty():
                continue
            undecided = asked.filter(unknown)
            if undecided.is_empty():
                continue
            # A table that does not look at the circumstance keeps it unknown.
            spelled = (
                undecided.join(ways, on="table", how="left", maintain_order="left")
                .with_columns(pl.col("way").alias(name))
                .select(asked.columns)
            )
            asked = pl.concat([asked.filter(~unknown), spelled])
        return asked

    def _chosen(self, variants: pl.DataFrame) -> pl.DataFrame:
        """variant → row.id, sure, says, strength of the row that answers it."""
        in_force = (
            variants.join(self._candidates(variants), on=["table", "key"], how="inner")
            .filter(
                (pl.col("row.begins").is_null() | (pl.col("row.begins") <= pl.col("day")))
                & (pl.col("row.until").is_null() | (pl.col("row.until") >= pl.col("day")))
                & ((pl.col("row.setting") == "any") | pl.col("row.setting").eq_missing(pl.col("setting")))
                & (pl.col("row.line").is_null() | pl.col("row.line").eq_missing(pl.col("payer_line")))
                & (pl.col("row.mac").is_null() | pl.col("row.mac").eq_missing(pl.col("mac").str.to_lowercase()))
                & (pl.col("row.payer").is_null() | pl.col("row.payer").eq_missing(pl.col("payer")))
            )
            .with_columns(
                # A row whose beginning was not in the copy read is certain only from the day it was seen.
                sure=pl.col("row.sure_from").is_null() | (pl.col("row.sure_from") <= pl.col("day"))
            )
        )  # fmt: skip
        answer = ["variant", "row.id", "says", "strength", "sure"]
        first = in_force.join(
            in_force.group_by("variant").agg(pl.col("order").min()), on=["variant", "order"], how="semi"
        )
        doubtful = first.filter(pl.col("row.weak") | ~pl.col("sure")).select("variant", "says")
        if doubtful.is_empty():
            return first.select(answer)
        # Where the most special row is in doubt and the next that is not says the same, that one answers.
        firm = in_force.join(doubtful.select("variant"), on="variant", how="semi")
        firm = firm.filter(pl.col("sure") & ~pl.col("row.weak")).sort("order").unique("variant", keep="first")
        agreeing = firm.join(doubtful, on=["variant", "says"], how="semi")
        return pl.concat([first.join(agreeing, on="variant", how="anti"), agreeing]).select(answer)

    def _candidates(self, variants: pl.DataFrame) -> pl.DataFrame:
        """The rows that could answer, by table and key; a range is one for every asked code it holds."""
        ranges = self.rows.filter(pl.col("key").is_null())
        if ranges.is_empty():
            return self.rows
        code = pl.col("key")
        inside = (
            variants.join(ranges.select("table").unique(), on="table", how="semi")
            .select("table", "key")
            .unique()
            .drop_nulls()
            .join(ranges.drop("key"), on="table")
            .filter(
                (code.str.slice(0, pl.col("code_from").str.len_bytes()) >= pl.col("code_from"))
                & (code.str.slice(0, pl.col("code_to").str.len_bytes()) <= pl.col("code_to"))
            )
        )
        return pl.concat([self.rows.filter(pl.col("key").is_not_null()), inside.select(self.rows.columns)])

    def _covered(self, variants: pl.DataFrame) -> pl.Series:
        """Whether some coverage of the table holds for a variant; without coverage it holds for none."""
        stretches = self.stretches
        if self.keyed:
            stretches = stretches.join(self._keys_of_entries(variants), on="entry", how="left").filter(
                ~pl.col("entry").is_in(list(self.keyed)) | pl.col("entry.key").is_not_null()
            )
        else:
            stretches = stretches.with_columns(pl.lit(None, pl.String).alias("entry.key"))
        parts = (
            (stretches.filter(pl.col("entry.key").is_null()), ["table"]),
            (stretches.filter(pl.col("entry.key").is_not_null()).rename({"entry.key": "key"}), ["table", "key"]),
        )
        holding = [
            variants.join(part, on=by).filter(
                (pl.col("first_day").is_null() | (pl.col("day") >= pl.col("first_day")))
                & (pl.col("last_day").is_null() | (pl.col("day") <= pl.col("last_day")))
                & (pl.col("stretch.setting").is_null() | (pl.col("stretch.setting") == pl.col("setting")))
                & (pl.col("stretch.line").is_null() | (pl.col("stretch.line") == pl.col("payer_line")))
                & (pl.col("stretch.payer").is_null() | (pl.col("stretch.payer") == pl.col("payer")))
            )["variant"]
            for part, by in parts
            if part.height
        ]
        covered = pl.concat(holding).unique() if holding else pl.Series("variant", [], dtype=pl.UInt32)
        return variants["variant"].is_in(covered.implode()).alias("covered")

    def _keys_of_entries(self, variants: pl.DataFrame) -> pl.DataFrame:
        """entry, entry.key: the asked keys for which an entry that is about some keys only holds."""
        keys = variants.select("table", "key").unique().drop_nulls()
        keys_of = [pl.DataFrame(schema={"entry": pl.UInt32, "entry.key": pl.String})]
        by_table = keys.partition_by("table", as_dict=True)
        for number, (table, entry) in self.keyed.items():
            asked = by_table.get((table.name,))
            if asked is None:
                continue
            parts = pl.col("key").str.split(APART).list
            split = asked.select("key", *(parts.get(i).alias(f"key.{c}") for i, c in enumerate(table.key)))
            split = split.rename({f"key.{c}": c for c in table.key} | {"key": "entry.key"})
            listed = pl.lit(True)
            if entry.listed:
                # An edition lists for its own days only.
                rows = table.frame.filter(~pl.col("row.file").str.ends_with(".parquet"))
                listed = pl.col(table.key[0]).is_in(rows[table.key[0]].unique().to_list())
            within = split.filter(entry.holds_key(table.key, listed))
            if number in self.live:
                within = within.filter(~pl.col("entry.key").is_in(self.live[number].implode()))
            keys_of.append(within.select(pl.lit(number, pl.UInt32).alias("entry"), "entry.key"))
        return pl.concat(keys_of)


def key_of(columns: Sequence[str]) -> pl.Expr:
    """The key of an ask from its columns; null where one is unknown, empty for a table without a key."""
    if len(columns) == 1:
        return pl.col(columns[0]).cast(pl.String).alias("key")
    if not columns:
        return pl.lit("").alias("key")
    return pl.concat_str([pl.col(c).cast(pl.String) for c in columns], separator=APART).alias("key")


def _rows(tables: Sequence[PolicyTable]) -> pl.DataFrame:
    """The rows of all tables under one another, as `_ROWS`, by table and row id."""
    nothing = pl.lit(None, pl.String)
    parts = [
        table.frame.select(
            pl.lit(table.name).alias("table"),
            nothing.alias("key") if table.is_range else key_of(table.key),
            *((pl.col(c) if table.is_range else nothing.alias(c)) for c in ("code_from", "code_to")),
            pl.col("row.id", "row.begins", "row.until", "row.sure_from", "row.weak", "observed_on", "scope"),
            pl.col("setting").alias("row.setting"),
            (pl.col("priority") if table.is_range else pl.lit(0, pl.Int64)).alias("priority"),
            # Rows that say the same share a number.
            (pl.struct(table.value).hash() if table.value else pl.lit(0, pl.UInt64)).alias("says"),
            pl.col("row.cap").replace_strict(_STRENGTH, return_dtype=pl.Int8).alias("strength"),
        )
        for table in tables
    ]
    rows = pl.concat(parts) if parts else pl.DataFrame(schema={**_ROWS, "scope": pl.String})
    scopes = rows.select(pl.col("scope").unique())
    parsed = [(scope, *_of_scope(scope.split("/"))) for scope in scopes["scope"].to_list()]
    by_scope = pl.DataFrame(parsed, schema=_SCOPES, orient="row")
    return rows.join(by_scope, on="scope", how="left", maintain_order="left")


def _of_scope(scope: list[str]) -> tuple[str | None, str | None, str | None, int]:
    """The payer, payer line and contractor a scope asks for, and how special it is."""
    is_payer = scope[0] == "payer"
    payer = scope[1] if is_payer else None
    mac = scope[2] if not is_payer and len(scope) == 3 else None
    return payer, _line_of(scope), mac, 4 * is_payer + len(scope)


def _ways(
    tables: Sequence[PolicyTable], rows: pl.DataFrame, coverage: Mapping[str, Sequence[TableCoverage]]
) -> Iterator[tuple[str, str, str]]:
    """(table, circumstance, way): what an unknown circumstance could be, as far as a table tells them apart."""
    columns = {"payer_line": "row.line", "mac": "row.mac", "payer": "row.payer", "setting": "row.setting"}
    words = rows.group_by("table").agg(pl.col(columns.values()).unique().drop_nulls())
    by_table = {row["table"]: row for row in words.rows(named=True)}
    for table in tables:
        entries = coverage.get(table.name, ())
        own = by_table.get(table.name, dict.fromkeys(columns.values(), ()))
        for name in ("payer_line", "mac", "payer"):
            known = set(own[columns[name]])
            if name == "payer_line":
                known |= {line for entry in entries for line in entry.payer_lines}
            if name == "payer":
                known |= {payer for entry in entries for payer in entry.payers}
            if known:
                yield from ((table.name, name, way) for way in (*sorted(known), OTHER))
        if any(entry.settings for entry in entries) or set(own["row.setting"]) - {"any"}:
            yield from ((table.name, "setting", way) for way in sorted(SETTINGS))


def _line_of(scope: list[str]) -> str | None:
    """The payer line a scope asks for, if any."""
    if scope[0] == "payer":
        return scope[2] if len(scope) == 3 else None
    if len(scope) == 1:
        return None
    return ORIGINAL_MEDICARE if scope[1] == "medicare" else scope[1]


def _agreed(answers: pl.DataFrame) -> pl.DataFrame:
    """One answer per ask: what every variant gives, or unknown. Of equal rows the weakest is named."""
    row = pl.col("row.id")
    differ = (row.is_not_null().any() & row.is_null().any()) | (pl.col("says").n_unique() > 1)
    unsure = pl.col("covered").is_null().any() | (pl.col("covered").n_unique() > 1)
    # The weakest and of those the first, as one number.
    weakest = (pl.col("strength").cast(pl.Int64) * 2**32 + row.cast(pl.Int64)).min() % 2**32
    return answers.group_by("ask").agg(
        pl.when(~differ).then(weakest).cast(pl.UInt32).alias("row.id"),
        pl.when(~differ & ~unsure).then(pl.col("covered").first()).alias("covered"),
    )
