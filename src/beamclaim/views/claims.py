"""What every claim of a book is: whose, in which setting, for which payer line, and whether it counts.

`interfaces.md`, "What joins what": the patient, the setting, the payer line, and which claims are the
same services again (replaced, voided, copied to another payer).
"""

from collections.abc import Collection

import polars as pl

from beamclaim.model.keys import SEED, patient_key
from beamclaim.model.tables.frames import Tables
from beamclaim.model.value_sets import FORM_OF_SETTING
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.neoplasm import neoplasms, target
from beamclaim.views.superseded import with_superseded_and_copies
from beamclaim.views.view import Circumstance, Frames, View, ViewColumn, by_name

_FILING = {
    "MA": "medicare_ffs", "MB": "medicare_ffs", "16": "medicare_advantage", "MC": "medicaid", "CH": "tricare",
    "WC": "workers_comp", "BL": "commercial", "CI": "commercial", "HM": "commercial", "12": "commercial",
    "13": "commercial", "14": "commercial", "15": "commercial",
}  # fmt: skip
_HOSPITAL_BILLS = ("13", "85")
_PLACES = {"11": "freestanding", "19": "professional", "21": "professional", "22": "professional"}


# fmt: off
CLAIM_COLUMNS = (
    ViewColumn("claim.key", "the claim", ""),
    ViewColumn("claim.number", "patient control number", "claim.number"),
    ViewColumn("claim.form", "837P or 837I", ""),
    ViewColumn("claim.is_x12", "it came as an 837, with a total and an envelope of its own", ""),
    ViewColumn("claim.charge", "total the claim states; null in a claims table", "claim.charge"),
    ViewColumn("claim.line_charges", "sum of the charges of its lines", ""),
    ViewColumn("claim.setting", "hospital_outpatient, freestanding, professional", ""),
    ViewColumn("claim.payer", "payer id", "claim.payer"),
    ViewColumn("claim.payer_line", "medicare_ffs, medicare_advantage, medicaid, commercial, tricare, workers_comp", "claim.filing_code"),
    ViewColumn("claim.payer_sequence", "P, S, T", ""),
    ViewColumn("claim.mac", "jurisdiction of the Medicare contractor", ""),
    ViewColumn("claim.bills_stay", "the hospital's or nursing facility's own claim for a stay, by its bill type", ""),
    ViewColumn("claim.frequency", "1 original, 7 replacement, 8 void, 2 3 4 interim", "claim.frequency"),
    ViewColumn("claim.bill_type", "three digits", "claim.bill_type"),
    ViewColumn("claim.submitted_on", "day the claim was made, where it says so", ""),
    ViewColumn("claim.made_on", "day the claim was made; today where it does not say", ""),
    ViewColumn("claim.first_service", "earliest day of service on it", ""),
    ViewColumn("claim.last_service", "latest day of service on it", ""),
    ViewColumn("claim.target", "first neoplasm listed, a metastasis before its primary", ""),
    ViewColumn("claim.neoplasms", "the neoplasms it lists, joined with `;`", "claim.diagnoses"),
    ViewColumn("claim.diagnosis_count", "diagnoses in claim order", ""),
    ViewColumn("claim.sex", "patient's sex", ""),
    ViewColumn("claim.birth_date", "patient's birth date", ""),
    ViewColumn("claim.is_first_submission", "an original claim (frequency 1) to the first payer", ""),
    ViewColumn("claim.is_superseded", "replaced or voided by a claim that was seen", ""),
    ViewColumn("claim.same_number", "other claims of this batch that carry its number and are not the same services again", ""),
    ViewColumn("patient.key", "the patient", ""),
    ViewColumn("seen.order", "history first, then by the day the claim was made", ""),
    ViewColumn("today", "the day the question is asked", ""),
)
# fmt: on


