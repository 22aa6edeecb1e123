"""Our rows and the CMS files they came from → every row that differs, one by one. Called by `beamclaim policy verify`."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from beamclaim.errors import InputError, PolicyError
from beamclaim.policy.declarations import DECLARED
from beamclaim.policy.show import printable
from beamclaim.policy.tables import PolicyTables

#: The last day the newest copy of the hospital editor tables speaks for.
_EDITOR_ENDS = date(2026, 6, 30)
_EDITOR = "CMS-IOCE"
#: Tables of two columns in which neither stands before the other.
_NO_ORDER = frozenset({"modifier_conflicts", "imrt.equivalents"})


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A row that is not in its file as it is here, or the other way round."""

    table: str
    key: str
    says: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One table against one or more files: how many rows were compared, and what differs."""

    table: str
    files: tuple[str, ...]
    rows: int
    mismatches: tuple[Mismatch, ...]


@dataclass(frozen=True, slots=True)
class _Check:
    """`files` of the folder; `rows_of` makes of them the rows our table must have; `chosen`: which of its rows those are."""

    table: str
    files: tuple[str, ...]
    rows_of: Callable[[list[pl.DataFrame]], pl.DataFrame]
    chosen: pl.Expr | None = None


def verify(policy: PolicyTables, against: Path, tables: tuple[str, ...] = ()) -> list[Compared]:
    """Every table that rests on CMS files (or those of `tables`) compared with the copies in the folder `against`.

    Raises InputError when a file is missing: a table that nobody could compare is not verified; PolicyError for a table
    that does not rest on such a file.
    """
    strange = sorted(set(tables) - {c.table for c in _CHECKS})
    if strange:
        raise PolicyError(
            f"{strange[0]} has no rows that came from a CMS file here. These have: {', '.join(c.table for c in _CHECKS)}."
        )
    wanted = [c for c in _CHECKS if not tables or c.table in tables]
    missing = [f for c in wanted for f in c.files if not (against / f).exists()]
    if missing:
        raise InputError(
            f"{against} has no {', '.join(dict.fromkeys(missing))}. Give the folder that holds the copies of the CMS "
            "files, or name the tables to verify."
        )
    return [_compare(policy, check, [_read(against / f) for f in check.files]) for check in wanted]


@dataclass(frozen=True, slots=True)
class OppositePair:
    """A pair of codes that two tables hold in opposite order on some day: which of the two stays is told both ways."""

    column1: str
    column2: str
    table: str
    other: str


def opposite_pairs(policy: PolicyTables) -> list[OppositePair]:
    """The pairs that one table of codes holds as (a, b) and another as (b, a) on one day, in order."""
    names = [d.name for d in DECLARED if d.key == ("column1", "column2") and d.name not in _NO_ORDER]
    columns = ["column1", "column2", "first_day", "last_day"]
    rows = pl.concat([policy.table(n).stated.select(*columns, pl.lit(n).alias("table")) for n in names]).with_columns(
        pl.col("first_day").fill_null(date.min), pl.col("last_day").fill_null(date.max)
    )
    met = rows.join(rows, left_on=["column1", "column2"], right_on=["column2", "column1"], suffix=":other").filter(
        (pl.col("table") < pl.col("table:other"))
        & (pl.col("first_day") <= pl.col("last_day:other"))
        & (pl.col("first_day:other") <= pl.col("last_day"))
    )
    pairs = met.select("column1", "column2", "table", "table:other").unique().sort(pl.all())
    return [OppositePair(*row) for row in pairs.rows()]


def _read(path: Path) -> pl.DataFrame:
    if path.suffix == ".txt":
        return pl.DataFrame({"text": path.read_text(encoding="utf-8").splitlines()})
    if path.name in _UNHEADED:
        return pl.read_csv(path, has_header=False, skip_rows=3, infer_schema=False, truncate_ragged_lines=True)
    return pl.read_csv(path, infer_schema=False)


def _compare(policy: PolicyTables, check: _Check, files: list[pl.DataFrame]) -> Compared:
    file_rows = check.rows_of(files).unique()
    frame = _diagnoses(policy) if check.table == "icd10cm" else policy.table(check.table).stated
    key = ["code"] if check.table == "icd10cm" else list(policy.table(check.table).key)
    chosen = frame if check.chosen is None else frame.filter(check.chosen)
    if check.table != "icd10cm" and policy.table(check.table).is_range:
        chosen = _code_by_code(chosen, _ever_valid(policy) | set(file_rows["code"]))
    own_rows = chosen.select(file_rows.columns).cast(dict(file_rows.schema))  # type: ignore[arg-type]
    key += [c for c in ("first_day", "scope") if c in file_rows.columns]
    values = [c for c in file_rows.columns if c not in key]
    compared = own_rows.with_columns(in_table=pl.lit(True)).join(
        file_rows.with_columns(in_file=pl.lit(True)),
        on=key,
        how="full",
        coalesce=True,
        suffix=":file",
        nulls_equal=True,
    )
    differs = pl.any_horizontal(
        pl.col("in_table").is_null(),
        pl.col("in_file").is_null(),
        *(pl.col(v).ne_missing(pl.col(f"{v}:file")) for v in values),
    )
    wrong = compared.filter(differs).sort(key)
    mismatches = [
        Mismatch(check.table, " ".join(str(r[k]) for k in key), _words(r, values)) for r in wrong.rows(named=True)
    ]
    return Compared(check.table, check.files, own_rows.height, tuple(mismatches))


def _words(row: dict[str, Any], values: list[str]) -> str:
    if row["in_file"] is None:
        return "is in the table and not in the file"
    if row["in_table"] is None:
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


def _diagnoses(policy: PolicyTables) -> pl.DataFrame:
    codes = policy.diagnoses.codes
    return codes.filter(pl.col("2026-04") != "-").select("code", status="2026-04")


# ── what the files say, as rows of ours ─────────────────────────────────────────────────────────


def _day(column: str, *, last: bool = False) -> pl.Expr:
    day = pl.col(column).str.to_date("%Y%m%d", strict=False)
    return (pl.min_horizontal(day.fill_null(_EDITOR_ENDS), _EDITOR_ENDS) if last else day).alias(
        "last_day" if last else "first_day"
    )


def _blank(name: str) -> pl.Expr:
    return pl.when(pl.col(name) != "").then(pl.col(name)).alias(name)


def _exact(column: str, name: str) -> pl.Expr:
    return pl.col(column).cast(pl.Decimal(18, 4)).alias(name)


def _rates(files: list[pl.DataFrame]) -> pl.DataFrame:
    def one(frame: pl.DataFrame, year: int) -> pl.DataFrame:
        flags = [pl.when(pl.col(f"{k}_na") == "NA").then(pl.lit(w)) for k, w in (("fac", "facility"), ("nonfac", "nonfacility"))
                 if f"{k}_na" in frame.columns]  # fmt: skip
        not_in = pl.concat_list(flags).list.drop_nulls().list.join(";")
        return frame.select(
            pl.col("hcpcs").alias("code"), pl.col("modifier").fill_null("global"), "status",
            pl.when(not_in != "").then(not_in).alias("not_in"), _exact("work_rvu", "work"),
            _exact("nonfac_pe", "pe_nonfacility"), _exact("fac_pe", "pe_facility"), _exact("mp_rvu", "malpractice"),
            _exact("conversion_factor", "conversion_factor"), pl.lit(date(year, 1, 1)).alias("first_day"),
        )  # fmt: skip

    return pl.concat([one(files[0], 2025), one(files[1], 2026)])


def _indicators(files: list[pl.DataFrame]) -> pl.DataFrame:
    def one(frame: pl.DataFrame, year: int) -> pl.DataFrame:
        technical = frame.filter(pl.col("modifier") == "TC").select("hcpcs", status_tc="status")
        silent = (pl.col("status") == "I") & pl.col("pctc").is_in(["0", "9"])  # says nothing of parts
        return (
            frame.filter(pl.col("modifier").is_null())
            .join(technical, on="hcpcs", how="left")
            .select(
                pl.col("hcpcs").alias("code"), "status", pl.when(~silent).then("pctc").alias("pctc"), "status_tc",
                pl.lit(date(year, 1, 1)).alias("first_day"),
            )
        )  # fmt: skip

    return pl.concat([one(files[0], 2025), one(files[1], 2026)])


def _gpci(files: list[pl.DataFrame]) -> pl.DataFrame:
    rows = files[0].filter(pl.col("column_0").str.contains(r"^\d{5}$"))
    return rows.select(
        pl.col("column_0").alias("contractor"), pl.col("column_2").alias("locality"), pl.col("column_1").alias("state"),
        _exact("column_4", "work"), _exact("column_5", "pe"), _exact("column_6", "malpractice"),
    )  # fmt: skip


def _localities(files: list[pl.DataFrame]) -> pl.DataFrame:
    rows = files[0].filter(pl.col("column_0").str.strip_chars().str.contains(r"^\d{4,5}$"))
    number = (pl.col(c).str.strip_chars().str.zfill(n) for c, n in (("column_0", 5), ("column_1", 2)))
    return rows.select(*(e.alias(n) for e, n in zip(number, ("contractor", "locality"), strict=True))).unique()


def _status(files: list[pl.DataFrame]) -> pl.DataFrame:
    apc = pl.when(pl.col("apc") != "00000").then("apc").alias("apc")
    return files[0].select(
        "code", "status_indicator", apc, pl.col("flags").str.replace_all(" ", ";").alias("flags"),
        _day("effective_from"), _day("effective_to", last=True),
    )  # fmt: skip


def _payments(files: list[pl.DataFrame]) -> pl.DataFrame:
    return files[0].select(
        "apc", "status_indicator", _exact("national_unadjusted_payment_usd", "payment"), _day("effective_from"),
        _day("effective_to", last=True),
    )  # fmt: skip


def _pairs(files: list[pl.DataFrame]) -> pl.DataFrame:
    return files[0].select(
        "column1", "column2", pl.col("modifier_allowed").alias("indicator"), _day("active_from_or_before"),
        _day("active_to", last=True),
    )  # fmt: skip


def _bundle(files: list[pl.DataFrame]) -> pl.DataFrame:
    return files[0].select(pl.col("bundled_code").alias("code"), pl.col("planning_code").alias("plan_code"))


def _conflicts(files: list[pl.DataFrame]) -> pl.DataFrame:
    return files[0].select(pl.col("modifier1").alias("column1"), pl.col("modifier2").alias("column2"))


def _modifiers(files: list[pl.DataFrame]) -> pl.DataFrame:
    flags = pl.col("flags").fill_null("").str.split(" ")
    codes = files[0].filter(pl.col("modifier").str.contains(r"^[0-9A-Z]{2}$"))
    return codes.select("modifier", flags.list.contains("ncci").alias("opens_pair")).unique()


def _ages(files: list[pl.DataFrame]) -> pl.DataFrame:
    restrictions, versions = files
    any_age = (pl.col("lo_age") == "0") & (pl.col("hi_age") == "124")
    return _dated(restrictions.filter(~any_age), versions).select(
        "code", pl.col("lo_age").cast(pl.Int64).alias("lowest"), pl.col("hi_age").cast(pl.Int64).alias("highest"),
        "first_day", "last_day",
    )  # fmt: skip


def _principal(files: list[pl.DataFrame]) -> pl.DataFrame:
    restrictions, versions = files
    flags = pl.col("flags").fill_null("").str.split(" ").list
    flag = (
        pl.when(flags.contains("unacceptable_pdx_exclusion"))
        .then(None)
        .when(flags.contains("external_cause"))
        .then(pl.lit("external_cause"))
        .when(flags.contains("manifestation"))
        .then(pl.lit("manifestation"))
        .when(flags.contains("unacceptable_pdx"))
        .then(pl.lit("supplementary"))
    )
    flagged = restrictions.with_columns(flag.alias("flag")).drop_nulls("flag")
    return _dated(flagged, versions).select("code", "flag", "first_day", "last_day")


def _dated(restrictions: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """Rows of the editor's diagnoses with the days of the versions they name."""
    begin = versions.select(pl.col("version").alias("lo_version"), _day("effective_from"))
    end = versions.select(pl.col("version").alias("hi_version"), _day("effective_to", last=True))
    return restrictions.rename({"icd10cm": "code"}).join(begin, on="lo_version").join(end, on="hi_version")


