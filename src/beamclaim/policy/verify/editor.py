"""Tables of the hospital claim editor (I/OCE) → rows of our tables.

The newest version says no last day: its rows are read to the last day of its quarter.
"""

from datetime import date

import polars as pl

from beamclaim.policy.tables import PolicyTables
from beamclaim.policy.verify.comparison import LeftOut, Side, own_rows, split
from beamclaim.policy.verify.fee_schedule import exact

SOURCE = "CMS-IOCE"
#: First and last day the copies speak for.
BEGINS, ENDS = date(2019, 7, 1), date(2026, 6, 30)
VERSIONS = "opps-ioce/versions.csv"
_ROWS_OF_PAGES = "rows that rest on no file of the editor"
from_editor = own_rows(
    "imrt.plan_bundle",
    pl.col("source").str.contains(SOURCE, literal=True),
    _ROWS_OF_PAGES,
    "contractors' pages: by the days around a plan",
)
conflicts_from_editor = own_rows(
    "modifier_conflicts",
    pl.col("source").str.contains(SOURCE, literal=True),
    _ROWS_OF_PAGES,
    "pairs of pages and of the CPT modifiers themselves",
)


def status(files: list[pl.DataFrame]) -> Side:
    """Status, payment class and every flag of each code."""
    apc = pl.when(pl.col("apc") != "00000").then("apc").alias("apc")
    rows = files[0].select(
        "code", "status_indicator", apc, pl.col("flags").str.replace_all(" ", ";").alias("flags"),
        _day("effective_from"), _day("effective_to", last=True),
    )  # fmt: skip
    return Side(rows, (LeftOut("columns payment_indicator and short_descriptor", None, "no table of ours holds them"),))


def payments(files: list[pl.DataFrame]) -> Side:
    """What each payment class pays."""
    rows = files[0].select(
        "apc", "status_indicator", exact("national_unadjusted_payment_usd", "payment"), _day("effective_from"),
        _day("effective_to", last=True),
    )  # fmt: skip
    return Side(rows)


def pairs(files: list[pl.DataFrame]) -> Side:
    """Procedure pairs and whether a modifier opens them."""
    rows = files[0].select(
        "column1", "column2", pl.col("modifier_allowed").alias("indicator"), _day("active_from_or_before"),
        _day("active_to", last=True),
    )  # fmt: skip
    return Side(rows)


own_pairs = own_rows(
    "ncci", pl.col("last_day") <= ENDS, "rows of October 2026", "compared with the extract of their own edition"
)


def lives(files: list[pl.DataFrame]) -> Side:
    """First and last day of each code in the hospital file; of codes it held from its first version on, and still holds, no day."""
    day = {n: pl.col(n).str.to_date("%Y%m%d") for n in ("effective_from", "effective_to")}
    first = day["effective_from"].min()
    last = pl.when(day["effective_to"].is_null().any()).then(None).otherwise(day["effective_to"].max())
    rows = files[0].group_by("code").agg(pl.when(first > BEGINS).then(first).alias("begins"), last.alias("last_day"))
    listed = pl.concat([f.select(pl.col("hcpcs").alias("code")) for f in files[1:]]).unique()
    elsewhere = listed.join(rows, on="code", how="anti").with_columns(
        pl.lit(None, pl.Date).alias("begins"), pl.lit(None, pl.Date).alias("last_day")
    )
    return Side(pl.concat([rows, elsewhere]))


def own_lives(policy: PolicyTables) -> Side:
    """The same of our table, without codes of pages."""
    begins = pl.when(pl.col("first_day") > BEGINS).then("first_day").alias("begins")
    of_files = pl.col("source").str.contains(f"{SOURCE}|CMS-RVU")
    return split(
        policy.table("radonc.codes").stated.with_columns(begins), of_files, "codes of pages", "no file of the folder lists them"
    )  # fmt: skip


