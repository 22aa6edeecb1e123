"""Rows of one published CMS file → rows of our tables, for the days the file speaks for."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from beamclaim.errors import PolicyError
from beamclaim.model.value_sets import PRACTITIONER_SETTINGS, SETTINGS
from beamclaim.policy.imports.sheet import CmsSheet

_CODE = r"^[0-9A-Z]{4}[0-9A-Z]$"
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
PRACTITIONER = PRACTITIONER_SETTINGS
HOSPITAL = tuple(setting for setting in SETTINGS if setting not in PRACTITIONER)


@dataclass(frozen=True, slots=True)
class Edition:
    """What one file says.

    `kind`: ptp, mue, rvu, addendum_b, icd10cm. `settings`: those it holds for, empty for all. `tables`: table name →
    frame of its key and value columns, `first_day`, `last_day`, `line`. `keys`: range of a key column the file spans.
    `left_out`: rows that hold on none of its days.
    """

    kind: str
    title: str
    settings: tuple[str, ...]
    first_day: date
    last_day: date
    tables: dict[str, pl.DataFrame]
    keys: dict[str, str] = field(default_factory=dict)
    left_out: int = 0

    @property
    def quarter(self) -> str:
        """The calendar quarter it begins in, as 2026Q4."""
        return f"{self.first_day.year}Q{(self.first_day.month + 2) // 3}"


def read_edition(sheet: CmsSheet, quarter: str | None = None) -> Edition:
    """The edition a sheet holds, recognized from its titles and headers; `quarter` (2026Q4) where it names none.

    Raises PolicyError: no file of a known kind, its quarter or setting is not said, a row that cannot be read.
    """
    for kind, known in _KINDS.items():
        start = known.finds(sheet)
        if start is not None:
            return known.reads(sheet, start, _quarter(sheet, kind, quarter))
    raise PolicyError(
        f"{sheet.label}: this is none of the CMS files that can be imported: procedure pairs (PTP), maximum units (MUE), "
        "relative values (PPRRVU csv), OPPS Addendum B, ICD-10-CM order file. Give the file as CMS published it."
    )


# ── which days ──────────────────────────────────────────────────────────────────────────────────


def _quarter(sheet: CmsSheet, kind: str, asked: str | None) -> tuple[date, date]:
    if asked is not None:
        if not (m := re.fullmatch(r"(20\d\d)[qQ]([1-4])", asked)):
            raise PolicyError(f"quarter {asked!r} is not understood. Write 2026Q4.")
        year, number = int(m[1]), int(m[2])
    else:
        titles = " ".join(cell for row in sheet.head[:12] for cell in row if cell).lower()
        named = _named(kind, sheet.name, titles)
        if named is None:
            raise PolicyError(
                f"{sheet.label}: neither its name nor its titles say the quarter. Give it: --quarter 2026Q4."
            )
        year, number = named
    first = date(year, 3 * number - 2, 1)
    months = 6 if kind == "icd10cm" else 3
    ahead = first.month - 1 + months
    return first, date(year + ahead // 12, ahead % 12 + 1, 1) - timedelta(days=1)


def _named(kind: str, name: str, titles: str) -> tuple[int, int] | None:
    """(year, quarter) that the name or the titles of a file say."""
    if kind == "ptp" and (m := re.search(r"v(\d\d)([0-3])r\d", name)):
        return 1994 + int(m[1]), int(m[2]) + 1  # version 32.3 is the fourth quarter of 2026
    if kind == "icd10cm" and (m := re.search(r"order[-_ ]*(april|october)?[-_ ]*(20\d\d)", name)):
        april = m[1] == "april"
        return (int(m[2]), 2) if april else (int(m[2]) - (m[1] is None), 4)
    if kind == "rvu" and (m := re.search(r"(20\d\d) national physician.*?\b(january|april|july|october)\b", titles)):
        return int(m[1]), _of_month(m[2])
    for text in (name, titles):
        if m := re.search(r"eff\w*[-_ ]*(\d\d)[-_/](\d\d)[-_/](20\d\d)", text):
            return int(m[3]), (int(m[1]) + 2) // 3
        if m := re.search(r"\b(january|april|july|october)[-_ ]*(?:1,? *)?(20\d\d)", text.replace("_", "-")):
            return int(m[2]), _of_month(m[1])
        if m := re.search(r"(20\d\d)[-_ ]*q([1-4])", text):
            return int(m[1]), int(m[2])
    return None


def _of_month(name: str) -> int:
    return (_MONTHS.index(name) + 3) // 3


# ── rows ────────────────────────────────────────────────────────────────────────────────────────


def _columns(sheet: CmsSheet, row: int, wanted: dict[str, str]) -> dict[str, str]:
    """Our name → the sheet's column, by what the header row says; a header may run over the rows just above it."""
    whole_headers: dict[str, str] = {}
    rows = sheet.head[max(0, row - 4) : row + 1]
    for i in range(len(sheet.head[row])):
        whole_headers[str(i)] = re.sub(r"\s+", " ", " ".join(r[i] for r in rows if r[i])).lower()
    headers = {str(i): re.sub(r"\s+", " ", cell).lower() for i, cell in enumerate(sheet.head[row])}
    columns: dict[str, str] = {}
    for name, pattern in wanted.items():
        place = [c for c in headers if re.search(pattern, headers[c])] or [
            c for c in whole_headers if re.search(pattern, whole_headers[c])
        ]
        if not place:
            raise PolicyError(f"{sheet.label} row {row + 1}: no column for {name}. Give the file as CMS published it.")
        columns[name] = place[0]
    return columns