def _codes(files: list[pl.DataFrame]) -> pl.DataFrame:
    """A plain list of codes with dots: those that begin no longer one are valid, the others categories."""
    bare = files[0].select(pl.col("text").str.strip_chars().str.replace_all(".", "", literal=True).alias("code"))
    bare = bare.filter(pl.col("code").str.contains(r"^[A-Z][0-9A-Z]{2,6}$")).unique()
    parents = pl.concat([bare.select(pl.col("code").str.slice(0, n)) for n in range(3, 7)]).unique()
    longer = bare.filter(pl.col("code").str.len_chars() > 3)
    stems = pl.concat(
        [longer.filter(pl.col("code").str.len_chars() > n).select(pl.col("code").str.slice(0, n)) for n in range(3, 7)]
    ).unique()
    parents = parents.join(stems, on="code", how="semi")
    status = pl.when(pl.col("code").is_in(parents["code"].implode())).then(pl.lit("c")).otherwise(pl.lit("v"))
    return bare.with_columns(status.alias("status"))


def _remarks(files: list[pl.DataFrame]) -> pl.DataFrame:
    return files[0].select("code")


def _documents(files: list[pl.DataFrame]) -> pl.DataFrame:
    ended = pl.col("retirement_date").str.to_date("%m/%d/%Y", strict=False).alias("last_day")
    chosen = files[0].filter(~pl.col("contractor").str.contains("DME"))
    return chosen.select(pl.col("display_id").alias("document"), "version", ended)


