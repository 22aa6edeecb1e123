"""Columns of a claim: whose it is, in which setting, what its lines add up to, and whether it counts; `payer.py` has its payer.

`interfaces.md`, "What joins what". Taken by the view ``claims``; lines and diagnoses carry those that are asked for. Codes of the
claim form mean what policy says of them on the day of asking.
"""

import polars as pl

from beamclaim.model.keys import SEED, patient_key
from beamclaim.model.tables.claims import CLAIMS
from beamclaim.model.value_sets import CLAIM_FORMS, CLAIM_FREQUENCIES, FORM_OF_SETTING, PAYER_SEQUENCES, SETTINGS, SEXES
from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.columns.neoplasm import first_neoplasm, neoplasms
from beamclaim.views.columns.superseded import with_superseded_and_copies
from beamclaim.views.view import Circumstance, Frames

CLAIM = ColumnGroup()
CIRCUMSTANCES = (
    Circumstance("claim.setting", "setting"),
    Circumstance("claim.payer_line", "payer_line"),
    Circumstance("claim.payer_asked", "payer"),
    Circumstance("claim.mac", "mac", is_asked_for=False),
)
#: What a finding must know of the claim its subject stands on.
SUBJECT = (
    "claim.key", "claim.number", "file", "start", "end", "segment", "claim.start", "claim.loop_end",
    "claim.form", "claim.charge", "claim.line_charges", "claim.first_service", "claim.setting", "claim.payer_line",
    "claim.payer", "patient.key",
)  # fmt: skip


def _read(
    name: str, doc: str, cell: str = "", *, is_fact: bool = True, words: tuple[str, ...] = (), is_list: bool = False
) -> ViewColumn:
    return ViewColumn(name, CLAIMS.schema[name], doc, cell, is_fact=is_fact, words=words, is_list=is_list)


CLAIM.as_read(
    _read("claim.key", "the claim", is_fact=False),
    _read("claim.number", "patient control number", "claim.number"),
    _read("claim.charge", "total the claim states; null in a claims table", "claim.charge"),
    _read("claim.payer", "payer id", "claim.payer"),
    _read("claim.payer_sequence", "P, S, T", words=PAYER_SEQUENCES),
    _read(
        "claim.frequency",
        "1 original, 7 replacement, 8 void, 2 3 4 interim, 5 late charges, Q reopening",
        "claim.frequency",
        words=CLAIM_FREQUENCIES,
    ),
    _read("claim.bill_type", "three digits", "claim.bill_type"),
    _read("claim.submitted_on", "day the claim was made, where it says so"),
    _read("claim.sex", "patient's sex", words=SEXES),
    # A birth date names a person.
    _read("claim.birth_date", "patient's birth date", is_fact=False),
    _read("claim.billing_npi", "who bills it, hospital or group"),
    _read("claim.attending_npi", "attending physician of a hospital claim", "claim.attending_npi"),
    _read("claim.diagnoses", "all diagnoses in claim order, joined with `;`", "claim.diagnoses", is_list=True),
    _read(
        "claim.condition_codes",
        "condition codes joined with `;`; a claims table cannot say that there is none",
        "claim.condition_codes",
        is_list=True,
    ),
)


# ── whose, where, for whom ──────────────────────────────────────────────────────────────────────