def claims_with_patient_and_setting(tables: Tables, assumptions: Assumptions) -> pl.DataFrame:
    """The claims table with what follows from it.

    Adds ``patient.key``, ``is_history``, ``claim.setting``, ``claim.payer_line``, ``claim.form`` (filled where
    the setting says it), ``claim.component``, ``claim.made_on``, ``claim.first_service``, ``claim.last_service``, ``claim.line_charges``,
    ``claim.codes``, ``claim.modifiers``, ``claim.target``, ``claim.neoplasms``, ``claim.diagnosis_count``, ``seen.order``,
    ``claim.is_superseded``, ``claim.is_copy``.
    """
    files = tables["files"].select("file", pl.col("file.is_history").alias("is_history"))
    lines = tables["lines"]
    unknown_charge = pl.col("line.charge").is_null().any()
    sums = lines.group_by("claim.key").agg(
        pl.col("line.date").min().alias("claim.first_service"),
        pl.col("line.date_to").max().alias("claim.last_service"),
        pl.when(~unknown_charge).then(pl.col("line.charge").sum()).alias("claim.line_charges"),
        _together("line.code").alias("claim.codes"),
        _together("line.modifiers").alias("claim.modifiers"),
    )
    claims = tables["claims"].join(files, on="file", how="left").join(sums, on="claim.key", how="left")
    setting = pl.coalesce(
        pl.col("claim.setting"),
        pl.when(pl.col("claim.form") == "837I")
        .then(
            pl.when(pl.col("claim.bill_type").str.slice(0, 2).is_in(_HOSPITAL_BILLS)).then(
                pl.lit("hospital_outpatient")
            )
        )
        # A claims table that does not say its setting does not say its form either: its place of service proves nothing.
        .when(pl.col("claim.form") == "837P")
        .then(pl.col("claim.place_of_service").replace_strict(_PLACES, default=None, return_dtype=pl.String)),
        pl.lit(assumptions.setting, dtype=pl.String),
    )
    payer_line = pl.coalesce(
        pl.col("claim.payer_line"),
        pl.col("claim.filing_code").replace_strict(_FILING, default=None, return_dtype=pl.String),
        pl.lit(assumptions.payer_line, dtype=pl.String),
    )
    claims = (
        claims.with_columns(
            setting.alias("claim.setting"),
            payer_line.alias("claim.payer_line"),
            pl.coalesce("claim.mac", pl.lit(assumptions.mac, dtype=pl.String)).alias("claim.mac"),
            patient_key(
                patient=pl.col("claim.patient"),
                member=pl.col("claim.member"),
                birth=pl.col("claim.birth_date"),
                sex=pl.col("claim.sex"),
                first=pl.col("claim.first_name"),
                alone=pl.col("claim.key"),
            ).alias("patient.key"),
            pl.col("is_history").fill_null(False),
            pl.coalesce("claim.submitted_on", pl.lit(assumptions.as_of)).alias("claim.made_on"),
            pl.col("claim.diagnoses").str.split(";").alias("_codes"),
        )
        .with_columns(
            pl.coalesce(
                "claim.form",
                pl.col("claim.setting").replace_strict(FORM_OF_SETTING, default=None, return_dtype=pl.String),
            ).alias("claim.form"),
            target(pl.col("_codes")).alias("claim.target"),
            neoplasms(pl.col("claim.diagnoses")).alias("claim.neoplasms"),
            pl.when(pl.col("claim.diagnoses") == "")
            .then(0)
            .otherwise(pl.col("_codes").list.len())
            .alias("claim.diagnosis_count"),
            # What was seen earlier: history first, then the day the claim was made.
            pl.concat_str(
                pl.when("is_history").then(pl.lit("0")).otherwise(pl.lit("1")), pl.col("claim.made_on").cast(pl.String)
            ).alias("seen.order"),
        )
        .drop("_codes")
    )
    return with_superseded_and_copies(claims)


def _together(column: str) -> pl.Expr:
    """What the lines of a claim say together, each once, joined with `;`; null where one of them is unknown."""
    words = pl.col(column).filter(pl.col(column) != "").unique().sort().str.join(";")
    return pl.when(~pl.col(column).is_null().any()).then(words)


def claim_numbers(claims: pl.DataFrame) -> pl.DataFrame:
    """What the whole batch must know of every claim, in numbers only: texts would keep the bytes of their file in memory.

    claim.key, number (null where there is none), patient.key, sequence, is_original, is_history.
    """
    number = pl.col("claim.number")
    return claims.select(
        # A sum is a column of its own; the key alone would keep the reader's arrays of the whole chunk.
        pl.col("claim.key") + 0,
        pl.when(number != "").then(number.hash(seed=SEED)).alias("number"),
        "patient.key",
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


#: Bill types of an inpatient stay and of a nursing-facility stay.
_STAY_BILLS = ("11", "12", "18", "21", "22")


def _build(frames: Frames, _columns: Collection[str]) -> pl.DataFrame:
    claims = claims_with_patient_and_setting(frames.tables, frames.assumptions)
    numbers = frames.data.get("same_numbers")
    if numbers is None:
        numbers = same_numbers(claim_numbers(claims))
    first = pl.col("claim.frequency").is_in(["1"]) & (
        pl.col("claim.payer_sequence").is_null() | (pl.col("claim.payer_sequence") == "P")
    )
    return (
        claims.join(numbers, on="claim.key", how="left")
        .with_columns(
            pl.col("claim.same_number").fill_null(0),
            first.alias("claim.is_first_submission"),
            pl.lit(frames.assumptions.as_of).alias("today"),
            pl.when(pl.col("claim.bill_type").is_not_null())
            .then(pl.col("claim.bill_type").str.slice(0, 2).is_in(_STAY_BILLS))
            .when(pl.col("claim.setting").is_not_null())
            .then(pl.lit(False))
            .alias("claim.bills_stay"),
            pl.col("claim.version").is_not_null().alias("claim.is_x12"),
            pl.col("start").alias("claim.start"),
            pl.col("loop_end").alias("claim.loop_end"),
        )
    )  # fmt: skip


CIRCUMSTANCES = (
    Circumstance("claim.setting", "setting"),
    Circumstance("claim.payer_line", "payer_line"),
    Circumstance("claim.payer", "payer"),
    Circumstance("claim.mac", "mac", is_asked_for=False),
)
#: What a finding must know of the claim its subject stands on.
SUBJECT = (
    "claim.key", "claim.number", "file", "start", "end", "segment", "loop_start", "loop_end", "claim.start", "claim.loop_end",
    "claim.form", "claim.charge", "claim.line_charges", "claim.first_service", "claim.setting", "claim.payer_line",
    "claim.payer", "patient.key",
)  # fmt: skip

VIEW = View(
    "claims",
    row="one row per claim",
    asked_of="patients",
    build=_build,
    columns=by_name(CLAIM_COLUMNS),
    subject=SUBJECT,
    question={"claim": "claim.number"},
    circumstances=CIRCUMSTANCES,
    needs=("same_numbers",),
    superseded="claim.is_superseded",
)