def modifiers(files: list[pl.DataFrame]) -> Side:
    """The modifiers the editor takes, their days, and whether they open a pair."""
    flags = pl.col("flags").fill_null("").str.split(" ")
    taken = split(
        files[0],
        pl.col("modifier").str.contains(r"^[0-9A-Z]{2}$"),
        "places held for no modifier",
        "no claim carries them",
    )
    dated = _dated(taken.rows, files[1]).with_columns(
        _begun("first_day"), flags.list.contains("ncci").alias("opens_pair")
    )
    other = LeftOut("flags of devices, therapy, discounts and telehealth", None, "no rule asks them")
    return Side(dated.select("modifier", "first_day", "last_day", "opens_pair"), (*taken.left_out, other))


def conflicts(files: list[pl.DataFrame]) -> Side:
    """Modifiers that may not share a line, in the file's order."""
    return Side(files[0].select(pl.col("modifier1").alias("column1"), pl.col("modifier2").alias("column2")))


def plan_bundle(files: list[pl.DataFrame]) -> Side:
    """Services inside an IMRT plan on its claim."""
    return Side(files[0].select(pl.col("bundled_code").alias("code"), pl.col("planning_code").alias("plan_code")))


def add_ons(files: list[pl.DataFrame]) -> Side:
    """Each add-on with the services one of which it needs (blank: the contractor names them) and its days."""
    dated = _dated(files[0], files[1])
    services = pl.col("primary_code").drop_nulls().sort().str.join(";").alias("primaries")
    rows = dated.group_by(pl.col("addon_code").alias("code"), "first_day", "last_day").agg(services)
    return Side(rows.with_columns(pl.when(pl.col("primaries") != "").then("primaries").alias("primaries")))


def own_add_ons(policy: PolicyTables) -> Side:
    """The same of our table, as it stands for a hospital under Medicare."""
    rows = policy.table("addons").stated
    hospital = rows.filter(pl.col("setting") == "hospital_outpatient")["code"].implode()
    is_hospital = (pl.col("setting") == "hospital_outpatient") | ~pl.col("code").is_in(hospital)
    why = "what physicians and other payers take: compared with the fee schedule, where that says so"
    return split(rows, is_hospital, "rows of other settings and payers", why)


def ages(files: list[pl.DataFrame]) -> Side:
    """Ages the editor takes with a diagnosis."""
    any_age = (pl.col("lo_age") == "0") & (pl.col("hi_age") == "124")
    taken = split(files[0], ~any_age, "diagnoses of any age", "they restrict nothing")
    rows = _dated(taken.rows, files[1]).select(
        pl.col("icd10cm").alias("code"), pl.col("lo_age").cast(pl.Int64).alias("lowest"),
        pl.col("hi_age").cast(pl.Int64).alias("highest"), "first_day", "last_day",
    )  # fmt: skip
    return Side(
        rows, (*taken.left_out, LeftOut("the column sex", None, "the copy holds 0 in every row: it says nothing"))
    )


def principal(files: list[pl.DataFrame]) -> Side:
    """Diagnoses not taken as principal, and why."""
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
    why = "they are taken as principal, or the editor itself excludes them from its edit"
    taken = split(
        files[0].with_columns(flag.alias("flag")), pl.col("flag").is_not_null(), "diagnoses without such a flag", why
    )
    order = LeftOut("the flag code_first", None, "dx.code_first asks it from the classification itself")
    rows = _dated(taken.rows, files[1]).select(pl.col("icd10cm").alias("code"), "flag", "first_day", "last_day")
    return Side(rows, (*taken.left_out, order))


def _dated(rows: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """Rows with the days of the versions they name."""
    begin = versions.select(pl.col("version").alias("lo_version"), _day("effective_from"))
    end = versions.select(pl.col("version").alias("hi_version"), _day("effective_to", last=True))
    return rows.join(begin, on="lo_version").join(end, on="hi_version")


def _begun(column: str) -> pl.Expr:
    """A first day; null where the copies begin with it, since nobody read when it began."""
    return pl.when(pl.col(column) > BEGINS).then(column).alias(column)


def _day(column: str, *, last: bool = False) -> pl.Expr:
    day = pl.col(column).str.to_date("%Y%m%d", strict=False)
    return (pl.min_horizontal(day.fill_null(ENDS), ENDS) if last else day).alias("last_day" if last else "first_day")