@CLAIM.columns(reads=("file",), internal=("is_history",))
def with_history(claims: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Whether the claim comes from a file of earlier claims, which is read and not asked."""
    files = frames.tables["files"].select("file", pl.col("file.is_history").fill_null(False).alias("is_history"))
    marked = claims.join(files, on="file", how="left", maintain_order="left")
    return marked.with_columns(pl.col("is_history").fill_null(False))


@CLAIM.columns(reads=("start", "loop_end"), internal=("claim.start", "claim.loop_end"))
def with_place(claims: pl.DataFrame, _: Frames) -> pl.DataFrame:
    """Where the bytes of the claim begin and end, beside those of a line or diagnosis of it."""
    return claims.with_columns(pl.col("start").alias("claim.start"), pl.col("loop_end").alias("claim.loop_end"))


@CLAIM.column("patient.key", pl.UInt64, "the patient", given_as="claim.patient", is_fact=False)
def patient(_: Frames) -> pl.Expr:
    """Null where the claim names nobody: it is in no group, for it may be anybody's."""
    return _patient()


def _patient() -> pl.Expr:
    return patient_key(
        patient=pl.col("claim.patient"),
        member=pl.col("claim.member"),
        birth=pl.col("claim.birth_date"),
        sex=pl.col("claim.sex"),
        first=pl.col("claim.first_name"),
    )


@CLAIM.column("claim.setting", pl.String, "hospital_outpatient, freestanding, professional", words=SETTINGS)
def setting(frames: Frames) -> pl.Expr:
    """What the claim says, else its bill type or place of service, else what was assumed."""
    bill, place = pl.col("claim.bill_type").str.slice(0, 2), pl.col("claim.place_of_service")
    by_bill, by_place = frames.words("claim.bill_types", "claim_setting"), frames.words("claim.places", "claim_setting")
    return pl.coalesce(
        pl.col("claim.setting"),
        pl.when(pl.col("claim.form") == "837I")
        .then(bill.replace_strict(by_bill, default=None, return_dtype=pl.String))
        # A claims table that does not say its setting does not say its form either: its place of service proves nothing.
        .when(pl.col("claim.form") == "837P")
        .then(place.replace_strict(by_place, default=None, return_dtype=pl.String)),
        pl.lit(frames.assumptions.setting, dtype=pl.String),
    )


@CLAIM.column("claim.form", pl.String, "837P or 837I", given_as="claim.setting", words=CLAIM_FORMS)
def form(_: Frames) -> pl.Expr:
    """As read, else the form its setting is billed on."""
    by_setting = pl.col("claim.setting").replace_strict(FORM_OF_SETTING, default=None, return_dtype=pl.String)
    return pl.coalesce("claim.form", by_setting)


@CLAIM.column("claim.is_x12", pl.Boolean, "it came as an 837, with a total and an envelope of its own")
def is_x12(_: Frames) -> pl.Expr:
    """A claims table has no version."""
    return pl.col("claim.version").is_not_null()


@CLAIM.column(
    "claim.bills_stay",
    pl.Boolean,
    "the hospital's or nursing facility's own claim for a stay, by its bill type",
    given_as="claim.bill_type",
)
def bills_stay(frames: Frames) -> pl.Expr:
    """A bill type policy does not name bills no stay; a claim without one bills none where its setting is known."""
    is_stay = frames.words("claim.bill_types", "is_stay")
    return (
        pl.when(pl.col("claim.bill_type").is_not_null())
        .then(pl.col("claim.bill_type").str.slice(0, 2).replace_strict(is_stay, default=False, return_dtype=pl.Boolean))
        .when(pl.col("claim.setting").is_not_null())
        .then(pl.lit(False))
    )


# ── when ────────────────────────────────────────────────────────────────────────────────────────


@CLAIM.column("today", pl.Date, "the day the question is asked", is_fact=False)
def today(frames: Frames) -> pl.Expr:
    """The same for all rows."""
    return pl.lit(frames.assumptions.as_of)


@CLAIM.column("claim.made_on", pl.Date, "day the claim was made; today where it does not say")
def made_on(frames: Frames) -> pl.Expr:
    """Never null."""
    return pl.coalesce("claim.submitted_on", pl.lit(frames.assumptions.as_of))


@CLAIM.column(
    "calendar.holidays",
    pl.String,
    "federal holidays of the years policy lists, joined with `;`",
    is_fact=False,
    is_list=True,
)
def holidays(frames: Frames) -> pl.Expr:
    """The same for all rows."""
    return pl.lit(_days_off(frames, ["holiday"]))


@CLAIM.column(
    "calendar.days_off",
    pl.String,
    "federal holidays, and days on which federal offices were closed by order, joined with `;`",
    is_fact=False,
    is_list=True,
)
def days_off(frames: Frames) -> pl.Expr:
    """The same for all rows."""
    return pl.lit(_days_off(frames, ["holiday", "closing"]))


def _days_off(frames: Frames, kinds: list[str]) -> str:
    table = frames.policy.table("federal_holidays").frame
    return ";".join(table.filter(pl.col("kind").is_in(kinds))["date"].unique().sort().cast(pl.String))


@CLAIM.column("seen.order", pl.String, "history first, then by the day the claim was made", is_fact=False)
def seen_order(_: Frames) -> pl.Expr:
    """Sorts as text."""
    era = pl.when("is_history").then(pl.lit("0")).otherwise(pl.lit("1"))
    return pl.concat_str(era, pl.col("claim.made_on").cast(pl.String))


# ── what its lines and diagnoses say together ───────────────────────────────────────────────────


@CLAIM.columns(
    ViewColumn("claim.first_service", pl.Date, "earliest day of service on it"),
    ViewColumn("claim.last_service", pl.Date, "latest day of service on it"),
    ViewColumn("claim.line_charges", pl.Decimal(18, 2), "sum of the charges of its lines", given_as="line.charge"),
    reads=("claim.key",),
)
def with_sums(claims: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """The sum is null where a charge is."""
    charge = pl.col("line.charge")
    sums = frames.tables["lines"].group_by("claim.key").agg(
        pl.col("line.date").min().alias("claim.first_service"),
        pl.col("line.date_to").max().alias("claim.last_service"),
        pl.when(~charge.is_null().any()).then(charge.sum()).cast(pl.Decimal(18, 2)).alias("claim.line_charges"),
    )  # fmt: skip
    return claims.join(sums, on="claim.key", how="left", maintain_order="left")


@CLAIM.columns(
    ViewColumn(
        "claim.codes",
        pl.String,
        "procedure codes of its lines, each once, joined with `;`",
        given_as="line.code",
        is_list=True,
    ),
    ViewColumn("claim.modifiers", pl.String, "modifiers of its lines, each once, joined with `;`", is_list=True),
    reads=("claim.key",),
)
def with_words_of_lines(claims: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Null where one of the lines does not say it."""
    words = frames.tables["lines"].group_by("claim.key").agg(
        _together("line.code").alias("claim.codes"), _together("line.modifiers").alias("claim.modifiers")
    )  # fmt: skip
    return claims.join(words, on="claim.key", how="left", maintain_order="left")


def _together(column: str) -> pl.Expr:
    words = pl.col(column).filter(pl.col(column) != "").unique().sort().str.join(";")
    return pl.when(~pl.col(column).is_null().any()).then(words)


@CLAIM.column("claim.target", pl.String, "first neoplasm listed")
def target_of_claim(_: Frames) -> pl.Expr:
    """Null where none is listed."""
    return first_neoplasm(pl.col("claim.diagnoses").str.split(";"))


@CLAIM.column(
    "claim.neoplasms",
    pl.String,
    "the neoplasms it lists, joined with `;`",
    cell="claim.diagnoses",
    given_as="claim.diagnoses",
    is_list=True,
)
def neoplasms_of_claim(_: Frames) -> pl.Expr:
    """Empty where none is listed."""
    return neoplasms(pl.col("claim.diagnoses"))


@CLAIM.column("claim.diagnosis_count", pl.UInt32, "diagnoses in claim order", given_as="claim.diagnoses")
def diagnosis_count(_: Frames) -> pl.Expr:
    """0 where the claim lists none."""
    diagnoses = pl.col("claim.diagnoses")
    return pl.when(diagnoses == "").then(0).otherwise(diagnoses.str.split(";").list.len())


# ── whether it counts ───────────────────────────────────────────────────────────────────────────


@CLAIM.column("claim.to_first_payer", pl.Boolean, "sent to the first payer", given_as="claim.payer_sequence")
def to_first_payer(_: Frames) -> pl.Expr:
    """A claim that does not say its place among payers is to the first; one that says it does not know, null."""
    sequence = pl.col("claim.payer_sequence").fill_null("P")
    return pl.when(sequence != "U").then(sequence == "P")


@CLAIM.column("claim.takes_place", pl.Boolean, "it replaces or voids another claim (frequency 7 or 8)", is_fact=False)
def takes_place(_: Frames) -> pl.Expr:
    """A claim that does not say its frequency is an original."""
    return pl.col("claim.frequency").is_in(["7", "8"]).fill_null(False)


@CLAIM.columns(
    ViewColumn("claim.is_superseded", pl.Boolean, "replaced or voided by a claim that was seen"),
    ViewColumn(
        "claim.may_be_superseded",
        pl.Boolean,
        "one of the claims of which a replacement or void that names no claim that was seen takes the place of one",
    ),
    ViewColumn("claim.is_copy", pl.Boolean, "the same services, sent to a later payer"),
    reads=(
        "patient.key", "claim.form", "claim.payer", "claim.made_on", "is_history", "claim.line_charges", "claim.first_service",
        "claim.last_service",
    ),
)  # fmt: skip
def with_standing(claims: pl.DataFrame, _: Frames) -> pl.DataFrame:
    """The same services again: which of them stand."""
    return with_superseded_and_copies(claims)


@CLAIM.columns(
    ViewColumn(
        "claim.same_number",
        pl.Int64,
        "other claims of this batch that carry its number and are not the same services again",
    ),
    reads=("claim.key", "is_history"),
)
def with_same_number(claims: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Counted over the whole batch (`same_numbers` of `data`), over these claims where nothing is handed in; 0 where none does."""
    numbers = frames.data.get("same_numbers")
    if numbers is None:
        numbers = same_numbers(claim_numbers(claims))
    joined = claims.join(numbers, on="claim.key", how="left", maintain_order="left")
    return joined.with_columns(pl.col("claim.same_number").fill_null(0))


def claim_numbers(claims: pl.DataFrame) -> pl.DataFrame:
    """The table of claims with `is_history` → what the whole batch must know of each, in numbers only.

    claim.key, number (null where there is none), patient.key, sequence, is_original, is_history. Texts would keep the bytes of
    their file in memory.
    """
    number = pl.col("claim.number")
    return claims.select(
        # A sum is a column of its own; the key alone would keep the reader's arrays of the whole chunk.
        pl.col("claim.key") + 0,
        pl.when(number != "").then(number.hash(seed=SEED)).alias("number"),
        _patient().alias("patient.key"),
        pl.col("claim.payer_sequence").fill_null("P").hash(seed=0).alias("sequence"),
        # A replacement, a void, an interim bill and a copy to the next payer keep the number they belong to.
        (pl.col("claim.frequency").is_null() | (pl.col("claim.frequency") == "1")).alias("is_original"),
        "is_history",
    )


def same_numbers(numbers: pl.DataFrame) -> pl.DataFrame:
    """claim.key → how many other claims of the batch carry the number without being the same services again.

    Asked over the whole batch (`claim_numbers` of all its claims), before it is cut into patients.
    """
    batch = numbers.filter(~pl.col("is_history") & pl.col("number").is_not_null())
    originals = pl.col("is_original").sum().over("number", "patient.key", "sequence")
    others = (
        pl.when(pl.col("patient.key").n_unique().over("number") > 1)
        .then(pl.len().over("number") - 1)
        .when(pl.col("is_original") & (originals > 1))
        .then(originals - 1)
        .otherwise(0)
    )
    return batch.select("claim.key", others.cast(pl.Int64).alias("claim.same_number"))
