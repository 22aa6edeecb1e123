"""Columns of a line: what it bills, who bills it, and the diagnoses it is for."""

import polars as pl

from beamclaim.model.tables.claims import LINES
from beamclaim.model.value_sets import SETTINGS
from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.columns.neoplasm import first_neoplasm, neoplasms
from beamclaim.views.view import Frames

LINE = ColumnGroup()
#: What says whether a line of a hospital's claim is the physician's work.
_DECIDING_THE_PART = ("claim.setting", "line.revenue_code", "claim.bill_type")


def _read(name: str, doc: str, cell: str = "", *, is_fact: bool = True, is_list: bool = False) -> ViewColumn:
    return ViewColumn(name, LINES.schema[name], doc, cell, is_fact=is_fact, is_list=is_list)


LINE.as_read(
    _read("line.key", "the line", is_fact=False),
    _read("line.number", "number in the file"),
    _read("line.date", "first day of service", "line.date"),
    _read("line.date_to", "last day of service", "line.date"),
    _read("line.code", "procedure code", "line.code"),
    _read("line.modifiers", "modifiers in order, joined with `;`", "line.modifiers", is_list=True),
    _read("line.units", "units", "line.units"),
    _read("line.charge", "charge", "line.charge"),
    _read("line.place_of_service", "place of service", "line.place_of_service"),
    _read("line.revenue_code", "revenue code", "line.revenue_code"),
    _read("line.pointers", "diagnosis pointers", "line.pointers"),
    _read("line.authorization", "authorization number of the line or its claim", "line.authorization"),
)


# ── its days (`line_days`) ──────────────────────────────────────────────────────────────────────

LINE.as_read(
    ViewColumn("line.first_day", pl.Date, "first day of service of the whole line", "line.date"),
    ViewColumn("line.billed_units", LINES.schema["line.units"], "units of the whole line", "line.units"),
    ViewColumn("line.is_range", pl.Boolean, "it is over more than one day", is_fact=False),
    ViewColumn("line.day_is_known", pl.Boolean, "its service was on the day of the row", is_fact=False),
    ViewColumn("line.is_first_row", pl.Boolean, "no further row of a line whose days are not known", is_fact=False),
)
#: What a line has beside the columns of its table.
OF_DAYS = ("line.first_day", "line.billed_units", "line.is_range", "line.day_is_known", "line.is_first_row")


def _modifier_for(frames: Frames, part: str) -> pl.Expr:
    """The modifier of a line that says it is that part of the service; null where none does, or they are unknown."""
    of_part = [m for m, meant in frames.words("modifier.component", "part").items() if meant == part]
    if not of_part:
        return pl.lit(None, dtype=pl.String)
    return pl.col("line.modifiers").str.extract(rf"(?:^|;)({'|'.join(of_part)})(?:;|$)", 1)


@LINE.column(
    "line.authorization_word",
    pl.String,
    "its authorization in capitals, zeros alone as one zero",
    cell="line.authorization",
    given_as="line.authorization",
)
def authorization_word(_: Frames) -> pl.Expr:
    """What may be a word that says there is no number; null where the authorization is unknown."""
    word = pl.col("line.authorization").str.strip_chars().str.to_uppercase()
    return word.str.replace(r"^[0 ]+$", "0")


# ── modifiers ───────────────────────────────────────────────────────────────────────────────────


@LINE.column("line.has_modifiers", pl.Boolean, "it carries any", cell="line.modifiers", given_as="line.modifiers")
def has_modifiers(_: Frames) -> pl.Expr:
    """Null where they are unknown."""
    return pl.col("line.modifiers") != ""


@LINE.column("line.component_modifier", pl.String, "26, TC, or empty", cell="line.modifiers", given_as="line.modifiers")
def component_modifier(frames: Frames) -> pl.Expr:
    """That of the professional part where it carries both."""
    none = pl.when(pl.col("line.modifiers").is_not_null()).then(pl.lit(""))
    return pl.coalesce(_modifier_for(frames, "professional"), _modifier_for(frames, "technical"), none)


