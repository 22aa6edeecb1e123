"""Lists of words and documents, and extracts of editions nobody packed → rows of our tables."""

from datetime import date, timedelta
from itertools import pairwise

import polars as pl

from beamclaim.model.value_sets import FORM_OF_SETTING, PRACTITIONER_SETTINGS, SETTINGS
from beamclaim.policy.tables import PolicyTables
from beamclaim.policy.verify.comparison import LeftOut, Side, own_rows, split
from beamclaim.policy.verify.editor import ENDS, SOURCE
from beamclaim.policy.verify.fee_schedule import DAYS, SOURCES

_DAY = timedelta(days=1)
#: Settings whose maxima one published table holds.
_SETTINGS_OF = {
    "hospital": [s for s in SETTINGS if s not in PRACTITIONER_SETTINGS],
    "practitioner": list(PRACTITIONER_SETTINGS),
}
#: What the words of `setting.not_payable` say a code's status is, in the file of the form.
_STATUS_OF = {
    "professional_only": "B", "fee_schedule_code": "B", "bundled": "B", "physician_work_packaged": "N",
    "invalid_on_fee_schedule": "I",
}  # fmt: skip


def remarks(files: list[pl.DataFrame]) -> Side:
    """The remark codes there are."""
    return Side(files[0].select("code"))


def documents(files: list[pl.DataFrame]) -> Side:
    """The coverage documents of radiation therapy, their version and when they were retired."""
    taken = split(
        files[0], ~pl.col("contractor").str.contains("DME"), "documents of contractors for equipment",
        "tumor treatment fields are no radiation therapy",
    )  # fmt: skip
    ended = pl.col("retirement_date").str.to_date("%m/%d/%Y", strict=False).alias("last_day")
    columns = LeftOut("the column effective_date", None, "it is the day of the version, not of the document")
    return Side(taken.rows.select(pl.col("display_id").alias("document"), "version", ended), (*taken.left_out, columns))


own_documents = own_rows(
    "lcd", pl.col("version").is_not_null(), "documents of pages", "they were retired before the list was made, or after"
)  # fmt: skip


def maxima(files: list[pl.DataFrame]) -> Side:
    """Most units a day, for each setting its table is for."""
    settings = pl.col("table").replace_strict(_SETTINGS_OF, return_dtype=pl.List(pl.String)).alias("setting")
    rows = files[0].with_columns(settings, pl.col("limit").cast(pl.Int64)).explode("setting")
    return Side(rows.select("code", "setting", "limit", "mai", *_days()))


def october_pairs(files: list[pl.DataFrame]) -> Side:
    """Pairs of the hospital edition of October 2026."""
    return Side(files[0].select("column1", "column2", "indicator", *_days()))


own_october_pairs = own_rows(
    "ncci", pl.col("first_day") > ENDS, "rows to June 2026", "compared with the hospital editor's file"
)


def places(files: list[pl.DataFrame]) -> Side:
    """The places of service there are, in both lists of them."""
    return Side(
        files[0].select(pl.col("pos").alias("place")).join(files[1].select(place="code"), on="place", how="semi")
    )


def revenue(files: list[pl.DataFrame]) -> Side:
    """The revenue codes there are, written with four digits as claims write them, and how they begin."""
    code = pl.col("revenue_code").str.zfill(4)
    return Side(pl.concat([files[0].select(code.str.slice(0, n).alias("beginning")) for n in (3, 4)]).unique())


def own_revenue(policy: PolicyTables) -> Side:
    """The beginnings of revenue codes our tables name."""
    columns = (("revenue_codes", "revenue"), ("claim.method_two", "revenue"), ("setting.not_payable", "unless_revenue"))
    named = [policy.table(t).stated.select(pl.col(c).str.split(";").alias("beginning")) for t, c in columns]
    return Side(pl.concat(named).explode("beginning").drop_nulls().unique())


def letters(files: list[pl.DataFrame]) -> Side:
    """The status indicators there are."""
    return Side(files[0].select(pl.col("status_indicator").alias("letter")).unique())