_UNHEADED = {"GPCI2025.csv", "25LOCCO.csv"}
_RVU = ("mpfs/PPRRVU2025_Oct_radonc.csv", "mpfs/PPRRVU2026_Jul_nonQPP_radonc.csv")
_FROM_EDITOR = pl.col("source").str.contains(_EDITOR, literal=True)
_CHECKS = (
    _Check("mpfs.rates", _RVU, _rates),
    _Check("mpfs.indicators", _RVU, _indicators),
    _Check("mpfs.gpci", ("mpfs/GPCI2025.csv",), _gpci),
    _Check("mpfs.localities", ("mpfs/25LOCCO.csv",), _localities),
    _Check("opps.status", ("opps-ioce/hcpcs_radonc.csv",), _status),
    _Check("opps.rates", ("opps-ioce/apc_radonc.csv",), _payments),
    _Check("ncci", ("opps-ioce/ncci_pairs_radonc_outpatient.csv",), _pairs, pl.col("last_day") <= _EDITOR_ENDS),
    _Check("imrt.plan_bundle", ("opps-ioce/imrt_planning_bundle.csv",), _bundle, _FROM_EDITOR),
    _Check("modifiers", ("opps-ioce/modifiers.csv",), _modifiers),
    _Check("modifier_conflicts", ("opps-ioce/modifier_conflicts.csv",), _conflicts, _FROM_EDITOR),
    _Check("dx.age", ("opps-ioce/dx10_restrictions.csv", "opps-ioce/versions.csv"), _ages),
    _Check("dx.principal", ("opps-ioce/dx10_restrictions.csv", "opps-ioce/versions.csv"), _principal),
    _Check("icd10cm", ("icd10cm/code-list-April-2026.txt",), _codes),
    _Check("rarc", ("x12-code-values/remark_code.csv",), _remarks),
    _Check("lcd", ("lcd-index/radonc_lcd_article_index_2025-08.csv",), _documents, pl.col("version").is_not_null()),
)