@LINE.column(
    "line.modifier_twice", pl.Boolean, "one modifier stands twice", cell="line.modifiers", given_as="line.modifiers"
)
def modifier_twice(_: Frames) -> pl.Expr:
    """Null where they are unknown."""
    modifiers = pl.col("line.modifiers")
    each = modifiers.str.split(";").list
    return (
        pl.when(modifiers.str.contains(";"))
        .then(each.n_unique() < each.len())
        .when(modifiers.is_not_null())
        .then(pl.lit(False))
    )


@LINE.column(
    "line.modifier_set",
    pl.String,
    "its modifiers, whatever their order",
    cell="line.modifiers",
    given_as="line.modifiers",
    is_fact=False,
)
def modifier_set(_: Frames) -> pl.Expr:
    """In the order of the alphabet, joined with `;`; null where they are unknown."""
    modifiers = pl.col("line.modifiers")
    return (
        pl.when(modifiers.str.contains(";"))
        .then(modifiers.str.split(";").list.sort().list.join(";"))
        .otherwise(modifiers)
    )


# ── who bills what part of it ───────────────────────────────────────────────────────────────────


@LINE.column(
    "line.is_method_two",
    pl.Boolean,
    "the physician's work on a critical access hospital's claim (Method II), by bill type and revenue code",
    cell="line.revenue_code",
    follows_from=_DECIDING_THE_PART,
)
def is_method_two(frames: Frames) -> pl.Expr:
    """Null where the bill type or the revenue code, whichever would decide, is unknown."""
    bill, revenue = pl.col("claim.bill_type").str.slice(0, 2), pl.col("line.revenue_code")
    beginnings = frames.words("claim.method_two", "revenue")
    kinds = [(bill == b) & revenue.str.contains(rf"^(?:{r.replace(';', '|')})") for b, r in beginnings.items()]
    return (pl.col("claim.form") == "837I") & pl.any_horizontal(pl.lit(False), *kinds)


@LINE.column(
    "line.setting",
    pl.String,
    "whose tables hold for it: hospital_outpatient, freestanding, professional",
    words=SETTINGS,
    follows_from=_DECIDING_THE_PART,
)
def setting_of_line(_: Frames) -> pl.Expr:
    """That of its claim; a physician's work is paid by the physician schedule, whoever's claim it stands on."""
    is_physicians = pl.col("line.is_method_two")
    return pl.when(is_physicians).then(pl.lit("professional")).when(~is_physicians).then("claim.setting")


@LINE.column(
    "line.in_facility",
    pl.Boolean,
    "place of service 19, 21 or 22: a hospital",
    cell="line.place_of_service",
    given_as="line.place_of_service",
)
def in_facility(frames: Frames) -> pl.Expr:
    """By the place, else by the setting of the claim."""
    place = pl.col("line.place_of_service")
    is_hospital = frames.words("claim.places", "is_hospital")
    by_place = pl.when(place.is_not_null()).then(
        place.replace_strict(is_hospital, default=False, return_dtype=pl.Boolean)
    )
    return pl.coalesce(by_place, pl.col("line.setting") == "professional")


@LINE.column(
    "line.component",
    pl.String,
    "technical, professional or global",
    given_as="line.modifiers",
    is_fact=False,
    follows_from=("line.setting",),
)
def component(frames: Frames) -> pl.Expr:
    """A hospital bills the technical part, a professional in one the professional, an office both unless a modifier says which."""
    is_known = pl.col("line.modifiers").is_not_null() & pl.col("claim.setting").is_not_null()
    is_physicians = pl.col("line.is_method_two")
    return (
        pl.when(is_physicians)
        .then(pl.lit("professional"))
        .when(pl.col("claim.form") == "837I")
        .then(pl.when(~is_physicians).then(pl.lit("technical")))
        .when(pl.col("claim.setting") == "professional")
        .then(pl.lit("professional"))
        .when(_modifier_for(frames, "professional").is_not_null())
        .then(pl.lit("professional"))
        .when(_modifier_for(frames, "technical").is_not_null())
        .then(pl.lit("technical"))
        .when(is_known)
        .then(pl.lit("global"))
    )


