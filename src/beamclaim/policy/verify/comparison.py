"""A check: rows of ours beside the rows a file says we should have → how many are equal, every one that differs, what is left out."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from beamclaim.policy.show import printable
from beamclaim.policy.tables import PolicyTables


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not compared, how many rows of it there are (null: no rows, but columns or a whole file), and why."""

    what: str
    rows: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Side:
    """The rows of one side of a comparison, in the columns of our table, and what of that side is left out."""

    rows: pl.DataFrame
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """`files` of the folder; `there` makes of them the rows our table must have; `here` takes ours (null: all rows that are stated).

    `key`: the columns that name a row (empty: the key of the table, its first day and scope, where the file says them); the others
    are compared. `part`: which rows of the table it is about. `within`: of the file only rows are compared whose cells in these columns
    stand in our table too; `others`: why the rest of it are no rows of ours. `is_extract`: the folder may be without its files.
    """

    table: str
    files: tuple[str, ...]
    there: Callable[[list[pl.DataFrame]], Side]
    here: Callable[[PolicyTables], Side] | None = None
    key: tuple[str, ...] = ()
    part: str = ""
    within: tuple[str, ...] = ()
    others: str = ""
    is_extract: bool = False


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A row that is not in its file as it is here, or the other way round."""

    table: str
    key: str
    says: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One table against its files, both ways. Rows there and here: the equal, those that differ, and those of that side only."""

    table: str
    part: str
    files: tuple[str, ...]
    there: int
    here: int
    equal: int
    differ: int
    only_there: int
    only_here: int
    left_out_there: tuple[LeftOut, ...]
    left_out_here: tuple[LeftOut, ...]
    mismatches: tuple[Mismatch, ...]


def compare(policy: PolicyTables, check: Check, files: list[pl.DataFrame]) -> Compared:
    """One check, row by row."""
    there = check.there(files)
    here = check.here(policy) if check.here else Side(policy.table(check.table).stated)
    columns = there.rows.columns
    if "code_from" in here.rows.columns and "code" in columns:
        codes = set(there.rows["code"]) | _ever_valid(policy)
        here = Side(_code_by_code(here.rows, codes), here.left_out)
    table_key = policy.table(check.table).key if check.table in policy.tables else ("code",)
    key = list(check.key) or [c for c in (*table_key, "first_day", "scope") if c in columns]
    values = [c for c in columns if c not in key]
    own = here.rows.select(columns).cast(dict(there.rows.schema)).unique()  # type: ignore[arg-type]
    there = _within(there, own, check)
    joined = own.with_columns(in_table=pl.lit(True)).join(
        there.rows.unique().with_columns(in_file=pl.lit(True)),
        on=key, how="full", coalesce=True, suffix=":file", nulls_equal=True,
    )  # fmt: skip
    differs = pl.any_horizontal(pl.lit(False), *(pl.col(v).ne_missing(pl.col(f"{v}:file")) for v in values))
    marked = joined.with_columns(
        only_here=pl.col("in_file").is_null(), only_there=pl.col("in_table").is_null(), differs=differs
    )
    one_side = pl.col("only_here") | pl.col("only_there")
    wrong = marked.filter(one_side | pl.col("differs")).sort(key)
    only_here, only_there = int(marked["only_here"].sum()), int(marked["only_there"].sum())
    both = marked.height - only_here - only_there
    differ = wrong.filter(~one_side).height
    return Compared(
        table=check.table,
        part=check.part,
        files=check.files,
        there=both + only_there,
        here=both + only_here,
        equal=both - differ,
        differ=differ,
        only_there=only_there,
        only_here=only_here,
        left_out_there=there.left_out,
        left_out_here=here.left_out,
        mismatches=tuple(
            Mismatch(check.table, " ".join(str(r[k]) for k in key), _words(r, values)) for r in wrong.rows(named=True)
        ),
    )


def _within(there: Side, own: pl.DataFrame, check: Check) -> Side:
    if not check.within:
        return there
    rows = there.rows.unique()
    known = rows.join(own.select(check.within), on=check.within, how="semi")
    more = LeftOut(f"rows of no {' and '.join(check.within)} of ours", rows.height - known.height, check.others)
    return Side(known, (*there.left_out, more))


def split(rows: pl.DataFrame, taken: pl.Expr, what: str, why: str) -> Side:
    """The rows an expression takes; the others are left out, counted and with the reason."""
    is_taken = rows.select(taken.fill_null(False).alias("taken")).to_series()
    others = rows.height - int(is_taken.sum())
    return Side(rows.filter(is_taken), (LeftOut(what, others, why),) if others else ())


def own_rows(table: str, taken: pl.Expr, what: str, why: str) -> Callable[[PolicyTables], Side]:
    """For a check: the rows of a table of ours that an expression takes; the others are left out with the reason."""
    return lambda policy: split(policy.table(table).stated, taken, what, why)


def _words(row: dict[str, Any], values: Sequence[str]) -> str:
    if row["only_here"]:
        return "is in the table and not in the file"
    if row["only_there"]:
        return "is in the file and not in the table"
    moved = [v for v in values if row[v] != row[f"{v}:file"]]
    return "; ".join(f"{v} {printable(row[v])}, in the file {printable(row[f'{v}:file'])}" for v in moved)


def _code_by_code(ranges: pl.DataFrame, codes: set[str]) -> pl.DataFrame:
    """Rows of ranges → a row for each of these codes that lies in one.

    A code that ends a range ends it before its own children: they begin when it becomes a category, after the days of the row.
    """
    ordered = sorted(codes)
    inside = [
        ordered[bisect_left(ordered, first) : bisect_right(ordered, last)]
        for first, last in ranges.select("code_from", "code_to").rows()
    ]
    held = pl.Series("code", inside, dtype=pl.List(pl.String))
    return ranges.with_columns(held).explode("code").drop_nulls("code")


def _ever_valid(policy: PolicyTables) -> set[str]:
    """Diagnoses valid in some release read."""
    codes = policy.diagnoses.codes
    releases = [pl.col(name) == "v" for name in codes.columns if name != "code"]
    return set(codes.filter(pl.any_horizontal(releases))["code"])