def _rows(sheet: CmsSheet, row: int, wanted: dict[str, str], code: str) -> pl.DataFrame:
    """The data rows below the header as our columns and `line`; notes (one cell of text) are passed over."""
    places = _columns(sheet, row, wanted)
    below = sheet.rows.slice(row + 1)
    filled = pl.sum_horizontal((pl.col(c) != "").cast(pl.Int32) for c in sheet.rows.columns if c != "row")
    has_code = pl.col(places[code]) != ""
    # Rows of the header that stand below its main row have no code; a note has one cell.
    first = below.select((has_code & (filled > 1)).arg_max()).item() or 0
    data = below.slice(first).filter((filled > 1) | (has_code & pl.col(places[code]).str.contains(_CODE)))
    data = data.select(*(pl.col(c).alias(n) for n, c in places.items()), pl.col("row").cast(pl.UInt32).alias("line"))
    codes = [n for n in data.columns if n in {"code", "column1", "column2"}]
    if sheet.name.endswith(".xlsx"):  # a workbook may hold a code as a number, which loses the zeros before it
        number = r"^\d{3,4}$"
        data = data.with_columns(
            pl.when(pl.col(c).str.contains(number)).then(pl.col(c).str.zfill(5)).otherwise(c).alias(c) for c in codes
        )
    return data.with_columns(pl.col(c).str.to_uppercase() for c in codes)


def _refuse(sheet: CmsSheet, data: pl.DataFrame, *checks: tuple[pl.Expr, str]) -> None:
    for wrong, says in checks:
        failing = data.filter(wrong)
        if failing.height:
            row = failing.row(0, named=True)
            raise PolicyError(
                f"{sheet.label} row {row['line']}: {says.format(**row)}. Nothing of this file was imported; "
                "give it as CMS published it."
            )


def _header(sheet: CmsSheet, *patterns: str) -> int | None:
    """The first row in whose cells every pattern is found."""
    for i, row in enumerate(sheet.head):
        cells = [re.sub(r"\s+", " ", c).lower() for c in row]
        if all(any(re.search(p, c) for c in cells) for p in patterns):
            return i
    return None


def _day(name: str) -> pl.Expr:
    return pl.col(name).str.to_date("%Y%m%d", strict=False)


