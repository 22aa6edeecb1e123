"""The Medicare physician fee schedule (PPRRVU, indices, localities) → rows of our tables."""

from datetime import date

import polars as pl

from beamclaim.policy.tables import PolicyTables
from beamclaim.policy.verify.comparison import LeftOut, Side, split

RELEASES = ("mpfs/PPRRVU2025_Oct_radonc.csv", "mpfs/PPRRVU2026_Jul_nonQPP_radonc.csv")
#: First and last day each of the two releases speaks for, in their order, and the source a row cites for it.
DAYS = ((date(2025, 1, 1), date(2025, 12, 31)), (date(2026, 1, 1), date(2026, 12, 31)))
SOURCES = ("CMS-RVU25D", "CMS-RVU26C")
#: What a PC/TC indicator makes of a line without a modifier; the other indicators name codes without a technical part.
_PARTS = {"1": "split", "3": "technical"}


def exact(column: str, name: str) -> pl.Expr:
    """A column of amounts as printed."""
    return pl.col(column).cast(pl.Decimal(18, 4)).alias(name)


def rates(files: list[pl.DataFrame]) -> Side:
    """Relative values and conversion factor of each code and part."""

    def one(frame: pl.DataFrame, days: tuple[date, date]) -> pl.DataFrame:
        flags = [pl.when(pl.col(f"{k}_na") == "NA").then(pl.lit(w)) for k, w in (("fac", "facility"), ("nonfac", "nonfacility"))
                 if f"{k}_na" in frame.columns]  # fmt: skip
        not_in = pl.concat_list(flags).list.drop_nulls().list.join(";")
        return frame.select(
            pl.col("hcpcs").alias("code"), pl.col("modifier").fill_null("global"), "status",
            pl.when(not_in != "").then(not_in).alias("not_in"), exact("work_rvu", "work"),
            exact("nonfac_pe", "pe_nonfacility"), exact("fac_pe", "pe_facility"), exact("mp_rvu", "malpractice"),
            exact("conversion_factor", "conversion_factor"), *_stretch(days),
        )  # fmt: skip

    why = (
        "no rule asks global days, splits of an operation or rules of surgery, and totals are sums of what is compared"
    )
    columns = LeftOut("columns of totals, global days and surgery", None, why)
    return Side(pl.concat([one(f, d) for f, d in zip(files, DAYS, strict=True)]), (columns,))


def indicators(files: list[pl.DataFrame]) -> Side:
    """Status and PC/TC indicator of each code, and the status of its technical part."""

    def one(frame: pl.DataFrame, days: tuple[date, date]) -> pl.DataFrame:
        technical = frame.filter(pl.col("modifier") == "TC").select("hcpcs", status_tc="status")
        silent = (pl.col("status") == "I") & pl.col("pctc").is_in(["0", "9"])  # says nothing of parts
        return (
            frame.filter(pl.col("modifier").is_null())
            .join(technical, on="hcpcs", how="left")
            .select(
                pl.col("hcpcs").alias("code"), "status", pl.when(~silent).then("pctc").alias("pctc"), "status_tc",
                *_stretch(days),
            )
        )  # fmt: skip

    parts = sum(f.filter(pl.col("modifier").is_not_null()).height for f in files)
    why = "the status of the technical part stands in the row of its code, the values of both in mpfs.rates"
    rows = pl.concat([one(f, d) for f, d in zip(files, DAYS, strict=True)])
    return Side(rows, (LeftOut("rows of a part (26, TC)", parts, why),))


def technical_parts(files: list[pl.DataFrame]) -> Side:
    """Year by year, the codes with a technical part and whether it splits."""
    whole = [f.filter(pl.col("modifier").is_null()) for f in files]
    rows = pl.concat(
        [
            f.select(
                pl.col("hcpcs").alias("code"), pl.lit(d[0].year).alias("year"),
                pl.col("pctc").replace_strict(_PARTS, default=None).alias("part"),
            )
            for f, d in zip(whole, DAYS, strict=True)
        ]
    )  # fmt: skip
    why = "by their PC/TC indicator they have no technical part: the table lists those that have one"
    return split(rows, pl.col("part").is_not_null(), "codes of one kind of work", why)


def own_technical_parts(policy: PolicyTables) -> Side:
    """The same of our table; without the codes a release does not hold."""
    rows = policy.table("technical").stated
    years = [
        rows.filter(pl.col("first_day") <= last, pl.col("last_day").is_null() | (pl.col("last_day") >= first)).select(
            "code", pl.lit(first.year).alias("year"), "part", "source"
        )
        for first, last in DAYS
    ]
    read = [y.with_columns(pl.col("source").str.contains(s).alias("read")) for y, s in zip(years, SOURCES, strict=True)]
    why = "the copy of 2026 has no rows 77600 to 77763"
    return split(pl.concat(read), pl.col("read"), "codes the copy of their year does not hold", why)


def add_ons(files: list[pl.DataFrame]) -> Side:
    """Year by year, the codes that are add-ons on the fee schedule (global ZZZ)."""
    years = [
        f.filter(pl.col("modifier").is_null()).select(
            pl.col("hcpcs").alias("code"), pl.lit(d[0].year).alias("year"), pl.col("global").alias("days")
        )
        for f, d in zip(files, DAYS, strict=True)
    ]
    why = "global days of other words are no add-ons"
    taken = split(pl.concat(years), pl.col("days") == "ZZZ", "codes that are no add-ons", why)
    return Side(taken.rows.select("code", "year"), taken.left_out)


def own_add_ons(policy: PolicyTables) -> Side:
    """The same of our table, for physicians and offices under Medicare."""
    rows = policy.table("addons").stated
    own = split(
        rows, (pl.col("scope") == "us/medicare") & (pl.col("setting") != "hospital_outpatient"),
        "rows of the hospital editor", "compared with its file",
    )  # fmt: skip
    years = [
        own.rows.filter(pl.col("first_day") <= last, pl.col("last_day") >= first).select("code", year=first.year)
        for first, last in DAYS
    ]
    return Side(pl.concat(years), own.left_out)


def gpci(files: list[pl.DataFrame]) -> Side:
    """The indices of each locality."""
    taken = split(files[0], pl.col("column_0").str.contains(r"^\d{5}$"), "lines of notes", "they hold no locality")
    rows = taken.rows.select(
        pl.col("column_0").alias("contractor"), pl.col("column_2").alias("locality"), pl.col("column_1").alias("state"),
        exact("column_4", "work"), exact("column_5", "pe"), exact("column_6", "malpractice"),
    )  # fmt: skip
    return Side(rows, taken.left_out)


def localities(files: list[pl.DataFrame]) -> Side:
    """The localities there are."""
    taken = split(
        files[0], pl.col("column_0").str.strip_chars().str.contains(r"^\d{4,5}$"), "lines without a locality",
        "they go on with the counties of the line before, or are notes",
    )  # fmt: skip
    number = (pl.col(c).str.strip_chars().str.zfill(n) for c, n in (("column_0", 5), ("column_1", 2)))
    rows = taken.rows.select(*(e.alias(n) for e, n in zip(number, ("contractor", "locality"), strict=True)))
    repeated = rows.height - rows.n_unique()
    more = (LeftOut("further lines of a locality", repeated, "other counties of one locality"),) if repeated else ()
    return Side(rows.unique(), (*taken.left_out, *more))


def _stretch(days: tuple[date, date]) -> tuple[pl.Expr, pl.Expr]:
    return pl.lit(days[0]).alias("first_day"), pl.lit(days[1]).alias("last_day")