@LINE.column(
    "line.provider",
    pl.String,
    "who bills it: billing NPI on an 837I, rendering NPI on an 837P, rendering or attending NPI for the physician's work on an 837I",
    follows_from=("line.setting",),
)
def provider(_: Frames) -> pl.Expr:
    """Where an 837P names no rendering provider, who bills; null where nobody is named."""
    rendering, billing = pl.col("line.rendering_npi"), pl.col("claim.billing_npi")
    is_physicians = pl.col("line.is_method_two")

    def rendering_or(other: pl.Expr) -> pl.Expr:
        return pl.when(rendering == "").then(other).otherwise(rendering)

    return (
        pl.when(is_physicians)
        .then(rendering_or(pl.col("claim.attending_npi")))
        .when(pl.col("claim.form") == "837I")
        .then(pl.when(~is_physicians).then(billing))
        .when(pl.col("claim.form") == "837P")
        .then(rendering_or(billing))
        .replace("", None)
    )


@LINE.column(
    "line.practice",
    pl.String,
    "who manages the treatment: billing NPI, or the physician where the hospital bills his work",
)
def practice(_: Frames) -> pl.Expr:
    """A hospital that bills for its physicians has those of every specialty under one number."""
    is_physicians = pl.col("line.is_method_two")
    return pl.when(is_physicians).then("line.provider").when(~is_physicians).then("claim.billing_npi").replace("", None)


@LINE.column(
    "line.counts",
    pl.Boolean,
    "not replaced, voided, or a copy to a later payer: counts in every total",
    given_as="claim.original_claim",
    is_fact=False,
)
def counts(_: Frames) -> pl.Expr:
    """Null where a claim that names none may take the place of its claim."""
    is_out = pl.col("claim.is_superseded") | pl.col("claim.is_copy")
    return pl.when(is_out).then(pl.lit(False)).when(~pl.col("claim.may_be_superseded")).then(pl.lit(True))


@LINE.column(
    "line.counts_that_day",
    pl.Boolean,
    "it counts on the day of the row",
    given_as="which day each unit is for",
    is_fact=False,
    follows_from=("line.counts",),
)
def counts_that_day(_: Frames) -> pl.Expr:
    """Null where nobody knows whether the service was on that day, or whether its claim counts."""
    counts, is_known = pl.col("line.counts"), pl.col("line.day_is_known")
    return pl.when(is_known | ~counts).then(counts)


@LINE.column(
    "line.counts_once",
    pl.Boolean,
    "it counts, once for all days of a line whose days are not known",
    given_as="claim.original_claim",
    is_fact=False,
)
def counts_once(_: Frames) -> pl.Expr:
    """Null where `line.counts` is."""
    return pl.col("line.counts") & pl.col("line.is_first_row")


@LINE.column("line.not_before", pl.Date, "first day the row can be of: its day, where that is known", is_fact=False)
def not_before(_: Frames) -> pl.Expr:
    """Null where the line has no day."""
    return pl.when("line.day_is_known").then("line.date").otherwise("line.first_day")


@LINE.column(
    "line.not_after",
    pl.Date,
    "last day the row can be of: its day, where that is known",
    given_as="line.date_to",
    is_fact=False,
)
def not_after(_: Frames) -> pl.Expr:
    """Null where the line has no day, or nobody knows its last."""
    return pl.when("line.day_is_known").then("line.date").otherwise("line.date_to")