# ── the kinds ───────────────────────────────────────────────────────────────────────────────────


def _ptp(sheet: CmsSheet, row: int, days: tuple[date, date]) -> Edition:
    titles = sheet.name + " " + " ".join(c for r in sheet.head[: row + 1] for c in r).lower()
    practitioner, hospital = re.search(r"ccipra|practitioner", titles), re.search(r"ccioph|hospital|outpatient", titles)
    if bool(practitioner) == bool(hospital):
        raise PolicyError(
            f"{sheet.label}: neither its name nor its titles say whether these pairs are the practitioner's or the hospital's. "
            "Give the file its published name, with ccipra or ccioph in it."
        )
    data = _rows(sheet, row, {
        "column1": r"^column ?1$", "column2": r"^column ?2$", "effective": "effective", "deletion": "deletion",
        "indicator": "^modifier",
    }, "column1")  # fmt: skip
    _refuse(
        sheet, data,
        (~pl.col("column1").str.contains(_CODE) | ~pl.col("column2").str.contains(_CODE), "a pair is not two codes"),
        (~pl.col("indicator").is_in(["0", "1", "9"]), "the modifier indicator is not 0, 1 or 9"),
        ((pl.col("effective") != "") & _day("effective").is_null(), "the effective date is no day"),
        (~pl.col("deletion").is_in(["", "*"]) & _day("deletion").is_null(), "the deletion date is no day and not *"),
    )  # fmt: skip
    first, last = (pl.lit(d) for d in days)
    in_force = data.with_columns(
        pl.max_horizontal(_day("effective"), first).alias("first_day"),
        pl.min_horizontal(_day("deletion"), last).alias("last_day"),
    ).filter(
        (pl.col("indicator") != "9")
        & (pl.col("first_day") <= pl.col("last_day"))
        & (_day("deletion").is_null() | (_day("deletion") > first))
    )
    table = in_force.select("column1", "column2", "indicator", "first_day", "last_day", "line")
    table = table.sort("column1", "column2", "first_day")
    again = pl.all_horizontal(pl.col(c) == pl.col(c).shift(1) for c in ("column1", "column2"))
    _refuse(sheet, table, (again & (pl.col("first_day") <= pl.col("last_day").shift(1)),
                           "the pair {column1} {column2} stands here twice for the same days"))  # fmt: skip
    codes = data["column1"].sort().to_list()
    spans = {"column1": f"{codes[0]}-{codes[-1]}"} if codes else {}
    return Edition("ptp", "NCCI procedure-to-procedure edits", PRACTITIONER if practitioner else HOSPITAL, *days,
                   {"ncci": table}, spans, data.height - table.height)  # fmt: skip


def _mue(sheet: CmsSheet, row: int, days: tuple[date, date]) -> Edition:
    headers = " ".join(sheet.head[row]).lower()
    if "practitioner" not in headers and "outpatient" not in headers:
        raise PolicyError(
            f"{sheet.label} row {row + 1}: only the practitioner and outpatient hospital tables are read."
        )
    data = _rows(sheet, row, {"code": r"hcpcs|cpt", "limit": "mue value", "mai": "adjudication"}, "code")
    data = data.with_columns(pl.col("mai").str.slice(0, 1))
    _refuse(
        sheet, data,
        (~pl.col("code").str.contains(_CODE), "there is no code in the first column"),
        (~pl.col("limit").str.contains(r"^\d{1,9}$"), "the maximum is not a whole number"),
        (~pl.col("mai").is_in(["1", "2", "3"]), "the adjudication indicator does not begin with 1, 2 or 3"),
        (pl.col("code").is_duplicated(), "{code} stands here twice"),
    )  # fmt: skip
    table = data.select("code", pl.col("limit").cast(pl.Int64), "mai", *_days(days), "line").sort("code")
    settings = PRACTITIONER if "practitioner" in headers else HOSPITAL
    return Edition("mue", "NCCI medically unlikely edits", settings, *days, {"mue": table})