def own_letters(policy: PolicyTables) -> Side:
    """The status indicators our tables of the hospital's claim name."""
    form = FORM_OF_SETTING[_SETTINGS_OF["hospital"][0]]
    forms = policy.table("form.statuses").stated
    refused = (
        forms.filter(pl.col("form") == form).select(pl.col("refused").str.split(";").alias("letter")).explode("letter")
    )
    held = policy.table("opps.status").stated.select(pl.col("status_indicator").alias("letter"))
    others = forms.filter(pl.col("form") != form).height
    left_out = LeftOut(
        "statuses of the other form", others, "their words are of the fee schedule, which has no list of them"
    )
    return Side(pl.concat([refused, held]).unique(), (left_out,))


def known(files: list[pl.DataFrame]) -> Side:
    """The stretches of days on which the same files hold a code, with the files that do."""
    hospital = files[0].select(
        "code", source=pl.lit(SOURCE), first=pl.col("effective_from").str.to_date("%Y%m%d"),
        last=pl.col("effective_to").str.to_date("%Y%m%d").fill_null(ENDS),
    )  # fmt: skip
    physician = [
        f.select(pl.col("hcpcs").alias("code"), source=pl.lit(s), first=pl.lit(d[0]), last=pl.lit(d[1])).unique()
        for f, s, d in zip(files[1:], SOURCES, DAYS, strict=True)
    ]
    rows = []
    for (code,), of_code in pl.concat([hospital, *physician]).group_by(["code"]):
        stretches = of_code.select("source", "first", "last").rows()
        edges = sorted({first for _, first, _ in stretches} | {last + _DAY for _, _, last in stretches})
        held: list[tuple[str, date, date]] = []
        for first, after in pairwise(edges):
            sources = ";".join(
                s for s in (SOURCE, *SOURCES) if any(o == s and a <= first <= b for o, a, b in stretches)
            )
            goes_on = bool(held) and held[-1][0] == sources and held[-1][2] + _DAY == first
            held.append((sources, held.pop()[1] if goes_on else first, after - _DAY))
        rows += [(code, first, last, sources) for sources, first, last in held if sources]
    return Side(
        pl.DataFrame(
            rows,
            schema={"code": pl.String, "first_day": pl.Date, "last_day": pl.Date, "source": pl.String},
            orient="row",
        )
    )


def statuses(files: list[pl.DataFrame]) -> Side:
    """Year by year, the status of each code in the file of each setting's form; of hospitals the last one of the year."""
    hospital = files[0].select(
        "code", status="status_indicator", first=pl.col("effective_from").str.to_date("%Y%m%d"),
        last=pl.col("effective_to").str.to_date("%Y%m%d").fill_null(ENDS),
    )  # fmt: skip
    rows = []
    for frame, (first, last) in zip(files[1:], DAYS, strict=True):
        in_force = (pl.col("first") <= min(last, ENDS)) & (pl.col("last") >= min(last, ENDS))
        physician = frame.filter(pl.col("modifier").is_null()).select(pl.col("hcpcs").alias("code"), "status")
        of_setting = {**dict.fromkeys(PRACTITIONER_SETTINGS, physician)}
        of_setting |= dict.fromkeys(_SETTINGS_OF["hospital"], hospital.filter(in_force).select("code", "status"))
        rows += [
            held.select("code", pl.lit(s).alias("setting"), pl.lit(first.year).alias("year"), "status")
            for s, held in of_setting.items()
        ]
    return Side(pl.concat(rows))


def own_statuses(policy: PolicyTables) -> Side:
    """The same of the codes on our special list, as its words say it."""
    rows = policy.table("setting.not_payable").stated.with_columns(
        pl.col("reason").replace_strict(_STATUS_OF, default=None).alias("status")
    )
    why = "they hang on a modifier, not on the status"
    own = split(rows, pl.col("status").is_not_null(), "rows for departments off campus", why)
    years = [
        own.rows.filter(
            pl.col("first_day") <= last, pl.col("last_day").is_null() | (pl.col("last_day") >= first)
        ).select("code", "setting", pl.lit(first.year).alias("year"), "status")
        for first, last in DAYS
    ]
    return Side(pl.concat(years), own.left_out)


def _days() -> tuple[pl.Expr, pl.Expr]:
    return pl.col("first_day").str.to_date("%Y-%m-%d"), pl.col("last_day").str.to_date("%Y-%m-%d")