@LINE.columns(
    ViewColumn("line.day_is_open", pl.Boolean, "a line whose days are not known may be of that day", is_fact=False),
    reads=("patient.key", "line.date", "line.day_is_known"),
)
def with_open_days(lines: pl.DataFrame, _: Frames) -> pl.DataFrame:
    """True, or null."""
    open_days = lines.filter(~pl.col("line.day_is_known")).select("patient.key", "line.date").unique()
    if open_days.is_empty():
        return lines.with_columns(pl.lit(None, pl.Boolean).alias("line.day_is_open"))
    marked = open_days.with_columns(pl.lit(True).alias("line.day_is_open"))
    return lines.join(marked, on=["patient.key", "line.date"], how="left", maintain_order="left")


@LINE.columns(
    ViewColumn("line.is_in_doubt", pl.Boolean, "nobody knows of a line of that day whether it counts", is_fact=False),
    reads=("patient.key", "line.date", "line.counts"),
)
def with_doubt(lines: pl.DataFrame, _: Frames) -> pl.DataFrame:
    """True, or null."""
    perhaps = lines.filter(pl.col("line.counts").is_null()).select("patient.key", "line.date").unique()
    if perhaps.is_empty():
        return lines.with_columns(pl.lit(None, pl.Boolean).alias("line.is_in_doubt"))
    marked = perhaps.with_columns(pl.lit(True).alias("line.is_in_doubt"))
    return lines.join(marked, on=["patient.key", "line.date"], how="left", maintain_order="left")


# ── what it is for ──────────────────────────────────────────────────────────────────────────────


@LINE.columns(
    ViewColumn(
        "line.highest_pointer",
        pl.Int64,
        "the highest pointer; 0 where it points to all",
        "line.pointers",
        "line.pointers",
    ),
    ViewColumn(
        "line.diagnoses",
        pl.String,
        "the diagnoses the line points to, joined with `;`: on an 837I all of the claim",
        "line.pointers",
        is_list=True,
    ),
    ViewColumn("line.neoplasms", pl.String, "the neoplasms among them", given_as="line.diagnoses", is_list=True),
    reads=("claim.form", "claim.diagnoses"),
    internal=("line.first_neoplasm",),
)
def with_pointed_diagnoses(lines: pl.DataFrame, _: Frames) -> pl.DataFrame:
    """Worked out once per distinct (pointers, diagnoses), of which a batch has few."""
    pointers = pl.col("line.pointers")
    # The lines of an 837I have no pointers: its diagnoses are those of all its lines.
    every = (pl.col("claim.form") == "837I").fill_null(False) | (pointers == "")
    lines = lines.with_columns(every.alias("_every"))
    about = ["line.pointers", "claim.diagnoses", "_every"]
    distinct = lines.select(about).unique().with_row_index("_row")
    numbers = pointers.str.split(";").list.eval(pl.element().cast(pl.Int64, strict=False))
    distinct = distinct.with_columns(
        pl.when(pointers == "").then(0).otherwise(numbers.list.max()).alias("line.highest_pointer"),
        numbers.alias("_numbers"),
        pl.col("claim.diagnoses").str.split(";").alias("_codes"),
    )
    chosen = (
        distinct.filter(pointers != "")
        .explode("_numbers")
        .with_columns(pl.col("_codes").list.get(pl.col("_numbers") - 1, null_on_oob=True).alias("_code"))
        .group_by("_row", maintain_order=True)
        .agg(pl.col("_code").drop_nulls())
    )
    distinct = distinct.join(chosen, on="_row", how="left").with_columns(
        first_neoplasm(pl.when("_every").then("_codes").otherwise("_code")).alias("line.first_neoplasm"),
        pl.when("_every")
        .then("claim.diagnoses")
        .when(pl.col("_codes").is_not_null())
        .then(pl.col("_code").list.join(";"))
        .alias("line.diagnoses"),
    )
    distinct = distinct.with_columns(neoplasms(pl.col("line.diagnoses")).alias("line.neoplasms"))
    made = ["line.highest_pointer", "line.first_neoplasm", "line.diagnoses", "line.neoplasms"]
    return lines.join(distinct.select(*about, *made), on=about, how="left", nulls_equal=True).drop("_every")