def _rvu(sheet: CmsSheet, row: int, days: tuple[date, date]) -> Edition:
    if "qpp" in sheet.name.replace("nonqpp", "").replace("non-qpp", ""):
        raise PolicyError(
            f"{sheet.label}: the relative values of qualifying participants have a conversion factor of their own. "
            "Import the file named nonQPP."
        )
    wanted = {
        "code": r"^hcpcs$", "modifier": r"^mod$", "status": r"status code$|^code$", "work": r"work rvu$",
        "pe_nonfacility": r"(?<!i)non-fac pe rvu$", "pe_facility": r"facility pe rvu$", "malpractice": r"mp rvu$",
        "pctc": r"pctc", "conversion_factor": r"conv factor$",
        "nonfacility": r"non-fac na indicator$", "facility": r"(?<!non-)facility na indicator$",
    }  # fmt: skip
    whole = _whole_header(sheet, row)
    data = _rows(whole, row, wanted, "code")
    number = r"^\d{1,6}(\.\d{1,4})?$"
    _refuse(
        sheet, data,
        (~pl.col("code").str.contains(_CODE), "there is no code in the first column"),
        (~pl.col("modifier").str.contains(r"^[0-9A-Z]{0,2}$"), "the modifier is not two characters"),
        *((~pl.col(c).str.contains(number), f"{c} is not an amount")
          for c in ("work", "pe_nonfacility", "pe_facility", "malpractice", "conversion_factor")),
        (pl.struct("code", "modifier").is_duplicated(), "{code} {modifier} stands here twice"),
    )  # fmt: skip
    exact = pl.Decimal(18, 4)
    places = pl.concat_list(pl.when(pl.col(p) == "NA").then(pl.lit(p)) for p in ("facility", "nonfacility"))
    named = places.list.drop_nulls().list.join(";")
    not_in = pl.when(named != "").then(named)
    rates = data.select(
        "code", pl.when(pl.col("modifier") == "").then(pl.lit("global")).otherwise("modifier").alias("modifier"),
        "status", not_in.alias("not_in"),
        *(pl.col(c).cast(exact) for c in ("work", "pe_nonfacility", "pe_facility", "malpractice", "conversion_factor")),
        *_days(days), "line",
    ).sort("code", "modifier")  # fmt: skip
    technical = data.filter(pl.col("modifier") == "TC").select("code", status_tc="status")
    # Not valid for Medicare and no concept of parts: the file does not tell.
    silent = (pl.col("status") == "I") & pl.col("pctc").is_in(["0", "9"])
    indicators = (
        data.filter(pl.col("modifier") == "")
        .join(technical, on="code", how="left", maintain_order="left")
        .select("code", "status", pl.when(~silent).then("pctc").alias("pctc"), "status_tc", *_days(days), "line")
        .sort("code")
    )
    title = "National Physician Fee Schedule relative value file"
    tables = {"mpfs.rates": rates, "mpfs.indicators": indicators, "radonc.codes": _lives(data, days)}
    return Edition("rvu", title, (), *days, tables)


def _lives(data: pl.DataFrame, days: tuple[date, date]) -> pl.DataFrame:
    """The CPT codes the file holds and does not call deleted: they are in force, for whoever is billed."""
    held = data.filter((pl.col("modifier") == "") & (pl.col("status") != "D") & pl.col("code").str.contains(r"^\d{5}$"))
    blank = pl.lit(None, pl.String)
    return held.select("code", blank.alias("category"), blank.alias("successor"), *_days(days), "line").sort("code")


def _whole_header(sheet: CmsSheet, row: int) -> CmsSheet:
    """The sheet with its header, which runs over four rows, joined into the last of them."""
    rows = sheet.head[row - 3 : row + 1]
    joined = [re.sub(r"\s+", " ", " ".join(r[i] for r in rows if r[i])) for i in range(len(rows[0]))]
    head = sheet.rows.head(row).with_columns(pl.lit("").alias(c) for c in sheet.rows.columns if c != "row")
    names = [c for c in sheet.rows.columns if c != "row"]
    line = pl.DataFrame({**dict(zip(names, joined, strict=True)), "row": row + 1}).cast(
        {"row": sheet.rows.schema["row"]}
    )
    return CmsSheet(sheet.label, sheet.sha256, pl.concat([head, line, sheet.rows.slice(row + 1)]))


def _addendum_b(sheet: CmsSheet, row: int, days: tuple[date, date]) -> Edition:
    data = _rows(sheet, row, {"code": "hcpcs", "status_indicator": r"^si$|status", "apc": r"^apc"}, "code")
    _refuse(
        sheet, data,
        (~pl.col("code").str.contains(_CODE), "there is no code in the first column"),
        (~pl.col("status_indicator").str.contains(r"^[A-Z]\d?$|^$"), "the status indicator is not a letter"),
        (~pl.col("apc").str.contains(r"^\d{0,5}$"), "the APC is not a number"),
        (pl.col("code").is_duplicated(), "{code} stands here twice"),
    )  # fmt: skip
    apc = pl.when(pl.col("apc") != "").then(pl.col("apc").str.zfill(5)).alias("apc")
    with_status = data.filter(pl.col("status_indicator") != "")
    table = with_status.select(
        "code", "status_indicator", apc, pl.lit(None, pl.String).alias("flags"), *_days(days), "line"
    )
    return Edition("addendum_b", "OPPS Addendum B", HOSPITAL, *days, {"opps.status": table.sort("code")},
                   left_out=data.height - with_status.height)  # fmt: skip


def _icd10cm(sheet: CmsSheet, row: int, days: tuple[date, date]) -> Edition:
    text = pl.col("0")
    data = sheet.rows.filter(text != "").select(
        text.str.slice(6, 7).str.strip_chars().alias("code"),
        text.str.slice(14, 1).alias("leaf"),
        line="row",
    )
    _refuse(
        sheet, data,
        (~pl.col("code").str.contains(r"^[A-Z][0-9A-Z]{2,6}$"), "there is no diagnosis code in places 7 to 13"),
        (~pl.col("leaf").is_in(["0", "1"]), "place 15 is not 0 or 1"),
        (pl.col("code").is_duplicated(), "{code} stands here twice"),
    )  # fmt: skip
    status = pl.when(pl.col("leaf") == "1").then(pl.lit("v")).otherwise(pl.lit("c")).alias("status")
    table = data.select("code", status, *_days(days), pl.col("line").cast(pl.UInt32)).sort("code")
    return Edition("icd10cm", "ICD-10-CM order file", (), *days, {"icd10cm": table})


def _days(days: tuple[date, date]) -> tuple[pl.Expr, pl.Expr]:
    return pl.lit(days[0]).alias("first_day"), pl.lit(days[1]).alias("last_day")


def _finds_icd10cm(sheet: CmsSheet) -> int | None:
    lines = [r[0] for r in sheet.head[:5] if r[0]]
    return 0 if lines and all(re.match(r"^\d{5} [A-Z][0-9A-Z]{2,6} * [01] ", x) for x in lines) else None


@dataclass(frozen=True, slots=True)
class _Kind:
    finds: Callable[[CmsSheet], int | None]
    reads: Callable[[CmsSheet, int, tuple[date, date]], Edition]


_KINDS = {
    "ptp": _Kind(lambda s: _header(s, r"^column ?1$", r"^column ?2$", "^modifier"), _ptp),
    "mue": _Kind(lambda s: _header(s, "mue value", "adjudication"), _mue),
    "rvu": _Kind(lambda s: _header(s, "^hcpcs$", "^mod$", "^factor$"), _rvu),
    "addendum_b": _Kind(lambda s: _header(s, "hcpcs", "^si$", "^apc"), _addendum_b),
    "icd10cm": _Kind(_finds_icd10cm, _icd10cm),
}
